"""Excel workbooks: the first sheet that holds anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nna.data.readers.foreign import damaged, each
from nna.data.readers.sheet import MISSING, Draw, ReadOptions, Sheet, check_names
from nna.errors import UserError

ERRORS = ("#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#N/A")  # of formulas
MEND = "is it locked, or no workbook? Save it as .xlsx or .csv"


def read(path: Path, options: ReadOptions) -> Sheet:
    """Read a table; of formulas the values that were stored with them.

    Raises:
        UserError: openpyxl isn't installed, no workbook, no rows, columns without a name of their
            own, or values outside the columns.
        OSError: the file can't be opened.
    """
    book = _book(path)
    try:
        with damaged(path, MEND):
            filled = [one for one in book.worksheets if one.max_row and one.max_column]
        if not filled:
            raise UserError(f"{path}: no rows")
        first = filled[0]
        others = [one.title for one in book.worksheets if one is not first]
        notes = [f"sheet {first.title!r} read, not {', '.join(others)}"] if others else []
        header, drawn = _rows(path, first, options)
    finally:
        book.close()
    check_names(path, header)
    if not drawn.seen:
        raise UserError(f"{path}: only a header, no rows")
    rows = drawn.rows
    values = [[None if v in (*MISSING, *ERRORS) else v for v in row] for _, row in rows]
    frame = pd.DataFrame(values, columns=header)
    for place, name in enumerate(header):
        if options.verbatim(name):
            frame[name] = pd.Series([row[place] for row in values], dtype=object)
    notes += options.notes(len(rows), drawn.seen)
    lines = np.array([number for number, _ in rows])
    return Sheet(path, frame, lines, "row", drawn.seen, tuple(notes))


def _book(path: Path) -> Any:
    try:
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError as error:
        raise UserError(
            f"{path}: Excel needs one more package: pip install 'nna[excel]'"
        ) from error
    with damaged(path, MEND, InvalidFileException):
        return load_workbook(path, read_only=True, data_only=True)


def _rows(
    path: Path, sheet: Any, options: ReadOptions
) -> tuple[list[str], Draw[tuple[int, list[Any]]]]:
    """The names in the first row that isn't empty, and the rows below, with their numbers."""
    drawn, header = Draw[tuple[int, list[Any]]](options), list[str]()
    for number, row in enumerate(each(path, MEND, sheet.iter_rows(values_only=True)), 1):
        values = [*row]
        while values and values[-1] in (None, ""):
            values.pop()
        if values and not header:
            header = ["" if v is None else str(v).strip() for v in values]
        elif len(values) > len(header):
            raise UserError(
                f"{path}, row {number}: {values[-1]!r} stands in column {len(values)}; the first "
                f"row names {len(header)} columns"
            )
        elif values:
            drawn.add((number, values + [None] * (len(header) - len(values))))
    return header, drawn
