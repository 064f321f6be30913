"""What every source of data becomes: examples with a port, a task and a target."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from nna.data.columns.numbers import Style
from nna.data.columns.reading import Readings
from nna.data.series.windows import Windows
from nna.spec import Input, Task

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Examples as they came, before anything was fitted or converted.

    `x` is an array whose first axis counts the examples, except for a text (one long row of
    tokens, cut into windows later) and a graph (all its nodes; `rows` says which are examples).
    A table with columns of several kinds is a data frame until it is prepared.
    """

    task: Task
    port: Input
    x: np.ndarray | pd.DataFrame
    y: np.ndarray | None = None  # class numbers, numbers to predict, or nothing
    classes: tuple[str, ...] = ()
    edges: np.ndarray | None = None  # (2, edges), of a graph
    rows: np.ndarray | None = None  # the nodes that are examples here
    parts: Mapping[Part, np.ndarray] | None = None  # a split that the source prescribes
    names: tuple[str, ...] = ()  # of the files that the examples came from, one each
    scaled: bool = False  # as it should be: preparation leaves it alone
    notes: tuple[str, ...] = ()  # what reading decided or converted, for the run's record
    left_out: tuple[str, ...] = ()  # rows that take no part: why, and the place of every one
    windows: Windows | None = None  # of series: where each example was cut
    groups: np.ndarray | None = None  # the number of each row's group, which no split tears apart
    times: np.ndarray | None = None  # the moment of each row: tests lie later than training
    dates: Mapping[str, str] = field(default_factory=dict)  # format of columns, by all their rows
    readings: Readings = field(default_factory=dict)  # of a table: how its columns are read
    style: Style | None = None  # of numbers to predict: how they are written

    def __len__(self) -> int:
        return len(self.x) if self.rows is None else len(self.rows)

    def take(self, index: np.ndarray) -> Examples:
        """The examples at `index`; of a graph, the whole graph with those nodes marked."""
        if self.edges is not None:
            return dataclasses.replace(self, rows=index, parts=None)
        x = self.x.iloc[index] if isinstance(self.x, pd.DataFrame) else self.x[index]
        y = None if self.y is None else self.y[index]
        names = tuple(np.array(self.names)[index].tolist()) if self.names else ()
        windows = None if self.windows is None else self.windows.take(index)
        groups, times = (of if of is None else of[index] for of in (self.groups, self.times))
        made = dataclasses.replace(self, x=x, y=y, names=names, windows=windows, parts=None)
        return dataclasses.replace(made, groups=groups, times=times)

    @property
    def targets(self) -> np.ndarray | None:
        """The target of each example: of a graph, of the marked nodes only."""
        return self.y if self.rows is None or self.y is None else self.y[self.rows]
