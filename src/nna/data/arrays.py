"""Arrays as examples: x, and y or another target."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from nna import ports, tasks
from nna.data import binary
from nna.data.columns.numbers import beyond_float32
from nna.data.examples import Examples
from nna.data.readers import arrays
from nna.data.readers.sheet import places
from nna.data.scaling import widened
from nna.data.tables import targets
from nna.errors import UserError
from nna.spec import Image, Input, Series, Table


def examples(path: Path, target: str | None, task: tasks.Task | None) -> Examples:
    """Examples from the arrays `x` and `y` (or the one that `target` names).

    `x` of two dimensions is a table, of three series `(n, steps, channels)`, of four pictures
    `(n, channels, height, width)`. Pictures in bytes are divided by 255. Rows without a target are
    left out; gaps in a table stay, for the preparation to fill.

    Raises:
        UserError: no `x`, no target where one is due, shapes that do not fit, series or pictures
            with gaps.
    """
    held = arrays.held(path)
    port, x, said = features(path, held)
    if target is None and task and not task.supervised:
        binary_only = task.binary
        if binary_only:
            binary.check(x, path)
        return Examples.of(task=task, port=port, x=x, scaled=binary_only, notes=said)
    name = target or "y"
    y = _target(path, held, name, len(x))
    gone = np.flatnonzero(y.isna().to_numpy(dtype=bool))
    if len(gone) == len(y):
        raise UserError(f"{path}: {name} holds no value: there is nothing to learn")
    known = np.delete(np.arange(len(y)), gone)
    kept = y.iloc[known].reset_index(drop=True)
    found = targets.read(kept, task, f"{path}: {name}", lambda *rows: _rows(known[[*rows]]))
    return Examples.of(
        task=found.task,
        port=port,
        x=x[known],
        y=found.y,
        classes=found.classes,
        notes=(f"{name}: {found.note}", *_gone(gone, name, len(y)), *said),
        left_out=tuple(_gone(gone, name, len(y), most=None)),
    )


def _rows(rows: np.ndarray, most: int | None = 20) -> str:
    return places(rows.tolist(), "row", most)


def _gone(rows: np.ndarray, name: str, count: int, most: int | None = 20) -> list[str]:
    if not len(rows):
        return []
    return [f"left out: {len(rows):,} of {count:,} rows, without {name}: {_rows(rows, most)}"]


def features(path: Path, held: dict[str, np.ndarray]) -> tuple[Input, np.ndarray, tuple[str, ...]]:
    """The port of array `x`, its numbers, and what was decided.

    Raises:
        UserError: no `x`, no shape that a port has, or series or pictures with gaps.
    """
    if "x" not in held:
        raise UserError(f"{path} has no array x; it has: {', '.join(held) or 'none'}")
    x = held["x"]
    port = _port(path, x)
    if x.dtype.kind not in "buif":
        raise UserError(f"{path}: x is {x.dtype}, not numbers")
    said = [f"x of shape {x.shape}: {port.kind}"]
    if ports.of(port).pictured and x.dtype == np.uint8:
        x, said = x / np.float32(255), [f"{said[0]}, bytes divided by 255"]
    x = widened(x)
    if len(bad := np.argwhere(np.isnan(x) | beyond_float32(x))):
        place = f"{len(bad):,} values of x missing, infinite or too large, the first at x["
        place += ", ".join(map(str, bad[0])) + "]"
        if not ports.of(port).tabular:
            raise UserError(f"{path}: {place}: fill them in, or leave out those rows")
        said.append(f"{place}: taken as missing")
    return port, x, tuple(said)


def _target(path: Path, held: dict[str, np.ndarray], name: str, rows: int) -> pd.Series:
    if name not in held:
        raise UserError(
            f"{path} has no array {name!r} to predict; it has: {', '.join(held)}: --target NAME"
        )
    y = held[name]
    if y.shape != (rows,):
        raise UserError(f"{path}: {name} has shape {y.shape}; x has {rows} rows, one value each")
    if y.dtype.kind not in "buifU":
        raise UserError(f"{path}: {name} is {y.dtype}, neither numbers nor words")
    return pd.Series(y)


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
