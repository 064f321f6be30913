"""Who takes part: networks that suit the data, and the baselines that they must beat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd

from nna import registry, tasks
from nna.data.columns.fitting import texts_alone
from nna.data.examples import Examples
from nna.data.prepare import Preparation
from nna.errors import UserError, nearest
from nna.spec import Architecture, Table
from nna.workbench.comparison.search_space import (
    Choice,
    Range,
    Space,
    of_architecture,
    recipe_and_settings,
)
from nna.workbench.evaluation import sklearn_rows

WEIGHING = ("logistic regression", "gradient boosting")  # baselines that weigh classes
Weights = Mapping[int, float] | None
DENSE = ("gradient boosting",)  # baselines that take no sparse rows
NEIGHBOURS = 10_000  # rows above which nearest neighbours take too long to ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One that can be fitted: how it is made from values drawn from its space."""

    name: str
    kind: Literal["network", "baseline"]
    make: Callable[[Mapping[str, Any], int, float | None], Any]  # (drawn, seed, seconds)
    space: Space


def networks(task: tasks.Task, examples: Examples, names: tuple[str, ...]) -> list[Candidate]:
    """The named architectures as candidates.

    Raises:
        UserError: no such architecture, or one that can't learn from these data.
    """
    return [_network(name, task, examples) for name in names]


def suitable(task: tasks.Task, kind: str) -> tuple[str, ...]:
    """All architectures that take such examples as they are and can be asked for such answers.

    Args:
        task: "classification" or "regression".
        kind: of an example: "table", "image", "series", "tokens".
    """
    return tuple(name for name in registry.names() if _suits(registry.describe(name), task, kind))


def takers(examples: Examples) -> tuple[str, ...]:
    """All architectures for examples; texts alone in a table are also for those of tokens."""
    own = suitable(examples.task, examples.port.kind)
    return own + (suitable(examples.task, "tokens") if texts_alone(examples) else ())


def _suits(spec: Architecture, task: tasks.Task, kind: str) -> bool:
    takes = [port.kind for port in spec.inputs.values()]
    learnt = {*task.learnt_by} & {*spec.objectives}
    return takes == [kind] and task.name in spec.tasks and bool(learnt)


def _network(
    name: str, task: tasks.Task, examples: Examples, weights: Weights = None, device: str = "auto"
) -> Candidate:
    from nna.workbench.estimators.classifier import Classifier
    from nna.workbench.estimators.regressor import Regressor

    identity = registry.split(name)[0]
    spec = registry.describe(identity)
    if task.name not in spec.tasks:
        able = takers(examples)
        raise UserError(f"{name} does {', '.join(spec.tasks)}, not {task}; {', '.join(able)} do")
    kind = Regressor if task.numeric else Classifier

    own: dict[str, Any] = {} if weights is None else {"class_weight": weights}

    def make(drawn: Mapping[str, Any], seed: int, seconds: float | None) -> Any:
        recipe, settings = recipe_and_settings(drawn)
        return kind(
            name,
            settings=settings or None,
            recipe=recipe or None,
            seconds=seconds,
            device=device,
            random_state=seed,
            **own,
        )

    return Candidate(name=name, kind="network", make=make, space=of_architecture(name))


# --- baselines -------------------------------------------------------------------------------


def baselines(task: tasks.Task, examples: Examples, weights: Weights = None) -> list[Candidate]:
    """The simple and strong ones that every network is measured against.

    Args:
        task: "classification" or "regression".
        examples: to learn from.
        weights: of the classes, by number, for those that can weigh them; None: all count alike.
    """
    made = _OF_NUMBERS if task.numeric else _OF_CLASSES
    found = [
        Candidate(
            name=name,
            kind="baseline",
            make=_prepared(examples, _weighed(name, make, weights), task, name in DENSE),
            space=space,
        )
        for name, (make, space) in made.items()
    ]
    few = len(examples) <= NEIGHBOURS
    return [one for one in found if few or one.name != "nearest neighbours"]


def _weighed(name: str, make: Callable[..., Any], weights: Weights) -> Callable[..., Any]:
    if weights is None or name not in WEIGHING:
        return make
    return partial(make, class_weight=weights)


def _prepared(
    examples: Examples, make: Callable[..., Any], task: tasks.Task, dense: bool
) -> Callable[..., Any]:
    """Rows as numbers, then a baseline; numbers to predict are scaled, as for networks."""

    def pipeline(drawn: Mapping[str, Any], seed: int, seconds: float | None) -> Any:
        from sklearn.compose import TransformedTargetRegressor
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        model = make(seed, **drawn)
        if task.numeric:
            model = TransformedTargetRegressor(model, transformer=StandardScaler())
        return make_pipeline(prepared_by(examples, dense), model)

    return pipeline


def prepared_by(examples: Examples, dense: bool = False) -> Any:
    """A transformer that fits nna's preparation on the rows it is given, and on no others.

    Args:
        examples: like the rows.
        dense: with few words of texts; otherwise rows of many words come as a sparse matrix.
    """
    from sklearn.preprocessing import FunctionTransformer

    if examples.behaviour.integers:
        return FunctionTransformer(_bags)
    return _Prepared(examples, dense)


class _Prepared:
    """Rows of any kind as numbers, prepared by what the fitted rows show: scikit-learn's verbs."""

    def __init__(self, examples: Examples, dense: bool = False) -> None:
        self.examples, self.dense = examples, dense

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """What `clone` copies."""
        return {"examples": self.examples, "dense": self.dense}

    def fit(self, x: Any, y: Any = None) -> _Prepared:
        """Learn the statistics of these rows."""
        fitted = Preparation.fit(self._as(x))
        self.preparation_ = sklearn_rows.dense(fitted) if self.dense else fitted
        return self

    def transform(self, x: Any) -> Any:
        """The rows as numbers, `(n, columns)`."""
        return sklearn_rows.rows(self._as(x), self.preparation_)

    def fit_transform(self, x: Any, y: Any = None) -> Any:
        """Both."""
        return self.fit(x).transform(x)

    def _as(self, x: Any) -> Examples:
        wide = len(x.columns) if isinstance(x, pd.DataFrame) else None
        port = Table(features=wide) if wide is not None else self.examples.port
        of = self.examples
        return Examples.of(
            task="reconstruction", port=port, x=x, scaled=of.scaled, readings=of.readings
        )


def _bags(texts: np.ndarray) -> np.ndarray:
    """How often each token stands in each text: a token's number has no order or size."""
    return np.stack([np.bincount(text, minlength=int(texts.max()) + 1) for text in texts])


def _majority(seed: int) -> Any:
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="prior")


def _mean(seed: int) -> Any:
    from sklearn.dummy import DummyRegressor

    return DummyRegressor()


def _logistic(seed: int, C: float = 1.0, **more: Any) -> Any:  # noqa: N803 - scikit-learn's name
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=C, max_iter=2000, **more)


def _ridge(seed: int, alpha: float = 1.0) -> Any:
    from sklearn.linear_model import Ridge

    return Ridge(alpha)


def _boosted_classes(seed: int, **drawn: Any) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(random_state=seed, **drawn)


def _boosted_numbers(seed: int, **drawn: Any) -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(random_state=seed, **drawn)


def _near_classes(seed: int, n_neighbors: int = 5) -> Any:
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(n_neighbors)


def _near_numbers(seed: int, n_neighbors: int = 5) -> Any:
    from sklearn.neighbors import KNeighborsRegressor

    return KNeighborsRegressor(n_neighbors)


_TREES: Space = {
    "learning_rate": Range(0.01, 0.3),
    "max_leaf_nodes": Choice((7, 15, 31, 63)),
    "min_samples_leaf": Choice((5, 10, 20, 40)),
    "l2_regularization": Range(1e-6, 10.0),
}
_NEAR: Space = {"n_neighbors": Choice((1, 3, 5, 9, 15, 25))}
_OF_CLASSES: dict[str, tuple[Callable[..., Any], Space]] = {
    "majority": (_majority, {}),
    "logistic regression": (_logistic, {"C": Range(1e-3, 1e2)}),
    "gradient boosting": (_boosted_classes, _TREES),
    "nearest neighbours": (_near_classes, _NEAR),
}
_OF_NUMBERS: dict[str, tuple[Callable[..., Any], Space]] = {
    "mean": (_mean, {}),
    "ridge": (_ridge, {"alpha": Range(1e-3, 1e3)}),
    "gradient boosting": (_boosted_numbers, _TREES),
    "nearest neighbours": (_near_numbers, _NEAR),
}


def named(
    wanted: tuple[str, ...],
    task: tasks.Task,
    examples: Examples,
    weights: Weights = None,
    device: str = "auto",
) -> list[Candidate]:
    """The networks and baselines of these names.

    Raises:
        UserError: a name that is neither.
    """
    simple = {one.name: one for one in baselines(task, examples, weights)}
    known = (*registry.names(), *simple)
    found = []
    for name in wanted:
        if name in simple:
            found.append(simple[name])
        elif name.split("/")[0] in known:
            found.append(_network(name, task, examples, weights, device))
        else:
            raise UserError(f"no candidate {name!r}; {nearest(name, known, 'nna list')}")
    return found
