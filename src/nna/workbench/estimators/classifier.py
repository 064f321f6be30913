"""`nna.Classifier`: any architecture that tells classes apart, as scikit-learn has them."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, column_or_1d

from nna.workbench.estimators import inputs
from nna.workbench.estimators.base import Network, UnfitError


class Classifier(ClassifierMixin, Network):
    """A classifier over any architecture that does classification."""

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803 - scikit-learn's name
        """Train on rows and their classes."""
        x = inputs.read(self, X, first=True)
        if y is None:
            raise UnfitError("requires y to be passed, but the target y is None")
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        check_consistent_length(x, y)
        self.classes_, numbers = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise UnfitError(f"only one class ({self.classes_[0]}): there is nothing to tell apart")
        names = tuple(map(str, self.classes_.tolist()))
        self._learn(x, numbers.astype(np.int64), "classification", names)
        return self

    def decision_function(self, X: Any) -> np.ndarray:  # noqa: N803
        """The scores of the classes, `(n, classes)`; of two, how much the second is ahead."""
        scores = self._scores(X)
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def predict_proba(self, X: Any) -> np.ndarray:  # noqa: N803
        """The share of each class, `(n, classes)`, in the order of `classes_`."""
        from scipy.special import softmax

        return softmax(self._scores(X), axis=1)

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """The class with the highest score."""
        best = self._scores(X).argmax(1)
        return self.classes_[best]

    def _scores(self, x: Any) -> np.ndarray:
        return self._fitted.outputs(self._ask(x)).astype(np.float64)
