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
        """Learn the statistics of the training part."""
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
            UserError: a table lacks a column that the training part had, or holds words where
                that held numbers.
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
            if x.shape[1] != len(self.numbers):
                raise UserError(f"rows of {x.shape[1]} numbers; it needs {len(self.numbers)}")
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
        wanted = [*self.numbers, *self.categories]
        if missing := [c for c in wanted if c not in frame.columns]:
            raise UserError(f"the table lacks the column {missing[0]!r}; it needs {wanted}")
        blocks = []
        for column, (mean, spread) in self.numbers.items():
            if not pd.api.types.is_numeric_dtype(frame[column]):
                raise UserError(f"column {column!r} holds words; in training it held numbers")
            blocks.append(((frame[column].to_numpy(dtype=float) - mean) / spread)[:, None])
        for column, values in self.categories.items():
            words = frame[column].astype(str).to_numpy(dtype=object)
            blocks.append(words[:, None] == np.array(values, dtype=object))
        return np.concatenate(blocks, axis=1).astype(np.float32)


def _columns(
    frame: pd.DataFrame,
) -> tuple[dict[str, tuple[float, float]], dict[str, list[str]]]:
    from sklearn.preprocessing import StandardScaler

    numeric = [str(c) for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c])]
    numbers: dict[str, tuple[float, float]] = {}
    if numeric:
        scaler = StandardScaler().fit(frame[numeric].to_numpy(dtype=float))
        means, spreads = np.asarray(scaler.mean_), np.asarray(scaler.scale_)
        for column, mean, spread in zip(numeric, means, spreads, strict=True):
            numbers[column] = (float(mean), float(spread))
    words = [str(c) for c in frame.columns if str(c) not in numeric]
    categories = {c: sorted(frame[c].astype(str).unique().tolist()) for c in words}
    return numbers, categories
