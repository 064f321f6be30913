"""Measure an experiment seed by seed, in several processes, to be interrupted and taken up."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import cast

from nna.errors import UserError
from nna.lab import catalog, record
from nna.lab.experiment import MIN_SEEDS
from nna.lab.record import Record

Measured = tuple[int, dict[str, float], float]  # seed, numbers, processor's seconds


def folder(name: str, quick: bool, own: Path = record.OWN) -> Path:
    """Where a user's own result of an experiment is kept; a quick one apart, it decides nothing."""
    return own / name / "quick" if quick else own / name


def begin(
    name: str,
    *,
    seeds: int | None = None,
    quick: bool = False,
    fresh: bool = False,
    own: Path = record.OWN,
) -> Record:
    """The record to go on with: what is already measured, or nothing yet.

    Args:
        name: id of the experiment.
        seeds: how many to measure, from seed 0; as many as it declares where not given.
        quick: the quick form.
        fresh: forget what is measured.
        own: the folder of the user's own results.

    Raises:
        UserError: no such experiment, no seed asked for, or what is measured was measured by code
            that computed something else, or with other versions.
    """
    experiment = catalog.describe(name)
    asked = (MIN_SEEDS if quick else experiment.seeds) if seeds is None else seeds
    if asked < 1:
        raise UserError(f"--seeds {asked}: at least one seed must be measured")
    new = record.blank(name, asked, quick)
    place = folder(name, quick, own)
    old = None if fresh else record.read(place)
    if old is None:
        return new
    if old.versions != new.versions:
        raise UserError(f"{place} was measured with other versions; measure anew with --fresh")
    if told := None if quick else differs(name, place):  # a quick result decides nothing
        raise UserError(
            f"{place} was measured by code that computed something else ({told}); measure anew "
            "with --fresh"
        )
    # seeds beyond those asked for now are kept: nothing measured is thrown away
    return dataclasses.replace(old, asked=max(asked, len(old.measured)))


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
    now = start
    if not start.measured and not start.quick:
        _probe(start.experiment, place)
    for seed, numbers, seconds in _measure_all(start, jobs):
        now = now.plus(seed, numbers, seconds)
        record.write(now, place)
        tick(now)
    return now


def store(done: Record) -> Path:
    """Put a result among those that ship with the package.

    Raises:
        UserError: it is quick, not whole, or has too few seeds.
    """
    if done.quick or done.missing or len(done.measured) < MIN_SEEDS:
        raise UserError(f"only a full, whole result of at least {MIN_SEEDS} seeds can be stored")
    place = record.SHIPPED / done.experiment
    record.write(done, place)
    _probe(done.experiment, place)
    return place


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

    todo = [(start.experiment, seed, start.quick) for seed in start.missing]
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


def measure(name: str, seed: int, quick: bool) -> Measured:
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
            numbers = experiment.numbers(seed, quick)
    finally:
        torch.set_num_threads(threads)
    return seed, numbers, time.process_time() - began
