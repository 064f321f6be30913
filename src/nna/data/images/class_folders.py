"""Pictures in folders, one folder a class, as examples."""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from nna import tasks
from nna.data import binary
from nna.data.bad_files import Faults
from nna.data.examples import Examples
from nna.data.folders import inside, listed
from nna.data.readers import array_folders
from nna.errors import UserError
from nna.spec import Image

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm", ".ppm")
GREY, COLOUR = ("1", "L", "LA"), ("RGB", "RGBA", "P", "PA", "CMYK", "YCbCr")
ORIENTATION = 0x0112  # EXIF's number for how the camera was held; above 4 it lay on its side
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, struct.error)  # as Pillow raises them
LOSSLESS = ("1", "L", "RGB")  # other modes change when read as grey or RGB
LARGEST = 4 * 2**30  # bytes that all pictures together may take
USUAL = 0.75  # share of the pictures of one size from which those of other sizes are at fault
SIDE = 224  # pixels on a side, at most, of what is cut from pictures of many sizes


Loaded = tuple[dict[Path, np.ndarray], list[str]]  # pixels of each file; what was converted


def examples(
    folder: Path,
    task: tasks.Task | None,
    skip_bad: bool = False,
    read: Callable[[Sequence[Path], Faults], Loaded] | None = None,
) -> Examples:
    """Pictures from 0 (black) to 1; grey where all are, else red, green, blue.

    Of pictures of many sizes the middle square is kept, scaled to one size; the port's `min_size`
    is then 1. Where nearly all have one size, the others are at fault.

    Args:
        folder: holds a sub-folder of pictures a class, or of arrays (see
            `nna.data.readers.array_folders`); where the task needs no classes, or is given
            none, it may hold them itself.
        task: "classification", one that needs no target, or None: classification.
        skip_bad: leave out files that can't be used, and note each.
        read: reads the pictures, if they are for a model that knows their size; else `load` does.

    Raises:
        UserError: no pictures, one class only, or files that can't be used.
        OSError: no permission.
    """
    task = task or tasks.get("classification")
    if task.supervised and not task.by_folder:
        wants = f", which wants {task.beside}" if task.beside else ""
        raise UserError(f"{folder}: pictures in folders are not for {task}{wants}")
    beside = inside(folder)
    folders = [p for p in beside if p.is_dir()]
    endings, made_of, what = ENDINGS, partial(_examples, read=read), "pictures"
    if array_folders.is_one(folder, ENDINGS):
        endings, made_of, what = array_folders.ENDINGS, array_folders.examples, "arrays"
    if not folders and not task.supervised:
        paths, notes = listed(folder, endings, what)
        return made_of(paths, folder, notes, Faults(skip_bad), task)
    if len(folders) < 2:
        raise UserError(
            f"{folder} holds {len(folders)} sub-folders; there must be one for each of two or more "
            f"classes, with its {what} in it"
        )
    paths, notes = [], []
    if odd := [p for p in beside if p.is_file()]:
        notes.append(f"{len(odd)} files beside the folders left out ({odd[0].name})")
    for one in folders:
        found, said = listed(one, endings, what)
        paths += found
        notes += said
    made = made_of(paths, folder, notes, Faults(skip_bad), task)
    classes = tuple(p.name for p in folders)
    y = np.array([classes.index(Path(name).parts[0]) for name in made.names], dtype=np.int64)
    if empty := sorted(set(range(len(classes))) - set(y.tolist())):
        raise UserError(f"{folders[empty[0]]}: none of its {what} can be used")
    count = f"{len(made):,} {what} in {len(classes)} classes by folder"
    return made.changed(y=y, classes=classes, notes=(count, *made.notes))


def _examples(  # noqa: PLR0913 - what `examples` found out on the way
    paths: list[Path],
    folder: Path,
    notes: list[str],
    faults: Faults,
    task: tasks.Task,
    read: Callable[[Sequence[Path], Faults], Loaded] | None = None,
) -> Examples:
    side, cut = (None, []) if read else _cut(paths)
    pixels, said = read(paths, faults) if read else load(paths, faults, dict.fromkeys(paths, side))
    left_out = faults.settle(len(paths))
    x, changed = stacked(list(pixels.values()))
    if task.binary:
        binary.check(x, folder)
    return Examples.of(
        task=task,
        port=port_of(x, cut=side is not None),
        x=x,
        scaled=task.binary,
        names=names(pixels, folder),
        notes=(*notes, *cut, *said, *changed, *left_out),
    )


def _cut(paths: Sequence[Path]) -> tuple[int | None, list[str]]:
    """The side of the squares to cut from pictures of many sizes, none from those of one."""
    sizes = Counter(size for path in paths if (size := size_in(path)))
    if not sizes or sizes.most_common(1)[0][1] >= USUAL * sizes.total():
        return None, []
    side = min(SIDE, round(median(min(size) for size in sizes.elements())))
    return side, [f"{_many(sizes)}: the middle square of each, scaled to {side}x{side} pixels"]


def _many(sizes: Counter[tuple[int, int]]) -> str:
    """Some sizes, `(width, height)`, in words."""
    least, most = (f"{w}x{h}" for w, h in (f(sizes, key=math.prod) for f in (min, max)))
    return f"pictures of {len(sizes):,} sizes, from {least} to {most}"


def names(paths: Iterable[Path], folder: Path) -> tuple[str, ...]:
    """What to call pictures: their paths within the folder."""
    return tuple(path.relative_to(folder).as_posix() for path in paths)


def port_of(x: np.ndarray, cut: bool = False) -> Image:
    """The port of pictures `(n, channels, height, width)`.

    Args:
        x: the pictures.
        cut: whether they were cut from pictures of many sizes, so that any size will do.
    """
    side = min(x.shape[2:])
    return Image(channels=x.shape[1], size=side, min_size=1 if cut else side)


def paths(folder: Path) -> list[Path]:
    """The pictures that lie in a folder, by name.

    Raises:
        UserError: there are none.
    """
    return listed(folder, ENDINGS, "pictures")[0]


def load(
    paths: Sequence[Path], faults: Faults, sides: Mapping[Path, int | None] | None = None
) -> Loaded:
    """The pixels of pictures of one size, those with faults left out, and what was converted.

    Args:
        paths: of the pictures.
        faults: gains the files that are no pictures, and those of another size than most.
        sides: of the middle square to keep of a picture of any size; None: all of it is kept.

    Returns:
        a path to 8 bits, grey `(h, w)` or colour `(h, w, 3)`, in the order of the paths.

    Raises:
        UserError: too many to hold, or not half of them of one size.
        OSError: no permission.
    """
    pixels: dict[Path, np.ndarray] = {}
    modes: dict[Path, str] = {}
    for path in paths:
        try:
            pixels[path], modes[path] = _read(path, (sides or {}).get(path))
        except UserError as error:
            faults.add(path, str(error))
            continue
        if len(pixels) == 1 and len(paths) * pixels[path].nbytes * 4 > LARGEST:
            raise UserError(
                f"{len(paths):,} pictures of {_size(pixels[path])} are more than 4 GiB: make them "
                "smaller"
            )
    sizes = Counter((one.shape[1], one.shape[0]) for one in pixels.values())
    usual = sizes.most_common(1)[0][0] if sizes else (0, 0)
    if 2 * sizes[usual] < sizes.total():
        raise UserError(f"{_many(sizes)}: make them one size, with their masks or boxes if any")
    for path in [path for path, one in pixels.items() if (one.shape[1], one.shape[0]) != usual]:
        others = f"the other {sizes[usual]:,} are" if len(sizes) == 2 else f"{sizes[usual]:,} are"
        faults.add(path, f"is {_size(pixels.pop(path))}, {others} {usual[0]}x{usual[1]}")
    changed = Counter(modes[path] for path in pixels if modes[path] not in LOSSLESS)
    return pixels, [f"{changed[mode]:,} pictures converted from {mode}" for mode in sorted(changed)]


def stacked(pixels: Sequence[np.ndarray]) -> tuple[np.ndarray, list[str]]:
    """Pictures of one size as `(n, channels, height, width)` from 0 to 1, and what was converted.

    Args:
        pixels: one or more, 8 bits, grey `(h, w)` or colour `(h, w, 3)`.
    """
    grey = [one.ndim == 2 for one in pixels]
    if all(grey):
        return np.stack(pixels)[:, None] / np.float32(255), []
    notes = []
    if any(grey):
        notes.append(f"{sum(grey):,} of {len(grey):,} pictures are grey: as colour like the others")
    rgb = [np.repeat(p[..., None], 3, axis=2) if p.ndim == 2 else p for p in pixels]
    x = np.ascontiguousarray(np.stack(rgb).transpose(0, 3, 1, 2)) / np.float32(255)
    return x, notes


def _size(pixels: np.ndarray) -> str:
    return f"{pixels.shape[1]}x{pixels.shape[0]}"


def size_in(path: Path) -> tuple[int, int] | None:
    """Width and height of a picture, upright, from the head of its file; None if it has none."""
    import PIL.Image

    try:
        with PIL.Image.open(path) as picture:
            width, height = picture.size
            turned = picture.getexif().get(ORIENTATION, 1) > 4
            return (height, width) if turned else (width, height)
    except (*UNREADABLE, PIL.Image.DecompressionBombError):
        return None  # reading all of it will say why


def _read(path: Path, side: int | None) -> tuple[np.ndarray, str]:
    """One picture, upright, 8 bits: grey `(h, w)` or colour `(h, w, 3)`; and its mode."""
    import PIL.Image
    import PIL.ImageOps

    try:
        with PIL.Image.open(path) as picture:
            mode, frames = picture.mode, getattr(picture, "n_frames", 1)
            if frames == 1 and mode in GREY + COLOUR:
                upright = PIL.ImageOps.exif_transpose(picture)
                plain = upright.convert("L" if mode in GREY else "RGB")
                if side is not None:
                    plain = PIL.ImageOps.fit(plain, (side, side))
                return np.asarray(plain), mode
    except PermissionError:
        raise
    except UNREADABLE as error:
        raise UserError("is not a picture, or damaged") from error
    except PIL.Image.DecompressionBombError as error:
        raise UserError(f"is too large: {error}") from error
    if frames > 1:
        raise UserError(f"holds {frames} pictures; each file must hold one")
    raise UserError(f"has pixels of kind {mode}: save it with 8 bits a channel")
