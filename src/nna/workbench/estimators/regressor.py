"""`nna.Regressor`: any architecture that predicts a number, as scikit-learn has them."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import (
    assert_all_finite,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
)

from nna.workbench.estimators.base import Supervised, UnfitError
from nna.workbench.evaluation import calibration


class Regressor(RegressorMixin, Supervised):
    """A regressor over any architecture that does regression.

    Args:
        architecture: such as "mlp" or "ft_transformer" (`nna list --task regression`).
        settings: fields of its configuration to replace, such as `{"hidden": (64, 64)}`.
        recipe: fields of the recipe to replace, such as `{"epochs": 20}`; the others are chosen by
            the number of rows (`nna.workbench.recipe_defaults`).
        objective: instead of the architecture's own.
        validation: share of the rows by which training is stopped; 0: all epochs are trained. None:
            0.15, or 0 where so few rows are trained on briefly (`nna.workbench.recipe_defaults`).
        calibrate: share of the rows by which intervals are made; training and stopping don't see
            them. 0: there are none.
        seconds: no further epoch begins once they have passed.
        dates: how columns of a frame write dates, where their values don't prove it: "day-first",
            "month-first", "COLUMN=day-first" or "COLUMN=%d.%m.%y", one or several.
        device: where it trains: "auto" (an accelerator if there is one), "cpu", "cuda", "cuda:1" or
            "mps"; it answers on the CPU.
        random_state: decides what is drawn, the first weights and the order of the rows.

    Attributes:
        errors_: absolute ones, of the rows kept for calibrating, sorted.
        model_: the trained network.
        n_iter_: epochs trained.
        notes_: what was done to the data.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(60, 3))
        >>> model = nna.Regressor(recipe={"epochs": 2}, calibrate=0.3).fit(x, x.sum(1))
        >>> model.predict(x).shape, model.predict_interval(x, level=0.9).shape
        ((60,), (60, 2))
    """

    _own = ("errors_",)

    def fit(self, X: Any, y: Any, groups: Any = None) -> Self:  # noqa: N803 - scikit-learn's name
        """Train on rows and their numbers.

        Args:
            X: a table, `(n, columns)`: numbers, or a frame with words, dates, texts, gaps; series
                `(n, steps, channels)`; a list of texts;
                or, of a network of several inputs, a mapping from their names to the values of
                each: `{"image": pictures, "about": frame}`.
            y: the number of each row.
            groups: what each row belongs to, such as a person; whole groups are trained on,
                stopped by, or calibrated by. None: rows stand for themselves.

        Raises:
            ValueError: data that don't fit the architecture, or numbers that are none.
        """
        read, task = self._read(X, ("regression",))
        if y is None:
            raise UnfitError("requires y to be passed, but the target y is None")
        y = column_or_1d(y, warn=True, dtype=np.float64)
        assert_all_finite(y, input_name="y")
        check_consistent_length(read[0], y)
        kept = self._learn(read, task, y, kept=self.calibrate, groups=groups)
        if self.calibrate:
            assert kept.y is not None
            self.errors_ = np.sort(
                np.abs(kept.y - self._fitted.restored(self._fitted.outputs(kept)))
            )
        elif hasattr(self, "errors_"):
            del self.errors_
        return self

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """The number predicted for each row, `(n,)`, in the target's own units."""
        return self._fitted.restored(self._ask(X))

    def predict_interval(self, X: Any, level: float = 0.9) -> np.ndarray:  # noqa: N803
        """Where each row's number lies, `(n, 2)`: lower and upper bound.

        Split conformal prediction: if new rows are drawn as those were that it was fitted on, the
        interval holds the number in at least the share `level` of all cases. It is as wide for
        every row.

        Args:
            X: rows as `predict` takes them.
            level: between 0 and 1.

        Raises:
            ValueError: it was fitted with `calibrate=0`, or with too few rows for the level.
        """
        check_is_fitted(self)
        if not hasattr(self, "errors_"):
            raise UnfitError("intervals need rows to calibrate by: fit with calibrate=0.2, say")
        if not 0 < level < 1:
            raise UnfitError(f"level is {level}; it lies between 0 and 1")
        margin = calibration.margin(self.errors_, level)
        if not np.isfinite(margin):
            highest = len(self.errors_) / (len(self.errors_) + 1)
            raise UnfitError(
                f"{len(self.errors_)} rows calibrate levels up to {highest:.3g}: bring more, or "
                "raise calibrate"
            )
        middle = self.predict(X)
        return np.stack([middle - margin, middle + margin], axis=1)
