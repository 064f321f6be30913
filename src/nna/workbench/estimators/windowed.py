"""What forecasters on windows share, and the rules among them; frames as Nixtla's libraries have.

Long frames: a row a time, with the columns `unique_id`, `ds` and `y`; forecasts come in a column
named after the model, their bounds in `-lo-90` and `-hi-90`.
"""

from __future__ import annotations

import dataclasses
import warnings
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from nna.data.columns import date_parsing
from nna.data.examples import Examples
from nna.data.series import clocks, leaks, panels, parts
from nna.data.series.layout import Layout, shown
from nna.data.series.panels import Panel
from nna.data.series.parts import Span
from nna.data.series.windows import Plan
from nna.errors import UserError
from nna.workbench.estimators.base import sklearn_errors
from nna.workbench.forecasting import forecasts

Named = tuple[str, str, str]  # the columns that name the series, the time and the value


class Windowed(BaseEstimator, ABC):
    """What forecasters share: reading frames, cutting windows, answering, looking back."""

    horizon: int
    lookback: int | None
    season: int | None
    freq: str | None
    future_covariates: Sequence[str]
    fill: bool
    validation: float

    def fit(
        self,
        df: pd.DataFrame,
        id_col: str = "unique_id",
        time_col: str = "ds",
        target_col: str = "y",
    ) -> Self:
        """Learn from a frame; the last stretch is held out, for early stopping and intervals.

        Warns of columns that give the future away.

        Args:
            df: long, or wide (a column of times, and a column of numbers a series); of pandas,
                polars or their like.
            id_col: names the series; without it there is one.
            time_col: dates or whole numbers.
            target_col: what is forecast. All other columns of numbers help; those in `known` are
                known beforehand.

        Raises:
            UserError: times that come twice or on no common clock, gaps (unless `fill`), series
                too short.
        """
        with sklearn_errors():
            named = (id_col, time_col, target_col)
            panel = self._panel(df, named)
            self._fit(panel, named)
            warned = leaks.warnings(panel, self.horizon)
            for note in warned:
                warnings.warn(note, stacklevel=2)
            self.notes_ = [*warned, *self.notes_]
            return self

    def predict(
        self,
        h: int | None = None,
        X_df: pd.DataFrame | None = None,  # noqa: N803 - as in Nixtla's libraries
        level: Sequence[int] = (),
        new_df: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """What comes after the last value of each series.

        Args:
            h: steps ahead, the horizon at most (and if left out).
            X_df: the columns that are known beforehand, at the steps ahead.
            level: per cent of what comes that intervals are to hold, such as (80, 90).
            new_df: other series than those learnt from, or the same ones later.

        Raises:
            UserError: more steps than the horizon, or something known that is missing.
        """
        check_is_fitted(self)
        with sklearn_errors():
            panel = self._kept
            if new_df is not None:
                panel = self._panel(new_df, self._named, self.plan_)
            if X_df is not None:
                panel = _with_future(panel, _frame(X_df), self._named, self.plan_)
            return self._forecast(panel, h, tuple(level))

    def cross_validation(  # noqa: PLR0913 - named as in Nixtla's libraries
        self,
        df: pd.DataFrame,
        n_windows: int = 1,
        step_size: int | None = None,
        level: Sequence[int] = (),
        refit: bool = True,
        rules: bool = True,
        id_col: str = "unique_id",
        time_col: str = "ds",
        target_col: str = "y",
    ) -> pd.DataFrame:
        """Forecasts from several times in the past, beside what came.

        Args:
            df: as `fit` takes it.
            n_windows: how many times; the last of them lies a horizon before the end.
            step_size: steps between them; the horizon if left out.
            level: as `predict` takes it.
            refit: learn anew at each of them from all that was before; else only at the first.
            rules: with a column for each rule that the model must beat.
            id_col: as `fit` takes it.
            time_col: likewise.
            target_col: likewise.

        Returns:
            A row for each series, cutoff and step ahead.

        Raises:
            UserError: as `fit` and `predict` do.
        """
        with sklearn_errors():
            named = (id_col, time_col, target_col)
            panel = self._panel(df, named)
            step = step_size or self.horizon
            if min(n_windows, step) < 1:
                raise UserError("n_windows and step_size are 1 at least")
            last = max(panel.strands, key=lambda s: (s.times[-1], len(s)))
            ends = [len(last) - self.horizon - back * step for back in range(n_windows)][::-1]
            if ends[0] < 1:
                raise UserError(f"{len(last)} steps don't hold {n_windows} windows")
            own: Any = clone(self)
            models: list[Windowed] = [own]
            if rules:
                models += [self._rule(name) for name in forecasts.rules(season=2)]  # see `_differs`
            made = []
            for number, end in enumerate(ends):
                before = _until(panel, last.times[end - 1])
                if refit or not number:
                    for model in models:
                        model._fit(before, named)
                if not number:
                    models = [m for m in models if m._differs()]
                made.append(_beside(models, before, panel, tuple(level)))
            return pd.concat(made, ignore_index=True)

    # --- what forecasters do differently ------------------------------------------------------

    @property
    @abstractmethod
    def name(self) -> str:
        """What the column of its forecasts is called."""

    @abstractmethod
    def _learn(self, examples: Examples) -> None:
        """Learn from windows."""

    @abstractmethod
    def _answer(self, examples: Examples) -> np.ndarray:
        """What comes after each window, `(n, horizon)`, in units of the window."""

    # --- what they share ----------------------------------------------------------------------

    def _differs(self) -> bool:
        """Whether it is worth a column of its own."""
        return True

    def _rule(self, name: str) -> RuleForecaster:
        """A rule on the same windows."""
        own = {k: v for k, v in self.get_params().items() if k in RuleForecaster().get_params()}
        return RuleForecaster(**{**own, "rule": name})

    def _panel(self, df: Any, named: Named, plan: Plan | None = None) -> Panel:
        df = _frame(df)
        one, time, target = (name if name in df.columns else None for name in named)
        layout = Layout(
            time=time,
            target=target,
            series=one,
            future_covariates=tuple(self.future_covariates),
            freq=self.freq if plan is None else plan.freq,
            format=None if plan is None else plan.format,
            fill=self.fill,
        )
        return panels.panel(df, layout)

    def _fit(self, panel: Panel, named: Named) -> Self:
        span = Span(horizon=self.horizon, lookback=self.lookback, season=self.season)
        examples = parts.examples(panel, span, self.validation, test=0)
        assert examples.windows is not None
        self.plan_, self.notes_ = examples.windows.plan, list(examples.notes)
        self._kept, self._named = panel, named
        self._learn(examples)
        assert examples.parts is not None
        held = examples.take(examples.parts["validation"])
        assert held.y is not None
        origins = forecasts.cut(held).origins
        self.radii_ = forecasts.radii(self._answer(held), held.y, origins)
        self.notes_ += forecasts.untold(self.radii_)
        return self

    def _forecast(self, panel: Panel, h: int | None, levels: tuple[int, ...]) -> pd.DataFrame:
        plan, steps = self.plan_, self.plan_.horizon if h is None else h
        if not 1 <= steps <= plan.horizon:
            raise UserError(
                f"{steps} steps ahead; it was fitted for 1 to {plan.horizon}: say horizon={steps}"
            )
        for level in levels:
            if level not in self.radii_:
                there = ", ".join(map(str, self.radii_)) or "none"
                raise UserError(
                    f"no interval of {level} per cent; there are: {there} (more windows to hold "
                    "out, by a larger validation, bear higher ones)"
                )
        examples = parts.latest(panel, plan)
        for note in examples.notes[len(panel.notes) :]:
            warnings.warn(note, stacklevel=4)
        cut = forecasts.cut(examples)
        values = {self.name: cut.restore(self._answer(examples))}
        for level in levels:
            width = np.array(self.radii_[level]) * cut.origins["spread"].to_numpy()[:, None]
            values[f"{self.name}-lo-{level}"] = values[self.name] - width
            values[f"{self.name}-hi-{level}"] = values[self.name] + width
        one, time, _ = self._named
        times = [plan.clock.after(last, steps) for _, last in cut.ends]
        return pd.DataFrame(
            {
                one: np.repeat(cut.origins["unique_id"].to_numpy(), steps),
                time: pd.concat([pd.Series(t) for t in times], ignore_index=True),
                **{name: of[:, :steps].ravel() for name, of in values.items()},
            }
        ).infer_objects()


class RuleForecaster(Windowed):
    """A rule that a network must beat: naive, drift, ridge on lags, Holt-Winters and others."""

    def __init__(  # noqa: PLR0913
        self,
        rule: str = "seasonal naive",
        *,
        horizon: int = 1,
        lookback: int | None = None,
        season: int | None = None,
        freq: str | None = None,
        future_covariates: Sequence[str] = (),
        fill: bool = False,
        validation: float = 0.15,
    ) -> None:
        self.rule = rule
        self.horizon = horizon
        self.lookback = lookback
        self.season = season
        self.freq = freq
        self.future_covariates = future_covariates
        self.fill = fill
        self.validation = validation

    @property
    def name(self) -> str:
        """The rule's."""
        return self.rule

    def _differs(self) -> bool:
        return self.rule in forecasts.rules(self.plan_.season)

    def _learn(self, examples: Examples) -> None:
        assert examples.parts is not None
        train, held = (examples.take(examples.parts[part]) for part in ("train", "validation"))
        self.learnt_ = forecasts.learn(self.rule, train, forecasts.cut(held).pasts())
        self.notes_ += self.learnt_.notes

    def _answer(self, examples: Examples) -> np.ndarray:
        return self.learnt_.answer(examples)


def _frame(df: Any) -> pd.DataFrame:
    """A frame of pandas, or of polars and their like, as one of pandas.

    Raises:
        UserError: it has no columns.
    """
    if isinstance(df, pd.DataFrame):
        return df
    if not hasattr(df, "columns"):
        raise UserError(f"bring a frame with columns, not a {type(df).__name__}")
    return pd.DataFrame({str(name): np.asarray(df[name]) for name in df.columns})


def _until(panel: Panel, time: object) -> Panel:
    """The panel as it stood at a time; what is known beforehand stays known."""
    ends = [int(s.times.searchsorted(time, "right")) for s in panel.strands]  # type: ignore[call-overload]
    kept = [
        dataclasses.replace(
            s, times=s.times[:end], y=s.y[:end], past_covariates=s.past_covariates[:end]
        )
        for s, end in zip(panel.strands, ends, strict=True)
        if end
    ]
    return dataclasses.replace(panel, strands=tuple(kept))


def _beside(
    models: list[Windowed], before: Panel, panel: Panel, levels: tuple[int, ...]
) -> pd.DataFrame:
    """The forecasts of several models beside what came."""
    one, time, target = models[0]._named
    keys = [one, time]
    came = pd.concat(
        pd.DataFrame({one: [s.name] * len(s), time: s.times, target: s.y}) for s in panel.strands
    )
    last = pd.DataFrame({one: [s.name for s in before.strands]})
    last["cutoff"] = [s.times[-1] for s in before.strands]
    found = models[0]._forecast(before, None, levels).merge(last, on=one).merge(came, on=keys)
    for model in models[1:]:
        found = found.merge(model._forecast(before, None, ()), on=keys)
    first = [*keys, "cutoff", target]
    return found.loc[:, [*first, *(c for c in found.columns if c not in first)]]


def _row(*rows: int) -> str:
    return f"row {rows[0]}"


def _with_future(panel: Panel, future_covariates: pd.DataFrame, named: Named, plan: Plan) -> Panel:
    """The panel with what is known of the steps ahead.

    Raises:
        UserError: a column, a series or a step is missing.
    """
    one, time, _ = named
    if lacking := [
        c for c in (time, *plan.future_covariates) if c not in future_covariates.columns
    ]:
        raise UserError(f"X_df has no column {lacking[0]!r}")
    strands = []
    for strand in panel.strands:
        rows = (
            future_covariates[future_covariates[one] == strand.name]
            if one in future_covariates.columns
            else future_covariates
        )
        how = plan.format if isinstance(strand.times, pd.DatetimeIndex) else date_parsing.NUMBERS
        when, _, _ = clocks.read(pd.Series(rows[time]), f"X_df: column {time!r}", _row, how)
        own = rows.set_index(pd.Index(when))
        steps = plan.clock.after(strand.times[-1], plan.horizon)
        values = own[[*plan.future_covariates]].reindex(steps).to_numpy(dtype=float)
        if np.isnan(values).any():
            step = int(np.isnan(values).any(1).argmax())
            raise UserError(
                f"X_df lacks {', '.join(plan.future_covariates)} of {shown(steps[step])}, "
                f"series {strand.name!r}: it must hold {plan.horizon} steps after the last value"
            )
        past = strand.future_covariates[: len(strand)]
        strands.append(
            dataclasses.replace(strand, future_covariates=np.concatenate([past, values]))
        )
    return dataclasses.replace(panel, strands=tuple(strands))
