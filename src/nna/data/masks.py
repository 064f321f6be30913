"""The user's own pictures with masks beside them, as examples for segmentation."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nna.data import pictures
from nna.data.examples import Examples
from nna.errors import UserError

PICTURES, MASKS, NAMES = "images", "masks", "classes.txt"
UNLABELLED = 255  # in a mask file: a pixel that nobody labelled, as in Pascal VOC


def is_one(folder: Path) -> bool:
    """Whether a folder holds pictures and masks rather than a sub-folder a class."""
    return (folder / PICTURES).is_dir() and (folder / MASKS).is_dir()


def examples(folder: Path) -> Examples:
    """Pictures in `images/`, each with a mask of the same name and size in `masks/`.

    A mask is a grey or palette picture (PNG) whose pixels are class numbers from 0; 255 means
    unlabelled. `classes.txt`, where there is one, names the classes line by line.

    Raises:
        UserError: a picture without a mask or the reverse, another size, numbers that skip or
            exceed the names, or files that are no pictures.
        OSError: no permission.
    """
    found = {path.stem: path for path in pictures.paths(folder / PICTURES)}
    drawn = {path.stem: path for path in pictures.paths(folder / MASKS)}
    for one, other, kind, missing in (
        (found, drawn, "picture", "mask"),
        (drawn, found, "mask", "picture"),
    ):
        if lonely := sorted(one.keys() - other.keys()):
            raise UserError(
                f"{folder}: {len(lonely)} of {len(one)} {kind}s without a {missing} of the same "
                f"name, such as {one[lonely[0]].name}"
            )
    stems = sorted(found)
    x, notes = pictures.read([found[stem] for stem in stems])
    y = np.stack([_mask(drawn[stem], x.shape[2:]) for stem in stems])
    classes = _classes(folder, y)
    return Examples(
        task="segmentation",
        port=pictures.port_of(x),
        x=x,
        y=y,
        classes=classes,
        notes=(f"{len(stems):,} pictures with masks of {len(classes)} classes", *notes),
    )


def _mask(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    import PIL.Image

    try:
        with PIL.Image.open(path) as picture:
            if picture.mode not in ("L", "P", "1", "I;16"):
                raise UserError(
                    f"{path}: a mask has one number a pixel; this picture's kind is {picture.mode}"
                )
            numbers = np.asarray(picture).astype(np.int64)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise UserError(f"{path} is not a picture, or damaged: mend or remove it") from error
    if numbers.shape != tuple(shape):
        raise UserError(
            f"{path} is {numbers.shape[1]}x{numbers.shape[0]}, its picture "
            f"{shape[1]}x{shape[0]}: a mask has the size of its picture"
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
