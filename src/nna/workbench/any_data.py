"""What a user means by data: a dataset's id, a path, or a frame in memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from nna import tasks
from nna.data.columns.reading import Recorded
from nna.data.examples import Examples, Part
from nna.data.profiling.series import recognise
from nna.data.sources import source
from nna.data.splits import key_columns
from nna.data.tables import tabular
from nna.errors import UserError
from nna.workbench.prepared_data import task_named


def read(  # noqa: PLR0913 - one argument a thing that the user may say
    data: str | Path | pd.DataFrame,
    target: str | None = None,
    task: str | None = None,
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
        examples = tabular.examples(
            tabular.of_frame(data), target, task_named(task), recorded, asked
        )
    else:
        where = Path(data_dir) if data_dir else None
        examples = source(
            str(data),
            where,
            target,
            task_named(task),
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
    if split is not None and test is not None:
        raise UserError("--test and --split both say what is tested: leave out one")
    examples = _in_time(
        read(data, target, task, data_dir, skip_bad, max_samples, seed, asked, encoding),
        time,
        asked,
    )
    own, examples = examples.parts, dataclasses.replace(examples, parts=None)  # folds are cut anew
    if test is not None:
        other = read(
            test,
            target,
            examples.task,
            data_dir,
            skip_bad,
            encoding=encoding,
            recorded=key_columns.recorded(examples),
        )
        examples = key_columns.joined(
            examples, other, "" if isinstance(test, pd.DataFrame) else str(test)
        )
    return key_columns.prescribed(examples, split) if split is not None else examples, own


def _in_time(examples: Examples, time: str | None, asked: Sequence[str]) -> Examples:
    """The same, with a warning where the rows are series and nobody said how time counts."""
    if not isinstance(examples.x, pd.DataFrame) or not tasks.get(examples.task).numeric or time:
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
