"""What estimators share that learn from rows without labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from nna import tasks
from nna.data.examples import Examples
from nna.workbench.estimators.base import Network, UnfitError
from nna.workbench.estimators.inputs import Read


class Unlabelled(Network):
    """A network that learns what rows look like."""

    _own: tuple[str, ...] = ("_scaled",)

    def _learn_rows(
        self, read: Read, task: tasks.Task, kept: float = 0.0, groups: Any = None
    ) -> Examples:
        """Fit to rows alone.

        Returns:
            The share `kept` of the rows, seen by neither training nor stopping.

        Raises:
            UnfitError: a density of numbers that aren't shares.
        """
        self._scaled = task.binary
        if self._scaled:
            x = read[0]
            shares = isinstance(x, np.ndarray) and bool(((x >= 0) & (x <= 1)).all())
            if not shares:
                raise UnfitError(
                    f"{self._reference} takes rows of numbers from 0 to 1: scale them before"
                )
        return self._learn(read, task, kept=kept, groups=groups)
