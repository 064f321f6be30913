"""Texts as rows of token ids, for architectures that take tokens."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nna.data.columns.one_hot import as_words

WORD = re.compile(r"\w+|[^\s\w]")
PADDING, UNKNOWN = 0, 1
MOST = 20_000  # words kept
COVERED = 0.95  # share of the texts that fit in whole


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that a text may hold, the most frequent first; the rest are one unknown word."""

    words: tuple[str, ...]
    length: int  # words a text: longer ones are cut, shorter ones padded

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Vocabulary:
        """Words that occur at least twice, and a length that most of the texts fit in."""
        cut = [_words(text) for text in texts]
        counts = Counter(word for words in cut for word in words)
        often = sorted((-n, word) for word, n in counts.items() if n > 1)
        length = int(np.quantile([len(words) for words in cut], COVERED, method="higher"))
        return cls(tuple(word for _, word in often[:MOST]), max(1, length))

    def __len__(self) -> int:
        """Different numbers that a text may hold."""
        return len(self.words) + 2

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """A row of words' numbers for each text, `(n, length)`."""
        numbers = {word: number for number, word in enumerate(self.words, UNKNOWN + 1)}
        rows = np.full((len(texts), self.length), PADDING, dtype=np.int64)
        for row, text in zip(rows, texts, strict=True):
            found = [numbers.get(word, UNKNOWN) for word in _words(text)[: self.length]]
            row[: len(found)] = found
        return rows


@dataclass(frozen=True, slots=True)
class TokenIds:
    """A column of texts, each a row of its words' ids: the only column of its table that counts."""

    name: str
    words: tuple[str, ...]  # the most frequent first
    length: int  # tokens a text
    gaps: int  # in the training part

    @classmethod
    def fit(cls, name: str, column: pd.Series) -> TokenIds:
        """Learn the words of the training part, and a length that most of its texts fit in."""
        known = as_words(column).dropna()
        vocabulary = Vocabulary.fit([*known])
        return cls(name, vocabulary.words, vocabulary.length, len(column) - len(known))

    @property
    def vocabulary(self) -> Vocabulary:
        """The words by themselves."""
        return Vocabulary(self.words, self.length)

    def encode(self, column: pd.Series) -> tuple[np.ndarray, list[str]]:
        """Token ids, `(n, length)`; and what is to be said."""
        missing = int(column.isna().sum())
        told = [f"column {self.name!r}: {missing:,} texts missing: taken as empty"] * bool(missing)
        return self.vocabulary.encode([*as_words(column).fillna("")]), told

    def labels(self) -> list[str]:
        """The names of the columns that `encode` gives."""
        return [f"{self.name}: token {place}" for place in range(1, self.length + 1)]


def _words(text: str) -> list[str]:
    """Words and signs, in small letters."""
    return WORD.findall(text.lower())
