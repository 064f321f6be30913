"""Arrays in an .npz file, never unpickled; and examples made of them."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from nna.data import targets
from nna.data.examples import Examples
from nna.data.reading import reading
from nna.data.targets import UNSUPERVISED, Target
from nna.errors import UserError
from nna.spec import Image, Input, Series, Table, Task


def read(path: Path) -> dict[str, np.ndarray]:
    """All arrays of the file, by name.

    Raises:
        UserError: the file is missing, damaged, or holds pickled objects.
    """
    try:
        loaded = reading(path, lambda: np.load(path, allow_pickle=False))
        if isinstance(loaded, np.ndarray):
            raise UserError(f"{path}: one array alone; an .npz with named arrays is needed")
        with loaded as file:
            return {name: file[name] for name in file.files}
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise UserError(f"{path}: damaged ({error}): bring a whole .npz") from error
    except ValueError as error:
        raise UserError(f"{path}: holds more than plain arrays, which are never opened") from error


def examples(path: Path, target: str | None, task: Task | None) -> Examples:
    """Examples from the arrays `x` and `y` (or the one that `target` names).

    `x` of two dimensions is a table, of three series `(n, steps, channels)`, of four pictures
    `(n, channels, height, width)`. Pictures in bytes are divided by 255.

    Raises:
        UserError: no `x`, no target where one is due, shapes that do not fit, no finite numbers.
    """
    held = read(path)
    port, x, said = features(path, held)
    if target is None and task in UNSUPERVISED:
        return Examples(task=task, port=port, x=x, notes=(said,))
    name = target or "y"
    found = _target(path, held, name, len(x), task)
    return Examples(
        task=found.task,
        port=port,
        x=x,
        y=found.y,
        classes=found.classes,
        notes=(f"{name}: {found.note}", said),
    )


def features(path: Path, held: dict[str, np.ndarray]) -> tuple[Input, np.ndarray, str]:
    """The port of array `x`, its numbers, and what was decided.

    Raises:
        UserError: no `x`, no shape that a port has, or no finite numbers.
    """
    if "x" not in held:
        raise UserError(f"{path} has no array x; it has: {', '.join(held) or 'none'}")
    x = held["x"]
    port = _port(path, x)
    if x.dtype.kind not in "buif":
        raise UserError(f"{path}: x is {x.dtype}, not numbers")
    said = f"x of shape {x.shape}: {port.kind}"
    if isinstance(port, Image) and x.dtype == np.uint8:
        x, said = x / np.float32(255), f"{said}, bytes divided by 255"
    with np.errstate(over="ignore"):
        x = x.astype(np.float32)
    if len(bad := np.argwhere(~np.isfinite(x))):
        place = ", ".join(map(str, bad[0]))
        raise UserError(
            f"{path}: {len(bad):,} values of x missing, infinite or too large, the first at "
            f"x[{place}]: fill them in, or leave out those rows"
        )
    return port, x, said


def _target(
    path: Path, held: dict[str, np.ndarray], name: str, rows: int, task: Task | None
) -> Target:
    if name not in held:
        raise UserError(
            f"{path} has no array {name!r} to predict; it has: {', '.join(held)}: --target NAME"
        )
    y = held[name]
    if y.shape != (rows,):
        raise UserError(f"{path}: {name} has shape {y.shape}; x has {rows} rows, one value each")
    if y.dtype.kind not in "buifU":
        raise UserError(f"{path}: {name} is {y.dtype}, neither numbers nor words")
    if y.dtype.kind == "f" and len(gone := np.flatnonzero(~np.isfinite(y))):
        raise UserError(f"{path}: {name}[{gone[0]}] is {y[gone[0]]}: fill it in or leave it out")
    return targets.read(pd.Series(y), task, f"{path}: {name}", lambda *rows: f"row {rows[0]}")


def _port(path: Path, x: np.ndarray) -> Input:
    if not x.size or not 2 <= x.ndim <= 4:
        raise UserError(
            f"{path}: x of shape {x.shape}; a table is (n, features), series are (n, steps, "
            "channels), pictures (n, channels, height, width)"
        )
    if x.ndim == 2:
        return Table(features=x.shape[1])
    if x.ndim == 3:
        return Series(channels=x.shape[2], steps=x.shape[1])
    if x.shape[1] > 4 >= x.shape[3]:
        raise UserError(
            f"{path}: x of shape {x.shape} has its channels last; pictures are (n, channels, "
            "height, width): x.transpose(0, 3, 1, 2)"
        )
    return Image(channels=x.shape[1], size=min(x.shape[2:]), min_size=min(x.shape[2:]))
