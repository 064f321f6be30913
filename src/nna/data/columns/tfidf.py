"""Texts in a column: the weights of their words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from nna.data.columns.one_hot import as_words

MOST = 5000  # words that are kept, the most frequent; see decision 39
FEW = 200  # of them where a column costs much: a token each, or a split to be searched for
CELLS = 2**27  # numbers that a training part's texts may become: half a GiB of them


@dataclass(frozen=True, slots=True)
class Text:
    """A column of texts: how often each word stands in one, weighted by how few have it (TF-IDF).

    Source: Salton and Buckley 1988, in the form that scikit-learn computes by default: single
    words, plain counts, each row of length 1.
    """

    name: str
    vocabulary: tuple[str, ...]
    weights: tuple[float, ...]  # inverse document frequencies in the training part
    gaps: int  # in the training part

    @classmethod
    def fit(cls, name: str, column: pd.Series, beside: int = 1) -> Text:
        """Learn the most frequent words and how many texts have each.

        Args:
            name: of the column.
            column: its texts in the training part.
            beside: columns of texts that the table has, which share its memory.
        """
        from sklearn.feature_extraction.text import TfidfVectorizer

        affordable = CELLS // (beside * max(1, len(column)))
        counter = TfidfVectorizer(max_features=min(MOST, max(FEW, affordable)))
        counter.fit(as_words(column).dropna())
        words = tuple(map(str, counter.get_feature_names_out()))
        return cls(name, words, tuple(map(float, counter.idf_)), int(column.isna().sum()))

    def encode(self, column: pd.Series) -> tuple[np.ndarray, list[str]]:
        """The weights of the words kept, `(n, width)`; and what is to be said."""
        missing = column.isna().to_numpy(dtype=bool)
        sparse = _counter(self).transform(as_words(column).fillna(""))
        grid = sparse.astype(np.float32).toarray()  # never dense in double precision
        told = []
        if self.gaps:
            grid = np.concatenate([grid, missing[:, None]], axis=1)
        elif missing.any():
            told.append(f"column {self.name!r}: {missing.sum():,} texts missing: taken as empty")
        return grid.astype(np.float32, copy=False), told

    def fewer(self, words: int) -> Text:
        """The same column by its commonest words alone, so many at most: those most texts have."""
        if len(self.vocabulary) <= words:
            return self
        kept = np.sort(np.argsort(self.weights, kind="stable")[:words])
        vocabulary = tuple(self.vocabulary[i] for i in kept)
        return replace(self, vocabulary=vocabulary, weights=tuple(self.weights[i] for i in kept))

    def labels(self) -> list[str]:
        """The names of the columns that `encode` gives."""
        gaps = [f"{self.name}: missing"] * bool(self.gaps)
        return [*(f"{self.name} has {word}" for word in self.vocabulary), *gaps]


@lru_cache(maxsize=8)
def _counter(text: Text) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    counter = TfidfVectorizer(vocabulary=list(text.vocabulary))
    counter.idf_ = np.array(text.weights)
    return counter


def has_words(column: pd.Series) -> bool:
    """Whether scikit-learn finds a word in any of the texts."""
    return any(re.search(r"\b\w\w+\b", text) for text in column.dropna().astype("str"))
