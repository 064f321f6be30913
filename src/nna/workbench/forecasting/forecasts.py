"""Forecasts: the rules that a network must beat, intervals, and what is measured on the test."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from torch import nn

from nna.data.examples import Examples
from nna.data.series.layout import shown as time_shown
from nna.data.series.windows import Plan, Windows
from nna.errors import UserError
from nna.training.in_memory import Tensors
from nna.workbench.evaluation import metrics, model_outputs
from nna.workbench.evaluation.calibration import margin
from nna.workbench.evaluation.results import OfForecasts
from nna.workbench.forecasting import exponential_smoothing, forecast_metrics
from nna.workbench.prepared_data import Material

Answer = Callable[[np.ndarray], np.ndarray]  # windows (n, context, channels) -> (n, horizon)
Rule = Callable[[np.ndarray, np.ndarray, Plan], Answer]  # fitted to windows and what came after

LEVELS = (50, 80, 90, 95)  # per cent of what comes that intervals are to hold
USUAL = 90  # the one that is measured and drawn, if there are windows enough for it
MANY = 1000  # times the error of a rule from which a number would say no more
ROWS = 50_000  # rows that boosted trees learn from, at most


# --- rules -----------------------------------------------------------------------------------


def _naive(x: np.ndarray, y: np.ndarray, plan: Plan) -> Answer:
    """The last value, again and again."""
    return partial(_picked, steps=np.full(plan.horizon, -1))


def _seasonal(x: np.ndarray, y: np.ndarray, plan: Plan) -> Answer:
    """The value a season before, or several."""
    return partial(_picked, steps=np.arange(plan.horizon) % plan.season - plan.season)


def _picked(x: np.ndarray, steps: np.ndarray) -> np.ndarray:
    return x[:, steps, 0]


def _drift(x: np.ndarray, y: np.ndarray, plan: Plan) -> Answer:
    """The line through the first and the last value of the window."""
    return partial(_line, ahead=np.arange(1, plan.horizon + 1) / max(1, plan.lookback - 1))


def _line(x: np.ndarray, ahead: np.ndarray) -> np.ndarray:
    return x[:, -1:, 0] + (x[:, -1:, 0] - x[:, :1, 0]) * ahead


def _mean(x: np.ndarray, y: np.ndarray, plan: Plan) -> Answer:
    """The mean of the window."""
    return partial(_averaged, horizon=plan.horizon)


def _averaged(x: np.ndarray, horizon: int) -> np.ndarray:
    return np.repeat(x[:, :, 0].mean(1, keepdims=True), horizon, axis=1)


def _ridge(x: np.ndarray, y: np.ndarray, plan: Plan) -> Answer:
    """Linear in all that the window holds, one fit a step ahead."""
    from sklearn.linear_model import RidgeCV

    return partial(_linear, fitted=RidgeCV(np.logspace(-3, 3, 13)).fit(_flat(x), y))


def _linear(x: np.ndarray, fitted: Any) -> np.ndarray:
    return fitted.predict(_flat(x)).reshape(len(x), -1)


def _boosted(x: np.ndarray, y: np.ndarray, plan: Plan) -> Answer:
    """Boosted trees on all that the window holds; which step ahead is one more column."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    rows, target = _by_step(x, plan), y.reshape(-1)
    drawn = np.random.default_rng(0).permutation(len(rows))[:ROWS]
    fitted = HistGradientBoostingRegressor(random_state=0).fit(rows[drawn], target[drawn])
    return partial(_by_trees, fitted=fitted, plan=plan)


def _by_trees(x: np.ndarray, fitted: Any, plan: Plan) -> np.ndarray:
    return fitted.predict(_by_step(x, plan)).reshape(len(x), plan.horizon)


def _flat(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), -1).astype(np.float64)


def _by_step(x: np.ndarray, plan: Plan) -> np.ndarray:
    """A row for each window and step ahead: the window, the step, and what is known of that."""
    steps = np.tile(np.arange(plan.horizon), len(x))
    told = [np.repeat(_flat(x), plan.horizon, axis=0), steps[:, None]]
    if plan.future_covariates:
        ahead = x[:, -plan.horizon :, -len(plan.future_covariates) :]
        told.append(ahead.reshape(len(steps), -1))
    return np.concatenate(told, axis=1)


RULES: dict[str, Rule] = {
    "naive": _naive,
    "seasonal naive": _seasonal,
    "drift": _drift,
    "mean": _mean,
    "ridge": _ridge,
    "gradient boosting": _boosted,
}


def rules(season: int) -> tuple[str, ...]:
    """The names of those that differ: without a season there is one naive rule.

    Rules that read windows, and where statsmodels is installed the classical methods that read
    whole series (`nna.workbench.forecasting.exponential_smoothing`).
    """
    named = (*RULES, *(exponential_smoothing.METHODS if exponential_smoothing.installed() else ()))
    return tuple(name for name in named if name != "seasonal naive" or season > 1)


@dataclass(frozen=True, slots=True)
class Learnt:
    """A rule that has learnt."""

    answer: Callable[[Examples], np.ndarray]  # windows -> (n, horizon), in units of each window
    notes: tuple[str, ...] = ()  # what estimating had to leave out, in words


def learn(name: str, train: Examples, pasts: Mapping[Any, np.ndarray]) -> Learnt:
    """Let a rule learn.

    Args:
        name: as `rules` gives them.
        train: windows to learn from.
        pasts: what each series may be learnt from, for the methods that read whole series.

    Raises:
        UserError: no such rule, or statsmodels is missing.
    """
    plan = cut(train).plan
    if name in RULES:
        answer = RULES[name](np.asarray(train.x), np.asarray(train.y), plan)
        return Learnt(lambda examples: answer(np.asarray(examples.x)))
    if name not in exponential_smoothing.METHODS:
        there = ", ".join((*RULES, *exponential_smoothing.METHODS))
        raise UserError(f"no rule {name!r}; there are: {there}")
    if not exponential_smoothing.installed():
        raise UserError(f"{name} needs one more package: pip install 'nna[workbench]'")
    rival = exponential_smoothing.fit(name, pasts, plan.season)

    def scaled(examples: Examples) -> np.ndarray:
        level, spread = (cut(examples).origins[c].to_numpy() for c in ("level", "spread"))
        return (rival.forecasts(cut(examples)) - level[:, None]) / spread[:, None]

    return Learnt(scaled, tuple(rival.notes))


# --- intervals -------------------------------------------------------------------------------


def radii(out: np.ndarray, y: np.ndarray, origins: pd.DataFrame) -> dict[int, list[float]]:
    """Half the width of intervals for each step ahead, in units of a window's spread.

    Split conformal prediction, by windows that were not learnt from; see `calibration.margin`.
    Windows that begin a step apart share most of what they forecast, and series share what moves
    them all: they are counted as so many as they are worth (`_independent`). A level that so few
    can't bear is left out.

    Args:
        out: what was forecast for windows held out, `(n, horizon)`, as the model gives it.
        y: what came.
        origins: of these windows.

    Returns:
        Level in per cent to the radius at each step.
    """
    errors = out.astype(np.float64) - y
    worth = _independent(errors, origins)
    found = {
        level: [margin(np.abs(e), level / 100, n) for e, n in zip(errors.T, worth, strict=True)]
        for level in LEVELS
    }
    return {level: widths for level, widths in found.items() if np.isfinite(widths).all()}


def _independent(errors: np.ndarray, origins: pd.DataFrame) -> np.ndarray:
    """As how many independent ones the errors at each step ahead count, `(horizon,)`.

    Even where nothing could be forecast better, errors k steps ahead from times j steps apart
    share k - j of the steps that went into them: they correlate by 1 - j / k (Hansen, Hodrick
    1980), their sizes by about its square, and n in a row count as 1 + (n - 1) / t with t the sum
    of these squares over all j. Series that err together at one time are worth fewer by the design
    effect of Kish (1965), estimated from the errors, and raised by its own standard error.
    """
    series, times = (pd.factorize(origins[c])[0] for c in ("unique_id", "cutoff"))
    counts = np.bincount(series)
    ahead = np.arange(1, errors.shape[1] + 1)
    overlap = (2 * ahead**2 + 1) / (3 * ahead)  # 1 + 2 sum of (1 - j / k) ** 2
    apart = (1 + (counts[:, None] - 1) / overlap).sum(0)
    if len(counts) == 1:
        return apart
    together = sum(float(np.square(np.bincount(times, e)).sum()) for e in errors.T)
    effect = together / max(float(np.square(errors).sum()), np.finfo(float).tiny)
    raised = np.clip(effect, 1, len(counts)) * (1 + np.sqrt(2 / (1 + times.max() / overlap)))
    return apart / np.minimum(raised, len(counts))


def untold(found: Iterable[int]) -> list[str]:
    """In words: levels for which there is no interval, and what would help."""
    missing = [f"{level} %" for level in LEVELS if level not in {*found}]
    if not missing:
        return []
    return [
        f"no interval of {', '.join(missing)}: the windows held out overlap or err together, and "
        "count as too few for it; longer series or a shorter horizon bear higher levels"
    ]


def usual(found: Iterable[int]) -> int | None:
    """The level to show: 90 per cent, or the highest below for which there is an interval."""
    return max((level for level in found if level <= USUAL), default=None)


# --- what is measured ------------------------------------------------------------------------


def results(model: nn.Module, material: Material) -> OfForecasts:
    """Figures of the model and of every rule on the test windows, and who wins."""
    train, checked, test = (material.raw[part] for part in ("train", "validation", "test"))
    held = model_outputs.outputs(model, Tensors.of(material.parts["validation"]))
    assert checked.y is not None
    widths = radii(held, checked.y, cut(checked).origins)
    windows = cut(test)
    answers = {"": model_outputs.outputs(model, Tensors.of(material.parts["test"]))}
    notes = [*forecast_metrics.unscaled(windows.scales()), *untold(widths)]
    pasts = windows.pasts()
    for name in rules(windows.plan.season):
        learnt = learn(name, train, pasts)
        answers[name] = learnt.answer(test)
        notes += learnt.notes
    if not exponential_smoothing.installed():
        rivals = " and ".join(exponential_smoothing.METHODS)
        notes.append(f"{rivals} did not take part: pip install 'nna[workbench]'")
    values = {name: windows.restore(out) for name, out in answers.items()}
    truth, at = came(test), windows.origins
    errors = {
        name: forecast_metrics.per_window(
            of, truth, at["unique_id"].tolist(), at["scale"].to_numpy()
        )
        for name, of in values.items()
    }
    figures = {name: forecast_metrics.figures(of) for name, of in errors.items()}
    own = figures.pop("")
    if (level := usual(widths)) is not None:
        width = np.array(widths[level]) * at["spread"].to_numpy()[:, None]
        inside = np.abs(values[""] - truth) <= width
        own["coverage"] = metrics.mean(inside.mean(1), higher_is_better=True)
    deciding = {name: forecast_metrics.deciding(of) for name, of in errors.items()}
    return OfForecasts(
        task=material.task.name,
        test_examples=len(test),
        metrics=own,
        baselines=figures,
        verdict=verdict(material.reference, deciding),
        notes=notes,
        radii={str(level): of for level, of in widths.items()},
        by_step={
            n or material.reference: np.abs(of - truth).mean(0).tolist() for n, of in values.items()
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A test window: what was, what came, and what was forecast; in the units of its series."""

    title: str
    past: np.ndarray  # (lookback,)
    came: np.ndarray  # (horizon,)
    forecasts: Mapping[str, np.ndarray]  # (horizon,), by who made them
    low: np.ndarray | None  # of the interval, (horizon,)
    high: np.ndarray | None


def last_windows(
    model: nn.Module, material: Material, measured: OfForecasts, most: int = 4
) -> list[Window]:
    """The last test window of each series, of the first `most`."""
    test, parts = material.raw["test"], material.raw["train"]
    last = np.flatnonzero(~cut(test).origins["unique_id"].duplicated(keep="last"))[:most]
    some, widths = test.take(last), measured.radii
    windows, x = cut(some), np.asarray(some.x)
    errors = {name: of["mae"].value for name, of in measured.baselines.items()}
    best = min(errors, key=lambda name: math.inf if (of := errors[name]) is None else of)
    pasts = {name: cut(test).pasts()[name] for name, _ in windows.ends}
    adapted = material.parts["test"].take(last)
    said = {
        material.reference: windows.restore(model_outputs.outputs(model, Tensors.of(adapted))),
        best: windows.restore(learn(best, parts, pasts).answer(some)),
    }
    past, level = windows.restore(x[:, :, 0]), usual(map(int, widths))
    half = 0 if level is None else np.array(widths[str(level)])
    width = half * windows.origins["spread"].to_numpy()[:, None]
    own = said[material.reference]
    return [
        Window(
            title=f"{name}, after {time_shown(cutoff)}",
            past=past[number],
            came=came(some)[number],
            forecasts={who: of[number] for who, of in said.items()},
            low=None if level is None else (own - width)[number],
            high=None if level is None else (own + width)[number],
        )
        for number, (name, cutoff) in enumerate(windows.ends)
    ]


def cut(examples: Examples) -> Windows:
    """Where the windows of examples were cut."""
    assert examples.windows is not None
    return examples.windows


def came(examples: Examples) -> np.ndarray:
    """What came after each window, `(n, horizon)`, in the units of the series."""
    assert examples.y is not None
    return cut(examples).restore(examples.y)


def verdict(name: str, errors: Mapping[str, np.ndarray]) -> str:
    """Whether a model is worth its trouble, in a sentence.

    Args:
        name: of the model.
        errors: of the model ("") and of each rule: a number a window, as
            `forecast_measures.deciding` gives them.

    Returns:
        Who wins by a paired bootstrap over windows (95 per cent, seeded); where it decides nothing
        the rule does, being simpler.
    """
    best = min((n for n in errors if n), key=lambda n: errors[n].mean())
    mine, other = errors[""], errors[best]
    many = mine.mean() >= MANY * other.mean()
    by = f"{MANY:,} times and" if many else f"by {abs(mine.mean() / other.mean() - 1):.1%}"
    if len(mine) < metrics.FEW:
        return f"{len(mine)} test windows are too few to tell {name} from the best baseline, {best}"
    drawn = np.random.default_rng(0).integers(len(mine), size=(2000, len(mine)))
    low, high = np.quantile((mine - other)[drawn].mean(1), [0.025, 0.975])
    if low > 0:
        return f"the baseline wins: {best}; {name} errs {by} more"
    if high < 0:
        return f"{name} beats every baseline: it errs {by} less than {best}"
    return (
        f"the baseline wins: as far as {len(mine)} windows tell, {name} is no better than {best}, "
        "which is simpler"
    )
