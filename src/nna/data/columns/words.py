"""Words for kinds of things: a column of 0 and 1 for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

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
        counts = spelt(column).value_counts()
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
        words = spelt(column)
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


def spelt(column: pd.Series) -> pd.Series:
    """A column's values as words, NaN where missing; whole numbers without a point."""
    if is_numeric_dtype(column) and not is_bool_dtype(column):
        known = column.dropna()
        words = [f"{value:.15g}" for value in known.to_numpy(dtype=float)]
        return pd.Series(words, index=known.index, dtype="str").reindex(column.index)
    return column.astype("str")
