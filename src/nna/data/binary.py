"""Examples for networks whose units are on or off: numbers that are 0 or 1, left as they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from nna.data.columns.numbers import parse
from nna.data.examples import Examples
from nna.data.readers.table_files import Sheet
from nna.errors import UserError
from nna.spec import Table

NEEDED = "a probability is learnt of units that are on or off"


def rows(sheet: Sheet) -> Examples:
    """The rows of a table of 0 and 1 (or true and false), columns in the order of their names.

    Raises:
        UserError: a value that is neither, or missing.
    """
    columns = {str(name): pd.Series(sheet.frame[name]) for name in sheet.frame.columns}
    x = np.empty((len(sheet.frame), len(columns)), dtype=np.float32)
    for place, name in enumerate(sorted(columns)):
        x[:, place] = parse(columns[name], "truth")
        if len(odd := _odd(x[:, place])):
            value = columns[name].iloc[int(odd[0, 0])]
            said = "a gap" if pd.isna(value) else repr(str(value))
            raise UserError(
                f"{sheet.path}: column {name!r}, {sheet.where(odd[0, 0])}: {said} is neither 0 nor "
                f"1, and {NEEDED}: make such columns, one of each word or range"
            )
    said = f"no target: all {len(columns)} columns are features, of 0 and 1, left as they are"
    return Examples.of(
        task="density",
        port=Table(features=len(columns)),
        x=x,
        scaled=True,
        notes=(said, *sheet.notes),
        left_out=sheet.left_out,
    )


def check(x: np.ndarray, path: Path) -> None:
    """See that an array holds 0 and 1 alone.

    Raises:
        UserError: it doesn't.
    """
    if len(odd := _odd(x)):
        place = ", ".join(map(str, odd[0]))
        raise UserError(
            f"{path}: x[{place}] is {x[tuple(odd[0])]:g}, neither 0 nor 1, and {NEEDED}: cut the "
            "values at a threshold"
        )


def _odd(x: np.ndarray) -> np.ndarray:
    """The places of values other than 0 and 1."""
    return np.argwhere((x != 0) & (x != 1))
