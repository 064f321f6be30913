"""What a user wants candidates to be judged by, and how much classes count for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nna.data.examples import Examples
from nna.errors import UserError
from nna.workbench import class_weights
from nna.workbench.comparison.folds import Fold
from nna.workbench.evaluation import scoring
from nna.workbench.evaluation.scoring import PLAIN, Scoring


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """As a user says it; nothing by default."""

    metric: str | None = None
    positive: str | None = None
    threshold: float | str | None = None
    class_weights: str | Mapping[str, float] | None = None

    def judged(self, examples: Examples) -> Scoring:
        """The same, checked.

        Raises:
            UserError: it means nothing for these data.
        """
        if self.metric is None and self.positive is None and self.threshold is None:
            return PLAIN
        classes = tuple(examples.classes)
        said = (self.metric, self.positive, self.threshold)
        return scoring.asked(examples.task, classes, True, *said)

    def weights(self, examples: Examples) -> dict[int, float] | None:
        """A weight for each class number, of mean 1 over all rows; None: all count alike.

        Raises:
            UserError: there are no classes, or weights that can't be.
        """
        if self.class_weights is None:
            return None
        if not examples.classes or examples.y is None:
            raise UserError("class weights are for classification, and these data are for numbers")
        counts = np.bincount(np.asarray(examples.y), minlength=len(examples.classes))
        found = class_weights.scaled(self.class_weights, examples.classes, counts.astype(float))
        return class_weights.of_baseline(found)


NOTHING = Wanted()


def measurable(how: Scoring, folds: Sequence[Fold], y: np.ndarray, classes: Sequence[str]) -> None:
    """See that every fold's test rows can be judged so.

    Raises:
        UserError: a fold lacks what it takes.
    """
    if how.metric is not None and classes:
        for fold in folds:
            scoring.measurable(how, y[fold.test], tuple(classes), "a fold's test part")
