"""`nna.Regressor`: any architecture that predicts a number, as scikit-learn has them."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import assert_all_finite, check_consistent_length, column_or_1d

from nna.workbench.estimators import inputs
from nna.workbench.estimators.base import Network, UnfitError


class Regressor(RegressorMixin, Network):
    """A regressor over any architecture that does regression."""

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803 - scikit-learn's name
        """Train on rows and their numbers."""
        x = inputs.read(self, X, first=True)
        if y is None:
            raise UnfitError("requires y to be passed, but the target y is None")
        y = column_or_1d(y, warn=True, dtype=np.float64)
        assert_all_finite(y, input_name="y")
        check_consistent_length(x, y)
        self._learn(x, y, "regression")
        return self

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """The number predicted for each row, in the target's own units."""
        return self._fitted.values(self._ask(X))
