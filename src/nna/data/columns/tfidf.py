"""Texts in a column: the weights of their words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from nna.data.columns.one_hot import spelt

MOST = 200  # words that are kept, the most frequent


@dataclass(frozen=True, slots=True)
class Text:
    """A column of texts: how often each word stands in one, weighted by how few have it (TF-IDF).

    Source: Salton and Buckley 1988, in the form that scikit-learn computes.
    """

    name: str
    vocabulary: tuple[str, ...]
    weights: tuple[float, ...]  # inverse document frequencies in the training part
    gaps: int  # in the training part

    @classmethod
    def fit(cls, name: str, column: pd.Series) -> Text:
        """Learn the most frequent words and how many texts have each."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        counter = TfidfVectorizer(max_features=MOST).fit(spelt(column).dropna())
        words = tuple(map(str, counter.get_feature_names_out()))
        return cls(name, words, tuple(map(float, counter.idf_)), int(column.isna().sum()))

    def encode(self, column: pd.Series) -> tuple[np.ndarray, list[str]]:
        """The weights of the words kept, `(n, width)`; and what is to be said."""
        missing = column.isna().to_numpy(dtype=bool)
        grid = _counter(self).transform(spelt(column).fillna("")).toarray()
        told = []
        if self.gaps:
            grid = np.concatenate([grid, missing[:, None]], axis=1)
        elif missing.any():
            told.append(f"column {self.name!r}: {missing.sum():,} texts missing: taken as empty")
        return grid.astype(np.float32), told

    def labels(self) -> list[str]:
        """The names of the columns that `encode` gives."""
        gaps = [f"{self.name}: missing"] * bool(self.gaps)
        return [*(f"{self.name} has {word}" for word in self.vocabulary), *gaps]


@cache
def _counter(text: Text) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    counter = TfidfVectorizer(vocabulary=list(text.vocabulary))
    counter.idf_ = np.array(text.weights)
    return counter


def has_words(column: pd.Series) -> bool:
    """Whether scikit-learn finds a word in any of the texts."""
    return any(re.search(r"\b\w\w+\b", text) for text in column.dropna().astype("str"))
