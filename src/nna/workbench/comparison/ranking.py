"""How the candidates stand: means over folds, intervals, and which differences mean anything."""

from __future__ import annotations

from typing import Any

import numpy as np

from nna.workbench.comparison.comparison import Comparison
from nna.workbench.comparison.scores import Measure, each_row
from nna.workbench.comparison.significance import LEAST, LEVEL, drawn, interval, pairwise
from nna.workbench.formatting import short

WATTS = 10.0  # drawn by one busy core of a laptop, for the estimate of energy


def standing(comparison: Comparison) -> dict[str, Any]:
    """Plain data: a row a candidate, the best first, and the probabilities of their differences.

    Candidates that were refused on any fold stand last, with the reason. Where time was over before
    the last fold, the folds count that every candidate was fitted on; see `Comparison.so_far`.
    """
    whole_plan, comparison = comparison.plan.folds, comparison.so_far()
    results, measure = comparison.results(), comparison.field.measure
    whole = {name: of for name, of in results.items() if _complete(of, len(comparison.folds))}
    judged = {name: _judged(comparison, of) for name, of in whole.items()}
    figures = {name: np.array([one[measure.name] for one in of]) for name, of in judged.items()}
    parts = {name: of for name, got in whole.items() if (of := _parts(comparison, got)) is not None}
    tested = float(np.mean([len(fold.test) / len(fold.train) for fold in comparison.folds]))
    kinds = {one.name: one.kind for one in comparison.candidates}
    rows: list[dict[str, Any]] = [
        {"name": name, "kind": kinds[name]}
        | _standing(figures[name], measure, tested, parts.get(name))
        | {"figures": _means(judged[name])}
        | _cost(name, of)
        for name, of in whole.items()
    ]
    rows.sort(key=lambda row: row["mean"], reverse=measure.higher_is_better)
    ordered = {row["name"]: figures[row["name"]] for row in rows}
    chances = pairwise(ordered, tested, parts if len(parts) == len(whole) else None)
    for row in rows:
        chance = chances.get((rows[0]["name"], row["name"]))
        row["p"] = chance
        row["tied"] = chance is None or chance > 1 - LEVEL
    return {
        "measure": measure.name,
        "higher is better": measure.higher_is_better,
        "rows": rows,
        "pairs": [{"one": a, "other": b, "p": p} for (a, b), p in chances.items()],
        "refused": {
            name: next((one["refused"] for one in of if "refused" in one), "there was no time left")
            for name, of in results.items()
            if name not in whole
        },
        "verdict": verdict(rows),
        "budget": _spent(comparison, whole_plan),
    }


def label(row: dict[str, Any]) -> str:
    """A candidate's name, and beside it whether the clock ended its training."""
    return f"{row['name']} ({row['stopped']})" if row.get("stopped") else row["name"]


def _spent(comparison: Comparison, planned: int) -> dict[str, Any]:
    """What came of the budget; the folds that count, where they are fewer than planned."""
    spent = comparison.spent
    if spent and len(comparison.folds) < planned:
        says = f"ranked by {len(comparison.folds)} of {planned} folds"
        spent |= {"says": f"{spent['says']}; {says}" if spent["says"] else says}
    return spent


def _stopped(fits: list[dict[str, Any]]) -> str | None:
    """In words, whether the clock ended training on any fold: the earliest end of all."""
    cut = [one["about"] for one in fits if one["about"].get("stopped")]
    if not cut:
        return None
    earliest = min(cut, key=lambda about: about["cut"])["stopped"]
    if len(fits) == 1:
        return earliest
    return f"{earliest}, in {len(cut)} of {len(fits)} folds"


def _complete(fits: list[dict[str, Any]], folds: int) -> bool:
    return len(fits) == folds and not any("refused" in one for one in fits)


def _judged(comparison: Comparison, fits: list[dict[str, Any]]) -> list[dict[str, float]]:
    """The figures of every fold, by the answers that were kept: all by one definition."""
    return [
        comparison.field.of(one).judge(np.asarray(one["answers"]), fold)
        for one, fold in zip(fits, comparison.folds, strict=True)
    ]


def _parts(comparison: Comparison, fits: list[dict[str, Any]]) -> list[np.ndarray] | None:
    """What every test row of every fold adds to the figure that decides, if it is such a mean."""
    field, found = comparison.field, list[np.ndarray]()
    for one, fold in zip(fits, comparison.folds, strict=True):
        adds = each_row(
            field.measure, np.asarray(one["answers"]), field.y[fold.test], field.of(one).scoring
        )
        if adds is None:
            return None
        found.append(adds)
    return found


def _standing(
    values: np.ndarray, measure: Measure, tested: float, parts: list[np.ndarray] | None
) -> dict[str, Any]:
    found = interval(values, tested, drawn(parts, measure.bounds) if parts else 0.0)
    low, high = (None, None) if found is None else np.clip(found, *measure.bounds).tolist()
    return {"mean": float(values.mean()), "low": low, "high": high, "folds": values.tolist()}


def _means(folds: list[dict[str, float]]) -> dict[str, float | None]:
    """The mean of each figure over the folds; None where a fold has none."""
    return {
        key: float(np.mean([one[key] for one in folds]))
        if all(np.isfinite(one.get(key, np.nan)) for one in folds)
        else None
        for key in dict.fromkeys(key for one in folds for key in one)
    }


def _cost(name: str, fits: list[dict[str, Any]]) -> dict[str, Any]:
    seconds = [sum(one["seconds"][key] for key in ("search", "fit")) for one in fits]
    processor = [one["seconds"]["processor"] for one in fits]
    return {
        "seconds": float(np.mean(seconds)),
        "milliseconds a row": 1000 * float(np.mean([one["seconds"]["a row"] for one in fits])),
        "watt hours": float(np.mean(processor)) * WATTS / 3600,
        "params": fits[0]["about"].get("params"),
        "epochs": [one["about"]["epochs"] for one in fits if "epochs" in one["about"]],
        "stopped": _stopped(fits),
        "notes": [
            *dict.fromkeys(note for m in fits for note in m["about"].get("notes", ())),
            *_thresholds(name, fits),
        ],
    }


def _thresholds(name: str, fits: list[dict[str, Any]]) -> list[str]:
    """From which probabilities on the positive class was named, where that was chosen."""
    chosen = sorted(one["threshold"] for one in fits if "threshold" in one)
    if not chosen:
        return []
    return [f"{name}: thresholds of the folds from {chosen[0]:.2g} to {chosen[-1]:.2g}"]


def verdict(rows: list[dict[str, Any]]) -> str:
    """What came of it, in one sentence: the loss of networks to baselines admitted."""
    if not rows:
        return "nobody could take part"
    best = {kind: _first(rows, kind) for kind in ("network", "baseline")}
    network, simple = best["network"], best["baseline"]
    if network is None or simple is None:
        return f"{label(rows[0])} came first"
    first, second = sorted((network, simple), key=rows.index)
    gap = abs(first["mean"] - second["mean"])
    told = "not told apart by these folds" if second["tied"] else "told apart"
    if len(first["folds"]) < LEAST:
        told = f"{len(first['folds'])} folds are too few to tell them apart ({LEAST} at least)"
    who = "the best network" if first is network else "the best baseline"
    other = "baseline" if first is network else "network"
    how = f"is ahead of {label(second)} (the best {other}) by {short(gap, 3)}: {told}"
    if not gap:
        how = f"and {label(second)} (the best {other}) are level"
    return f"{label(first)} ({who}) {how}"


def _first(rows: list[dict[str, Any]], kind: str) -> dict[str, Any] | None:
    return next((row for row in rows if row["kind"] == kind), None)
