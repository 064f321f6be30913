"""What every source of data becomes: records of named inputs and targets, and a task."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from nna import ports, tasks
from nna.data.columns.numbers import Style
from nna.data.columns.reading import Readings
from nna.data.series.windows import Windows
from nna.ports import Field, Port
from nna.spec import Edges, Input

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")
INPUT, TARGET = "x", "y"  # what the one input and the one target are called

Target = np.ndarray | Field  # a value an example; a field where it says how it is padded


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Examples as they came, before anything was fitted or converted.

    An example is a record: a value in every input and every target, by name. An array's first axis
    counts the examples, except for a text (one long row of tokens, cut into windows later) and a
    graph (all its nodes; `rows` says which are examples). A table with columns of several kinds is
    a data frame until it is prepared.
    """

    task: tasks.Task
    inputs: Mapping[str, Field]
    targets: Mapping[str, Target] = field(default_factory=dict)  # class numbers, numbers, masks ...
    classes: tuple[str, ...] = ()
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

    @classmethod
    def of(
        cls,
        *,
        task: str | tasks.Task,
        port: Input,
        x: np.ndarray | pd.DataFrame,
        y: np.ndarray | None = None,
        edges: np.ndarray | None = None,
        **more: Any,
    ) -> Examples:
        """Examples of one input, `x`, and one target at the most, `y`.

        Args:
            task: what they are for, by its name as well.
            port: of the input.
            x: its values.
            y: the target's; None: there is none.
            edges: of a graph, whose nodes' features `x` is.
            more: fields of the class.
        """
        inputs = {INPUT: Field(port, x)}
        if edges is not None:
            inputs = {"nodes": inputs[INPUT], "edges": Field(Edges(), edges)}
        targets = {} if y is None else {TARGET: y}
        task = tasks.get(task) if isinstance(task, str) else task
        return cls(task=task, inputs=inputs, targets=targets, **more)

    def changed(self, **more: Any) -> Examples:
        """The same but for some fields, `x`, `port` and `y` of the first input and the target too.

        Args:
            more: by name; `y=None` takes all targets away.
        """
        inputs, targets = dict(self.inputs), self.targets
        first = next(iter(inputs))
        new = {"port": more.pop("port", self.port), "values": more.pop("x", self.x)}
        inputs[first] = Field(**new)
        if "edges" in more:
            inputs["edges"] = Field(Edges(), more.pop("edges"))
        if "y" in more:
            y = more.pop("y")
            targets = {} if y is None else {next(iter(targets), TARGET): y}
        return dataclasses.replace(self, **{"inputs": inputs, "targets": targets, **more})

    @property
    def x(self) -> Any:
        """The values of the first input: all there are, as a rule."""
        return next(iter(self.inputs.values())).values

    @property
    def port(self) -> Input:
        """What the first input is."""
        return next(iter(self.inputs.values())).port

    @property
    def behaviour(self) -> Port:
        """How the first input's kind of data behaves."""
        return ports.of(self.port)

    @property
    def y(self) -> np.ndarray | None:
        """The values of the one target; None: there is none, or several, or one of many lengths."""
        found = [*self.targets.values()]
        return found[0] if len(found) == 1 and isinstance(found[0], np.ndarray) else None

    @property
    def edges(self) -> np.ndarray | None:
        """The edges of a graph."""
        return np.asarray(self.inputs["edges"].values) if "edges" in self.inputs else None

    def __len__(self) -> int:
        return len(self.x) if self.rows is None else len(self.rows)

    def take(self, index: np.ndarray) -> Examples:
        """The examples at `index`; of a graph, the whole graph with those nodes marked."""
        if self.edges is not None:
            return dataclasses.replace(self, rows=index, parts=None)
        inputs = {name: of.take(index) for name, of in self.inputs.items()}
        targets = {
            name: of.take(index) if isinstance(of, Field) else of[index]
            for name, of in self.targets.items()
        }
        names = tuple(np.array(self.names)[index].tolist()) if self.names else ()
        windows = None if self.windows is None else self.windows.take(index)
        groups, times = (of if of is None else of[index] for of in (self.groups, self.times))
        made = dataclasses.replace(self, inputs=inputs, targets=targets, names=names, parts=None)
        return dataclasses.replace(made, windows=windows, groups=groups, times=times)

    def alone(self, name: str) -> Examples:
        """The same with one of the inputs only."""
        return dataclasses.replace(self, inputs={name: self.inputs[name]})

    @property
    def labels(self) -> np.ndarray | None:
        """The target of each example: of a graph, of the marked nodes only."""
        return self.y if self.rows is None or self.y is None else self.y[self.rows]
