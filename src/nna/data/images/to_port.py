"""Other pictures made like those that a model was trained on: channels, and the size of each.

What is done to a picture hangs on that picture alone, so that it is answered alone as among others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nna import tasks
from nna.data.bad_files import Faults
from nna.data.examples import Examples
from nna.data.images import class_folders

LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # grey of red, green, blue: ITU-R BT.601
OFF = 1.5  # of the training pictures' spread: brightness so far off is told


def load(
    paths: Sequence[Path], faults: Faults, port: Mapping[str, Any], task: tasks.Task
) -> class_folders.Loaded:
    """The pixels of pictures, in the channels and the size that a model takes.

    A picture whose shorter side is as it should be keeps its shape, if the model wasn't trained on
    squares cut from pictures of many sizes; of others the middle square is scaled. Answers that
    are places in a picture would be places in that square: for them nothing is scaled.

    Args:
        paths: of the pictures.
        faults: gains the files that are no pictures, and those of another size than most.
        port: of the examples that the model was trained on, as plain data.
        task: that it was trained for.

    Returns:
        a path to 8 bits, grey `(h, w)` or colour `(h, w, 3)`, in the order of the paths; and what
        was done.

    Raises:
        UserError: too many to hold, or not half of them of one size.
        OSError: no permission.
    """
    side, cut = port["size"], port["min_size"] < port["size"]
    sizes = {path: size for path in paths if (size := class_folders.size_in(path))}
    other = {path: size for path, size in sizes.items() if min(size) != side}
    scaled = sizes if cut else {} if _as_they_are(task) else other
    pixels, notes = class_folders.load(paths, faults, dict.fromkeys(scaled, side))
    if told := [path for path in pixels if path in other and path in scaled]:
        width, height = other[told[0]]
        notes.append(
            f"{_of(told, pixels)} of another size, such as {width}x{height}: the middle square "
            f"of each, scaled to {side}x{side} pixels as in training"
        )
    coloured = [path for path, one in pixels.items() if one.ndim == 3]
    if port["channels"] == 1 and coloured:
        pixels |= {path: _grey(pixels[path]) for path in coloured}
        notes.append(f"{_of(coloured, pixels)} in colour: made grey, as in training")
    return pixels, notes


def _as_they_are(task: tasks.Task) -> bool:
    """Whether scaling would make answers mean something else: places, or pixels that are bits."""
    return task.moves is not None or task.binary


def _of(some: Sequence[Path], pixels: Mapping[Path, np.ndarray]) -> str:
    return f"{len(some):,} of {len(pixels):,} pictures are"


def _grey(rgb: np.ndarray) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.fromarray(rgb).convert("L"))


def fit(examples: Examples, port: Mapping[str, Any]) -> Examples:
    """Pictures that are arrays, or of a dataset, in the channels and size of a port.

    Nothing that can't be done honestly is done: the caller compares what came out.

    Args:
        examples: pictures `(n, channels, height, width)`.
        port: of the examples that a model was trained on, as plain data.
    """
    x, notes = np.asarray(examples.x), list[str]()
    if x.shape[1] == 1 and port["channels"] == 3:
        x = np.repeat(x, 3, axis=1)
        notes.append("grey pictures: as colour, as in training")
    elif x.shape[1] == 3 and port["channels"] == 1:
        x = np.einsum("nchw,c->nhw", x, LUMA)[:, None]
        notes.append("pictures in colour: made grey, as in training")
    side, (height, width) = port["size"], x.shape[2:]
    if side != min(height, width) and not _as_they_are(examples.task):
        x = _scaled(x, side)
        notes.append(
            f"pictures of {width}x{height}: the middle square of each, scaled to {side}x{side} "
            "pixels as in training"
        )
    if not notes:
        return examples
    made = class_folders.port_of(x, port["min_size"] < side)
    return examples.changed(x=x, port=made, notes=(*examples.notes, *notes))


def _scaled(x: np.ndarray, side: int) -> np.ndarray:
    """The middle square of each picture, to `side` pixels, smoothed before it shrinks."""
    import torch
    from torch.nn import functional

    short = min(x.shape[2:])
    top, left = ((n - short) // 2 for n in x.shape[2:])
    square = torch.as_tensor(np.ascontiguousarray(x[..., top : top + short, left : left + short]))
    resized = functional.interpolate(
        square.float(), (side, side), mode="bilinear", antialias=True, align_corners=False
    )
    return resized.numpy()


def brightness(examples: Examples, whole: tuple[float, float] | None) -> list[str]:
    """A warning where pictures are far brighter or darker than those trained on.

    Args:
        examples: pictures as they came.
        whole: mean and spread of all values of the training pictures; None: unknown.
    """
    if whole is None or not examples.behaviour.pictured or not len(examples):
        return []
    mean, (usual, spread) = float(np.mean(examples.x)), whole
    if abs(mean - usual) <= OFF * spread:
        return []
    how = "brighter" if mean > usual else "darker"
    return [
        f"warning: these pictures are far {how} than those trained on (mean value {mean:.2g}, "
        f"there {usual:.2g}): if ink and paper are swapped, or values are on another scale, "
        "change them so that they agree"
    ]
