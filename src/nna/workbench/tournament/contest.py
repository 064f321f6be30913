"""A whole contest in a folder: planned, played match by match, continued after interruptions."""

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

from nna.data import keys
from nna.data.examples import Examples
from nna.data.files import fingerprint
from nna.data.split import split
from nna.errors import UserError
from nna.training import files, runs
from nna.workbench.shown import short
from nna.workbench.tournament import scores
from nna.workbench.tournament.budget import Budget
from nna.workbench.tournament.contenders import CONTESTED, Contender, baselines, named
from nna.workbench.tournament.folds import Fold, Rows, parted
from nna.workbench.tournament.match import Field, Terms, play

SPENT = "budget.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is contested and how: all that decides the figures."""

    data: str
    target: str | None
    fingerprint: str
    task: str
    classes: tuple[str, ...]
    rows: int
    measure: str
    contenders: tuple[str, ...]
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


@dataclass(frozen=True, slots=True)
class Contest:
    """A plan with its rows, and the folder that keeps what was played."""

    plan: Plan
    field: Field
    folds: list[Fold]
    contenders: list[Contender]
    folder: Path

    def path(self, contender: str, fold: int) -> Path:
        """Where a match is kept."""
        plain = re.sub(r"[^a-z0-9_.-]+", "-", contender.lower())
        return self.folder / "matches" / f"{plain}-{fold + 1}.json"

    def missing(self) -> list[tuple[Contender, int]]:
        """The matches not played yet: first fold first, so that all have met early."""
        return [
            (one, fold)
            for fold in range(len(self.folds))
            for one in self.contenders
            if not self.path(one.name, fold).exists()
        ]

    def played(self) -> dict[str, list[dict[str, Any]]]:
        """The matches of each contender, one a fold, as far as played.

        Raises:
            UserError: a file is damaged.
        """
        return {
            one.name: [
                _read(path)
                for fold in range(len(self.folds))
                if (path := self.path(one.name, fold)).exists()
            ]
            for one in self.contenders
        }

    def so_far(self) -> Contest:
        """With those folds alone that everyone has met on who wasn't refused; one at least."""
        met = [of for of in self.played().values() if not any("refused" in one for one in of)]
        count = min(map(len, met), default=len(self.folds))
        return dataclasses.replace(self, folds=self.folds[: max(count, 1)])

    @property
    def spent(self) -> dict[str, Any]:
        """What came of the budget, as `Budget.to_json` has it; nothing if it wasn't held yet."""
        path = self.folder / SPENT
        return _read(path) if path.exists() else {}


def _read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(f"{path}: damaged; delete it, and it is played again") from error


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
) -> Contest:
    """Lay out a contest; what its folder holds of the very same one is kept.

    Args:
        examples: with a target.
        data: where they come from, in the user's words.
        folder: of the contest.
        target: the column to predict, for the record.
        models: names of networks and baselines; the mandatory baselines always take part.
        folds: in how many parts the rows are cut; where the examples bring a split, that is the
            only one.
        trials: settings tried by each contender in each fold, the default ones first.
        seconds: for each fit, at most a step more.
        seed: decides everything drawn.
        groups: the column of what must not be torn apart (a patient's rows).
        time: the column by which rows are ordered; models know earlier ones only.
        asked: how columns write dates, where their values don't prove it.
        budget: seconds for everything together; see `hold`.

    Raises:
        UserError: no contest is possible on these data, or the folder holds another one.
    """
    y = examples.y
    if examples.task not in CONTESTED or y is None:
        raise UserError(f"{data} is for {examples.task}; a contest needs classes or numbers")
    if trials < 1:
        raise UserError(f"--trials {trials}: one is the least, the default settings")
    installed()
    examples = keys.apart(examples, groups, time, asked)
    classes = y if examples.classes else None
    rows = Rows(count=len(examples), classes=classes, groups=examples.groups, times=examples.times)
    measure = scores.chosen(classes)
    invited = [*baselines(examples.task, examples)]
    invited += [
        one
        for one in named(models, examples.task, examples)
        if one.name not in {other.name for other in invited}
    ]
    field = Field(x=keys.timed(examples), y=y, classes=examples.classes, rows=rows, measure=measure)
    cut = _given(examples) if examples.parts else parted(rows, folds, seed)
    if trials > 1:
        for fold in cut:
            field.within(fold.train, seed)
    made = Plan(
        data=data,
        target=target,
        fingerprint=fingerprint(examples),
        task=examples.task,
        classes=examples.classes,
        rows=len(examples),
        measure=measure.name,
        contenders=tuple(one.name for one in invited),
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
    )
    lay_out(folder, made)
    return Contest(made, field, cut, invited, folder)


def _given(examples: Examples) -> list[Fold]:
    """The fold that a split of the user's prescribes: all that isn't tested may be learnt from."""
    assert examples.parts is not None
    test = examples.parts["test"]
    split(examples, 0)  # what it refuses, a contest does
    return [Fold(np.setdiff1d(np.arange(len(examples)), test), test)]


def _digest(cut: list[Fold]) -> str:
    """A few letters that differ where folds do."""
    digest = hashlib.sha256()
    for fold in cut:
        for rows in (fold.train, fold.test):
            digest.update(np.asarray(rows, dtype=np.int64).tobytes() + b"|")
    return digest.hexdigest()[:16]


def installed() -> None:
    """What contests need beyond the core.

    Raises:
        UserError: it isn't there.
    """
    if not all(map(importlib.util.find_spec, ("optuna", "scikit_posthocs"))):
        raise UserError("contests need two more packages: pip install 'nna[workbench]'")


def lay_out(folder: Path, made: Plan) -> None:
    """Make the folder, or see that it holds this very contest."""
    path = folder / "plan.json"
    plain = json.loads(json.dumps(dataclasses.asdict(made)))
    if path.exists():
        held = _read(path)
        held.pop("versions", None)
        held.pop("command", None)
        if differing := [k for k in plain if k != "budget" and held.get(k) != plain[k]]:
            differs = differing[0]
            raise UserError(
                f"{folder} holds another contest ({differs} was {held.get(differs)}): give "
                "another --out, or the same options to continue it"
            )
        return
    if folder.exists() and any(folder.iterdir()):
        raise UserError(f"{folder} holds something else: give another --out")
    (folder / "matches").mkdir(parents=True, exist_ok=True)
    about = {"versions": runs.versions(), "command": runs.command()}
    files.write_json(path, plain | about)


def hold(
    contest: Contest,
    jobs: int = 1,
    said: Callable[[int, int, str], None] = lambda *_: None,
    ray: bool = False,
    clock: Callable[[], float] = monotonic,
) -> None:
    """Play what is missing; each match is kept as soon as it is over.

    Where the plan has a budget, networks share what baselines leave of it, and are stopped after
    any step; matches that there is no time for are left. What came of it lies in the folder.

    Args:
        contest: as planned.
        jobs: processes on this machine.
        said: told of every match: how many are over, of how many, and how it went.
        ray: play on the Ray cluster that RAY_ADDRESS names, else on one started here.
        clock: seconds, by which the budget is kept.

    Raises:
        UserError: Ray is wanted, and isn't installed.
    """
    missing = contest.missing()
    total = len(contest.folds) * len(contest.contenders)
    done = total - len(missing)
    fits = contest.plan.trials + (contest.plan.trials > 1)
    budget = Budget(contest.plan.budget, fits, jobs, clock)
    ways = _on_ray(contest, missing, budget) if ray else _here(contest, missing, jobs, budget)
    for (contender, fold), result in ways:
        files.write_json(contest.path(contender.name, fold), result)
        done += 1
        said(done, total, _line(contest, contender, fold, result))
    budget.unplayed = total - done
    files.write_json(contest.folder / SPENT, budget.to_json())


Match = tuple[Contender, int]


def _one(
    contest: Contest, match: Match, share: float | None, clock: Callable[[], float] = monotonic
) -> dict[str, Any]:
    contender, fold = match
    seed = _seed(contest.plan.seed, contender.name, fold)
    seconds = min((s for s in (contest.plan.seconds, share) if s is not None), default=None)
    terms = Terms(trials=contest.plan.trials, seed=seed, seconds=seconds, clock=clock)
    return play(contender, contest.field, contest.folds[fold], terms)


def _in_time(missing: list[Match], budget: Budget) -> Iterator[tuple[Match, float | None]]:
    """The matches that there is time for, each with its share; the first one in any case."""
    for place, match in enumerate(missing):
        if place and budget.over(match[0]):
            return
        yield match, budget.share(missing[place:])


def _here(
    contest: Contest, missing: list[Match], jobs: int, budget: Budget
) -> Iterator[tuple[Match, dict[str, Any]]]:
    if jobs == 1:
        for match, share in _in_time(missing, budget):
            result = _one(contest, match, share, budget.clock)
            budget.note(match[0], share, result)
            yield match, result
        return
    from joblib import Parallel, delayed

    sent: list[tuple[Match, float | None]] = []

    def calls() -> Iterator[Any]:
        for match, share in _in_time(missing, budget):
            sent.append((match, share))
            yield delayed(_one)(contest, match, share)

    playing: Any = Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="n_jobs")(calls())
    for place, result in enumerate(playing):
        match, share = sent[place]
        budget.note(match[0], share, result)
        yield match, result


def _on_ray(
    contest: Contest, missing: list[Match], budget: Budget
) -> Iterator[tuple[Match, dict[str, Any]]]:
    """All at once, so with equal shares: as if one were played after the other."""
    try:
        import ray  # type: ignore[import-not-found]
    except ImportError as error:
        raise UserError("--ray needs Ray: pip install 'ray>=2.40'") from error

    ray.init(log_to_driver=False, logging_level="error")
    whole, play_there = ray.put(contest), ray.remote(_one)
    share = budget.share(missing)
    waiting = {play_there.remote(whole, match, share): match for match in missing}
    try:
        while waiting:
            (over,), _ = ray.wait(list(waiting), num_returns=1)
            yield waiting.pop(over), ray.get(over)
    finally:
        ray.shutdown()


def _seed(seed: int, name: str, fold: int) -> int:
    """A seed of its own for each match, the same whatever was played before."""
    digest = hashlib.sha256(f"{seed} {name} {fold}".encode()).digest()
    return int.from_bytes(digest[:4], "big") // 2


def _line(contest: Contest, contender: Contender, fold: int, result: dict[str, Any]) -> str:
    who = f"{contender.name}, fold {fold + 1}"
    if "refused" in result:
        return f"{who}: refused, {result['refused']}"
    measure = contest.plan.measure
    who += f" ({stopped})" if (stopped := result["about"].get("stopped")) else ""
    return f"{who}: {measure} {short(result['figures'][measure])}, {result['seconds']['fit']:.1f} s"
