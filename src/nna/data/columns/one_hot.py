"""Words for kinds of things: a column of 0 and 1 for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from nna.data.columns.numbers import parse_plainly

MOST = 100  # words that get a column of their own; those beyond share one
FEW = 20  # different words up to which all are kept, those seen once among them


@dataclass(frozen=True, slots=True)
class Words:
    """A column of words, as the training part holds them."""

    name: str
    values: tuple[str, ...]  # a column of 0 and 1 each
    different: int  # words in the training part; those not in `values` share a column
    gaps: int  # in the training part; where there were some, they have a column as well

    @classmethod
    def fit(cls, name: str, column: pd.Series) -> Words:
        """Keep the most frequent words; where there are many, none that is seen only once."""
        counts = as_words(column).value_counts()
        found, seen = counts.index.to_numpy(dtype=object), counts.to_numpy()
        order = np.lexsort((found.astype(str), -seen))
        many = len(found) > FEW
        kept = order[seen[order] > many][: MOST if many else None]
        values = tuple(sorted(map(str, found[kept])))
        return cls(name, values, len(found), int(column.isna().sum()))

    @property
    def others(self) -> bool:
        """Whether the training part held words that are not kept."""
        return self.different > len(self.values)

    def encode(self, column: pd.Series) -> tuple[np.ndarray, list[str]]:
        """Columns of 0 and 1, `(n, width)`; and what is to be said."""
        words = as_words(column, self.values)
        missing = words.isna().to_numpy(dtype=bool)
        codes = pd.Index(self.values, dtype="str").get_indexer(pd.Index(words))
        unknown = (codes < 0) & ~missing
        known = np.flatnonzero(codes >= 0)
        grid = np.zeros((len(column), len(self.labels())), np.float32)
        grid[known, codes[known]] = 1
        told = []
        if self.others:
            grid[unknown, len(self.values)] = 1
        if self.gaps:
            grid[missing, -1] = 1
        elif missing.any():
            told.append(
                f"column {self.name!r}: {missing.sum():,} values missing, as none was in training: "
                "none of its words"
            )
        if unknown.any():
            first = ", ".join(map(repr, pd.unique(words[unknown])[:3]))
            taken = "one of the others" if self.others else "none of its words"
            told.append(
                f"column {self.name!r}: {unknown.sum():,} values that training didn't keep "
                f"({first}): taken as {taken}"
            )
        return grid, told

    def labels(self) -> list[str]:
        """The names of the columns that `encode` gives."""
        more = ["others"] * self.others + ["missing"] * bool(self.gaps)
        values = [f"{self.name} = {value}" for value in self.values]
        return values + [f"{self.name}: {what}" for what in more]


def as_words(column: pd.Series, known: Sequence[str] = ()) -> pd.Series:
    """A column's values as words, NaN where missing: each by itself, whatever stands beside it.

    Words stay as they are written, less blanks around them; whole numbers have no point.

    Args:
        column: its values.
        known: words; a number or truth value that came as such is written as that one of them that
            writes it, if a single one does.
    """
    if column.dtype == object or is_numeric_dtype(column):
        known_as = _writing(known)
        values = [_spelling(value, known_as) for value in column.to_numpy(dtype=object)]
        return pd.Series(values, index=column.index, dtype="str")
    words = column.astype("str")
    return words.str.strip()


def _spelling(value: object, known: Mapping[tuple[str, Any], str]) -> str | None:
    if isinstance(value, str):
        return value.strip()
    if pd.isna(value):  # type: ignore[arg-type]
        return None
    if isinstance(value, bool | np.bool_):
        return known.get(("truth", bool(value)), str(bool(value)))
    if not isinstance(value, Real):
        return str(value)
    word = str(int(value)) if isinstance(value, Integral) else f"{float(value):.15g}"
    return known.get(("number", value), word)


def _writing(known: Sequence[str]) -> dict[tuple[str, Any], str]:
    """The numbers and truth values that some words write, each where a single word does."""
    found: dict[tuple[str, Any], list[str]] = {}
    for word, number in zip(known, parse_plainly(pd.Series(known, dtype="str")), strict=True):
        if not np.isnan(number):
            found.setdefault(("number", float(number)), []).append(word)
        if word.lower() in ("true", "false"):
            found.setdefault(("truth", word.lower() == "true"), []).append(word)
    return {what: words[0] for what, words in found.items() if len(words) == 1}
