"""What all estimators share: parameters, fitting, answering, keeping."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import numpy as np
import pandas as pd
import torch
from sklearn.base import BaseEstimator
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted

from nna import registry, tasks
from nna.data import adapt
from nna.data.columns import date_parsing
from nna.data.columns.reading import decide
from nna.data.examples import TARGET, Examples, Part
from nna.data.splits import row_identity, stratified
from nna.errors import UserError
from nna.spec import Task
from nna.training.loop import Interrupted
from nna.workbench import fitting, recipe_defaults
from nna.workbench.estimators import inputs, keeping, several
from nna.workbench.estimators.inputs import Form, Read, Rows
from nna.workbench.prepared_data import compose, objective_of
from nna.workbench.trained_model import Trained


class UnfitError(UserError, ValueError):
    """What a user can mend, as scikit-learn expects to hear of it."""


@contextmanager
def sklearn_errors() -> Iterator[None]:
    """Turn our errors into those that scikit-learn's tools know."""
    try:
        yield
    except UserError as error:
        raise UnfitError(str(error)) from error
    except Interrupted as stop:
        raise KeyboardInterrupt from stop


class Network(BaseEstimator):
    """A network that is fitted by `fit` and asked by whatever its kind answers."""

    _own: tuple[str, ...] = ()  # fitted attributes of its kind, kept as plain data
    _scaled = False  # whether rows come as they should be

    architecture: str | Path | ModuleType
    settings: Mapping[str, Any] | None
    recipe: Mapping[str, Any] | None
    objective: str | None
    validation: float | None
    seconds: float | None
    dates: str | Sequence[str]
    device: str
    random_state: int | np.random.RandomState | None

    @property
    def _reference(self) -> str:
        return registry.identify(self.architecture)

    def _read(self, x: Any, wanted: Sequence[Task]) -> tuple[Read, tasks.Task]:
        """X as it is fitted to, and the first of the tasks that the architecture does."""
        with sklearn_errors():
            spec = registry.describe(self._reference)
            able = [tasks.get(task) for task in wanted if task in spec.tasks]
            if not able:
                name, kind = registry.id_of(self._reference), type(self).__name__
                raise UserError(
                    f"{name} does {', '.join(spec.tasks)}; {kind} needs {' or '.join(wanted)}"
                )
            if several.named(x):
                dates = (self.dates,) if isinstance(self.dates, str) else self.dates
                rows = several.examples(x, self._reference, able[0], dates)
                return (rows, Form(None, ())), able[0]
            ports = adapt.wanted_inputs(spec)
            if sum(not getattr(port, "along", None) for port in ports.values()) > 1:
                raise UserError(
                    f"{registry.id_of(self._reference)} takes {', '.join(ports)}: X is a mapping "
                    "from these names to the values of each"
                )
            return inputs.learn(self, x, next(iter(ports.values()))), able[0]

    def _learn(  # noqa: PLR0913 - one argument a thing that the user says
        self,
        read: Read,
        task: tasks.Task,
        y: np.ndarray | None = None,
        classes: tuple[str, ...] = (),
        kept: float = 0.0,
        groups: Any = None,
        **more: Any,
    ) -> Examples:
        """Fit to what was read; `more` are fields of the recipe that the kind of estimator sets.

        Rows of the same of the `groups` are all kept, all stopped by, or all trained on.

        Returns:
            The share `kept` of the examples, seen by neither training nor stopping.
        """
        x, self._form = read
        with sklearn_errors():
            examples = self._examples(x, task)
        targets = {} if y is None else {TARGET: y}
        examples = dataclasses.replace(examples, targets=targets, classes=classes)
        seed = int(check_random_state(self.random_state).randint(2**31))
        with sklearn_errors():
            shares = {"validation": self._held_back(task, examples), "calibrate": kept}
            labels = y if classes else None
            held = (
                stratified.shares(labels, len(examples), shares, seed)
                if groups is None
                else _whole(labels, groups, len(examples), shares, seed)
            )
            parts: dict[Part, Examples] = {"train": examples.take(held["train"])}
            if len(held["validation"]):
                parts["validation"] = examples.take(held["validation"])
            material = compose(self._reference, parts, self.settings, self.objective)
            recipe = recipe_defaults.for_rows(
                material.spec, material.objective, len(held["train"]), parts["train"]
            )
            recipe |= {**(self.recipe or {}), **more}
            with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
                self.fitted_ = fitting.fit(material, recipe, seed, self.seconds, device=self.device)
        self.n_iter_ = self.fitted_.epochs
        self.notes_ = material.adapted
        calibrating = examples.take(held["calibrate"])
        self._tell_repeats(calibrating, [*parts.values()])
        return calibrating

    def _examples(self, x: Rows, task: tasks.Task) -> Examples:
        """What was read, without a target."""
        if isinstance(x, Examples):
            return dataclasses.replace(x, scaled=self._scaled)
        assert self._form.port is not None
        readings = decide(x)[0] if isinstance(x, pd.DataFrame) else {}
        dates = self._formats(x)
        about = {"scaled": self._scaled, "readings": readings, "dates": dates}
        return Examples.of(task=task, port=self._form.port, x=x, **about)

    def _held_back(self, task: tasks.Task, examples: Examples) -> float:
        """Share of the rows by which training is stopped."""
        if self.validation is not None:
            return self.validation
        _, objective = objective_of(self._reference, task, self.objective)
        spec = registry.describe(self._reference)
        return recipe_defaults.validation_share(spec, objective, examples)

    def _formats(self, x: np.ndarray | pd.DataFrame) -> dict[str, str]:
        """How columns write dates, by all rows: those trained on need not prove it.

        Raises:
            UserError: dates that can be read in two ways, or `dates` that name none.
        """
        said = date_parsing.said(self.dates)
        if isinstance(x, pd.DataFrame):
            return date_parsing.of_columns(x, said)
        if said:
            raise UserError("dates= is for frames, whose columns have names; X is an array")
        return {}

    def _tell_repeats(self, kept: Examples, learnt: Sequence[Examples]) -> None:
        """Warn where rows were kept back in vain, for others like them were learnt from."""
        if not len(kept):
            return
        if count := int(row_identity.repeated(kept, learnt, self.fitted_.preparation).sum()):
            note = (
                f"{count:,} of {len(kept):,} rows kept back to calibrate hold the values of rows "
                "that were learnt from: what they calibrate is too sure of itself"
            )
            self.notes_ = [*self.notes_, note]
            warnings.warn(note, stacklevel=4)

    def _ask(self, x: Any) -> np.ndarray:
        """What the network gives for each row, checked against those that it was fitted on."""
        return self._fitted.outputs_of(self._seen(x)).astype(np.float64)

    def _seen(self, x: Any) -> Examples:
        """Rows as the network gets to see them; what preparation notes becomes a warning."""
        fitted = self._fitted
        with sklearn_errors():
            if self._form.port is None:
                examples = self._of_several(x)
            else:
                like = inputs.like(self, x, self._form)
                examples = Examples.of(
                    task=fitted.task, port=self._form.port, x=like, scaled=self._scaled
                )
            seen = fitted.seen(examples)
        for note in seen.notes:
            warnings.warn(note, stacklevel=4)
        return seen

    def _of_several(self, x: Any) -> Examples:
        if not several.named(x):
            raise UserError("X is no mapping; it was fitted on several inputs by their names")
        fitted = self._fitted
        rows = several.examples(x, fitted.reference, fitted.task, config=fitted.config)
        return dataclasses.replace(rows, scaled=self._scaled)

    @property
    def _fitted(self) -> Trained:
        """What fitting left.

        Raises:
            NotFittedError: it wasn't fitted.
        """
        check_is_fitted(self)
        return self.fitted_

    @property
    def model_(self) -> torch.nn.Module:
        """The trained network, for whatever can be done with one."""
        return self._fitted.model

    def save(self, path: str | Path) -> None:
        """Keep it in a new folder: weights as safetensors, all else as JSON.

        Raises:
            UserError: the folder exists, or a parameter can't be written as plain data.
        """
        keeping.save(self, self._fitted, self._own, Path(path))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """One that was saved.

        Raises:
            UserError: no such folder, damaged, or of another kind of estimator.
        """
        return keeping.load(cls, Path(path))

    def __sklearn_tags__(self) -> Tags:
        """Gaps in tables are filled; arrays of more dimensions are pictures and series."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.three_d_array = True
        return tags


class Supervised(Network):
    """A network that learns from rows and what they should give."""

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
        device: str = "auto",
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.architecture = architecture
        self.settings = settings
        self.recipe = recipe
        self.objective = objective
        self.validation = validation
        self.calibrate = calibrate
        self.seconds = seconds
        self.dates = dates
        self.device = device
        self.random_state = random_state


def _whole(
    labels: np.ndarray | None, groups: Any, rows: int, shares: Mapping[str, float], seed: int
) -> dict[str, np.ndarray]:
    """As `stratified.shares`, of whole groups: shares of them are drawn, not of their rows.

    Raises:
        UserError: other than a group for each row, gaps, too few groups for the shares, or a class
            that only groups hold which are kept back.
    """
    column = pd.Series(np.asarray(groups).ravel())
    if len(column) != rows:
        raise UserError(f"groups has {len(column)} values for {rows} rows: give one for each")
    if column.isna().any():
        raise UserError("groups has gaps: name the group of every row")
    of, different = pd.factorize(column)
    drawn = stratified.shares(None, len(different), shares, seed)
    if short := [name for name, share in shares.items() if share and not len(drawn[name])]:
        raise UserError(
            f"{len(different)} groups are too few to keep {short[0]}={shares[short[0]]} of them "
            f"back: bring more, raise it, or say {short[0]}=0"
        )
    held = {name: np.flatnonzero(np.isin(of, numbers)) for name, numbers in drawn.items()}
    if labels is not None and len(gone := np.setdiff1d(labels, labels[held["train"]])):
        raise UserError(
            f"class number {gone[0]} is only in groups that are kept back: bring more groups, or "
            "choose another random_state"
        )
    return held
