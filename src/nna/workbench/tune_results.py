"""What a search of settings found; written as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nna import html
from nna.training import files
from nna.workbench import as_json
from nna.workbench.comparison.search_space import Settings
from nna.workbench.formatting import short


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A training with settings that were drawn."""

    trial: int  # its number in the study
    value: float | None  # of the figure that decides; None: it came to nothing
    state: str  # "complete", "pruned" or "fail"
    stopped: str | None  # in words, where the clock ended its training
    settings: Settings  # by "recipe.learning_rate" or "settings.hidden", as drawn

    def to_json(self) -> dict[str, object]:
        """The settings beside the rest."""
        plain = as_json.of(self)
        plain.pop("settings")
        return {**plain, **self.settings}


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The best of the trials that came to their end."""

    trial: int
    value: float
    settings: Settings
    stopped: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneResults:
    """What a search found."""

    architecture: str
    data: str
    watched: str  # the figure that decides, in words
    best: Best
    command: str  # that trains with the best settings
    importance: dict[str, float]  # shares of the variance by setting; empty after few trials
    trials: list[Trial]

    def to_json(self) -> dict[str, object]:
        """As `nna tune --json` prints it."""
        return as_json.of(self)

    def write(self, path: Path) -> None:
        """Keep it as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_json(path, self.to_json())

    def _repr_html_(self) -> str:
        best = f"{self.watched} {short(self.best.value)} in trial {self.best.trial}"
        stopped = html.words(self.best.stopped or "")
        rows = [
            (name, html.text(value), self.importance.get(name))
            for name, value in self.best.settings.items()
        ]
        drawn = html.table(("setting", "best", "importance"), rows)
        return html.block(best, stopped, drawn, html.code(self.command))
