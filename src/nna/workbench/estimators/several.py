"""X of several inputs, by their names: what a file of records holds, as a mapping in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nna import registry
from nna.data.adapt import wanted_inputs
from nna.data.examples import Examples
from nna.data.records import read
from nna.data.records.file import Asked, Records
from nna.errors import UserError
from nna.tasks import Task

WHERE = Path("X")  # what messages call it


def named(x: Any) -> bool:
    """Whether X holds inputs by their names; a sparse matrix kept as a dictionary does not."""
    return isinstance(x, Mapping) and not hasattr(x, "shape")


def examples(
    x: Mapping[str, Any],
    reference: str,
    task: Task,
    dates: Sequence[str] = (),
    config: Any = None,
) -> Examples:
    """The examples of a mapping from the names of an architecture's inputs to their values.

    Args:
        x: of each input a frame, an array or a list, its first axis the rows.
        reference: to the architecture.
        task: what they are for.
        dates: how columns write dates, where their values don't prove it.
        config: of the fitted network, whose sizes the values must have; None: it is to be fitted.

    Raises:
        UserError: other names, values of another kind, or inputs of different lengths.
    """
    spec, name = registry.describe(reference), registry.id_of(reference)
    if odd := [one for one in x if one not in wanted_inputs(spec)]:
        raise UserError(f"X has {odd[0]!r}; {name} takes {', '.join(wanted_inputs(spec))}")
    values = {str(key): _rows(of) for key, of in x.items()}
    counts = {key: len(of) for key, of in values.items()}
    if len({*counts.values()}) > 1:
        said = ", ".join(f"{key} {count:,}" for key, count in counts.items())
        raise UserError(f"X holds inputs of different numbers of rows: {said}")
    count = next(iter(counts.values()), 0)
    if not count:
        raise UserError("X holds no rows")
    held = Records(WHERE, values, range(1, count + 1), "row", in_memory=True)
    learnt = config is not None
    asked = Asked(task=task, config=config, dates=dates, learnt=learnt, answers=False)
    return read.of_records(held, spec, name, asked)


def _rows(values: Any) -> Any:
    """A value a row: of a frame its columns by name."""
    if not hasattr(values, "columns"):
        return values if isinstance(values, list) else np.asarray(values)
    frame = pd.DataFrame({str(name): np.asarray(values[name]) for name in values.columns})
    return frame.astype(object).where(frame.notna(), None).to_dict("records")
