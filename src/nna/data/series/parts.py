"""Series as examples: windows of them, in parts that time alone decides."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nna.data.examples import PARTS, Examples, Part
from nna.data.series.layout import shown
from nna.data.series.panels import Panel, Strand
from nna.data.series.windows import Plan, Windows, windows
from nna.errors import UserError
from nna.spec import Series

MOST = 200_000  # windows to learn from; of more, some are left out, evenly
SHORTEST = 8  # steps looked back at, where nothing else is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """How far to look back and ahead."""

    horizon: int  # steps ahead, all at once
    lookback: int | None = None  # steps back; None: two seasons or twice the horizon
    season: int | None = None  # steps after which things repeat; None: by the clock

    def __post_init__(self) -> None:
        for name in ("horizon", "lookback", "season"):
            if (steps := getattr(self, name)) is not None and steps < 1:
                raise UserError(f"{name} is {steps}; it counts steps: 1 at least")


def examples(panel: Panel, span: Span, validation: float = 0.15, test: float = 0.2) -> Examples:
    """All windows of a panel as examples, with the split that time prescribes.

    All series are cut at the same two times: what is to be forecast in training lies before the
    first, in validation between them, in the test after the second. Windows of the test begin a
    horizon apart, the others a step. Columns are scaled by the training stretch, each window by
    its own past (its level and spread): nothing is taken from the future.

    Args:
        panel: the series.
        span: how far to look back and ahead.
        validation: share of the steps of the series that ends last, in whole horizons, one at
            least.
        test: likewise; 0: none.

    Raises:
        UserError: too short, or the same value throughout.
    """
    last = max(panel.strands, key=lambda s: (s.times[-1], len(s)))
    tested, checked = (_stretch(len(last), share, span.horizon) for share in (test, validation))
    plan = _plan(panel, span, len(last) - tested - checked)
    marks = [last.times[len(last) - 1 - tested - checked], last.times[len(last) - 1 - tested]]
    cuts = [strand.times.searchsorted(marks, "right") for strand in panel.strands]
    plan = dataclasses.replace(plan, **_scales(panel, [int(cut[0]) for cut in cuts]))
    starts = [_starts(len(s), plan, *cut) for s, cut in zip(panel.strands, cuts, strict=True)]
    counts = {part: sum(len(of[part]) for of in starts) for part in PARTS}
    if not (counts["train"] and counts["validation"] and (counts["test"] or not tested)):
        told = ", ".join(f"{part} {count}" for part, count in counts.items())
        raise UserError(
            f"windows of {plan.lookback} steps back and {plan.horizon} ahead leave a part empty "
            f"({told}): shorten the context or the horizon, or bring longer series"
        )
    every = -(-counts["train"] // MOST)
    for of in starts:
        of["train"] = of["train"][::every]
    made = [
        windows(strand, plan, np.concatenate([*of.values()]), int(cut[0]))
        for strand, of, cut in zip(panel.strands, starts, cuts, strict=True)
    ]
    origins = pd.concat([at for _, _, at in made], ignore_index=True)
    found = Windows(plan, origins, {strand.name: strand.y for strand in panel.strands})
    y = np.concatenate([ahead for _, ahead, _ in made])
    if not np.ptp(y) and not np.ptp(found.origins["level"]):
        raise UserError("the series are the same value throughout: there is nothing to forecast")
    part = np.concatenate([np.repeat([*of], [*map(len, of.values())]) for of in starts])
    return Examples.of(
        task="forecasting",
        port=Series(channels=len(plan.channels), steps=plan.lookback),
        x=np.concatenate([x for x, _, _ in made]),
        y=y,
        parts={name: np.flatnonzero(part == name) for name in PARTS},
        scaled=True,
        notes=(*panel.notes, *_notes(panel, plan, starts, marks, every)),
        left_out=panel.left_out,
        windows=found,
    )


def latest(panel: Panel, plan: Plan) -> Examples:
    """The last window of each series: what is to come after it is not known yet.

    Series shorter than a window are left out, and named in the notes; so are columns that the
    plan doesn't know.

    Raises:
        UserError: a column is missing, all series are too short, or what is known beforehand
            doesn't reach a horizon beyond the last value.
    """
    fitting = [_fitting(strand, panel, plan) for strand in panel.strands]
    strands = [strand for strand in fitting if len(strand) >= plan.lookback]
    short = [f"{s.name!r} ({len(s):,} steps)" for s in fitting if len(s) < plan.lookback]
    strange = [
        name
        for name in (*panel.past_covariates, *panel.future_covariates)
        if name not in (*plan.past_covariates, *plan.future_covariates)
    ]
    if not strands:
        raise UserError(f"a window takes {plan.lookback} steps; too short: {', '.join(short[:5])}")
    for strand in strands:
        lacking = len(strand) + plan.horizon - len(strand.future_covariates)
        if plan.future_covariates and lacking > 0:
            raise UserError(
                f"series {strand.name!r}: {', '.join(plan.future_covariates)} must be given for "
                f"{plan.horizon} steps after the last value; {lacking} are missing"
            )
    cut = [windows(strand, plan, np.array([len(strand)]), len(strand)) for strand in strands]
    return Examples.of(
        task="forecasting",
        port=Series(channels=len(plan.channels), steps=plan.lookback),
        x=np.concatenate([x for x, _, _ in cut]),
        scaled=True,
        notes=(
            *panel.notes,
            *(f"left out: shorter than a window: {one}" for one in short),
            *(f"left out: column {name!r}: not there in training" for name in strange),
        ),
        windows=Windows(
            plan,
            pd.concat([at for _, _, at in cut], ignore_index=True),
            {strand.name: strand.y for strand in strands},
        ),
    )


def _fitting(strand: Strand, panel: Panel, plan: Plan) -> Strand:
    """A series with the plan's columns, in its order."""
    arrays = {}
    for kind in ("past_covariates", "future_covariates"):
        there: tuple[str, ...] = getattr(panel, kind)
        if lacking := [name for name in getattr(plan, kind) if name not in there]:
            raise UserError(f"the column {lacking[0]!r} is missing; the forecast needs it")
        order = [there.index(name) for name in getattr(plan, kind)]
        arrays[kind] = getattr(strand, kind)[:, order]
    return dataclasses.replace(strand, **arrays)


def _stretch(steps: int, share: float, horizon: int) -> int:
    """Whole horizons, one at least, that make up a share of the steps."""
    return horizon * max(1, round(steps * share / horizon)) if share else 0


def _plan(panel: Panel, span: Span, room: int) -> Plan:
    """Fill in what was not said, so that there is room to slide over the training stretch."""
    half = (room - span.horizon) // 2
    season = span.season or panel.clock.season
    if span.season is None and season > (span.lookback or half):
        season = 1
    least = max(season, span.horizon if panel.future_covariates else 1)
    context = span.lookback or max(least, min(max(2 * season, 2 * span.horizon, SHORTEST), half))
    if context < least:
        raise UserError(
            f"a context of {context} steps; it must hold a season ({season}) and, where columns "
            f"are known beforehand, a horizon ({span.horizon})"
        )
    if room < context + span.horizon:
        raise UserError(
            f"the longest stretch to learn from has {max(room, 0)} steps; a window takes {context} "
            f"back and {span.horizon} ahead: shorten horizon or context, or bring longer series"
        )
    freq = panel.clock.freq
    return Plan(
        span.horizon,
        context,
        season,
        freq,
        past_covariates={},
        future_covariates={},
        format=panel.format,
    )


def _scales(panel: Panel, train: list[int]) -> dict[str, dict[str, tuple[float, float]]]:
    """Mean and spread of each column beside the target, over the training stretches."""
    scales = {}
    for kind in ("past_covariates", "future_covariates"):
        both = [getattr(s, kind)[:stop] for s, stop in zip(panel.strands, train, strict=True)]
        values = np.concatenate(both)
        pairs = zip(values.mean(0), values.std(0), strict=True)
        found = [(float(mean), float(spread) or 1.0) for mean, spread in pairs]
        scales[kind] = dict(zip(getattr(panel, kind), found, strict=True))
    return scales


def _starts(steps: int, plan: Plan, first: int, second: int) -> dict[Part, np.ndarray]:
    """The first steps to forecast in each part of a series."""
    context, horizon = plan.lookback, plan.horizon
    return {
        "train": np.arange(context, first - horizon + 1),
        "validation": np.arange(max(context, first), second - horizon + 1),
        "test": np.arange(max(context, second), steps - horizon + 1, horizon),
    }


def _notes(
    panel: Panel, plan: Plan, starts: list[dict[Part, np.ndarray]], marks: list[object], every: int
) -> list[str]:
    """What was cut, and which series are in no part."""
    counts = [sum(map(len, of.values())) for of in starts]
    short = [
        f"{strand.name!r} ({len(strand):,} steps)"
        for strand, count in zip(panel.strands, counts, strict=True)
        if not count
    ]
    tests = any(len(of["test"]) for of in starts)
    last = f"validation until {shown(marks[1])}, then test" if tests else "then validation"
    notes = [
        f"windows of {plan.lookback} steps back and {plan.horizon} ahead, season {plan.season}",
        f"split by time: training until {shown(marks[0])}, {last}",
    ]
    if every > 1:
        notes.append(f"one in {every} windows to learn from: more than {MOST:,} there are")
    if short:
        more = f" and {len(short) - 12:,} more" if len(short) > 12 else ""
        notes.append(f"left out: series too short: {', '.join(short[:12])}{more}")
    return notes
