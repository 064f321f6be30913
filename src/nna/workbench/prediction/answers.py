"""What a trained model answers: a dataclass a kind of answer, and all answers together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nna import html
from nna.workbench import as_json

Name = str | int  # of an example: of the file that it came from, else its number
SHOWN = 20  # answers in a notebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """To an example, to a thing in it, or to a step ahead."""

    def to_json(self) -> dict[str, object]:
        """A line of what is printed, or of a CSV file."""
        return as_json.of(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassAnswer(Answer):
    """The class of an example."""

    example: Name
    class_: str
    score: float | None = None  # where scores are no probabilities
    probability: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberAnswer(Answer):
    """The number predicted, in the target's own units."""

    example: Name
    value: float
    low: float | None = None  # of its interval; None: no test rows to tell it by
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelsAnswer(Answer):
    """The shares of a picture's pixels that each class has."""

    example: Name
    shares: Mapping[str, float]

    def to_json(self) -> dict[str, object]:
        """A column a class."""
        return {"example": self.example, **self.shares}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsAnswer(Answer):
    """What the network gives for an example, as it is."""

    example: Name
    outputs: tuple[float, ...]

    def to_json(self) -> dict[str, object]:
        """A column an output."""
        columns = {f"output {number}": of for number, of in enumerate(self.outputs)}
        return {"example": self.example, **columns}


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualnessAnswer(Answer):
    """How usual an example is."""

    example: Name
    unit: int | None = None  # of a map, the nearest
    usualness: float  # the lower, the stranger
    as_strange: float | None = None  # share of test rows that are, itself counted in: a p-value


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxAnswer(Answer):
    """A thing that was found in a picture, and where: edges in the picture's pixels."""

    example: Name
    class_: str
    score: float  # between a half and 1
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastAnswer(Answer):
    """A step ahead of a series, in its own units."""

    unique_id: str | int  # of the series
    ds: str  # the time
    forecast: float
    level: int | None = None  # per cent of what comes that the interval is to hold
    low: float | None = None
    high: float | None = None

    def to_json(self) -> dict[str, object]:
        """Columns by the names that forecasting libraries have."""
        line = {"unique_id": self.unique_id, "ds": self.ds, "forecast": self.forecast}
        if self.level is None:
            return line
        return {**line, f"lo-{self.level}": self.low, f"hi-{self.level}": self.high}


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnAnswer(Answer):
    """A new example from a generator, in prepared units."""

    values: tuple[float, ...]

    def to_json(self) -> dict[str, object]:
        """A column a number."""
        return {f"column {number}": of for number, of in enumerate(self.values, 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAnswer(Answer):
    """What a task says itself, such as one that an external architecture brings."""

    example: Name
    said: Mapping[str, object]

    def to_json(self) -> dict[str, object]:
        """A column for each thing said."""
        return {"example": self.example, **self.said}


class Answers(tuple[Answer, ...]):
    """All answers, in order; a notebook shows the first of them as a table."""

    __slots__ = ()

    def to_json(self) -> list[dict[str, object]]:
        """As `nna predict --json` prints them."""
        return [one.to_json() for one in self]

    def _repr_html_(self) -> str:
        lines = [one.to_json() for one in self[:SHOWN]]
        columns = [*dict.fromkeys(name for line in lines for name in line)]
        rows = [[line.get(name) for name in columns] for line in lines]
        more = f"the first {SHOWN:,}" if len(self) > SHOWN else ""
        return html.block(f"{len(self):,} answers", html.words(more), html.table(columns, rows))
