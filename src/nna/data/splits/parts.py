"""Rows in stretches of time and in parts of whole groups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def stretches(times: np.ndarray, count: int) -> np.ndarray:
    """Cut the rows at `count` moments into stretches as long as moments allow, `(n,)`.

    Rows of one moment lie in one stretch; the first, number 0, takes what doesn't divide.

    Args:
        times: of each row; at least one moment more than cuts.
        count: of cuts.
    """
    size = len(times) // (count + 1)
    return cut_at(times, [len(times) - (count - k) * size for k in range(count)])


def cut_at(times: np.ndarray, rows: Sequence[int]) -> np.ndarray:
    """The stretch of each row, `(n,)`, where the earlier of them are to hold so many rows in all.

    Cuts move to the nearest moment that leaves every stretch one at least.

    Args:
        times: of each row; at least one moment more than there are cuts.
        rows: that lie before each cut, increasing.
    """
    _, of, counts = np.unique(times, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)  # rows up to each moment
    cuts: list[int] = []
    for k, wanted in enumerate(rows):
        least = cuts[-1] + 1 if cuts else 1
        most = len(counts) - (len(rows) - k)
        nearest = int(np.abs(ends - wanted).argmin()) + 1
        cuts.append(min(max(nearest, least), most))
    return np.searchsorted(cuts, of, side="right")


def dealt(groups: np.ndarray, shares: Sequence[float], seed: int) -> np.ndarray:
    """The part of each row, `(n,)`: whole groups, dealt so that parts come near their shares.

    Args:
        groups: the number of each row's group; as many as parts at least.
        shares: of the rows, a part each.
        seed: decides the order of groups of one size.
    """
    _, of, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(sizes))
    order = order[np.argsort(-sizes[order], kind="stable")]
    room, part = np.array(shares) * len(groups), np.zeros(len(sizes), dtype=int)
    empty = set(range(len(shares)))
    for left, group in zip(range(len(sizes), 0, -1), order, strict=True):
        among = [*empty] if left <= len(empty) else [*range(len(shares))]
        best = max(among, key=lambda k: room[k] / shares[k])
        part[group] = best
        room[best] -= sizes[group]
        empty.discard(best)
    return part[of]
