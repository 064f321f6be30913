"""Make numbers on a common scale of whatever examples hold, by what the training part alone shows.

A table's columns are prepared by what they hold (`nna.data.columns`): numbers scaled, words to
columns of 0 and 1, dates to time and cycles, texts to the weights of their words; gaps are filled,
and columns that teach nothing left out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from nna import plain
from nna.data.columns import date_parsing, fitting
from nna.data.columns.dates import CYCLES, Date
from nna.data.columns.describe import describe
from nna.data.columns.fitting import Column, listed
from nna.data.columns.numbers import Number, Style, beyond_float32
from nna.data.columns.one_hot import Words
from nna.data.columns.reading import Recorded
from nna.data.columns.tfidf import Text
from nna.data.columns.token_ids import TokenIds
from nna.data.examples import Examples
from nna.data.scaling import mean_and_spread, restored, scaled
from nna.errors import UserError
from nna.ports import Field
from nna.spec import Input, Table, Tokens

_KINDS: dict[str, type[Column]] = {
    "number": Number,
    "words": Words,
    "date": Date,
    "text": Text,
    "tokens": TokenIds,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class Preparation:
    """What was fitted, as plain data: it is written into a run as JSON and read back from it."""

    whole: tuple[float, float] | None  # mean, spread of all values of pictures or series
    columns: tuple[Column, ...]  # of a table; those of an array are called "0", "1", ...
    left_out: dict[str, str]  # columns of a table that teach nothing
    target: tuple[float, float]  # mean, spread of a number to predict
    style: Style | None = None  # how the numbers to predict are written
    others: Mapping[str, Preparation] = field(default_factory=dict)  # of further inputs, by name

    @classmethod
    def fit(
        cls, train: Examples, wanted: Input | None = None, max_words: int | None = None
    ) -> Preparation:
        """Learn the statistics of the training part.

        Args:
            train: the training part.
            wanted: by the architecture: where it takes tokens, a table's texts become these; None:
                numbers.
            max_words: of each column of texts, where they become numbers; None: as many as memory
                holds.

        Raises:
            UserError: a table without a column that could teach anything, or, where tokens are
                wanted, with other columns than one of texts.
        """
        target = (0.0, 1.0)
        if train.task.numeric and train.y is not None:
            target = mean_and_spread(train.y)
        first, *others = train.inputs
        own = {name: _fitted(train.alone(name)) for name in others}
        made = cls(
            *_fitted(train.alone(first), wanted),
            target,
            train.style,
            {name: cls(*of, (0.0, 1.0)) for name, of in own.items() if of != NONE},
        )
        return made if max_words is None else made.fewer(max_words)

    def apply(self, examples: Examples) -> Examples:
        """Scale, fill and encode examples of any part; notes tell what training had not seen.

        Raises:
            UserError: a table lacks a column that the training part had, or holds something else
                in its place.
        """
        first, *_ = examples.inputs
        inputs, told = dict(examples.inputs), list[str]()
        inputs[first], told = self._prepared(examples.inputs[first])
        for name, of in self.others.items():
            if name not in inputs:
                raise UserError(f"the data have no {name!r}; there are: {listed([*inputs])}")
            inputs[name], said = of._prepared(inputs[name])
            told += [f"{name}: {one}" for one in said]
        targets = examples.targets
        if examples.task.numeric and examples.y is not None:
            targets = dict.fromkeys(targets, scaled(examples.y, *self.target))
        notes = (*examples.notes, *told)
        return dataclasses.replace(examples, inputs=inputs, targets=targets, notes=notes)

    def _prepared(self, of: Field) -> tuple[Field, list[str]]:
        """One input prepared, and what training had not seen in it."""
        x, port, told = of.values, of.port, list[str]()
        if isinstance(x, list):
            values = [scaled(one, *self.whole) for one in x] if self.whole else x
            return Field(port, values), []
        if isinstance(x, pd.DataFrame):
            x, told = self._encode(x)
            port = self._port(x.shape[1])
        elif self.whole:
            x = scaled(x, *self.whole)
        elif self.columns:
            x, told = self._rows(x)
            port = Table(features=x.shape[1])
        return Field(port, x), told

    def _port(self, wide: int) -> Input:
        """The kind of the rows that a table becomes."""
        match self.columns:
            case (TokenIds() as only,):
                return Tokens(vocab=len(only.vocabulary), length=wide)
            case _:
                return Table(features=wide)

    def fewer(self, words: int) -> Preparation:
        """The same, with at most so many words of each column of texts."""
        kept = (one.fewer(words) if isinstance(one, Text) else one for one in self.columns)
        return dataclasses.replace(self, columns=tuple(kept))

    def restore(self, y: np.ndarray) -> np.ndarray:
        """Predictions of a number, back in its own units."""
        return restored(y, *self.target)

    def labels(self) -> list[tuple[str, str]]:
        """The columns that a prepared table has: the column each comes from, and its own name."""
        return [(column.name, label) for column in self.columns for label in column.labels()]

    def describe(self) -> list[str]:
        """What was done, for the run's record."""
        said = ["all values to mean 0, spread 1 (of the training part)"] if self.whole else []
        said += describe(self.columns, self.left_out)
        said += [f"{name}: {one}" for name, of in self.others.items() for one in of.describe()]
        if self.target != (0.0, 1.0):
            said.append("the target to mean 0, spread 1; figures are in its own units")
        return said

    def to_json(self) -> dict[str, Any]:
        """Plain data for the run's record."""
        columns = [{"kind": _NAMES[type(c)], **dataclasses.asdict(c)} for c in self.columns]
        others = {name: of.to_json() for name, of in self.others.items()}
        return {
            "whole": self.whole and list(self.whole),
            "columns": columns,
            "left_out": dict(self.left_out),
            "target": list(self.target),
            "style": self.style,
            **({"others": others} if others else {}),
        }

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Preparation:
        """Back from the run's record.

        Raises:
            UserError: the record is of another version of this program.
        """
        try:
            if wrong := _faults(record):
                raise UserError(f"the run's preparation is damaged ({wrong}): train anew")
            columns = [
                _KINDS[of["kind"]](**{k: _tuple(v) for k, v in of.items() if k != "kind"})
                for of in record["columns"]
            ]
            whole, (mean, spread) = record["whole"], record["target"]
            left_out, style = dict(record["left_out"]), record.get("style")
            others = {name: cls.from_json(of) for name, of in record.get("others", {}).items()}
        except (KeyError, TypeError, AttributeError) as error:
            raise UserError(
                "the run was prepared by another version of this program: train anew"
            ) from error
        columns = tuple(_bare(column) for column in columns)
        whole = whole and (whole[0], whole[1])
        return cls(whole, columns, left_out, (mean, spread), style, others)

    @property
    def recorded(self) -> Recorded:
        """How tables are read, so that their values mean what they meant in training."""
        plain = {c.name for c in self.columns if isinstance(c, Number) and c.style == "point"}
        return Recorded(frozenset(plain), self.style)

    def _rows(self, x: np.ndarray) -> tuple[np.ndarray, list[str]]:
        """Rows of numbers without names for their columns."""
        if x.shape[1] != len(self.columns):
            raise UserError(f"rows of {x.shape[1]} numbers; it needs {len(self.columns)}")
        plain = [c for c in self.columns if isinstance(c, Number) and not c.gaps]
        if len(plain) < len(self.columns) or (np.isnan(x) | beyond_float32(x)).any():
            return self._encode(fitting.named(x))
        mean, spread = np.array([(c.mean, c.spread) for c in plain], dtype=np.float64).T
        return scaled(x, mean, spread), []

    def _encode(self, frame: pd.DataFrame) -> tuple[np.ndarray, list[str]]:
        table = fitting.by_name(frame)
        wanted = [column.name for column in self.columns]
        if not wanted:
            raise UserError("it was trained on no table with named columns")
        if missing := [name for name in wanted if name not in table]:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise UserError(
                f"the table lacks the column {missing[0]!r}{more}; it needs {listed(wanted)}"
            )
        told, blocks = [], []
        if new := sorted(table.keys() - {*wanted, *self.left_out}):
            told.append(f"columns that training had not are ignored: {listed(new)}")
        for column in self.columns:
            block, said = column.encode(table[column.name])
            blocks.append(block)
            told += said
        return np.concatenate(blocks, axis=1), told


def _faults(of: dict[str, Any]) -> str | None:
    """What is wrong with a record; None: nothing."""
    pair = tuple[float, float]
    faults = [
        plain.fault(of["whole"], pair | None, "'whole'"),
        plain.fault(of["target"], pair, "'target'"),
        plain.fault(of["left_out"], dict[str, str], "'left_out'"),
        plain.fault(of.get("style"), Style | None, "'style'"),
        plain.fault(of.get("others", {}), dict[str, Any], "'others'"),
        plain.fault(of["columns"], list[Any], "'columns'"),
    ]
    for column in of["columns"]:
        kind = _KINDS[column["kind"]]
        faults.append(
            plain.fault({k: v for k, v in column.items() if k != "kind"}, kind, "a column")
        )
    if found := plain.first(faults):
        return found
    spreads = [of["target"][1], *(of["whole"] or [1, 1])[1:]]
    spreads += [column.get("spread", 1) for column in of["columns"]]
    if min(spreads) <= 0 or min([column["gaps"] for column in of["columns"]], default=0) < 0:
        return "a spread or a count is none"
    return plain.first(_fault(column) for column in of["columns"])


def _fault(column: dict[str, Any]) -> str | None:
    """What doesn't fit together in a column of the right types."""
    if column["kind"] == "text" and len(column["vocabulary"]) != len(column["weights"]):
        return "words and weights differ in number"
    if column["kind"] != "date":
        return None
    try:
        date_parsing.parse(pd.Series(["2024-01-31"]), column["format"])
    except (ValueError, KeyError, TypeError):
        return f"no format of dates is {column['format'][:40]!r}"
    return None if {*column["cycles"]} <= {*CYCLES} else "a cycle is none"


def _bare(column: Column) -> Column:
    """A column of an older record, whose words kept the blanks around them.

    Raises:
        UserError: it told words apart by their blanks.
    """
    if not isinstance(column, Words):
        return column
    bare = tuple(word.strip() for word in column.values)
    if len({*bare}) < len(bare):
        raise UserError(
            f"column {column.name!r}: the run took words for different that differ in the blanks "
            "around them, which are read without now: train anew"
        )
    return dataclasses.replace(column, values=bare)


Fitted = tuple[tuple[float, float] | None, tuple[Column, ...], dict[str, str]]
NONE: Fitted = (None, (), {})  # of what is left as it is


def _fitted(train: Examples, wanted: Input | None = None) -> Fitted:
    """What the one input of the training part shows: its scale, or its columns."""
    x = train.x
    if isinstance(x, pd.DataFrame):
        return None, *fitting.of_table(train, wanted)
    if train.scaled or train.behaviour.whole_numbers:
        return NONE
    if train.behaviour.tabular:
        return None, fitting.of_array(x), {}
    return mean_and_spread(np.concatenate(x) if isinstance(x, list) else x), (), {}


def _tuple(value: Any) -> Any:
    """JSON has lists only."""
    return tuple(value) if isinstance(value, list) else value
