"""What a run of series is asked about, read as its own data were."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nna.data.examples import Examples
from nna.data.series import parts, readers
from nna.data.series.windows import Plan
from nna.training.runs import Request

Asked = str | Path | pd.DataFrame | None


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
