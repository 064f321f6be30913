"""What all estimators share: parameters, fitting, answering."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from nna import registry
from nna.data.adapt import wanted
from nna.data.examples import Examples, Part
from nna.errors import UserError
from nna.spec import Task
from nna.training.loop import Interrupted
from nna.workbench import fitting
from nna.workbench.estimators import inputs
from nna.workbench.fitting import Fitted
from nna.workbench.material import compose


class UnfitError(UserError, ValueError):
    """What a user can mend, as scikit-learn expects to hear of it."""


@contextmanager
def told() -> Iterator[None]:
    """Turn our errors into those that scikit-learn's tools know."""
    try:
        yield
    except UserError as error:
        raise UnfitError(str(error)) from error
    except Interrupted as stop:
        raise KeyboardInterrupt from stop


class Network(BaseEstimator):
    """A network that is fitted by `fit` and asked by whatever its kind answers."""

    def __init__(  # noqa: PLR0913 - one parameter a thing that the user may say
        self,
        architecture: str = "mlp",
        *,
        settings: Mapping[str, Any] | None = None,
        recipe: Mapping[str, Any] | None = None,
        objective: str | None = None,
        validation: float = 0.15,
        seconds: float | None = None,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.architecture = architecture
        self.settings = settings
        self.recipe = recipe
        self.objective = objective
        self.validation = validation
        self.seconds = seconds
        self.random_state = random_state

    def _learn(
        self, x: Any, y: np.ndarray | None, task: Task, classes: tuple[str, ...] = ()
    ) -> None:
        """Fit to examples that were read already."""
        with told():
            name, _, _ = registry.split(self.architecture)
            spec = registry.describe(name)
            if task not in spec.tasks:
                raise UserError(
                    f"{name} does {', '.join(spec.tasks)}; {type(self).__name__} needs {task}"
                )
            x, port = inputs.port_of(x, wanted(spec))
            examples = Examples(task=task, port=port, x=x, y=y, classes=classes)
            seed = int(check_random_state(self.random_state).randint(2**31))
            held = _held(y if classes else None, len(examples), self.validation, seed)
            parts: dict[Part, Examples] = {"train": examples.take(np.flatnonzero(~held))}
            if held.any():
                parts["validation"] = examples.take(np.flatnonzero(held))
            material = compose(self.architecture, parts, self.settings, self.objective)
            with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
                self.fitted_ = fitting.fit(
                    material, fitting.paced(material) | dict(self.recipe or {}), seed, self.seconds
                )
        self.n_iter_ = self.fitted_.epochs
        self._port, self._shape = port, x.shape[1:]

    def _ask(self, x: Any) -> Examples:
        """Examples to answer for, checked against those that it was fitted on."""
        fitted = self._fitted
        x, port = inputs.port_of(inputs.read(self, x, first=False), self._port)
        if x.shape[1:] != self._shape:
            raise UnfitError(f"X holds examples of {x.shape[1:]}; it was fitted on {self._shape}")
        return Examples(task=fitted.task, port=port, x=x, classes=fitted.classes)

    @property
    def _fitted(self) -> Fitted:
        """What fitting left.

        Raises:
            NotFittedError: it wasn't fitted.
        """
        check_is_fitted(self)
        return self.fitted_


def _held(labels: np.ndarray | None, rows: int, share: float, seed: int) -> np.ndarray:
    """Which rows to hold out: of each class its share, rounded down, so that all are learnt.

    Raises:
        UserError: the share is not from 0 to below 1.
    """
    if not 0 <= share < 1:
        raise UserError(f"validation is {share}; it is the share of rows held out, from 0 to 1")
    order = np.random.default_rng(seed).permutation(rows)
    of = np.zeros(rows, dtype=int) if labels is None else labels
    held = np.zeros(rows, dtype=bool)
    for one in np.unique(of):
        members = order[of[order] == one]
        held[members[: int(share * len(members))]] = True
    return held
