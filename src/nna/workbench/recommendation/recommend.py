"""Which architectures suit some data, in what order, and why: quoted, measured, never guessed."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nna import registry
from nna.data.columns.fitting import texts_alone
from nna.data.examples import Examples, Part
from nna.data.splits import key_columns
from nna.errors import UserError
from nna.workbench import command_line
from nna.workbench.comparison import comparison, ranking
from nna.workbench.comparison.candidates import suitable, takers
from nna.workbench.comparison.results import Ranking, Row
from nna.workbench.comparison.significance import LEAST
from nna.workbench.data_source import Source
from nna.workbench.formatting import short
from nna.workbench.recommendation import family_results
from nna.workbench.recommendation.results import (
    Baseline,
    Candidate,
    Network,
    Place,
    QuickBenchmark,
    Recommendation,
)
from nna.workbench.recommendation.trainable import SplitData, expected

SAMPLES = 2000  # rows of the quick benchmark, at most
NETWORKS = 3  # in the quick benchmark
SECONDS = {"image": 60.0, "series": 30.0}  # for each fit of the quick benchmark
HASTE = 10.0  # the same for all other kinds of examples
FOLDS = 5  # of the quick benchmark: fewer tell nobody apart


def order(examples: Examples, without: str | None = None) -> list[str]:
    """The networks that take such examples, those first that did best where it was measured.

    Args:
        examples: with a target.
        without: a dataset whose own comparison must not count.

    Raises:
        UserError: none takes them, or the task is not one of classes or numbers.
    """
    if not examples.task.comparable:
        raise UserError(
            f"comparisons and recommendations are for classes or numbers, not for {examples.task}"
        )
    able = takers(examples)
    if not able:
        raise UserError(f"no architecture here takes {examples.port.kind} for {examples.task}")
    places = _places(examples.port.kind, examples.task.name, without)

    def key(name: str) -> tuple[float, int]:
        desk = registry.describe(name).variants["desk"]
        return places.get(name, 1.0), desk.params

    found = sorted(able, key=key)
    if not texts_alone(examples):
        return found
    # Of use here alone: tried by the quick benchmark. What is made for another task, to be
    # fine-tuned for this one, comes last.
    reading = sorted(
        suitable(examples.task, "tokens"),
        key=lambda name: registry.describe(name).tasks[0] != examples.task.name,
    )
    rest = [name for name in found if name not in reading]
    return rest[:1] + reading + rest[1:]


def first(examples: Examples, count: int = 4) -> tuple[str, ...]:
    """The first networks of that order."""
    return tuple(order(examples)[:count])


def _places(kind: str, task: str, without: str | None) -> dict[str, float]:
    """Mean place of each network over the measured comparisons of its kind: 0 the first, 1 last."""
    found: dict[str, list[float]] = {}
    for ranked in _ranked(kind, task, without):
        for place, name in enumerate(ranked):
            found.setdefault(name, []).append(place / max(len(ranked) - 1, 1))
    return {name: float(np.mean(places)) for name, places in found.items()}


def _ranked(kind: str, task: str, without: str | None) -> list[list[str]]:
    """The networks of each shipped result, the best first."""
    ranked = [
        [row["name"] for row in held["rows"] if row["kind"] == "network"]
        for data, held in family_results.comparisons().items()
        if (held["port"], held["task"]) == (kind, task) and data != without
    ]
    if (kind, task) == ("image", "classification"):
        ranked += [
            [row["id"] for row in of["rows"]]
            for of in family_results.shipped().values()
            if of["data"] != without and of["protocol"]["max_samples"] >= SAMPLES  # fewer say less
        ]
    return ranked


def recommend(  # noqa: PLR0913 - one argument a thing that the user may say
    examples: Examples,
    data: str,
    quick_benchmark: bool = True,
    seed: int = 0,
    *,
    groups: str | None = None,
    time: str | None = None,
    asked: Sequence[str] = (),
    without: str | None = None,
    origin: Source | None = None,
    parts: Mapping[Part, np.ndarray] | None = None,
    device: str = "auto",
    said: Callable[[int, int, str], None] = lambda done, total, line: None,
) -> Recommendation:
    """What to try on these data, in order, each with its reasons.

    Args:
        examples: with a target.
        data: where they come from, in the user's words.
        quick_benchmark: hold a small comparison first; without it, measured results decide.
        seed: of the quick benchmark.
        groups: the column of what must not be torn apart.
        time: the column by which rows are ordered.
        asked: how columns write dates, where their values don't prove it.
        without: a dataset whose own comparison must not count.
        origin: what `nna` reads to come to the same examples; None: nothing, they are in memory.
        parts: a split that the source prescribes for training; a quick benchmark draws its own.
        device: where networks train, as `nna.train` takes it.
        said: told of every fit of the quick benchmark: how many are over, of how many, and how it
            went.

    Raises:
        UserError: nothing can be recommended for these data.
    """
    names = order(examples, without)
    learnt = key_columns.apart(examples, groups, time, asked)
    whole = dataclasses.replace(learnt, parts=learnt.parts or parts)
    split_data = SplitData.of(whole, origin or Source(data=data), seed, device)
    found, refused = candidates(names, split_data, origin, seed)
    if examples.parts is not None:  # the test rows are not looked at
        known = np.setdiff1d(np.arange(len(examples)), examples.parts["test"])
        examples = examples.take(known)
    parting = {"groups": groups, "time": time, "asked": asked, "seed": seed}
    parting |= {"device": device}
    able = tuple(one.name for one in found[:NETWORKS])
    seen, without_benchmark = None, list[str]()
    if quick_benchmark:
        comparison.installed()
        try:
            seen = _benchmarked(examples, data, able, parting, said)
        except UserError as reason:
            without_benchmark = [f"warning: no quick benchmark: {reason}"]
    return Recommendation(
        data=data,
        task=examples.task.name,
        port=examples.port.kind,
        rows=len(examples),
        columns=int(np.prod(np.shape(examples.x)[1:])),
        classes=len(examples.classes),
        measure=seen.measure if seen else None,
        candidates=ranked(found, seen),
        refused=refused,
        advice=_advice(examples, found[0].name, seen),
        notes=(*examples.notes, *without_benchmark),
        compare=None if origin is None else command_line.compare(origin),
    )


def _benchmarked(
    examples: Examples,
    data: str,
    names: tuple[str, ...],
    parting: dict[str, Any],
    said: Callable[[int, int, str], None],
) -> Ranking:
    """A comparison of the baselines and some networks on at most `SAMPLES` rows."""
    if len(examples) > SAMPLES:
        examples = examples.take(_drawn(examples, parting["seed"]))
    count = len(examples.classes)
    if examples.y is not None and count and np.bincount(examples.y, minlength=count).min() < 2:
        raise UserError(f"{count:,} classes are too many for a quick benchmark of {SAMPLES:,} rows")
    with tempfile.TemporaryDirectory() as folder:
        held = comparison.plan(
            examples,
            data,
            Path(folder) / "benchmark",
            models=names,
            folds=FOLDS,
            seconds=SECONDS.get(examples.port.kind, HASTE),
            **parting,
        )
        comparison.hold(held, said=said)
        return ranking.standing(held)


def _drawn(examples: Examples, seed: int) -> np.ndarray:
    """Rows for the quick benchmark, by chance; but three of every class, if it has as many."""
    order = np.random.default_rng(seed).permutation(len(examples))
    if examples.classes and examples.y is not None:
        labels = pd.Series(examples.y[order])
        order = order[np.argsort(labels.groupby(labels).cumcount() >= 3, kind="stable")]
    return np.sort(order[:SAMPLES])


def ranked(found: Sequence[Network], seen: Ranking | None) -> tuple[Candidate, ...]:
    """Candidates with what the quick benchmark showed, baselines among them, its best first."""
    if not seen:
        return tuple(found)
    known = {row.name: QuickBenchmark.of(row) for row in seen.rows}
    simple = [
        Baseline(name=row.name, quick_benchmark=known[row.name])
        for row in seen.rows
        if row.kind == "baseline"
    ]
    benchmarked = [dataclasses.replace(one, quick_benchmark=known.get(one.name)) for one in found]
    places = {name: place for place, name in enumerate(known) if not known[name].stopped}
    return tuple(sorted([*simple, *benchmarked], key=lambda one: places.get(one.name, len(known))))


def candidates(
    names: Sequence[str], split_data: SplitData, origin: Source | None, seed: int
) -> tuple[list[Network], dict[str, str]]:
    """Those that can be trained on these examples, and why the others can't.

    Args:
        names: of architectures.
        split_data: the examples.
        origin: what `nna` reads to come to the same examples; None: nothing, they are in memory.
        seed: of the command that trains each.

    Raises:
        UserError: none can.
    """
    found, refused = list[Network](), dict[str, str]()
    for name in names:
        command = None if origin is None else command_line.train(name, origin, seed)
        try:
            found.append(_network(name, split_data, command))
        except UserError as reason:
            refused[name] = str(reason)
    if not found:
        raise UserError(next(iter(refused.values())))
    return found, refused


def _network(name: str, split_data: SplitData, command: str | None) -> Network:
    spec, (seconds, needed) = registry.describe(name), expected(name, split_data)
    measured = [*family_results.of(name), *family_results.compared_on(name)]
    return Network(
        name=name,
        family=registry.family(name),
        idea=spec.idea,
        advice=spec.advice,
        measured=tuple(Place(one["data"], one["place"], one["among"]) for one in measured),
        seconds=seconds,
        megabytes=needed / 1e6,
        command=command,
    )


def _advice(examples: Examples, first: str, seen: Ranking | None) -> str:
    wide = int(np.prod(np.shape(examples.x)[1:]))
    columns = f"{wide:,} column{'s' if wide > 1 else ''}"
    what = columns if examples.behaviour.tabular else f"{wide:,} numbers"
    shape = f"{len(examples):,} rows of {what}"
    if seen is None or not seen.rows:
        return f"{shape}: begin with {first}, first where such data were measured"
    return f"{shape}: {first_told(seen)}"


def first_told(seen: Ranking) -> str:
    """Who did best in the quick benchmark, and how the best network stands beside it.

    Networks that the clock stopped are named, and not judged: their figures are not of them.
    """
    cut = [row for row in seen.rows if row.stopped]
    told = _judged([row for row in seen.rows if not row.stopped], seen.measure)
    if not cut:
        return told
    names = ", ".join(row.label for row in cut)
    return f"{told}; not judged, for the quick benchmark was too short for them: {names}"


def _judged(rows: list[Row], measure: str) -> str:
    if not rows:
        return "the quick benchmark was too short for everyone"
    top = rows[0]
    network = next((row for row in rows if row.kind == "network"), None)
    if top.kind == "network":
        return f"{top.name} did best in a quick benchmark ({measure} {short(top.mean)})"
    beside = "no network came to its end"
    if network is not None:
        tied = "not told apart from it" if network.tied else "told apart"
        if network.p is None:
            tied = f"by too few folds to tell them apart ({LEAST} at least)"
        beside = (
            f"the best network in a quick benchmark, {network.name}, reached {measure} "
            f"{short(network.mean)} against {short(top.mean)}, {tied}"
        )
    return f"{top.name} will probably win; {beside}"
