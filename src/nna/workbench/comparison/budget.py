"""Time for a whole comparison, shared out fit by fit."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nna.workbench.comparison.candidates import Candidate
from nna.workbench.comparison.results import Fit, Refused, Spent
from nna.workbench.formatting import short

LATE = 1.1  # times the budget that no fit may be expected to run beyond


@dataclass(slots=True)
class Budget:
    """Seconds for everything; what a fit cost before is kept for it, the rest is for learning.

    Networks can be stopped after any step, what surrounds their training and baselines can't: of
    each candidate the seconds that its last fit took beyond its allotted share are set aside, for
    as many folds as leave networks half of the time.
    """

    seconds: float | None  # None: no limit
    trainings: int = 1  # in each fit: a search trains several times
    jobs: int = 1  # fits at a time
    clock: Callable[[], float] = time.monotonic
    started: float = field(init=False)
    costs: dict[str, float] = field(default_factory=dict)  # beyond the share, by candidate
    unfitted: int = 0

    def __post_init__(self) -> None:
        self.started = self.clock()

    @property
    def took(self) -> float:
        """Seconds since the beginning."""
        return self.clock() - self.started

    def share(self, rest: Sequence[tuple[Candidate, int]]) -> float | None:
        """Seconds for each training of the next fit.

        Args:
            rest: the fits that are still missing, the next one among them.
        """
        if self.seconds is None:
            return None
        left, kept, learning = self.seconds - self.took, 0.0, 0.0
        for last in sorted({fold for _, fold in rest}, reverse=True):
            within = [one for one, fold in rest if fold <= last]
            kept = sum(self.costs.get(one.name, 0.0) for one in within) / self.jobs
            learning = sum(one.kind == "network" for one in within) * self.trainings / self.jobs
            if 2 * kept <= left:
                break
        return max(left - kept, 0.0) / max(learning, 1.0)

    def over(self, one: Candidate) -> bool:
        """Whether no time is left for a fit of this candidate."""
        if self.seconds is None:
            return False
        return self.took >= self.seconds or (
            self.took + self.costs.get(one.name, 0.0) > LATE * self.seconds
        )

    def note(self, one: Candidate, share: float | None, result: Fit | Refused) -> None:
        """What a fit took."""
        trained = asked = 0.0
        if isinstance(result, Fit):
            trained, asked = result.seconds.trained, result.seconds.asked
        allotted = 0.0
        if one.kind == "network" and share is not None:
            allotted = min(share * self.trainings, trained)
        self.costs[one.name] = trained + asked - allotted

    @property
    def spent(self) -> Spent:
        """What came of it, with a sentence where the budget was not kept."""
        return Spent(asked=self.seconds, took=self.took, unfitted=self.unfitted, says=self._says())

    def _says(self) -> str | None:
        if self.seconds is None:
            return None
        said = f"took {short(self.took, 3)} s of the {short(self.seconds, 3)} s asked for"
        if self.took > self.seconds:
            said += f", {self.took / self.seconds - 1:.0%} over"
        if self.unfitted:
            said += f"; no time was left for {self.unfitted:,} of the fits: "
            said += "the same command fits them"
        return said
