"""How usual an example is to a network that has learnt what examples look like."""

from __future__ import annotations

import numpy as np

from nna import tasks
from nna.spec import Task

# Tasks whose networks say how usual an example is.
TASKS: tuple[Task, ...] = tuple(task.name for task in tasks.all_of() if task.strange)


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
