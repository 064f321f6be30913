"""`nna.Embedder`: rows as a trained network sees them, for whatever comes after."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_consistent_length, column_or_1d

from nna import registry, tasks
from nna.spec import Task
from nna.workbench.estimators.base import UnfitError, sklearn_errors
from nna.workbench.estimators.unlabelled import Unlabelled
from nna.workbench.evaluation import anomaly
from nna.workbench.explain.features import Reader


class Embedder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Unlabelled):
    """Turns rows into the features that a network has learnt.

    Without a target: the codes of an autoencoder, the place of the nearest unit on a map, the
    hidden units of a Boltzmann machine. With one: what the head of a network reads that was trained
    to predict it, or the points of one trained to tell pairs apart.

    Args:
        architecture: such as "autoencoder", "som", "mlp" or "triplet".
        settings: fields of its configuration to replace, such as `{"code": 2}`.
        recipe: fields of the recipe to replace.
        objective: instead of the architecture's own.
        validation: share of the rows by which training is stopped, where the objective tells.
        seconds: no further epoch begins once they have passed.
        dates: how columns of a frame write dates, where their values don't prove it: "day-first",
            "month-first", "COLUMN=day-first" or "COLUMN=%d.%m.%y", one or several.
        device: where it trains: "auto" (an accelerator if there is one), "cpu", "cuda", "cuda:1" or
            "mps"; it answers on the CPU.
        random_state: decides what is drawn, the first weights and the order of the rows.

    Attributes:
        model_: the trained network.
        n_iter_: epochs trained.
        notes_: what was done to the data.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(80, 3))
        >>> nna.Embedder(settings={"code": 2}, recipe={"epochs": 2}).fit_transform(x).shape
        (80, 2)
    """

    _own = (*Unlabelled._own, "_n_features_out")

    def __init__(  # noqa: PLR0913 - one parameter a thing that the user may say
        self,
        architecture: str | Path | ModuleType = "autoencoder",
        *,
        settings: Mapping[str, Any] | None = None,
        recipe: Mapping[str, Any] | None = None,
        objective: str | None = None,
        validation: float = 0.15,
        seconds: float | None = None,
        dates: str | Sequence[str] = (),
        device: str = "auto",
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.architecture = architecture
        self.settings = settings
        self.recipe = recipe
        self.objective = objective
        self.validation = validation
        self.seconds = seconds
        self.dates = dates
        self.device = device
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: N803 - scikit-learn's name
        """Train the network.

        Args:
            X: rows, series, pictures or texts, as `nna.Classifier` takes them.
            y: classes or numbers, for architectures that learn from them.

        Raises:
            ValueError: data that don't fit the architecture, or a target missing that it needs.
        """
        with sklearn_errors():
            spec = registry.describe(self._reference)
        alone: list[Task] = [task for task in anomaly.TASKS if task in spec.tasks]
        if alone:
            read, task = self._read(X, alone)
            self._learn_rows(read, task)
        else:
            self._learn_target(X, y)
        self._n_features_out = self._features(X).shape[1]
        return self

    def transform(self, X: Any) -> np.ndarray:  # noqa: N803
        """The features of each row, `(n, features)`."""
        return self._features(X)

    def _learn_target(self, x: Any, y: Any) -> None:
        if y is None:
            raise UnfitError(f"{self._reference} learns from a target: fit(X, y)")
        self._scaled = False
        y = column_or_1d(y, warn=True)
        if type_of_target(y).startswith("continuous"):
            read, task = self._read(x, ("regression",))
            check_consistent_length(read[0], y)
            self._learn(read, task, y.astype(np.float64))
            return
        read, _ = self._read(x, ("classification", "verification"))
        check_consistent_length(read[0], y)
        classes, numbers = np.unique(y, return_inverse=True)
        names = tuple(map(str, classes.tolist()))
        self._learn(read, tasks.get("classification"), numbers.astype(np.int64), names)

    def _features(self, x: Any) -> np.ndarray:
        fitted, seen = self._fitted, self._seen(x)
        with sklearn_errors():
            features = Reader(fitted.model, fitted.task.name).eval()
            reader = dataclasses.replace(fitted, model=features)
            return reader.outputs_of(seen).astype(np.float64)
