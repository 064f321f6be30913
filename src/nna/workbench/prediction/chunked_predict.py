"""Answer for tables longer than memory: read, answered and written part by part."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from nna import ports, registry
from nna.data import unlabelled
from nna.data.readers.os_errors import reading
from nna.data.tables import chunked
from nna.data.tables.chunked import LongTable
from nna.training import files
from nna.training.in_memory import Tensors
from nna.workbench import record_files
from nna.workbench.prediction.answers_csv import as_csv
from nna.workbench.trained_model import Trained


def find(trained: Trained, source: str | None, encoding: str | None = None) -> LongTable | None:
    """A table of rows that is better answered part by part, looked through; None: it is none.

    Raises:
        UserError: the table can't be read.
    """
    request = trained.run.request
    tabular = ports.called(request.port["kind"]).tabular
    if source is None or request.windows is not None or not tabular:
        return None
    path, (name, _, _) = Path(source).expanduser(), registry.split(trained.reference)
    if not chunked.is_one(path) or record_files.is_one(source, name):
        return None
    recorded = trained.preparation.recorded
    return reading(path, lambda: LongTable.look(path, recorded, encoding))


def write(  # noqa: PLR0913 - one argument a thing that the user may say
    trained: Trained,
    table: LongTable,
    path: Path,
    level: float,
    said: Callable[[int, int, str], None] = lambda *_: None,
    escape: bool = True,
) -> list[str]:
    """A CSV file of an answer for each row; it appears when it is whole.

    Args:
        trained: who answers.
        table: for what.
        path: the file.
        level: share of cases in which an interval is to hold the number predicted.
        said: told of every part: how many rows are answered, of how many.
        escape: whether texts that a spreadsheet would run get an apostrophe in front.

    Returns:
        What the model had to make up for: each kind once, with the rows where it came first.

    Raises:
        UserError: rows that don't fit what the model was trained on.
    """
    port, model, done = trained.run.request.port, None, 0
    met: dict[str, list[str]] = {}  # notes of a kind, whatever numbers stand in them
    with files.replacing(path) as file:
        for examples in unlabelled.parts(table, port, trained.task, trained.apart):
            prepared = trained.prepared(examples)
            seen = Tensors.of(trained.adapted(prepared))
            if model is None:
                model = trained.faster(seen)
            answers = trained.answers_of(model, seen, examples, level)
            file.write(files.encoded(as_csv(answers.to_json(), not done, escape)))
            where = f"rows {done + 1:,} to {done + len(examples):,}"
            for note in prepared.notes:
                met.setdefault(re.sub(r"\d[\d,.]*", "", note), []).append(f"{where}: {note}")
            done += len(examples)
            said(done, table.rows, "rows answered")
    return [*table.notes, *_once(met)]


def _once(met: dict[str, list[str]]) -> Iterator[str]:
    for first, *more in met.values():
        yield f"{first} (and the like in {len(more):,} later parts)" if more else first
