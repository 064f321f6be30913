"""Decide what a column holds."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np
import pandas as pd
from pandas.api.types import is_integer_dtype

from nna.data.columns import date_parsing, numbers, one_hot, tfidf
from nna.data.columns.reading import Reading
from nna.errors import UserError

Kind = Literal["number", "truth", "words", "date", "text", "identifier", "constant", "empty"]

USELESS: dict[str, str] = {
    "identifier": "names the rows",
    "constant": "is the same in every row",
    "empty": "holds no value",
}
ENOUGH = 20  # rows from which different values in (nearly) all of them name the rows
ALMOST = 0.9  # share of rows with a word of their own, from which the words name the rows
LONG = 3.0  # words a value, on average, from which a column may hold texts
VARIED = 0.5  # share of different values from which long ones are texts and not names of kinds
NAMES = re.compile(
    r"^(id|uid|uuid|guid|key|index|idx|row|rowid|row.?(nr|no|number)|unnamed.*)$"
    r"|[ _.-](id|uid|uuid|guid|key|nr|idx)$",
    re.IGNORECASE,
)
CAMEL = re.compile(r"[a-z](Id|ID)$")


def kind_of(name: str, column: pd.Series, reading: Reading | None = None) -> Kind:
    """What a column of a table holds.

    Args:
        name: of the column; one called "id" or the like may number the rows.
        column: its values as they came, gaps and all.
        reading: how they are read; None: decided by these alone.

    Raises:
        UserError: values that no column of a table has, such as lists.
    """
    try:
        different = int(column.nunique())
    except TypeError as error:
        held = type(column.dropna().iloc[0]).__name__
        raise UserError(f"column {name!r} holds values of kind {held}: make it several") from error
    if not different:
        return "empty"
    if different == 1 and not column.isna().any():
        return "constant"
    style = reading.style if reading is not None else numbers.style_of(column)
    if style:
        return _of_numbers(name, column, style)
    if date_parsing.find(column, name) is not None:
        return "date"
    return _of_words(column, different)


def _of_numbers(name: str, column: pd.Series, style: numbers.Style) -> Kind:
    values = numbers.parse(column, style)
    finite = values[~np.isnan(values) & ~numbers.beyond_float32(values)]
    if not len(finite):
        return "empty"
    if len(np.unique(finite)) == 1 and len(finite) == len(values):
        return "constant"
    if style == "truth":
        return "truth"
    numbered = is_integer_dtype(column) and len(np.unique(finite)) == len(column) >= ENOUGH
    if numbered and (NAMES.search(name) or CAMEL.search(name)):
        return "identifier"
    return "number"


def _of_words(column: pd.Series, different: int) -> Kind:
    known = one_hot.as_words(column).dropna()
    long = known.str.split().str.len().mean() >= LONG
    if long and different > VARIED * len(known) and tfidf.has_words(known):
        return "text"
    if len(known) >= ENOUGH and different > ALMOST * len(known):
        return "identifier"
    return "words"
