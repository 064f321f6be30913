"""What a user means by data: a dataset's id, a path, or a frame in memory; and what is tested."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nna import tasks
from nna.data import catalog
from nna.data.columns.reading import Recorded
from nna.data.examples import Examples, Part
from nna.data.profiling.series import recognise
from nna.data.records.file import Asked
from nna.data.sources import source
from nna.data.splits import key_columns
from nna.data.tables import tabular
from nna.errors import UserError
from nna.workbench import record_files

ROWS = 4  # of a table to draw for each training example, so that every part has enough
SPLITTING = ("groups", "time", "split", "test")  # options that say how rows are split


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where data come from, as a user says it."""

    data: str  # a dataset's id, or a path to a file or folder
    data_dir: str | None = None  # where the files of a dataset lie that can't be fetched
    target: str | None = None  # column to predict, of a table
    task: tasks.Task | None = None  # inferred from the target unless given
    skip_bad: bool = False  # leave out the files of a folder that can't be used
    encoding: str | None = None  # of a file of text; None: it is found out
    max_samples: int | None = (
        None  # training examples to draw at most, of the other parts half as many
    )
    forecast: Mapping[str, Any] | None = None  # of series: see nna.data.series_files
    groups: str | None = None  # column whose equal values no split tears apart
    time: str | None = None  # column that orders the rows: parts follow each other
    split: str | None = None  # column that says which part a row is for
    test: str | None = None  # data to be tested on, of the same kind
    dates: Sequence[str] = ()  # how columns write dates, where their values don't prove it

    @property
    def catalogued(self) -> bool:
        """Whether the data are a dataset of the catalogue, and none of the user's own."""
        return self.data in catalog.names()

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return dataclasses.asdict(self) | {"task": self.task and self.task.name}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Source:
        """The source that `to_json` told."""
        return cls(**{**plain, "task": task_named(plain["task"])})


def tables_of(
    origin: Source, task: tasks.Task | None, rows: int | None, seed: int, name: str
) -> tuple[Examples, Examples]:
    """All examples as they came, and the same as they are to be split.

    Args:
        origin: of the data, no series.
        task: what they are for; None: as they look.
        rows: of a table to draw at most; None: all.
        seed: decides which.
        name: of the architecture that they are for.

    Raises:
        UserError: data that can't be read, or options that contradict each other.
    """
    _one_test(origin.test, origin.split)
    where = Path(origin.data_dir) if origin.data_dir else None
    said = {"skip_bad": origin.skip_bad, "encoding": origin.encoding}
    first = Asked(target=origin.target, task=task, dates=origin.dates, **said)

    def read_rows(data: str, wanted: Asked, **more: Any) -> Examples:
        held = record_files.examples(data, name, wanted)
        return held or source(data, where, wanted.target, wanted.task, **said, **more)

    def read_like(whole: Examples) -> Examples:
        alike = dataclasses.replace(first, task=whole.task, learnt=True)
        return read_rows(str(origin.test), alike, recorded=key_columns.recorded(whole))

    whole = read_rows(origin.data, first, max_samples=rows, seed=seed, asked=origin.dates)
    whole, marked = _with_test(whole, origin.split, read_like if origin.test else None, origin.test)
    return whole, key_columns.apart(marked, origin.groups, origin.time, origin.dates)


def _one_test(test: object, split: str | None) -> None:
    if test is not None and split is not None:
        raise UserError("--test and --split both say what is tested: leave out one")


def _with_test(
    examples: Examples,
    split: str | None,
    read_like: Callable[[Examples], Examples] | None,
    test: object,
) -> tuple[Examples, Examples]:
    """The examples with those that the user tests on, and the same with the rows marked."""
    if read_like is not None:
        called = "" if isinstance(test, pd.DataFrame) else str(test)
        examples = key_columns.joined(examples, read_like(examples), called)
    return examples, key_columns.prescribed(examples, split) if split is not None else examples


def read(  # noqa: PLR0913 - one argument a thing that the user may say
    data: str | Path | pd.DataFrame,
    target: str | None = None,
    task: tasks.Task | None = None,
    data_dir: str | Path | None = None,
    skip_bad: bool = False,
    max_samples: int | None = None,
    seed: int = 0,
    asked: Sequence[str] = (),
    encoding: str | None = None,
    recorded: Recorded | None = None,
) -> Examples:
    """What a user means by `data`: a dataset's id, a path, or a frame in memory.

    Of more than `max_samples` examples so many are drawn, each with the same chance; `asked` says
    how dates are written, `recorded` how another table was read that this one goes with.

    Raises:
        UserError: neither, or not fit to learn from.
    """
    if isinstance(data, pd.DataFrame):
        examples = tabular.examples(tabular.of_frame(data), target, task, recorded, asked)
    else:
        where = Path(data_dir) if data_dir else None
        examples = source(
            str(data),
            where,
            target,
            task,
            skip_bad,
            max_samples,
            seed,
            asked,
            encoding,
            recorded,
        )
    if max_samples is None or len(examples) <= max_samples:
        return examples
    drawn = np.sort(np.random.default_rng(seed).permutation(len(examples))[:max_samples])
    note = f"drawn: {max_samples:,} of {len(examples):,} examples"
    return dataclasses.replace(examples.take(drawn), notes=(note, *examples.notes))


def examples_and_split(  # noqa: PLR0913 - one argument a thing that the user may say
    data: str | Path | pd.DataFrame,
    target: str | None,
    task: str | None,
    data_dir: str | Path | None,
    skip_bad: bool,
    max_samples: int | None,
    seed: int,
    time: str | None,
    split: str | None,
    test: str | Path | pd.DataFrame | None,
    dates: str | Sequence[str],
    encoding: str | None,
) -> tuple[Examples, Mapping[Part, np.ndarray] | None]:
    """The examples, with the split that the user says; beside them the source's own, if any."""
    asked = (dates,) if isinstance(dates, str) else tuple(dates)
    _one_test(test, split)
    named = task_named(task)
    examples = _in_time(
        read(data, target, named, data_dir, skip_bad, max_samples, seed, asked, encoding),
        time,
        asked,
    )
    own, examples = examples.parts, dataclasses.replace(examples, parts=None)  # folds are cut anew

    def read_like(whole: Examples) -> Examples:
        assert test is not None
        known = key_columns.recorded(whole)
        return read(test, target, whole.task, data_dir, skip_bad, encoding=encoding, recorded=known)

    by_user = read_like if test is not None else None
    return _with_test(examples, split, by_user, test)[1], own


def _in_time(examples: Examples, time: str | None, asked: Sequence[str]) -> Examples:
    """The same, with a warning where the rows are series and nobody said how time counts."""
    if not isinstance(examples.x, pd.DataFrame) or not examples.task.numeric or time:
        return examples
    name = next(name for name in ("target", "the target") if name not in examples.x.columns)
    found = recognise(examples.x.assign(**{name: examples.y}), name, asked)
    if found is None or "every" not in found:
        return examples
    warning = (
        f"warning: by {found['time']!r} the rows are series, {found['every']}, and here they are "
        f"drawn at random: --horizon N forecasts, --time {found['time']} tests on later rows only"
    )
    return dataclasses.replace(examples, notes=(warning, *examples.notes))


def task_named(text: str | None) -> tasks.Task | None:
    """A task by its name.

    Raises:
        UserError: no such task.
    """
    return None if text is None else tasks.get(text)
