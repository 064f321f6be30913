"""Whether an architecture is ahead of its baseline: ten seeds of its signature task, in pairs.

Both are judged on the same rows under every seed, so what counts is the difference, seed by seed.
The interval of one baseline alone is wider than what separates most networks on a few hundred rows.
Where each seed draws its rows from one small set, the seeds are dependent, and the interval is
widened (Nadeau, Bengio 2003, Inference for the Generalization Error, Machine Learning 52, section
5).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "seeds.json"  # in an architecture's folder
ENOUGH = 10  # seeds


@dataclass(frozen=True, slots=True)
class Paired:
    """By how much a signature task's figure is better than the baseline's, over the seeds."""

    seeds: int
    mean: float
    low: float  # of the 95 % interval of the mean
    high: float

    @property
    def verdict(self) -> str:
        """Ahead, behind, or not told apart."""
        if self.low > 0:
            return "ahead"
        return "behind" if self.high < 0 else "not told apart"

    def sentence(self, baseline: str) -> str:
        """All of it in a line."""
        by = f"by {self.mean:.3g} ({self.low:.3g} to {self.high:.3g}) over {self.seeds} seeds"
        word = {"ahead": "of", "behind": "", "not told apart": "from"}[self.verdict]
        return " ".join(filter(None, (self.verdict, word, f"{baseline},", by)))


def read(folder: Path) -> dict[str, Any]:
    """What is kept of an architecture's seeds; empty where none were run."""
    path = folder / FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def of_seeds(kept: dict[str, Any]) -> Paired | None:
    """The pairs' verdict as it is kept; None while there are fewer than ten seeds."""
    held = kept.get("paired")
    return Paired(**held) if held else None
