"""Measure an experiment seed by seed, in several processes, to be interrupted and taken up."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import cast

from nna.errors import UserError
from nna.lab import catalog, record, verdict
from nna.lab.experiment import Part
from nna.lab.record import Record

QUICK = 5  # seeds of a quick form
Measured = tuple[int, Mapping[str, float], float]  # seed, numbers, processor's seconds


def folder(name: str, quick: bool, own: Path = record.OWN) -> Path:
    """Where a user's own result of an experiment is kept; a quick one apart, it decides nothing."""
    return own / name / "quick" if quick else own / name


def begin(  # noqa: PLR0913 - one a choice of who measures
    name: str,
    place: Path | None = None,
    *,
    part: Part = "first",
    seeds: int | None = None,
    quick: bool = False,
    fresh: bool = False,
) -> Record:
    """The record to go on with: what is already measured, or nothing yet.

    Args:
        name: id of the experiment.
        place: the folder that keeps it; the user's own where not given.
        part: what of it to measure.
        seeds: how many to measure; as many as it declares where not given.
        quick: the quick form.
        fresh: forget what is measured; a confirmation takes seeds that nobody looked at.

    Raises:
        UserError: no such experiment or part, no seed asked for, or what is measured was measured
            by code that computed something else, or with other versions.
    """
    experiment = catalog.describe(name)
    asked = (QUICK if quick else experiment.seeds) if seeds is None else seeds
    if asked < 1:
        raise UserError(f"--seeds {asked}: at least one seed must be measured")
    if part in verdict.SECOND and part not in experiment.elsewhere:
        raise UserError(
            f"{name} declares no {verdict.SECOND[part]}: --part {part} can't be measured"
        )
    new = record.blank(name, asked, quick, part)
    place = place or folder(name, quick)
    if fresh:
        return _again(new, place)
    old = record.read(place, part)
    resumed = old is not None and bool(old.measured)
    known = old if resumed else record.read(place)  # another part belongs to what the first is of
    if known is not None and known.measured:
        _same(known, new, name, place, quick)
    if old is None:
        return new
    if not resumed:
        return dataclasses.replace(old, versions=new.versions, asked=asked)
    # seeds beyond those asked for now are kept: nothing measured is thrown away
    return dataclasses.replace(old, asked=max(asked, len(old.measured)))


def _same(old: Record, new: Record, name: str, place: Path, quick: bool) -> None:
    """Whether what is measured now belongs to what was.

    Raises:
        UserError: other versions, or code that computes something else.
    """
    if old.versions != new.versions:
        raise UserError(f"{place} was measured with other versions; measure anew with --fresh")
    if told := None if quick else differs(name, place):  # a quick result decides nothing
        raise UserError(
            f"{place} was measured by code that computed something else ({told}); measure anew "
            "with --fresh"
        )


def _again(new: Record, place: Path) -> Record:
    """Nothing measured, though what was looked at before stays known if it can still be read."""
    try:
        old = record.read(place, new.part)
    except UserError:
        old = None
    return (
        new
        if old is None
        else dataclasses.replace(old.anew(), versions=new.versions, asked=new.asked)
    )


def needed(name: str, place: Path, part: Part) -> bool:
    """Whether a verdict needs a part: a second bed and budget only where a claim seems to fail."""
    experiment, kept = catalog.describe(name), record.evidence(place)
    if part not in verdict.SECOND:
        return True
    if part not in experiment.elsewhere or kept is None:
        return False
    return any(
        f.outcome == "refuted" and not f.condition.limit
        for judgement in verdict.judge(experiment, kept)
        for f in judgement.findings
    )


def run(
    start: Record,
    place: Path,
    *,
    jobs: int = 1,
    tick: Callable[[Record], None] = lambda _: None,
) -> Record:
    """Measure the missing seeds, keeping the record after each.

    Args:
        start: what to go on with, from `begin`.
        place: the folder to keep the record in.
        jobs: processes at a time.
        tick: told of the record after each seed.

    Raises:
        UserError: the folder can't be written to, or the system ended a process.
    """
    now = start if start.quick else start.declaring()
    if not start.quick and (not start.measured or now != start):
        record.write(now, place)  # the criterion, before there is a number to fit it to
    if not start.measured and not start.quick and start.part == "first":
        _probe(start.experiment, place)
    for seed, numbers, seconds in _measure_all(now, jobs):
        now = now.plus(seed, numbers, seconds)
        record.write(now, place)
        tick(now)
    return now


def settle(name: str, place: Path) -> None:
    """Draw what is wholly measured; a result of the earlier protocol gives way to it.

    Raises:
        UserError: the folder can't be written to.
    """
    from nna.lab import claim_figure

    kept = record.evidence(place)
    if kept is None or kept.missing or kept.first.earlier:
        return
    for file, text in claim_figure.files(kept).items():
        record.replace(place / file, text)
    if not kept.first.quick:
        (place / record.EARLIER).unlink(missing_ok=True)


def differs(name: str, place: Path) -> str | None:
    """In what the code computes otherwise than when the result in `place` was measured."""
    from nna import probe
    from nna.lab import probes

    return probe.differs(probe.read(place / record.PROBE), probes.of_experiment(name))


def _probe(name: str, place: Path) -> None:
    """Keep what the result in `place` hangs on."""
    from nna import probe
    from nna.lab import probes

    record.replace(place / record.PROBE, probe.text(probes.of_experiment(name)))


def _measure_all(start: Record, jobs: int) -> Iterator[Measured]:
    """The missing seeds as they are done."""
    from joblib import Parallel, delayed, parallel_config

    todo: list[tuple[str, int, bool, Part]] = [
        (start.experiment, seed, start.quick, start.part) for seed in start.missing
    ]
    jobs = min(jobs, len(todo))
    if jobs <= 1:
        yield from (measure(*each) for each in todo)
        return
    try:
        with parallel_config("loky", inner_max_num_threads=1):
            parallel = Parallel(jobs, return_as="generator_unordered")
            yield from cast(Iterator[Measured], parallel(delayed(measure)(*each) for each in todo))
    except BrokenProcessPool as error:
        raise UserError(
            "the system ended a measuring process, for want of memory perhaps; what was measured "
            "is kept: go on with --jobs 1"
        ) from error


def measure(name: str, seed: int, quick: bool, part: Part = "first") -> Measured:
    """Measure one seed on one thread, so that its numbers don't hinge on the machine's cores.

    Raises:
        ValueError: the experiment gives other quantities than it declares, or not finite ones.
    """
    import torch

    experiment, threads = catalog.describe(name), torch.get_num_threads()
    began = time.process_time()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):  # experiments seed it; the caller's stays as it was
            numbers = experiment.numbers(seed, quick, part)
    finally:
        torch.set_num_threads(threads)
    return seed, numbers, time.process_time() - began
