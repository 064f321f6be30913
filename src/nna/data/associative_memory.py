"""Pictures to be remembered, and cues to recall them by."""

from __future__ import annotations

import numpy as np

from nna.data.examples import Examples
from nna.spec import Table


def recall(pictures: np.ndarray, cues: int, flipped: int) -> Examples:
    """Pictures as the training part; validation and test are as many cues each, as targets theirs.

    Args:
        pictures: `(n, features)` of -1 and +1.
        cues: in each of the two parts.
        flipped: numbers of a cue that have the wrong sign, anywhere (seeded).
    """
    draw = np.random.default_rng(0)
    of = draw.integers(len(pictures), size=2 * cues)
    wrong = draw.random((2 * cues, pictures.shape[1])).argsort(axis=1) < flipped
    rows = np.arange(len(pictures) + 2 * cues)
    return Examples.of(
        task="recall",
        port=Table(features=pictures.shape[1]),
        x=np.concatenate([pictures, np.where(wrong, -pictures[of], pictures[of])]),
        y=np.concatenate([pictures, pictures[of]]),
        parts={
            "train": rows[: len(pictures)],
            "validation": rows[len(pictures) : -cues],
            "test": rows[-cues:],
        },
        scaled=True,
    )


def digits() -> tuple[np.ndarray, np.ndarray]:
    """All 1,797 digits, `(n, 64)`: +1 above the pixel's median over all, else -1; and which."""
    from sklearn.datasets import load_digits

    pixels, digit = (np.asarray(one) for one in load_digits(return_X_y=True))
    return np.where(pixels > np.median(pixels, axis=0), 1, -1).astype(np.float32), digit
