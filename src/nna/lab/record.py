"""What an experiment measured: kept as JSON and a figure, one folder an experiment."""

from __future__ import annotations

import dataclasses
import json
import math
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nna.errors import UserError
from nna.lab import catalog
from nna.lab.experiment import Columns

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OWN = Path("runs", "lab")  # what this user measured, below the working directory
SHIPPED = Path(__file__).parent / "results"  # what the maintainers measured
FILE, FIGURE, PROBE = "results.json", "figure.svg", "probe.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The numbers of one experiment, by seed, and what they were measured with."""

    experiment: str
    quick: bool
    asked: int  # the seeds to measure, from 0
    versions: Mapping[str, str]
    date: str = ""  # when the last seed was measured
    seconds: float = 0.0  # of one processor, added over the seeds
    measured: Mapping[int, Mapping[str, float]] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[int, ...]:
        """The seeds yet to measure."""
        return tuple(seed for seed in range(self.asked) if seed not in self.measured)

    @property
    def columns(self) -> Columns:
        """The numbers of each declared quantity, in the order of the seeds."""
        seeds = sorted(self.measured)
        quantities = catalog.describe(self.experiment).quantities
        return {name: [self.measured[seed][name] for seed in seeds] for name in quantities}

    def plus(self, seed: int, numbers: Mapping[str, float], seconds: float) -> Record:
        """The record with one more seed."""
        return dataclasses.replace(
            self,
            measured=dict(sorted({**self.measured, seed: numbers}.items())),
            seconds=round(self.seconds + seconds, 2),
            date=datetime.now(UTC).isoformat(timespec="seconds"),
        )


def blank(name: str, asked: int, quick: bool) -> Record:
    """A record of nothing yet, stamped with what will measure it."""
    return Record(experiment=name, quick=quick, asked=asked, versions=versions())


def versions() -> dict[str, str]:
    """The versions that numbers depend on."""
    return {
        "python": platform.python_version(),
        **{package: version(package) for package in ("nna", "torch", "numpy")},
    }


def read(folder: Path) -> Record | None:
    """The record kept in `folder`, or None where there is none.

    Raises:
        UserError: the file can't be read as one.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        known = {f.name for f in dataclasses.fields(Record)}
        entry = json.loads(path.read_text(encoding="utf-8"))
        record = Record(**{key: value for key, value in entry.items() if key in known})
        measured = {int(seed): dict(numbers) for seed, numbers in record.measured.items()}
        record = dataclasses.replace(record, measured=measured)
        _check(record)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError(
            f"{path} is damaged or of an earlier text of the experiment; measure anew: "
            f"nna lab run {folder.name} --fresh"
        ) from error
    return record


def _check(record: Record) -> None:
    """Each seed has every declared quantity, finite."""
    for column in record.columns.values():
        if not all(math.isfinite(number) for number in column):
            raise ValueError("a number is not finite")


def write(record: Record, folder: Path) -> None:
    """Keep a record and the verdicts that follow from it; once it is whole, its figure as well.

    Raises:
        UserError: the folder can't be written to.
    """
    entry = dataclasses.asdict(record)
    replace(
        folder / FILE,
        json.dumps({**entry, "claims": summary(record)}, indent=1, allow_nan=False) + "\n",
    )
    if not record.missing:
        replace(folder / FIGURE, svg(record))


def draw(record: Record) -> Figure:
    """The experiment's figure of a record, in one style for all experiments."""
    import matplotlib as mpl

    with mpl.rc_context({"axes.spines.top": False, "axes.spines.right": False, "font.size": 10}):
        return catalog.describe(record.experiment).figure(record.columns)


def svg(record: Record) -> str:
    """The figure of a record: the same text for the same numbers."""
    import io

    import matplotlib as mpl

    text = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": record.experiment}):
        draw(record).savefig(text, format="svg", bbox_inches="tight", metadata={"Date": None})
    return text.getvalue()


def replace(path: Path, text: str) -> None:
    """Write a text file whole or not at all, making its folder where needed.

    Raises:
        UserError: it can't be written.
    """
    from nna.training import files

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, text)
    except OSError as error:
        raise UserError(f"can't write {path}: {error.strerror or error}") from error


def newest(name: str, own: Path = OWN) -> tuple[Record, Path] | None:
    """The result to show, and its folder: the user's own once it is whole, else the shipped one.

    Raises:
        UserError: a result is damaged.
    """
    found = [(record, f) for f in (own / name, SHIPPED / name) if (record := read(f))]
    whole = [(record, folder) for record, folder in found if not record.missing]
    return next(iter(whole or found), None)


def summary(record: Record) -> list[dict[str, Any]]:
    """The verdict on each claim with what it follows from, as plain data."""
    from nna.lab.verdict import judge

    return [
        {
            "row": judgement.claim.row,
            "says": judgement.claim.says,
            "verdict": judgement.verdict,
            "findings": [
                {
                    "says": finding.condition.says,
                    "outcome": finding.outcome,
                    "effect": _plain(finding.effect),
                    "interval": [_plain(finding.low), _plain(finding.high)],
                    "at_least": finding.condition.at_least,
                    "at_most": finding.condition.at_most,
                    "limit": finding.condition.limit,
                    "seeds": finding.seeds,
                }
                for finding in judgement.findings
            ],
        }
        for judgement in judge(catalog.describe(record.experiment), record.columns)
    ]


def _plain(number: float) -> float | None:
    """JSON knows no infinity: an open end is null."""
    return round(number, 6) if math.isfinite(number) else None
