"""What a run is asked about, read as its own data were."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nna.data import unlabelled
from nna.data.columns.reading import Recorded
from nna.data.examples import Examples
from nna.data.series import parts, readers
from nna.data.series.windows import Plan
from nna.errors import UserError
from nna.training.runs import Request

Asked = str | Path | pd.DataFrame | None


def examples(
    request: Request,
    source: Asked,
    skip_bad: bool,
    encoding: str | None,
    recorded: Recorded,
    apart: frozenset[str],
) -> Examples:
    """The examples of a source, of the kind that a run was trained on.

    Args:
        request: of the run.
        source: a frame, a path or a dataset's id.
        skip_bad: leave out files of a folder that can't be used.
        encoding: of a file of text; None: it is found out.
        recorded: how the run's own columns were read.
        apart: columns that are no features.

    Raises:
        UserError: no source, or one that doesn't fit what the run was trained on.
    """
    if source is None:
        raise UserError("say what to predict for: a file, a folder, or a dataset")
    where = request.data["data_dir"]
    return unlabelled.read(
        source if isinstance(source, pd.DataFrame) else str(source),
        request.port,
        request.task,
        Path(where) if where else None,
        skip_bad,
        recorded,
        encoding,
        apart,
    )


def latest(request: Request, source: Asked, skip_bad: bool, encoding: str | None) -> Examples:
    """The end of each series of a table, of the one trained on if there is no other.

    Args:
        request: of a run of series.
        source: a frame, a path, or None.
        skip_bad: leave out lines that can't be used.
        encoding: of a file of text; None: it is found out.

    Raises:
        UserError: it can't be read, or doesn't fit.
    """
    assert request.windows is not None
    plan, data = Plan.from_json(request.windows), request.data
    skips = skip_bad or (source is None and data["skip_bad"])
    said = {"target": data["target"], "freq": plan.freq, "skip_bad": skips}
    said["format"] = plan.format
    asked = {**data["forecast"], **said, "encoding": encoding or data.get("encoding")}
    if isinstance(source, pd.DataFrame):
        return parts.latest(readers.of_frame(source, asked), plan)
    path = Path(source or data["data"]).expanduser()
    return parts.latest(readers.panel(path, asked), plan)
