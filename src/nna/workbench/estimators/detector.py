"""`nna.AnomalyDetector`: strange rows among many, found without labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import numpy as np
from sklearn.base import OutlierMixin

from nna.data.examples import Examples
from nna.workbench.estimators.base import UnfitError
from nna.workbench.estimators.unlabelled import Unlabelled
from nna.workbench.evaluation import anomaly


class AnomalyDetector(OutlierMixin, Unlabelled):
    """Tells new rows that are unlike those that it was fitted on: novelty detection.

    An autoencoder gives strange rows back badly, a map has no unit near them, a Boltzmann machine
    finds them improbable. A network knows the rows that it learnt from better than any others, so
    the threshold is set by rows kept back: of fresh rows like those the share `contamination` is
    told to be strange, on average. Among the rows that it was fitted on fewer are, which is where
    it departs from scikit-learn's outlier detectors.

    Args:
        architecture: one for reconstruction ("autoencoder"), mapping ("som") or density ("rbm").
        contamination: share of fresh rows, like those it is fitted on, that count as strange.
        settings: fields of its configuration to replace, such as `{"code": 4}`.
        recipe: fields of the recipe to replace.
        objective: instead of the architecture's own.
        validation: share of the rows by which training is stopped, where the objective tells.
        calibrate: share of the rows by which the threshold is set; training and stopping don't see
            them. Of n such rows thresholds at a share of 1 / (n + 1) or more can be set.
        seconds: no further epoch begins once they have passed.
        dates: how columns of a frame write dates, where their values don't prove it: "day-first",
            "month-first", "COLUMN=day-first" or "COLUMN=%d.%m.%y", one or several.
        device: where it trains: "auto" (an accelerator if there is one), "cpu", "cuda", "cuda:1" or
            "mps"; it answers on the CPU.
        random_state: decides what is drawn, the first weights and the order of the rows.

    Attributes:
        offset_: the score below which a row is strange.
        model_: the trained network.
        n_iter_: epochs trained.
        notes_: what was done to the data.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(80, 3))
        >>> detector = nna.AnomalyDetector(recipe={"epochs": 2}).fit(x)
        >>> set(detector.predict(x).tolist()) <= {-1, 1}
        True
    """

    _own = (*Unlabelled._own, "offset_")

    def __init__(  # noqa: PLR0913 - one parameter a thing that the user may say
        self,
        architecture: str | Path | ModuleType = "autoencoder",
        *,
        contamination: float = 0.1,
        settings: Mapping[str, Any] | None = None,
        recipe: Mapping[str, Any] | None = None,
        objective: str | None = None,
        validation: float = 0.15,
        calibrate: float = 0.25,
        seconds: float | None = None,
        dates: str | Sequence[str] = (),
        device: str = "auto",
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.architecture = architecture
        self.contamination = contamination
        self.settings = settings
        self.recipe = recipe
        self.objective = objective
        self.validation = validation
        self.calibrate = calibrate
        self.seconds = seconds
        self.dates = dates
        self.device = device
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, groups: Any = None) -> Self:  # noqa: N803 - scikit-learn's name
        """Learn what rows look like.

        Args:
            X: a table, `(n, columns)`: numbers, or a frame with words, dates, texts, gaps; series
                or pictures too, for their numbers can be laid in a row.
            y: is not looked at.
            groups: what each row belongs to, such as a person; whole groups are trained on,
                stopped by, or calibrated by. None: rows stand for themselves.

        Raises:
            ValueError: data that don't fit the architecture, a contamination that is no share, or
                no row to set the threshold by.
        """
        if not 0 < self.contamination <= 0.5:
            raise UnfitError(
                f"contamination is {self.contamination}; it is a share of the rows, up to 0.5"
            )
        read, task = self._read(X, anomaly.TASKS)
        kept = self._learn_rows(read, task, self.calibrate, groups)
        if not len(kept):
            raise UnfitError(
                f"n_samples={len(read[0])}, calibrate={self.calibrate}: no row is kept back to set "
                "the threshold by; bring more, or raise calibrate"
            )
        self.offset_ = anomaly.threshold(self._usual(self._fitted.seen(kept)), self.contamination)
        return self

    def score_samples(self, X: Any) -> np.ndarray:  # noqa: N803
        """How usual each row is, `(n,)`; the lower, the stranger."""
        return self._usual(self._seen(X))

    def _usual(self, seen: Examples) -> np.ndarray:
        fitted = self._fitted
        return fitted.task.usualness(fitted.outputs_of(seen).astype(np.float64), np.asarray(seen.x))

    def decision_function(self, X: Any) -> np.ndarray:  # noqa: N803
        """The score above the threshold, `(n,)`: negative for strange rows."""
        scores = self.score_samples(X)
        return scores - self.offset_

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """1 for a usual row, -1 for a strange one, `(n,)`."""
        return np.where(self.decision_function(X) < 0, -1, 1)
