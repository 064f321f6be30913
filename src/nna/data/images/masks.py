"""The user's own pictures with masks beside them, as examples for segmentation."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nna import tasks
from nna.data.bad_files import Faults
from nna.data.examples import Examples
from nna.data.images import class_folders
from nna.errors import UserError

TASK = tasks.get("segmentation")

PICTURES, MASKS, NAMES = "images", "masks", "classes.txt"
UNLABELLED = 255  # in a mask file: a pixel that nobody labelled, as in Pascal VOC


def is_one(folder: Path) -> bool:
    """Whether a folder holds pictures and masks rather than a sub-folder a class."""
    return (folder / PICTURES).is_dir() and (folder / MASKS).is_dir()


def examples(folder: Path, skip_bad: bool = False) -> Examples:
    """Pictures in `images/`, each with a mask of the same name and size in `masks/`.

    A mask is a grey or palette picture (PNG) whose pixels are class numbers from 0; 255 means
    unlabelled. `classes.txt`, where there is one, names the classes line by line.

    Args:
        folder: holds both.
        skip_bad: leave out pictures whose file or mask can't be used, and note each.

    Raises:
        UserError: files that can't be used, among them a picture without a mask or the reverse,
            or numbers that skip or exceed the names.
        OSError: no permission.
    """
    faults = Faults(skip_bad)
    found = {path.stem: path for path in class_folders.paths(folder / PICTURES)}
    drawn = {path.stem: path for path in class_folders.paths(folder / MASKS)}
    for stem in sorted(found.keys() - drawn.keys()):
        faults.add(found[stem], "has no mask of the same name")
    for stem in sorted(drawn.keys() - found.keys()):
        faults.add(drawn[stem], "has no picture of the same name")
    both = sorted(found.keys() & drawn.keys())
    pixels, notes = class_folders.load([found[stem] for stem in both], faults)
    masks: dict[Path, np.ndarray] = {}
    for path, picture in pixels.items():
        try:
            masks[path] = _mask(drawn[path.stem], picture.shape[:2])
        except UserError as error:
            faults.add(drawn[path.stem], str(error))
    left_out = faults.settle(len(found.keys() | drawn.keys()))
    x, changed = class_folders.stacked([pixels[path] for path in masks])
    y = np.stack(list(masks.values()))
    classes = _classes(folder, y)
    return Examples.of(
        task=TASK,
        port=class_folders.port_of(x),
        x=x,
        y=y,
        classes=classes,
        names=class_folders.names(masks, folder / PICTURES),
        notes=(
            f"{len(masks):,} pictures with masks of {len(classes)} classes",
            *notes,
            *changed,
            *left_out,
        ),
    )


def _mask(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    import PIL.Image

    try:
        with PIL.Image.open(path) as picture:
            if picture.mode not in ("L", "P", "1", "I;16"):
                raise UserError(f"has pixels of kind {picture.mode}; a mask has one number a pixel")
            numbers = np.asarray(picture).astype(np.int64)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise UserError("is not a picture, or damaged") from error
    if numbers.shape != tuple(shape):
        raise UserError(
            f"is {numbers.shape[1]}x{numbers.shape[0]}, its picture {shape[1]}x{shape[0]}"
        )
    return np.where(numbers == UNLABELLED, -1, numbers)


def _classes(folder: Path, y: np.ndarray) -> tuple[str, ...]:
    used = np.unique(y[y >= 0])
    if len(used) < 2:
        raise UserError(f"{folder}: the masks hold one class only: there is nothing to tell apart")
    path = folder / NAMES
    if path.is_file():
        names = tuple(line.strip() for line in path.read_text(encoding="utf-8").splitlines())
        names = tuple(name for name in names if name)
        if used[-1] >= len(names):
            raise UserError(
                f"{path} names {len(names)} classes; a mask holds number {used[-1]} (counted "
                "from 0)"
            )
        return names
    if used[-1] != len(used) - 1:
        raise UserError(
            f"{folder}: the masks hold the numbers {', '.join(map(str, used[:8]))}; number the "
            f"classes from 0 without gaps, or name them all in {NAMES}"
        )
    return tuple(f"class {number}" for number in used)
