"""Centre and scale numbers in double precision, whatever offset they come with.

A number a second since 1970, a price in a small currency, an identifier: next to an offset of 1.7e9
single precision knows no difference below 128. So numbers are centred first, and only what is left
becomes single precision for a network.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BLOCK = 1 << 20  # numbers taken to double precision at once: pictures need not fit in memory twice
ROUNDING = 2 * np.finfo(np.float64).eps  # differences below this share of a number are its rounding


def mean_and_spread(values: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation of all numbers that are known (not NaN).

    They are moved by the first of them and brought to size 1 before anything is summed: neither an
    offset nor a unit costs digits. Where they don't vary, the standard deviation is told as 1, so
    that it can be divided by.
    """
    known = np.asarray(values).reshape(-1)
    if known.dtype.kind == "f" and np.isnan(known).any():
        known = known[~np.isnan(known)]
    if not len(known):
        return 0.0, 1.0
    origin = float(known[0])
    size = max(float(np.abs(block).max()) for block in _moved(known, origin))
    if size <= ROUNDING * abs(origin):
        return origin, 1.0
    mean = sum(float((block / size).sum()) for block in _moved(known, origin)) / len(known)
    squares = sum(float(np.square(b / size - mean).sum()) for b in _moved(known, origin))
    return origin + size * mean, size * float(np.sqrt(squares / len(known))) or 1.0


def _moved(values: np.ndarray, origin: float) -> Iterator[np.ndarray]:
    for start in range(0, len(values), BLOCK):
        yield values[start : start + BLOCK].astype(np.float64) - origin


def scaled(x: np.ndarray, mean: float | np.ndarray, spread: float | np.ndarray) -> np.ndarray:
    """`(x - mean) / spread` in single precision, reckoned in double.

    Args:
        x: numbers, whose first axis counts examples.
        mean: one number, or one for each place of the last axis.
        spread: likewise.
    """
    out = np.empty(x.shape, np.float32)
    rows = max(1, BLOCK // max(1, x[:1].size))
    for start in range(0, len(x), rows):
        part = slice(start, start + rows)
        out[part] = (x[part].astype(np.float64) - mean) / spread
    return out


def restored(scaled: np.ndarray, mean: float, spread: float) -> np.ndarray:
    """Scaled numbers in their own units again, in double precision."""
    return np.asarray(scaled, dtype=np.float64) * spread + mean


def widened(x: np.ndarray) -> np.ndarray:
    """Numbers in single precision where that holds every value of their type, else in double."""
    return x.astype(np.promote_types(x.dtype, np.float32), copy=False)
