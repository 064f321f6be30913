"""How the candidates stand: means over folds, intervals, and which differences mean anything."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from nna.workbench.comparison.candidates import Candidate
from nna.workbench.comparison.comparison import Comparison
from nna.workbench.comparison.results import Fit, Kind, Pair, Ranking, Refused, Row, Spent, complete
from nna.workbench.comparison.scores import Measure, each_row
from nna.workbench.comparison.significance import LEAST, LEVEL, drawn, interval, pairwise
from nna.workbench.formatting import short

WATTS = 10.0  # drawn by one busy core of a laptop, for the estimate of energy


def standing(comparison: Comparison) -> Ranking:
    """A row a candidate, the best first, and the probabilities of their differences.

    Candidates that were refused on any fold stand last, with the reason. Where time was over before
    the last fold, the folds count that every candidate was fitted on; see `Comparison.so_far`.
    """
    whole_plan, comparison = comparison.plan.folds, comparison.so_far()
    results, measure = comparison.results(), comparison.field.measure
    whole = {
        name: fits
        for name, of in results.items()
        if len(of) == len(comparison.folds) and (fits := complete(of)) is not None
    }
    judged = {name: _judged(comparison, of) for name, of in whole.items()}
    figures = {name: np.array([one[measure.name] for one in of]) for name, of in judged.items()}
    parts = {name: of for name, got in whole.items() if (of := _parts(comparison, got)) is not None}
    tested = float(np.mean([len(fold.test) / len(fold.train) for fold in comparison.folds]))
    ends = {
        name: _interval(values, measure, tested, parts.get(name))
        for name, values in figures.items()
    }
    rows = [
        _row(one, whole[one.name], judged[one.name], figures[one.name], ends[one.name])
        for one in comparison.candidates
        if one.name in whole
    ]
    rows.sort(key=lambda row: row.mean, reverse=measure.higher_is_better)
    ordered = {row.name: figures[row.name] for row in rows}
    chances = pairwise(ordered, tested, parts if len(parts) == len(whole) else None)
    rows = [_beside(row, chances.get((rows[0].name, row.name))) for row in rows]
    return Ranking(
        measure=measure.name,
        higher_is_better=measure.higher_is_better,
        rows=rows,
        pairs=[Pair(a, b, p) for (a, b), p in chances.items()],
        refused={name: _why(of) for name, of in results.items() if name not in whole},
        verdict=verdict(rows),
        budget=_spent(comparison, whole_plan),
    )


def _why(fits: Sequence[Fit | Refused]) -> str:
    refusals = (fit.refused for fit in fits if isinstance(fit, Refused))
    return next(refusals, "there was no time left")


def _beside(row: Row, chance: float | None) -> Row:
    """A row with the probability of its difference to the first."""
    return dataclasses.replace(row, p=chance, tied=chance is None or chance > 1 - LEVEL)


def _spent(comparison: Comparison, planned: int) -> Spent | None:
    """What came of the budget; the folds that count, where they are fewer than planned."""
    spent = comparison.spent
    if spent is None or len(comparison.folds) == planned:
        return spent
    says = f"ranked by {len(comparison.folds)} of {planned} folds"
    return dataclasses.replace(spent, says=f"{spent.says}; {says}" if spent.says else says)


def _stopped(fits: Sequence[Fit]) -> str | None:
    """In words, whether the clock ended training on any fold: the earliest end of all."""
    cut = [(fit.about.cut or 0.0, fit.about.stopped) for fit in fits if fit.about.stopped]
    if not cut:
        return None
    _, earliest = min(cut)
    if len(fits) == 1:
        return earliest
    return f"{earliest}, in {len(cut)} of {len(fits)} folds"


def _judged(comparison: Comparison, fits: Sequence[Fit]) -> list[dict[str, float]]:
    """The figures of every fold, by the answers that were kept: all by one definition."""
    return [
        comparison.field.of(one).judge(np.asarray(one.answers), fold)
        for one, fold in zip(fits, comparison.folds, strict=True)
    ]


def _parts(comparison: Comparison, fits: Sequence[Fit]) -> list[np.ndarray] | None:
    """What every test row of every fold adds to the figure that decides, if it is such a mean."""
    field, found = comparison.field, list[np.ndarray]()
    for one, fold in zip(fits, comparison.folds, strict=True):
        adds = each_row(
            field.measure, np.asarray(one.answers), field.y[fold.test], field.of(one).scoring
        )
        if adds is None:
            return None
        found.append(adds)
    return found


def _interval(
    values: np.ndarray, measure: Measure, tested: float, parts: list[np.ndarray] | None
) -> tuple[float | None, float | None]:
    found = interval(values, tested, drawn(parts, measure.bounds) if parts else 0.0)
    if found is None:
        return None, None
    low, high = np.clip(found, *measure.bounds).tolist()
    return low, high


def _means(folds: list[dict[str, float]]) -> dict[str, float | None]:
    """The mean of each figure over the folds; None where a fold has none."""
    return {
        key: float(np.mean([one[key] for one in folds]))
        if all(np.isfinite(one.get(key, np.nan)) for one in folds)
        else None
        for key in dict.fromkeys(key for one in folds for key in one)
    }


def _row(
    candidate: Candidate,
    fits: Sequence[Fit],
    judged: list[dict[str, float]],
    values: np.ndarray,
    ends: tuple[float | None, float | None],
) -> Row:
    """How a candidate stands, by its fits and the figures of each."""
    return Row(
        name=candidate.name,
        kind=candidate.kind,
        mean=float(values.mean()),
        low=ends[0],
        high=ends[1],
        folds=values.tolist(),
        figures=_means(judged),
        seconds=float(np.mean([fit.seconds.trained for fit in fits])),
        milliseconds_a_row=1000 * float(np.mean([fit.seconds.a_row for fit in fits])),
        watt_hours=float(np.mean([fit.seconds.processor for fit in fits])) * WATTS / 3600,
        params=fits[0].about.params,
        epochs=[fit.about.epochs for fit in fits if fit.about.epochs is not None],
        stopped=_stopped(fits),
        notes=[
            *dict.fromkeys(note for fit in fits for note in fit.about.notes),
            *_thresholds(candidate.name, fits),
        ],
    )


def _thresholds(name: str, fits: Sequence[Fit]) -> list[str]:
    """From which probabilities on the positive class was named, where that was chosen."""
    chosen = sorted(fit.threshold for fit in fits if fit.threshold is not None)
    if not chosen:
        return []
    return [f"{name}: thresholds of the folds from {chosen[0]:.2g} to {chosen[-1]:.2g}"]


def verdict(rows: Sequence[Row]) -> str:
    """What came of it, in one sentence: the loss of networks to baselines admitted."""
    if not rows:
        return "nobody could take part"
    network, simple = _first(rows, "network"), _first(rows, "baseline")
    if network is None or simple is None:
        return f"{rows[0].label} came first"
    first, second = sorted((network, simple), key=rows.index)
    gap = abs(first.mean - second.mean)
    told = "not told apart by these folds" if second.tied else "told apart"
    if len(first.folds) < LEAST:
        told = f"{len(first.folds)} folds are too few to tell them apart ({LEAST} at least)"
    who = "the best network" if first is network else "the best baseline"
    other = "baseline" if first is network else "network"
    how = f"is ahead of {second.label} (the best {other}) by {short(gap, 3)}: {told}"
    if not gap:
        how = f"and {second.label} (the best {other}) are level"
    return f"{first.label} ({who}) {how}"


def _first(rows: Sequence[Row], kind: Kind) -> Row | None:
    return next((row for row in rows if row.kind == kind), None)
