"""What an experiment measured: kept as JSON and figures, one folder an experiment.

A folder has a file a part: the `first` seeds, the fresh seeds of the `confirmation`, and where a
claim seems to fail the second test `bed` and the second `budget`. `results.json` is the result of
the earlier protocol, of one part.
"""

from __future__ import annotations

import dataclasses
import json
import math
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import get_args

from nna.errors import UserError
from nna.lab import catalog, criteria
from nna.lab.experiment import Censored, Columns, Part

OWN = Path("runs", "lab")  # what this user measured, below the working directory
SHIPPED = Path(__file__).parent / "results"  # what the maintainers measured
FIGURE, PROBE, EARLIER = "figure.svg", "probe.json", "results.json"
PARTS: tuple[Part, ...] = get_args(Part)
FRESH = 1000  # seeds of the confirmation begin here, and those of another at the next thousand


@dataclass(frozen=True, kw_only=True)
class Record:
    """The numbers of one part of an experiment, by seed, and what they were measured with."""

    experiment: str
    quick: bool
    asked: int  # how many seeds to measure
    versions: Mapping[str, str]
    part: Part = "first"
    start: int = 0  # the first seed
    looks: tuple[int, ...] = ()  # how many seeds there were whenever all asked for were measured
    criteria: criteria.History = field(default_factory=dict)
    date: str = ""  # when the last seed was measured
    seconds: float = 0.0  # of one processor, added over the seeds
    measured: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    censored: Mapping[int, Mapping[str, tuple[str, str]]] = field(default_factory=dict)
    earlier: Mapping[str, str] = field(default_factory=dict)  # rows' verdicts, earlier protocol

    @property
    def missing(self) -> tuple[int, ...]:
        """The seeds yet to measure."""
        seeds = range(self.start, self.start + self.asked)
        return tuple(seed for seed in seeds if seed not in self.measured)

    @cached_property
    def columns(self) -> Columns:
        """The numbers of each declared quantity, in the order of the seeds.

        A result of the earlier protocol may lack those that were declared since.
        """
        seeds, names = sorted(self.measured), catalog.describe(self.experiment).quantities
        if self.earlier:
            names = [name for name in names if all(name in self.measured[seed] for seed in seeds)]
        return {name: [self.measured[seed][name] for seed in seeds] for name in names}

    def flags(self, quantity: str) -> list[str]:
        """Of each seed, in order, where the true number lies if the run broke off; else ""."""
        seeds = sorted(self.measured)
        return [self.censored.get(seed, {}).get(quantity, ("", ""))[0] for seed in seeds]

    def plus(self, seed: int, numbers: Mapping[str, float], seconds: float) -> Record:
        """The record with one more seed."""
        flags = {k: (v.side, v.why) for k, v in numbers.items() if isinstance(v, Censored)}
        plain = {name: float(value) for name, value in numbers.items()}
        now = dataclasses.replace(
            self,
            measured=dict(sorted({**self.measured, seed: plain}.items())),
            censored={**self.censored, seed: flags} if flags else self.censored,
            seconds=round(self.seconds + seconds, 2),
            date=_now(),
        )
        looked = not now.missing and seed not in self.measured
        return dataclasses.replace(now, looks=(*now.looks, len(now.measured))) if looked else now

    def declaring(self) -> Record:
        """The record with the criteria of today in its history."""
        described = catalog.describe(self.experiment)
        history = criteria.declared(self.criteria, described, len(self.measured), _now())
        return dataclasses.replace(self, criteria=history)

    def anew(self) -> Record:
        """Nothing measured: of a confirmation on seeds that nobody looked at, counted as a look."""
        kept = dataclasses.replace(self, date="", seconds=0.0, measured={}, censored={}, earlier={})
        if self.part != "confirmation" or not self.measured:
            return dataclasses.replace(kept, looks=(), criteria={})
        looks = self.looks or (len(self.measured),)
        again = {
            row: (*e, {**e[-1], "measured": 0, "date": _now()}) for row, e in self.criteria.items()
        }
        return dataclasses.replace(kept, start=self.start + FRESH, looks=looks, criteria=again)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that is measured of an experiment."""

    first: Record
    others: Mapping[Part, Record] = field(default_factory=dict)

    @property
    def parts(self) -> Mapping[Part, Record]:
        """Each part that is measured, wholly or not."""
        return {"first": self.first, **self.others}

    @property
    def missing(self) -> bool:
        """Whether some part is still being measured."""
        return any(record.missing for record in self.parts.values())

    @property
    def columns(self) -> Columns:
        """The numbers of the first seeds and, if all are measured, those of the confirmation."""
        columns, fresh = self.first.columns, self.others.get("confirmation")
        if fresh is None or fresh.missing:
            return columns
        return {name: [*numbers, *fresh.columns[name]] for name, numbers in columns.items()}


def blank(name: str, asked: int, quick: bool, part: Part = "first") -> Record:
    """A record of nothing yet, stamped with what will measure it."""
    start = FRESH if part == "confirmation" else 0
    return Record(
        experiment=name, quick=quick, asked=asked, versions=versions(), part=part, start=start
    )


def versions() -> dict[str, str]:
    """The versions that numbers depend on."""
    return {
        "python": platform.python_version(),
        **{package: version(package) for package in ("nna", "torch", "numpy")},
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def file(part: Part) -> str:
    """The name of the file of a part."""
    return f"{part}.json"


def read(folder: Path, part: Part = "first") -> Record | None:
    """The record of a part kept in `folder`, or None where there is none.

    Raises:
        UserError: the file can't be read as one.
    """
    return _read(folder, file(part))


def evidence(folder: Path) -> Evidence | None:
    """All that `folder` keeps, or None; an earlier result until the first seeds are measured.

    Raises:
        UserError: a file can't be read.
    """
    first, earlier = read(folder), _read(folder, EARLIER)
    if earlier is not None and (first is None or first.missing):
        return Evidence(first=earlier)
    if first is None or not first.measured:  # declared, and no number yet
        return None
    others: dict[Part, Record] = {}
    for part in PARTS[1:]:
        if (found := read(folder, part)) and found.measured:
            others[part] = found
    return Evidence(first=first, others=others)


def _read(folder: Path, name: str) -> Record | None:
    path = folder / name
    if not path.is_file():
        return None
    try:
        known = {f.name for f in dataclasses.fields(Record)}
        entry = json.loads(path.read_text(encoding="utf-8"))
        if name == EARLIER:  # the verdicts that the earlier protocol came to stand in the file
            entry["earlier"] = {c["row"]: c["verdict"] for c in entry["claims"]}
        record = Record(**{key: value for key, value in entry.items() if key in known})
        measured = {int(seed): dict(numbers) for seed, numbers in record.measured.items()}
        flags = {
            int(s): {k: (v[0], v[1]) for k, v in f.items()} for s, f in record.censored.items()
        }
        record = dataclasses.replace(
            record,
            measured=measured,
            censored=flags,
            looks=tuple(record.looks),
            criteria={row: tuple(entries) for row, entries in record.criteria.items()},
        )
        _check(record)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
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
    """Keep a record.

    Raises:
        UserError: the folder can't be written to.
    """
    entry = dataclasses.asdict(record)
    entry.pop("earlier")
    replace(folder / file(record.part), json.dumps(entry, indent=1, allow_nan=False) + "\n")


def replace(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all, making its folder where needed.

    Raises:
        UserError: it can't be written.
    """
    from nna.training import files

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, content)
    except OSError as error:
        raise UserError(f"can't write {path}: {error.strerror or error}") from error


def newest(name: str, own: Path = OWN) -> tuple[Evidence, Path] | None:
    """The result to show, and its folder: the user's own once it is whole, else the shipped one.

    Raises:
        UserError: a result is damaged.
    """
    folders = dict.fromkeys((own / name, SHIPPED / name))
    found = [(kept, folder) for folder in folders if (kept := evidence(folder))]
    whole = [(kept, folder) for kept, folder in found if not kept.missing]
    return next(iter(whole or found), None)
