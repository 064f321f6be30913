"""A whole comparison in a folder: planned, fitted one by one, continued after interruptions."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.util
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from nna.data.examples import Examples
from nna.data.sources import fingerprint
from nna.data.splits import key_columns
from nna.data.splits.split import split
from nna.errors import UserError
from nna.training import devices, files, runs
from nna.workbench.comparison import scores
from nna.workbench.comparison.budget import Budget
from nna.workbench.comparison.candidates import Candidate, baselines, named
from nna.workbench.comparison.fold_fit import Field, Terms, fit_fold
from nna.workbench.comparison.folds import Fold, Rows, into_folds
from nna.workbench.comparison.results import Fit, Refused, Spent, complete, from_json
from nna.workbench.comparison.wanted import NOTHING, Wanted, measurable
from nna.workbench.formatting import short

SPENT = "budget.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is compared and how: all that decides the figures."""

    data: str
    target: str | None
    fingerprint: str
    task: str
    classes: tuple[str, ...]
    rows: int
    measure: str
    candidates: tuple[str, ...]
    folds: int
    trials: int
    seconds: float | None  # for each fit; None: as long as the recipe takes
    seed: int
    groups: str | None  # the column whose equal values stay together
    time: str | None  # the column that orders the rows
    cut: str = ""  # a digest of the folds
    horizon: int | None = None  # steps ahead, of series
    notes: tuple[str, ...] = ()  # what reading decided
    left_out: tuple[str, ...] = ()  # rows that take no part: why, and the place of every one
    budget: float | None = None  # seconds for everything together
    wanted: dict[str, Any] | None = None  # by what they are judged, where the user says so


@dataclass(frozen=True, slots=True)
class Comparison:
    """A plan with its rows, and the folder that keeps what was fitted."""

    plan: Plan
    field: Field
    folds: list[Fold]
    candidates: list[Candidate]
    folder: Path

    def path(self, candidate: str, fold: int) -> Path:
        """Where a fit is kept."""
        plain = re.sub(r"[^a-z0-9_.-]+", "-", candidate.lower())
        return self.folder / "fits" / f"{plain}-{fold + 1}.json"

    def missing(self) -> list[tuple[Candidate, int]]:
        """The fits still missing: first fold first, so that all can be compared early."""
        return [
            (one, fold)
            for fold in range(len(self.folds))
            for one in self.candidates
            if not self.path(one.name, fold).exists()
        ]

    def results(self) -> dict[str, list[Fit | Refused]]:
        """The fits of each candidate, one a fold, as far as there are any.

        Raises:
            UserError: a file is damaged.
        """
        return {
            one.name: [
                _fit(path)
                for fold in range(len(self.folds))
                if (path := self.path(one.name, fold)).exists()
            ]
            for one in self.candidates
        }

    def so_far(self) -> Comparison:
        """With the folds alone that all candidates but the refused were fitted on; one at least."""
        met = [fits for of in self.results().values() if (fits := complete(of)) is not None]
        count = min(map(len, met), default=len(self.folds))
        return dataclasses.replace(self, folds=self.folds[: max(count, 1)])

    @property
    def spent(self) -> Spent | None:
        """What came of the budget; None if it wasn't held yet."""
        path = self.folder / SPENT
        return Spent(**_read(path)) if path.exists() else None


def _fit(path: Path) -> Fit | Refused:
    plain = _read(path)
    try:
        return from_json(plain)
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path}: damaged; delete it, and it will be rerun") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(f"{path}: damaged; delete it, and it will be rerun") from error


def plan(  # noqa: PLR0913 - one argument a thing that the user may say
    examples: Examples,
    data: str,
    folder: Path,
    *,
    target: str | None = None,
    models: tuple[str, ...] = (),
    folds: int = 5,
    trials: int = 1,
    seconds: float | None = None,
    seed: int = 0,
    groups: str | None = None,
    time: str | None = None,
    asked: Sequence[str] = (),
    budget: float | None = None,
    wanted: Wanted = NOTHING,
    device: str = "auto",
) -> Comparison:
    """Lay out a comparison; what its folder holds of the very same one is kept.

    Args:
        examples: with a target.
        data: where they come from, in the user's words.
        folder: of the comparison.
        target: the column to predict, for the record.
        models: names of networks and baselines; the mandatory baselines always take part.
        folds: in how many parts the rows are cut; where the examples bring a split, that is the
            only one.
        trials: settings tried by each candidate in each fold, the default ones first.
        seconds: for each fit, at most a step more.
        seed: decides everything drawn.
        groups: the column of what must not be torn apart (a patient's rows).
        time: the column by which rows are ordered; models know earlier ones only.
        asked: how columns write dates, where their values don't prove it.
        budget: seconds for everything together; see `hold`.
        wanted: by what they are judged, and how much classes count.
        device: where networks train, as `nna.train` takes it.

    Raises:
        UserError: no comparison is possible on these data, or the folder holds another one.
    """
    y = examples.y
    if not examples.task.comparable or y is None:
        raise UserError(f"{data} is for {examples.task}; a comparison needs classes or numbers")
    if trials < 1:
        raise UserError(f"--trials must be at least 1 (the default settings), got {trials}")
    installed()
    devices.named(device)  # refused before anything is fitted
    examples = key_columns.apart(examples, groups, time, asked)
    classes = y if examples.classes else None
    rows = Rows(count=len(examples), classes=classes, groups=examples.groups, times=examples.times)
    how, weights = wanted.judged(examples), wanted.weights(examples)
    measure = scores.wanted(how) or scores.chosen(classes)
    invited = [*baselines(examples.task, examples, weights)]
    invited += [
        one
        for one in named(models, examples.task, examples, weights, device)
        if one.name not in {other.name for other in invited}
    ]
    field = Field(
        x=key_columns.timed(examples),
        y=y,
        classes=examples.classes,
        rows=rows,
        measure=measure,
        scoring=how,
    )
    cut = _given(examples) if examples.parts else into_folds(rows, folds, seed)
    measurable(how, cut, y, examples.classes)
    if trials > 1 or field.chooses:
        for fold in cut:
            field.within(fold.train, seed)
    made = Plan(
        data=data,
        target=target,
        fingerprint=fingerprint(examples),
        task=examples.task.name,
        classes=examples.classes,
        rows=len(examples),
        measure=measure.name,
        candidates=tuple(one.name for one in invited),
        folds=folds,
        trials=trials,
        seconds=seconds,
        seed=seed,
        groups=groups,
        time=time,
        cut=_digest(cut),
        notes=examples.notes,
        left_out=examples.left_out,
        budget=budget,
        wanted=None if wanted == NOTHING else dataclasses.asdict(wanted),
    )
    lay_out(folder, made)
    return Comparison(made, field, cut, invited, folder)


def _given(examples: Examples) -> list[Fold]:
    """The fold that a split of the user's prescribes: all that isn't tested may be learnt from."""
    assert examples.parts is not None
    test = examples.parts["test"]
    split(examples, 0)  # what it refuses, a comparison does
    return [Fold(np.setdiff1d(np.arange(len(examples)), test), test)]


def _digest(cut: list[Fold]) -> str:
    """A few letters that differ where folds do."""
    digest = hashlib.sha256()
    for fold in cut:
        for rows in (fold.train, fold.test):
            digest.update(np.asarray(rows, dtype=np.int64).tobytes() + b"|")
    return digest.hexdigest()[:16]


def installed() -> None:
    """What comparisons need beyond the core.

    Raises:
        UserError: it isn't there.
    """
    if not all(map(importlib.util.find_spec, ("optuna", "scikit_posthocs"))):
        raise UserError("comparisons need two more packages: pip install 'nna[workbench]'")


def lay_out(folder: Path, made: Plan) -> None:
    """Make the folder, or see that it holds this very comparison."""
    path = folder / "plan.json"
    plain = json.loads(json.dumps(dataclasses.asdict(made)))
    if path.exists():
        held = _read(path)
        if "contenders" in held:  # an earlier version's
            held["candidates"] = held.pop("contenders")
            held["notes"] = [re.sub("^beware: ", "warning: ", note) for note in held["notes"]]
            (folder / "matches").rename(folder / "fits")
            files.write_json(path, held)
        held.pop("versions", None)
        held.pop("command", None)
        if differing := [k for k in plain if k != "budget" and held.get(k) != plain[k]]:
            differs = differing[0]
            raise UserError(
                f"{folder} holds another comparison ({differs} was {held.get(differs)}): give "
                "another --out, or the same options to continue it"
            )
        return
    if folder.exists() and any(folder.iterdir()):
        raise UserError(f"{folder} holds something else: give another --out")
    (folder / "fits").mkdir(parents=True, exist_ok=True)
    about = {"versions": runs.versions(), "command": runs.command()}
    files.write_json(path, plain | about)


def hold(
    comparison: Comparison,
    jobs: int = 1,
    said: Callable[[int, int, str], None] = lambda *_: None,
    ray: bool = False,
    clock: Callable[[], float] = monotonic,
) -> None:
    """Fit what is missing; each result is kept as soon as it is there.

    Where the plan has a budget, networks share what baselines leave of it, and are stopped after
    any step; fits that there is no time for are left. What came of it lies in the folder.

    Args:
        comparison: as planned.
        jobs: processes on this machine.
        said: told of every fit: how many are over, of how many, and how it went.
        ray: fit on the Ray cluster that RAY_ADDRESS names, else on one started here.
        clock: seconds, by which the budget is kept.

    Raises:
        UserError: Ray is wanted, and isn't installed.
    """
    missing = comparison.missing()
    total = len(comparison.folds) * len(comparison.candidates)
    done = total - len(missing)
    again = comparison.plan.trials > 1 or comparison.field.chooses
    trainings = comparison.plan.trials + again
    budget = Budget(comparison.plan.budget, trainings, jobs, clock)
    ways = _on_ray(comparison, missing, budget) if ray else _here(comparison, missing, jobs, budget)
    for (candidate, fold), result in ways:
        files.write_json(comparison.path(candidate.name, fold), result.to_json())
        done += 1
        said(done, total, _line(comparison, candidate, fold, result))
    budget.unfitted = total - done
    files.write_json(comparison.folder / SPENT, dataclasses.asdict(budget.spent))


Pair = tuple[Candidate, int]


def _one(
    comparison: Comparison,
    fit: Pair,
    share: float | None,
    clock: Callable[[], float] = monotonic,
) -> Fit | Refused:
    candidate, fold = fit
    seed = _seed(comparison.plan.seed, candidate.name, fold)
    seconds = min((s for s in (comparison.plan.seconds, share) if s is not None), default=None)
    terms = Terms(trials=comparison.plan.trials, seed=seed, seconds=seconds, clock=clock)
    return fit_fold(candidate, comparison.field, comparison.folds[fold], terms)


def _in_time(missing: list[Pair], budget: Budget) -> Iterator[tuple[Pair, float | None]]:
    """The fits that there is time for, each with its share; the first one in any case."""
    for place, fit in enumerate(missing):
        if place and budget.over(fit[0]):
            return
        yield fit, budget.share(missing[place:])


def _here(
    comparison: Comparison, missing: list[Pair], jobs: int, budget: Budget
) -> Iterator[tuple[Pair, Fit | Refused]]:
    if jobs == 1:
        for fit, share in _in_time(missing, budget):
            result = _one(comparison, fit, share, budget.clock)
            budget.note(fit[0], share, result)
            yield fit, result
        return
    from joblib import Parallel, delayed

    sent: list[tuple[Pair, float | None]] = []

    def calls() -> Iterator[Any]:
        for fit, share in _in_time(missing, budget):
            sent.append((fit, share))
            yield delayed(_one)(comparison, fit, share)

    playing: Any = Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="n_jobs")(calls())
    for place, result in enumerate(playing):
        fit, share = sent[place]
        budget.note(fit[0], share, result)
        yield fit, result


def _on_ray(
    comparison: Comparison, missing: list[Pair], budget: Budget
) -> Iterator[tuple[Pair, Fit | Refused]]:
    """All at once, so with equal shares: as if one came after the other."""
    try:
        import ray  # type: ignore[import-not-found]
    except ImportError as error:
        raise UserError("--ray needs Ray: pip install 'ray>=2.40'") from error

    ray.init(log_to_driver=False, logging_level="error")
    whole, fit_there = ray.put(comparison), ray.remote(_one)
    share = budget.share(missing)
    waiting = {fit_there.remote(whole, fit, share): fit for fit in missing}
    try:
        while waiting:
            (over,), _ = ray.wait(list(waiting), num_returns=1)
            yield waiting.pop(over), ray.get(over)
    finally:
        ray.shutdown()


def _seed(seed: int, name: str, fold: int) -> int:
    """A seed of its own for each fit, the same whatever was fitted before."""
    digest = hashlib.sha256(f"{seed} {name} {fold}".encode()).digest()
    return int.from_bytes(digest[:4], "big") // 2


def _line(comparison: Comparison, candidate: Candidate, fold: int, result: Fit | Refused) -> str:
    who = f"{candidate.name}, fold {fold + 1}"
    if isinstance(result, Refused):
        return f"{who}: refused, {result.refused}"
    measure = comparison.plan.measure
    who += f" ({result.about.stopped})" if result.about.stopped else ""
    return f"{who}: {measure} {short(result.figures[measure])}, {result.seconds.fit:.1f} s"
