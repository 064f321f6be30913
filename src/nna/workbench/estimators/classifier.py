"""`nna.Classifier`: any architecture that tells classes apart, as scikit-learn has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, column_or_1d

from nna import tasks
from nna.workbench.estimators.base import Supervised, UnfitError
from nna.workbench.evaluation import calibration
from nna.workbench.prepared_data import objective_of


def _gives_probabilities(classifier: Classifier) -> bool:
    return bool(classifier.calibrate) or classifier._by_likelihood()


class Classifier(ClassifierMixin, Supervised):
    """A classifier over any architecture that does classification.

    Args:
        architecture: such as "mlp" or "resnet/20" (`nna list --task classification`).
        settings: fields of its configuration to replace, such as `{"hidden": (64, 64)}`.
        recipe: fields of the recipe to replace, such as `{"epochs": 20}`; the others are chosen by
            the number of rows (`nna.workbench.recipe_defaults`).
        objective: instead of the architecture's own.
        validation: share of the rows by which training is stopped; 0: all epochs are trained. None:
            0.15, or 0 where so few rows are trained on briefly (`nna.workbench.recipe_defaults`).
        calibrate: share of the rows by which probabilities are calibrated; training and stopping
            don't see them. 0: they are the softmax of the scores, where the objective makes
            probabilities of it.
        seconds: no further epoch begins once they have passed.
        dates: how columns of a frame write dates, where their values don't prove it: "day-first",
            "month-first", "COLUMN=day-first" or "COLUMN=%d.%m.%y", one or several.
        class_weight: how much the classes count in the loss: "balanced", or a weight a class
            (1 where none is given); None: all alike.
        device: where it trains: "auto" (an accelerator if there is one), "cpu", "cuda", "cuda:1" or
            "mps"; it answers on the CPU.
        random_state: decides what is drawn, the first weights and the order of the rows.

    Attributes:
        classes_: as they came, sorted.
        temperature_: what scores are divided by; 1 where nothing was calibrated, or nothing gained.
        model_: the trained network.
        n_iter_: epochs trained.
        notes_: what was done to the data.

    Example:
        >>> x, y = np.random.default_rng(0).normal(size=(60, 3)), np.arange(60) % 2
        >>> clf = nna.Classifier("mlp", recipe={"epochs": 2}).fit(x, y)
        >>> clf.predict_proba(x).shape
        (60, 2)
    """

    _own = ("classes_", "temperature_")

    def __init__(  # noqa: PLR0913 - one parameter a thing that the user may say
        self,
        architecture: str | Path | ModuleType = "mlp",
        *,
        settings: Mapping[str, Any] | None = None,
        recipe: Mapping[str, Any] | None = None,
        objective: str | None = None,
        validation: float | None = None,
        calibrate: float = 0.0,
        seconds: float | None = None,
        dates: str | Sequence[str] = (),
        class_weight: str | Mapping[Any, float] | None = None,
        device: str = "auto",
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        super().__init__(
            architecture,
            settings=settings,
            recipe=recipe,
            objective=objective,
            validation=validation,
            calibrate=calibrate,
            seconds=seconds,
            dates=dates,
            device=device,
            random_state=random_state,
        )
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any, groups: Any = None) -> Self:  # noqa: N803 - scikit-learn's name
        """Train on rows and their classes.

        Args:
            X: a table, `(n, columns)`: numbers, or a frame with words, dates, texts, gaps; series
                `(n, steps, channels)`; pictures `(n, channels, height, width)`; a list of texts;
                or, of a network of several inputs, a mapping from their names to the values of
                each: `{"image": pictures, "about": frame}`.
            y: the class of each row: numbers, words or truth values.
            groups: what each row belongs to, such as a person; whole groups are trained on,
                stopped by, or calibrated by. None: rows stand for themselves.

        Raises:
            ValueError: data that don't fit the architecture, or nothing to tell apart.
        """
        read, task = self._read(X, ("classification",))
        if y is None:
            raise UnfitError("requires y to be passed, but the target y is None")
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        check_consistent_length(read[0], y)
        self.classes_, numbers = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise UnfitError(f"only one class ({self.classes_[0]}): there is nothing to tell apart")
        names = tuple(map(str, self.classes_.tolist()))
        more, weights = dict[str, Any](), self.class_weight
        if weights is not None:
            named = isinstance(weights, Mapping)
            more["class_weights"] = {str(k): v for k, v in weights.items()} if named else weights
        number = numbers.astype(np.int64)
        kept = self._learn(read, task, number, names, self.calibrate, groups, **more)
        self.temperature_ = 1.0
        if self.calibrate:
            if not len(kept):
                raise UnfitError("too few rows to calibrate by: bring more, or calibrate=0")
            assert kept.y is not None
            choose = calibration.proven if self._by_likelihood() else calibration.temperature
            self.temperature_ = choose(self._fitted.outputs(kept), kept.y)
        return self

    def decision_function(self, X: Any) -> np.ndarray:  # noqa: N803
        """The scores of the classes, `(n, classes)`; of two, the second's lead, `(n,)`."""
        scores = self._scores(X)
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    @available_if(_gives_probabilities)
    def predict_proba(self, X: Any) -> np.ndarray:  # noqa: N803
        """The probability of each class, `(n, classes)`, in the order of `classes_`.

        Networks that didn't learn by a log-likelihood (`nna.objectives`) give scores alone: they
        have this method where rows calibrate them (`calibrate`).
        """
        from scipy.special import softmax

        return softmax(self._scores(X), axis=1)

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """The class with the highest score, `(n,)`."""
        best = self._scores(X).argmax(1)
        return self.classes_[best]

    def _by_likelihood(self) -> bool:
        """Whether the network is made to give probabilities by what it learns from."""
        task = tasks.get("classification")
        return objective_of(self._reference, task, self.objective)[1].likelihood

    def _scores(self, x: Any) -> np.ndarray:
        scores = self._ask(x)
        return scores / self.temperature_
