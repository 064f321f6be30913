"""Dates and times, written in one of the common ways: time itself, and its cycles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nna.data.columns.date_parsing import GIVEN, find, parse
from nna.errors import UserError

DAY = 86_400  # seconds
CYCLES = {"day": DAY, "week": 7 * DAY, "year": 365.25 * DAY}  # seconds


@dataclass(frozen=True, slots=True)
class Date:
    """A column of dates: time, to mean 0 and spread 1, and the place in those cycles that vary."""

    name: str
    format: str  # as `nna.data.dates` has it: "ISO8601", "%d/%m/%Y", "given"
    other: str  # a second format that fits as well; "" since none is accepted
    mean: float  # seconds since 1970
    spread: float
    cycles: tuple[str, ...]  # a sine and a cosine each
    gaps: int  # in the training part

    @classmethod
    def fit(cls, name: str, column: pd.Series, how: str = "") -> Date:
        """Learn when, how long, and which cycles tell training rows apart.

        Args:
            name: of the column.
            column: its values in the training part.
            how: the format, where the whole column was looked at before; "": as these values prove.

        Raises:
            UserError: the values can be read in two ways.
        """
        reading = find(column, name)
        if not how and reading is not None and reading.refused:
            raise UserError(f"column {name!r}: {reading.refused}")
        how = how or (reading.format if reading is not None else GIVEN)
        seconds = parse(column, how)
        known = seconds[~np.isnan(seconds)]
        varies = [
            cycle
            for cycle, length in CYCLES.items()
            if np.ptp(known) > length / 12 and len(np.unique(known % length)) > 1
        ]
        spread = float(known.std()) or 1.0
        gaps = len(seconds) - len(known)
        return cls(name, how, "", float(known.mean()), spread, tuple(varies), gaps)

    def encode(self, column: pd.Series) -> tuple[np.ndarray, list[str]]:
        """Time and cycles, `(n, width)`; and what is to be said.

        Raises:
            UserError: there are values, and not one is a date as in training.
        """
        seconds = parse(column, self.format)
        gaps, missing = np.isnan(seconds), column.isna().to_numpy(dtype=bool)
        if gaps.all() and not missing.all():
            how = "" if self.format == GIVEN else f" ({self.format})"
            first = str(column.dropna().iloc[0])
            raise UserError(
                f"column {self.name!r}: {first!r} is no date as in training{how}: write it so"
            )
        told = []
        for bad, what in ((gaps & ~missing, "no dates"), (missing & (self.gaps == 0), "missing")):
            if count := int(bad.sum()):
                told.append(f"column {self.name!r}: {count:,} values {what}: taken as the mean")
        found = [np.where(gaps, 0.0, (seconds - self.mean) / self.spread)]
        for cycle in self.cycles:
            angle = 2 * np.pi * (seconds % CYCLES[cycle]) / CYCLES[cycle]
            found += [np.where(gaps, 0.0, turn(angle)) for turn in (np.sin, np.cos)]
        if self.gaps:
            found.append(gaps.astype(float))
        return np.stack(found, axis=1).astype(np.float32), told

    def labels(self) -> list[str]:
        """The names of the columns that `encode` gives."""
        turns = [f"{turn} of the {cycle}" for cycle in self.cycles for turn in ("sine", "cosine")]
        names = ["time", *turns, *["missing"] * bool(self.gaps)]
        return [f"{self.name}: {name}" for name in names]
