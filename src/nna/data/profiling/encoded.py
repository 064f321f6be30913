"""A table as one array of numbers, whatever its columns hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from nna.data.columns import date_parsing, numbers, one_hot
from nna.data.columns.reading import Reading
from nna.data.examples import Examples


@dataclass(frozen=True, slots=True)
class Coded:
    """A table in numbers: `(rows, columns)`, NaN for what is missing or beyond 32 bits."""

    names: list[str]
    values: np.ndarray
    wordy: np.ndarray  # (columns,): whether the numbers stand for words

    @classmethod
    def of(cls, examples: Examples) -> Coded:
        """The features of examples; of pictures and series their level and spread."""
        x = examples.x
        if isinstance(x, pd.DataFrame):
            pairs = [
                _column(x.iloc[:, i], examples.readings.get(str(n)), examples.dates.get(str(n), ""))
                for i, n in enumerate(x.columns)
            ]
            values = np.stack([values for values, _ in pairs], axis=1)
            names, wordy = [*map(str, x.columns)], np.array([is_wordy for _, is_wordy in pairs])
        elif examples.behaviour.tabular:
            values, names = np.asarray(x, dtype=float), [str(i) for i in range(x.shape[1])]
            wordy = np.zeros(len(names), dtype=bool)
        else:
            flat = np.asarray(x, dtype=float).reshape(len(x), -1)
            values, names = np.stack([flat.mean(1), flat.std(1)], axis=1), ["level", "spread"]
            wordy = np.zeros(2, dtype=bool)
        return cls(names, np.where(numbers.beyond_float32(values), np.nan, values), wordy)

    def without(self, names: set[str]) -> Coded:
        """The same table less some columns."""
        kept = [place for place, name in enumerate(self.names) if name not in names]
        return Coded([self.names[i] for i in kept], self.values[:, kept], self.wordy[kept])


def _column(column: pd.Series, known: Reading | None, how: str) -> tuple[np.ndarray, bool]:
    """Numbers and dates as numbers; words by their place in the alphabet."""
    if is_numeric_dtype(column) and not is_bool_dtype(column):
        return column.to_numpy(dtype=float, na_value=np.nan), False
    style = known.style if known is not None else numbers.style_of(column)
    if style:
        return numbers.parse(column, style), False
    reading = date_parsing.find(column)
    if how or (reading is not None and not reading.refused):
        return date_parsing.parse(column, how or reading.format), False  # type: ignore[union-attr]
    codes, _ = pd.factorize(one_hot.as_words(column), sort=True)
    return np.where(codes < 0, np.nan, codes), True
