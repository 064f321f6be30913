"""Numbers of one example, as nested lists or arrays hold them."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nna.errors import UserError

LARGEST = float(np.finfo(np.float32).max)  # a model holds no larger number


def numbers(value: Any, axes: Sequence[str] = (), whole: bool = False, gaps: bool = False) -> Any:
    """The array that a value writes, in double precision, or in whole numbers.

    Args:
        value: nested lists, an array or a number.
        axes: what its dimensions count, "steps" and "channels"; of none, as many as there are.
        whole: they are whole numbers from 0 on, such as tokens.
        gaps: missing ones may be there, and become NaN.

    Raises:
        UserError: anything else; what is wrong, but not where it stands.
    """
    array = _array(value, gaps)
    if axes and array.ndim != len(axes):
        raise UserError(f"{array.ndim} dimensions where {len(axes)} are due ({', '.join(axes)})")
    if not array.size:
        raise UserError("nothing in it")
    if whole:
        return _whole(array)
    if array.dtype.kind != "u" or array.itemsize > 1:
        array = array.astype(np.promote_types(array.dtype, np.float32))
    if array.dtype.kind == "f":
        bad = ~(np.abs(array) <= LARGEST) & ~(np.isnan(array) & gaps)
        if bad.any():
            place = ", ".join(map(str, np.argwhere(bad)[0]))
            raise UserError(f"a number missing, infinite or too large at [{place}]: mend it")
    return array


def _array(value: Any, gaps: bool) -> np.ndarray:
    if isinstance(value, Mapping):
        raise UserError("an object where numbers are due")
    try:
        array = np.asarray(value)
    except ValueError as error:  # NumPy says it of nothing else
        raise UserError("lists of different lengths side by side") from error
    if array.dtype.kind == "O" and gaps:
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            array = array.astype(np.float64)
    if array.dtype.kind == "O":
        raise UserError("a gap (null), or something else that is no number: fill it in")
    if array.dtype.kind not in "buif":
        raise UserError("text where numbers are due")
    return array


def _whole(array: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        found = array.astype(np.int64)
    if (found != array).any() or found.min() < 0:
        odd = array[(found != array) | (found < 0)][0]
        raise UserError(f"{odd:g} where whole numbers from 0 on are due")
    return found
