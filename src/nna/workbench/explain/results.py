"""What explains a network's answers, beside the picture: a dataclass a kind, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nna import html
from nna.workbench import as_json
from nna.workbench.reports import figures as pictures

Cell = int | float | str | None  # a value of a table, as it is shown


@dataclass(frozen=True, slots=True)
class Importance:
    """How much worse the answers get when a column is shuffled, over several shuffles.

    Of classes a fall of accuracy, of numbers a growth of the error in the target's units, of
    forecasts one of the mean absolute error in spreads of a window.
    """

    mean: float
    spread: float  # standard deviation


@dataclass(frozen=True, slots=True)
class Dependence:
    """The mean answer over the test rows with a column set to each of some values."""

    values: Sequence[Cell]
    answers: list[list[float]]  # of each value, the probability (or score) of classes, or a number


@dataclass(frozen=True, slots=True, kw_only=True)
class OfColumns:
    """Of a table, over all test rows: which columns matter."""

    method: str  # of the attributions
    rows: int  # of the test part
    permutation: dict[str, Importance]  # by column
    mean_size: dict[str, float]  # of the attributions by column, in units of the score
    dependence: dict[str, Dependence]  # of the columns that matter most
    sanity: float  # rank correlation with a network of random weights


@dataclass(frozen=True, slots=True, kw_only=True)
class OfRow:
    """Of one test row of a table: what each column adds to the score."""

    row: int
    explained: str  # in words
    score: float
    score_of_the_mean_row: float
    values: dict[str, Cell]  # of the row, by column
    added: dict[str, dict[str, float]]  # to the score, by method and column


@dataclass(frozen=True, slots=True, kw_only=True)
class OfSteps:
    """Of forecasts, over held-out windows: which columns and which steps of the past matter."""

    windows: int
    error: float  # mean absolute, in spreads of a window
    columns: dict[str, Importance]
    steps_back: dict[str, float]  # error gained, by the number of steps back
    sanity: float  # rank correlation with a network of random weights


@dataclass(frozen=True, slots=True, kw_only=True)
class OfWindow:
    """Of the forecast for one test window: what each column adds to its mean."""

    window: int
    series: str | int
    after: str  # the last time in the window
    explained: str  # in words
    score: float  # the mean of the forecast, in the series' units
    standing_still: float  # what it would be if nothing moved
    pushes: dict[str, float]  # by column, in the series' units


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayFigures:
    """A few figures of an array; of a map also where its greatest value lies."""

    sum: float
    least: float
    mean: float
    greatest: float
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The feature maps of a layer."""

    layer: str
    shape: list[int]  # maps, height, width
    figures: ArrayFigures

    def to_json(self) -> dict[str, object]:
        """The figures beside the rest."""
        return {"layer": self.layer, "shape": self.shape, **as_json.of(self.figures)}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfFilters:
    """The kernels of a convolution."""

    method: str
    layer: str
    layers: list[str]  # every convolution
    shape: list[int]  # maps, maps that are read, height, width
    figures: ArrayFigures  # of the weights

    def to_json(self) -> dict[str, object]:
        """The figures beside the rest."""
        plain = {"method": self.method, "layer": self.layer, "layers": self.layers}
        return {**plain, "shape": self.shape, **as_json.of(self.figures)}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfFeatures:
    """What each layer sees in a picture."""

    method: str
    picture: str  # what it is, in words
    notes: list[str]  # what was done to it
    layers: list[Layer]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPicture:
    """What in a picture decided."""

    method: str
    picture: str
    notes: list[str]
    class_: str  # the score that is explained: of a class, of a box, of pixels
    number: int  # its place among the scores
    score: float
    probability: float | None  # None: the score is no class's
    layer: str | None = None  # of Grad-CAM
    attributions: dict[str, ArrayFigures]  # by method, in units of the score
    layers: list[str]  # every convolution


Found = OfColumns | OfRow | OfSteps | OfWindow | OfFilters | OfFeatures | OfPicture


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What was drawn of a run, and the numbers behind the picture."""

    run: str
    path: str  # of the picture
    found: Found

    def to_json(self) -> dict[str, object]:
        """As `nna explain --json` prints it."""
        found = (
            self.found.to_json() if isinstance(self.found, OfFilters) else as_json.of(self.found)
        )
        return {"run": self.run, "path": self.path, **found}

    def _repr_html_(self) -> str:
        return html.block(self.path, html.picture(pictures.data_of(Path(self.path)), self.path))
