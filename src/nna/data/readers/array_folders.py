"""Folders of arrays: every file, .npy, .npz or .safetensors, holds one example."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from nna import tasks
from nna.data import arrays, binary
from nna.data.bad_files import Faults
from nna.data.examples import Examples
from nna.data.folders import inside
from nna.data.readers.arrays import ENDINGS, held
from nna.errors import UserError

LARGEST = 4 * 2**30  # bytes that all arrays together may take


def is_one(folder: Path, others: Iterable[str]) -> bool:
    """Whether a folder, or a folder within, holds arrays, and no files of some other endings."""
    found = {path.suffix.lower() for path in inside(folder, 2)}
    return bool(found & {*ENDINGS}) and not found & {*others}


def examples(
    paths: Sequence[Path], folder: Path, notes: Sequence[str], faults: Faults, task: tasks.Task
) -> Examples:
    """Arrays of one shape, each an example.

    `(features,)` is a row of a table, `(steps, channels)` a series, `(channels, height, width)` a
    picture; see `nna.data.arrays`.

    Args:
        paths: of the arrays; each is called x, or stands alone in its file.
        folder: in which they lie, for their names.
        notes: what was decided before.
        faults: gains the files that can't be used, and those of another shape than most.
        task: of the examples; it has no target yet.

    Raises:
        UserError: too many to hold, or files that can't be used.
        OSError: no permission.
    """
    read: dict[Path, np.ndarray] = {}
    for path in paths:
        try:
            read[path] = _one(path)
        except UserError as error:
            faults.add(path, str(error).removeprefix(f"{path}: "))
            continue
        if len(read) == 1 and len(paths) * read[path].size * 4 > LARGEST:
            raise UserError(
                f"{len(paths):,} arrays of shape {read[path].shape} are more than 4 GiB: bring "
                "fewer, or smaller ones"
            )
    shapes = Counter(_kind(one) for one in read.values())
    usual = shapes.most_common(1)[0][0] if shapes else ""
    for path in [path for path, one in read.items() if _kind(one) != usual]:
        faults.add(path, f"is of {_kind(read.pop(path))}, {shapes[usual]:,} are of {usual}")
    left_out = faults.settle(len(paths))
    port, x, said = arrays.features(folder, {"x": np.stack([*read.values()])})
    if task.binary:
        binary.check(x, folder)
    return Examples.of(
        task=task,
        port=port,
        x=x,
        names=tuple(path.relative_to(folder).as_posix() for path in read),
        scaled=task.binary,
        notes=(*notes, *said, *left_out),
    )


def _one(path: Path) -> np.ndarray:
    """The array that is an example.

    Raises:
        UserError: damaged, none or several that could be it, no numbers, gaps where none may be.
    """
    found = held(path)
    x = found["x"] if "x" in found else next(iter(found.values())) if len(found) == 1 else None
    if x is None:
        raise UserError(f"holds several arrays, none called x: {', '.join(found) or 'not one'}")
    if x.dtype.kind not in "buif":
        raise UserError(f"holds {x.dtype}, not numbers")
    if not x.size or x.ndim not in (1, 2, 3):
        raise UserError(
            f"is of shape {x.shape}; one example is (features,), (steps, channels) or (channels, "
            "height, width)"
        )
    if x.ndim > 1 and not np.isfinite(x).all():
        raise UserError("holds values that are missing or infinite")
    return x


def _kind(x: np.ndarray) -> str:
    """What all must share: the shape, and whether values count from 0 to 255."""
    return f"shape {x.shape}" + " in bytes" * (x.dtype == np.uint8)
