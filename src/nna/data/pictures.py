"""Pictures in folders, one folder a class, as examples."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nna.data.examples import Examples
from nna.data.targets import UNSUPERVISED
from nna.errors import UserError
from nna.spec import Image, Task

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm", ".ppm")
GREY, COLOUR = ("1", "L", "LA"), ("RGB", "RGBA", "P", "PA", "CMYK", "YCbCr")
LOSSLESS = ("1", "L", "RGB")  # other modes change when read as grey or RGB
LARGEST = 4 * 2**30  # bytes that all pictures together may take


def examples(folder: Path, task: Task | None) -> Examples:
    """Pictures of one size, from 0 (black) to 1; grey where all are, else red, green, blue.

    Args:
        folder: holds a sub-folder of pictures a class; where the task needs no classes, or is
            given none, it may hold the pictures itself.
        task: "classification", one that needs no target, or None: classification.

    Raises:
        UserError: no pictures, one class only, different sizes, or a file that is no picture.
        OSError: no permission.
    """
    if task not in (None, "classification", *UNSUPERVISED):
        raise UserError(f"{folder}: pictures in folders are not for {task}")
    inside = sorted(p for p in folder.iterdir() if not p.name.startswith("."))
    folders = [p for p in inside if p.is_dir()]
    if not folders and task in UNSUPERVISED:
        paths, notes = _pictures(folder)
        x, said = read(paths)
        return Examples(task=task, port=port_of(x), x=x, notes=(*notes, *said))
    if len(folders) < 2:
        raise UserError(
            f"{folder} holds {len(folders)} sub-folders; there must be one for each of two or more "
            "classes, with its pictures in it"
        )
    paths, y, notes = [], [], []
    if beside := [p for p in inside if p.is_file()]:
        notes.append(f"{len(beside)} files beside the folders left out ({beside[0].name})")
    for number, one in enumerate(folders):
        found, said = _pictures(one)
        paths += found
        y += [number] * len(found)
        notes += said
    x, said = read(paths)
    return Examples(
        task=task or "classification",
        port=port_of(x),
        x=x,
        y=np.array(y, dtype=np.int64),
        classes=tuple(p.name for p in folders),
        notes=(f"{len(paths):,} pictures in {len(folders)} classes by folder", *notes, *said),
    )


def port_of(x: np.ndarray) -> Image:
    """The port of pictures `(n, channels, height, width)`."""
    return Image(channels=x.shape[1], size=min(x.shape[2:]), min_size=min(x.shape[2:]))


def paths(folder: Path) -> list[Path]:
    """The pictures that lie in a folder, by name.

    Raises:
        UserError: there are none.
    """
    return _pictures(folder)[0]


def _pictures(folder: Path) -> tuple[list[Path], list[str]]:
    inside = sorted(p for p in folder.iterdir() if not p.name.startswith("."))
    found = [p for p in inside if p.is_file() and p.suffix.lower() in ENDINGS]
    if not found:
        raise UserError(f"{folder} holds no pictures ({' '.join(ENDINGS)})")
    other = [p for p in inside if p not in found]
    said = f"{folder.name}: {len(other)} that are no pictures by name left out"
    return found, [f"{said} ({other[0].name})"] if other else []


def read(paths: Sequence[Path]) -> tuple[np.ndarray, list[str]]:
    """Pictures `(n, channels, height, width)` from 0 to 1, and what was converted.

    Raises:
        UserError: different sizes, too many to hold, or a file that is no picture.
        OSError: no permission.
    """
    pixels, changed = [], []
    for path in paths:
        one, mode = _read(path)
        if not pixels and len(paths) * one.nbytes * 4 > LARGEST:
            raise UserError(
                f"{len(paths):,} pictures of {_size(one)} are more than 4 GiB: make them smaller"
            )
        if pixels and one.shape[:2] != pixels[0].shape[:2]:
            raise UserError(
                f"pictures of different sizes: {paths[0]} is {_size(pixels[0])}, {path} is "
                f"{_size(one)}; bring them to one size"
            )
        pixels.append(one)
        changed += [mode] if mode not in LOSSLESS else []
    notes = [f"{changed.count(m):,} pictures converted from {m}" for m in sorted(set(changed))]
    grey = [one.ndim == 2 for one in pixels]
    if all(grey):
        return np.stack(pixels)[:, None] / np.float32(255), notes
    if any(grey):
        notes.append(f"{sum(grey):,} of {len(grey):,} pictures are grey: as colour like the others")
    rgb = [np.repeat(p[..., None], 3, axis=2) if p.ndim == 2 else p for p in pixels]
    return np.ascontiguousarray(np.stack(rgb).transpose(0, 3, 1, 2)) / np.float32(255), notes


def _size(pixels: np.ndarray) -> str:
    return f"{pixels.shape[1]}x{pixels.shape[0]}"


def _read(path: Path) -> tuple[np.ndarray, str]:
    """One picture, upright, 8 bits: grey `(h, w)` or colour `(h, w, 3)`; and its mode."""
    import PIL.Image
    import PIL.ImageOps

    try:
        with PIL.Image.open(path) as picture:
            mode, frames = picture.mode, getattr(picture, "n_frames", 1)
            if frames == 1 and mode in GREY + COLOUR:
                upright = PIL.ImageOps.exif_transpose(picture)
                return np.asarray(upright.convert("L" if mode in GREY else "RGB")), mode
    except PermissionError:
        raise
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise UserError(f"{path} is not a picture, or damaged: mend or remove it") from error
    except PIL.Image.DecompressionBombError as error:
        raise UserError(f"{path}: {error}") from error
    if frames > 1:
        raise UserError(f"{path} holds {frames} pictures; each file must hold one")
    raise UserError(f"{path}: pixels of kind {mode}: save it with 8 bits a channel")
