"""Search the settings of one architecture on one dataset; the test part is never looked at."""

from __future__ import annotations

import importlib.util
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any, Literal

from nna import objectives, registry
from nna.errors import UserError
from nna.learning.base import Objective
from nna.learning.settings import prefixed
from nna.training import devices
from nna.training.in_memory import Tensors
from nna.training.loop import measure
from nna.training.progress import Silent
from nna.workbench import class_weights, command_line, fitting, recipe_defaults, run_options
from nna.workbench.comparison.search_space import (
    Setting,
    Settings,
    Space,
    draw,
    grid,
    of_architecture,
    of_objective,
    recipe_and_settings,
)
from nna.workbench.data_source import Source
from nna.workbench.evaluation.scoring import higher_is_better
from nna.workbench.formatting import option, short
from nna.workbench.prepared_data import Material, gather
from nna.workbench.trained_model import Trained
from nna.workbench.tune_results import Best, Trial as TrialResult, TuneResults

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.trial import FrozenTrial

Sampler = Literal["tpe", "random", "grid"]
# Of the recipe, said in the command.
USED = ("epochs", "batch_size", "learning_rate", "weight_decay", "patience")
NAMES = 2  # of settings, in a shared study: one more when they change, for trials don't mix then
WARMUP = 5  # epochs that every trial is given before it can be pruned


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is searched, and how."""

    reference: str
    origin: Source
    trials: int = 20
    sampler: Sampler = "tpe"
    storage: str | None = None  # "study.log" (a journal), or an address such as sqlite:///study.db
    seed: int = 0
    seconds: float | None = None  # for each trial
    settings: Mapping[str, Any] | None = None  # held fast in every trial
    recipe: Mapping[str, Any] | None = None
    device: str = "auto"  # where trials train
    metric: str | None = None  # what decides, on validation; None: what the objective watches
    positive: str | None = None  # of two classes the one that the metric is about
    class_weights: str | Mapping[str, float] | None = None  # of the losses


class _Judged(Silent):
    """Tells the study of every epoch, and stops what falls behind."""

    def __init__(self, trial: Trial, watch: str) -> None:
        self.trial, self.watch = trial, f"validation {watch}"

    def epoch(self, done: int, total: int, figures: Mapping[str, float]) -> None:
        """Report the figure that early stopping watches."""
        import optuna

        if self.watch in figures:
            self.trial.report(figures[self.watch], done)
            if done > WARMUP and self.trial.should_prune():
                raise optuna.TrialPruned


@dataclass(frozen=True, slots=True)
class _Judge:
    """What trials are compared by: a figure on validation that means the same in all of them.

    Where settings of the objective are searched, losses of trials are losses of different things: a
    smaller margin is easily kept. Then the first trial's objective measures every trial.
    """

    watch: str
    higher: bool  # is better
    objective: Objective  # of the first trial
    searched: Mapping[str, int | float]  # settings of a loss that are, as the first trial has them

    @classmethod
    def of(cls, base: Material, objective: Objective, space: Space) -> _Judge:
        watch, higher = _watched(base)
        own = prefixed(objectives.settings_of(objective)) if watch == objective.watch else {}
        searched = {name: value for name, value in own.items() if f"settings.{name}" in space}
        return cls(watch, higher, objective, searched)

    def pruner(self) -> Any:
        """What stops a trial by the figures of its epochs, where these can be compared."""
        from optuna import pruners

        if self.searched:
            return pruners.NopPruner()
        return pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=WARMUP)

    def figure(self, fitted: Trained, material: Material) -> float | None:
        """Of a trial; None: it came to no number."""
        if not self.searched:
            values = [line[f"validation {self.watch}"] for line in fitted.history]
            known = [value for value in values if not math.isnan(value)]
            best = max if self.higher else min
            return best(known) if known else None
        part = Tensors.of(material.parts["validation"])
        return measure(fitted.model, self.objective.begin(fitted.model), part)[self.watch]

    def watched_figure(self) -> str:
        """In words."""
        own = ", ".join(f"{name} {short(value)}" for name, value in self.searched.items())
        return f"{self.watch} (of every trial measured with {own})" if own else self.watch


def tune(search: Search, said: Callable[[int, int, str], None] = lambda *_: None) -> TuneResults:
    """Hold the study: each trial trains on the training part and is judged on validation.

    A study in shared storage is continued, here or on several machines at once; `trials` are then
    those that this process adds.

    Args:
        search: what is searched.
        said: told of every trial: how many are over, of how many, and how it went.

    Returns:
        Trials, the best of them, its command, and how much each setting mattered.

    Raises:
        UserError: unknown names, unfit data, or no trial came to an end.
    """
    if importlib.util.find_spec("optuna") is None:
        raise UserError("searches need one more package: pip install 'nna[workbench]'")
    import optuna

    if search.trials < 1:
        raise UserError(f"--trials must be at least 1, got {search.trials}")
    devices.named(search.device)  # refused before any trial
    optuna.logging.set_verbosity(logging.ERROR)
    base = _material(search, search.settings or {})
    _watched(base)  # refused before any trial
    objective = base.objective
    space = _left(search, objective)
    judge = _Judge.of(base, objective, space)
    study = optuna.create_study(
        direction="maximize" if judge.higher else "minimize",
        sampler=_sampler(search, space),
        pruner=judge.pruner(),
        storage=_storage(search.storage),
        study_name=_name(base, search),
        load_if_exists=True,
    )
    if not study.trials and search.sampler != "grid":
        study.enqueue_trial(_own(space, base, search), skip_if_exists=True)

    def value(trial: Trial) -> float:
        recipe, settings = recipe_and_settings(draw(trial, space))
        try:
            material = _material(search, {**settings, **(search.settings or {})})
            held = {k: v for k, v in (search.recipe or {}).items() if k != "objective"}
            train, rows = material.raw["train"], len(material.parts["train"])
            defaults = recipe_defaults.for_rows(material.spec, material.objective, rows, train)
            defaults |= {**recipe, **held, "class_weights": search.class_weights}
            fitted = fitting.fit(
                material,
                defaults,
                search.seed,
                search.seconds,
                _Judged(trial, judge.watch),
                search.device,
                run_options.monitor(material),
            )
        except (UserError, ValueError) as reason:
            trial.set_user_attr("refused", " ".join(str(reason).split())[:200])
            raise optuna.TrialPruned from reason
        used = {key: getattr(fitted.recipe, key) for key in USED}
        trial.set_user_attr("recipe", used)
        trial.set_user_attr("stopped", fitted.stopped)
        if (figure := judge.figure(fitted, material)) is None:
            raise optuna.TrialPruned
        return figure

    over = count(1)

    def told(study: Study, trial: FrozenTrial) -> None:
        said(next(over), search.trials, _line(trial, judge.watch))

    study.optimize(value, n_trials=search.trials, callbacks=[told])
    return _found(study, search, space, base.reference, judge)


def _objective(search: Search) -> str | None:
    chosen = (search.recipe or {}).get("objective")
    return str(chosen) if chosen else None


def _material(search: Search, settings: Mapping[str, Any]) -> Material:
    """The data, made ready for a network of these settings, and judged as the user says."""
    found = gather(search.reference, search.origin, search.seed, settings, _objective(search))
    return run_options.with_scoring(found, search.metric, search.positive)


def _name(base: Material, search: Search) -> str:
    """Of a study: trials that are judged in other ways must not mix in shared storage."""
    said = {"metric": search.metric, "positive": search.positive, "weights": search.class_weights}
    apart = "".join(f" {name}={value}" for name, value in said.items() if value is not None)
    return f"{base.reference} {base.fingerprint[:12]} {base.objective_name} {NAMES}{apart}"


def _watched(material: Material) -> tuple[str, bool]:
    """The figure of validation that decides, and whether higher is better."""
    watch = material.objective.watch
    if not material.objective.descends or watch is None:
        raise UserError(
            f"{material.objective_name} is not learnt by descending a loss: there is no validation "
            "loss to search"
        )
    metric = material.scoring.metric
    return (watch, False) if metric is None else (metric, higher_is_better(metric))


def _left(search: Search, objective: Objective) -> Space:
    """The space, without what is held fast."""
    fast = {f"settings.{name}" for name in search.settings or {}}
    fast |= {f"recipe.{name}" for name in search.recipe or {}}
    whole = {**of_architecture(search.reference), **of_objective(objective)}
    space = {k: v for k, v in whole.items() if k not in fast}
    if not space:
        raise UserError("everything is held fast: nothing is left to search")
    return space


def _own(space: Space, base: Material, search: Search) -> dict[str, Any]:
    """The default settings as the first trial, as near as the space comes to them."""
    from nna.workbench.comparison.search_space import Choice

    values = {
        f"recipe.{k}": getattr(base.spec.recipe, k)
        for k in ("learning_rate", "batch_size", "weight_decay")
    }
    settings = prefixed(objectives.settings_of(base.objective))
    values |= {f"settings.{name}": of for name, of in settings.items()}
    config = registry.configure(search.reference)
    named: dict[str, Any] = {}
    for name, among in space.items():
        value = values.get(name, getattr(config, name.split(".")[1], None))
        if isinstance(among, Choice):
            if value in among.values:
                named[name] = among.values.index(value)
        elif value is not None:
            named[name] = min(max(value, among.low), among.high)
    return named


def _sampler(search: Search, space: Space) -> Any:
    from optuna import samplers

    if search.sampler == "grid":
        return samplers.GridSampler(grid(space), seed=search.seed)
    if search.sampler == "random":
        return samplers.RandomSampler(seed=search.seed)
    if search.sampler == "tpe":
        return samplers.TPESampler(seed=search.seed, multivariate=False)
    raise UserError(f"no sampler {search.sampler!r}; there are: tpe, random, grid")


def _storage(where: str | None) -> Any:
    """In memory, a journal in a file that several processes can share, or a database."""
    if where is None or "://" in where:
        return where
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    Path(where).parent.mkdir(parents=True, exist_ok=True)
    return JournalStorage(JournalFileBackend(where))


def _line(trial: FrozenTrial, watch: str) -> str:
    from optuna.trial import TrialState

    if refused := trial.user_attrs.get("refused"):
        return f"trial {trial.number}: {refused}"
    if trial.value is None:
        return f"trial {trial.number}: came to nothing ({trial.state.name.lower()})"
    stopped = trial.state == TrialState.PRUNED
    how = f", behind the others after {trial.last_step} epochs: stopped" if stopped else ""
    clock = trial.user_attrs.get("stopped")
    how += f", {clock}" if clock else ""
    return f"trial {trial.number}: validation {watch} {short(trial.value)}{how}"


def _found(
    study: Study, search: Search, space: Space, reference: str, judge: _Judge
) -> TuneResults:
    from optuna.trial import TrialState

    whole = [one for one in study.trials if one.state == TrialState.COMPLETE]
    if not whole:
        raise UserError("no trial came to its end: give more --trials, or hold fewer settings fast")
    best = (max if judge.higher else min)(whole, key=lambda one: one.value or 0.0)
    drawn = _values(best.params, space)
    return TuneResults(
        architecture=reference,
        data=search.origin.data,
        watched=f"validation {judge.watched_figure()}",
        best=Best(
            trial=best.number,
            value=best.value or 0.0,
            settings=drawn,
            stopped=best.user_attrs.get("stopped"),
        ),
        command=_command(search, drawn, best.user_attrs["recipe"]),
        importance=_importance(study, len(whole)),
        trials=[
            TrialResult(
                trial=one.number,
                value=one.value,
                state=one.state.name.lower(),
                stopped=one.user_attrs.get("stopped"),
                settings=_values(one.params, space),
            )
            for one in study.trials
        ],
    )


def _values(params: Mapping[str, int | float], space: Space) -> dict[str, Setting]:
    from nna.workbench.comparison.search_space import Choice

    found = {}
    for name, value in params.items():
        among = space.get(name)
        found[name] = among.values[int(value)] if isinstance(among, Choice) else value
    return found


def _importance(study: Study, whole: int) -> dict[str, float]:
    """Share of the variance that each setting explains (fANOVA); nothing from few trials."""
    from optuna.importance import get_param_importances

    if whole < 4:
        return {}
    return {name: float(value) for name, value in get_param_importances(study).items()}


def _command(search: Search, drawn: Settings, used: Mapping[str, float | None]) -> str:
    """What trains the best of them."""
    settings = {**recipe_and_settings(drawn)[1], **(search.settings or {})}
    words = [command_line.train(search.reference, search.origin, search.seed)]
    words += [f"--metric {quote(search.metric)}"] if search.metric else []
    words += [f"--positive {quote(search.positive)}"] if search.positive else []
    words += [f"--class-weights {quote(one)}" for one in class_weights.said(search.class_weights)]
    words += [f"{option(name)} {value:.6g}" for name, value in used.items() if value is not None]
    for name, value in settings.items():
        plain = ",".join(map(str, value)) if isinstance(value, tuple) else value
        plain = float(f"{value:.6g}") if isinstance(value, float) else plain
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
        words.append(f"--set {name}={plain}{comma}")
    return " ".join(words)
