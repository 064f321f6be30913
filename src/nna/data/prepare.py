"""Bring numbers to a common scale, by what the training part alone shows."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nna.data.examples import Examples
from nna.errors import UserError
from nna.spec import Table


@dataclass(frozen=True, slots=True)
class Preparation:
    """What was fitted, as plain data: it is written into a run as JSON and read back from it."""

    numbers: dict[str, tuple[float, float]]  # column -> mean, spread; "" for a whole array
    categories: dict[str, list[str]]  # column -> values, one 0/1 column each
    target: tuple[float, float]  # mean, spread of a number to predict

    @classmethod
    def fit(cls, train: Examples) -> Preparation:
        """Learn the statistics of the training part.

        Raises:
            UserError: a column of the table is empty.
        """
        target = (0.0, 1.0)
        if train.task == "regression" and train.y is not None:
            target = (float(train.y.mean()), float(train.y.std()) or 1.0)
        if isinstance(train.x, pd.DataFrame):
            return cls(*_columns(train.x), target)
        if train.scaled or train.port.kind in ("tokens", "nodes"):
            return cls({}, {}, target)
        if train.port.kind == "table":
            frame = pd.DataFrame(train.x, columns=[str(i) for i in range(train.x.shape[1])])
            return cls(*_columns(frame), target)
        return cls({"": (float(train.x.mean()), float(train.x.std()) or 1.0)}, {}, target)

    def apply(self, examples: Examples) -> Examples:
        """Scale and encode examples of any part.

        Raises:
            UserError: a table lacks a column that the training part had.
        """
        y = examples.y
        if examples.task == "regression" and y is not None:
            y = ((y - self.target[0]) / self.target[1]).astype(np.float32)
        x = examples.x
        port = examples.port
        if isinstance(x, pd.DataFrame):
            x = self._encode(x)
            port = Table(features=x.shape[1])
        elif "" in self.numbers:
            mean, spread = self.numbers[""]
            x = ((x - mean) / spread).astype(np.float32)
        elif self.numbers:
            mean, spread = np.array([*self.numbers.values()], dtype=np.float32).T
            x = ((x - mean) / spread).astype(np.float32)
        return dataclasses.replace(examples, x=x, y=y, port=port)

    def restore(self, y: np.ndarray) -> np.ndarray:
        """Predictions of a number, back in its own units."""
        return y * self.target[1] + self.target[0]

    def describe(self) -> list[str]:
        """What was done, for the run's record."""
        said = []
        if self.numbers:
            what = "all values" if "" in self.numbers else f"{len(self.numbers)} number columns"
            said.append(f"{what} to mean 0, spread 1 (of the training part)")
        if self.categories:
            wide = sum(map(len, self.categories.values()))
            said.append(f"{len(self.categories)} category columns to {wide} columns of 0 and 1")
        if self.target != (0.0, 1.0):
            said.append("the target to mean 0, spread 1; figures are in its own units")
        return said

    def to_json(self) -> dict[str, Any]:
        """Plain data for the run's record."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Preparation:
        """Back from the run's record."""
        numbers = {k: (float(m), float(s)) for k, (m, s) in plain["numbers"].items()}
        mean, spread = plain["target"]
        return cls(numbers, plain["categories"], (float(mean), float(spread)))

    def _encode(self, frame: pd.DataFrame) -> np.ndarray:
        from sklearn.preprocessing import OneHotEncoder

        wanted = [*self.numbers, *self.categories]
        if missing := [c for c in wanted if c not in frame.columns]:
            raise UserError(f"the table lacks the column {missing[0]!r}; it needs {wanted}")
        blocks = []
        if self.numbers:
            mean, spread = np.array([*self.numbers.values()]).T
            blocks.append((frame[[*self.numbers]].to_numpy(dtype=float) - mean) / spread)
        if self.categories:
            values = [np.array(v, dtype=object) for v in self.categories.values()]
            encoder = OneHotEncoder(categories=values, handle_unknown="ignore", sparse_output=False)
            text = frame[[*self.categories]].astype(str).astype(object).to_numpy()
            blocks.append(encoder.fit(np.array([[v[0] for v in values]], dtype=object)).transform(text))
        return np.concatenate(blocks, axis=1).astype(np.float32)


def _columns(
    frame: pd.DataFrame,
) -> tuple[dict[str, tuple[float, float]], dict[str, list[str]]]:
    from sklearn.preprocessing import StandardScaler

    numeric = [str(c) for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c])]
    numbers = {}
    if numeric:
        scaler = StandardScaler().fit(frame[numeric].to_numpy(dtype=float))
        assert scaler.mean_ is not None
        assert scaler.scale_ is not None
        pairs = zip(scaler.mean_.tolist(), scaler.scale_.tolist(), strict=True)
        numbers = dict(zip(numeric, pairs, strict=True))
    words = [str(c) for c in frame.columns if str(c) not in numeric]
    categories = {c: sorted(frame[c].astype(str).unique().tolist()) for c in words}
    return numbers, categories
