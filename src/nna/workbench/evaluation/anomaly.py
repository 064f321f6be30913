"""How usual an example is to a network that has learnt what examples look like."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from nna.spec import Task


def usualness(task: Task, outputs: np.ndarray, x: np.ndarray) -> np.ndarray:
    """A score for each example, `(n,)`; the lower, the stranger.

    What is given back badly is strange (minus the mean squared error), so is what lies far from all
    units of a map (minus the squared distance to the nearest), and what is improbable (the
    logarithm of the probability, up to a constant).

    Args:
        task: what the network learnt, one of `TASKS`.
        outputs: what it gives, `(n, ...)`.
        x: the examples as it sees them, `(n, ...)`.
    """
    return _SCORES[task](outputs.astype(np.float64), x)


def threshold(kept: np.ndarray, share: float) -> float:
    """The score below which that share of fresh examples lies, on average.

    The k-th smallest of n scores, k = share * (n + 1): below it a fresh example falls in k of n + 1
    cases where it is drawn as those were, and of m fresh ones a number that is beta-binomial with
    the parameters k and n + 1 - k. Of a share smaller than 1 / (n + 1) the smallest score tells.

    Args:
        kept: how usual examples are that the network has not learnt from, `(n,)`.
        share: of fresh examples, up to 0.5.
    """
    rank = max(1, round(share * (len(kept) + 1)))
    return float(np.sort(kept)[rank - 1])


def _given_back(outputs: np.ndarray, x: np.ndarray) -> np.ndarray:
    return -np.square(outputs - x).reshape(len(x), -1).mean(1)


_SCORES: Mapping[Task, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "reconstruction": _given_back,
    "mapping": lambda outputs, x: outputs.max(1),
    "density": lambda outputs, x: outputs[:, 0],
}
TASKS = tuple(_SCORES)
