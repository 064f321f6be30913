"""Which columns of a table teach something, and how each becomes numbers: by the training part."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import pandas as pd

from nna.data.columns import date_parsing
from nna.data.columns.dates import Date
from nna.data.columns.kinds import USELESS, kind_of
from nna.data.columns.numbers import Number, beyond_float32
from nna.data.columns.one_hot import Words
from nna.data.columns.reading import Reading, Readings
from nna.data.columns.tfidf import Text
from nna.data.columns.token_ids import TokenIds
from nna.data.examples import Examples
from nna.data.scaling import mean_and_spread
from nna.errors import UserError
from nna.spec import Input, Tokens

WORDY = ("words", "identifier", "text")  # kinds that may be dates by what the whole column shows
Column = Number | Words | Date | Text | TokenIds


def texts_among(train: Examples) -> bool:
    """Whether a column of examples holds texts."""
    return isinstance(train.x, pd.DataFrame) and "text" in _known(train)[2].values()


def texts_alone(train: Examples) -> bool:
    """Whether examples are a table whose only useful column holds texts."""
    if not isinstance(train.x, pd.DataFrame):
        return False
    kinds = _known(train)[2]
    return [kind for kind in kinds.values() if kind not in USELESS] == ["text"]


def _known(train: Examples) -> tuple[dict[str, pd.Series], dict[str, Reading], dict[str, str]]:
    """The columns of a table by name, how they are read, and what they hold."""
    assert isinstance(train.x, pd.DataFrame)
    table = by_name(train.x)
    known = {name: train.readings.get(name) or Reading.of(of) for name, of in table.items()}
    kinds: dict[str, str] = {
        name: kind_of(name, column, known[name]) for name, column in table.items()
    }
    for name, how in train.dates.items():
        if kinds[name] in WORDY and not np.isnan(date_parsing.parse(table[name], how)).all():
            kinds[name] = "date"
    return table, known, kinds


def of_table(train: Examples, wanted: Input | None) -> tuple[tuple[Column, ...], dict[str, str]]:
    """Columns of a table as they are to be encoded, and why others are left out.

    Args:
        train: the training part, a frame.
        wanted: by the architecture: where it takes tokens, a column of texts becomes these.

    Raises:
        UserError: no column teaches anything, or tokens are wanted and there are other columns.
    """
    table, known, kinds = _known(train)
    left_out = {name: kind for name, kind in kinds.items() if kind in USELESS}
    if len(left_out) == len(table):
        why = "; ".join(f"{name!r} {USELESS[kind]}" for name, kind in [*left_out.items()][:3])
        raise UserError(f"no column to learn from: {why}")
    if isinstance(wanted, Tokens):
        return (_text_of(table, kinds),), left_out
    numbers = {name: table[name] for name in table if kinds[name] in ("number", "truth")}
    fitted: dict[str, Column] = {column.name: column for column in _numbers(numbers, known)}
    texts = [*kinds.values()].count("text")
    for name, kind in kinds.items():
        if kind == "date":
            fitted[name] = Date.fit(name, table[name], train.dates.get(name, ""))
        elif kind == "words":
            fitted[name] = Words.fit(name, table[name])
        elif kind == "text":
            fitted[name] = Text.fit(name, table[name], texts)
    return tuple(fitted[name] for name in table if name in fitted), left_out


def _text_of(table: Mapping[str, pd.Series], kinds: Mapping[str, str]) -> TokenIds:
    """The one useful column of a table, which holds texts.

    Raises:
        UserError: there are others, or it holds something else.
    """
    useful = [name for name, kind in kinds.items() if kind not in USELESS]
    texts = [name for name in useful if kinds[name] == "text"]
    if not texts:
        raise UserError(
            "it takes tokens, and no column holds texts (three words and more, and mostly "
            f"different ones): {listed(useful)}"
        )
    if others := [name for name in useful if name != texts[0]]:
        raise UserError(
            f"it takes the tokens of one column of texts; the table has {texts[0]!r} and also "
            f"{listed(others)}: leave those out, or choose an architecture for tables"
        )
    return TokenIds.fit(texts[0], table[texts[0]])


def _numbers(table: Mapping[str, pd.Series], readings: Readings) -> list[Number]:
    """Columns of numbers, with the mean and spread of those that are known."""
    fitted = [
        Number.fit(name, of, known.style, known.read)
        for name, of in table.items()
        for known in [readings.get(name) or Reading()]
    ]
    scales = [mean_and_spread(values) for _, values in fitted]
    return [
        dataclasses.replace(column, mean=mean, spread=spread)
        for (column, _), (mean, spread) in zip(fitted, scales, strict=True)
    ]


def of_array(x: np.ndarray) -> tuple[Number, ...]:
    """Columns without names: read one by one only where something may be wrong with a number."""
    if x.dtype.kind != "f" or (np.isnan(x) | beyond_float32(x)).any():
        return tuple(_numbers(by_name(named(x)), {}))
    fills = np.median(x.astype(np.float64), axis=0).tolist()
    scales = map(mean_and_spread, x.T)
    return tuple(
        Number(str(place), mean, spread, fill, 0)
        for place, ((mean, spread), fill) in enumerate(zip(scales, fills, strict=True))
    )


def by_name(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """The columns of a frame by name.

    Raises:
        UserError: two bear the same.
    """
    table = {str(name): frame.iloc[:, place] for place, name in enumerate(frame.columns)}
    if len(table) < len(frame.columns):
        twice = next(name for name in table if [*map(str, frame.columns)].count(name) > 1)
        raise UserError(f"several columns are called {twice!r}: name each differently")
    return table


def named(x: np.ndarray) -> pd.DataFrame:
    """Rows without names for their columns, which are called "0", "1", ..."""
    return pd.DataFrame(x, columns=[str(i) for i in range(x.shape[1])])


def listed(names: list[str]) -> str:
    """Names for a message, the first ten of them."""
    more = f" and {len(names) - 10:,} more" if len(names) > 10 else ""
    return ", ".join(map(repr, names[:10])) + more
