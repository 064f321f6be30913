"""The guide: chapters in Markdown, in the order of their files' numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "guide"


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter."""

    id: str  # "neurons", of the file 02-neurons.md
    title: str
    text: str  # Markdown, without its title

    @property
    def summary(self) -> str:
        """Its first paragraph, on one line."""
        return " ".join(self.text.split("\n\n")[0].split())

    @property
    def minutes(self) -> int:
        """How long it takes to read, without its exercises: two hundred words a minute."""
        return max(1, round(len(self.text.split("## Exercises")[0].split()) / 200))


@cache
def read() -> tuple[Chapter, ...]:
    """All chapters, in order."""
    return tuple(parse(path) for path in sorted(FOLDER.glob("[0-9][0-9]-*.md")))


def parse(path: Path) -> Chapter:
    """The chapter of a file.

    Raises:
        ValueError: it doesn't begin with a title.
    """
    found = re.match(r"# +(.+)\n+", source := path.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{path}: a chapter begins with its title")
    return Chapter(path.stem[3:], found[1].strip(), source[found.end() :].strip())
