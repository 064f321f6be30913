"""What texts on neural networks keep saying wrongly, and what is right, from `guide/errata/`.

Only what sources decide stands there: two by different hands, or one with the reason why. What a
computation or an experiment decides has its row in the laboratory.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "guide" / "errata"
# where a reader can look a source up: a work's number, a page, or a command of our own
ADDRESS = re.compile(r"arXiv:\d|doi:10\.|https?://|`nna ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Erratum:
    """One error; every text is Markdown on one line."""

    row: str  # its number among the claims that the project examines, such as HIST-14
    says: str  # the error, as texts say it
    right: str
    matters: str  # why it is worth knowing better
    sources: tuple[str, ...]  # of what is right, each with an address, from two hands at least
    alone: str = ""  # else: why no second hand confirms it
    about: tuple[str, ...] = ()  # ids of the architectures that it concerns


@dataclass(frozen=True, slots=True)
class Topic:
    """The errors of one subject."""

    code: str  # "hist", of the file 01-hist.toml, as in the rows and in the laboratory's topics
    title: str
    errata: tuple[Erratum, ...]


@cache
def read() -> tuple[Topic, ...]:
    """All topics, in the order of their files' numbers; those of the laboratory may be empty."""
    return tuple(parse(path) for path in sorted(FOLDER.glob("[0-9][0-9]-*.toml")))


def every() -> tuple[Erratum, ...]:
    """All errors, topic after topic."""
    return tuple(erratum for topic in read() for erratum in topic.errata)


def about(name: str) -> tuple[Erratum, ...]:
    """The errors that concern an architecture."""
    return tuple(erratum for erratum in every() if name in erratum.about)


def parse(path: Path) -> Topic:
    """The topic of a file.

    Raises:
        ValueError: it is no TOML, lacks a title, or an entry isn't whole; the message names it.
    """
    try:
        known = tomllib.loads(path.read_text(encoding="utf-8"))
        title, code = known["title"], path.stem[3:]
        entries = tuple(_erratum(entry, code) for entry in known.get("erratum", ()))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path.name}: {error}") from error
    return Topic(code, title, entries)


def _erratum(entry: dict[str, object], code: str) -> Erratum:
    lists = {key: tuple(value) for key, value in entry.items() if isinstance(value, list)}
    made = Erratum(**{**entry, **lists})  # type: ignore[arg-type]  (checked by the next lines)
    if not re.fullmatch(rf"{code.upper()}-\d\d", made.row):
        raise ValueError(f"{made.row!r} is no row of the topic {code}")
    for text in (made.says, made.right, made.matters):
        if not text.endswith(".") or "\n" in text:
            raise ValueError(f"{made.row}: a sentence on one line, with its full stop: {text!r}")
    for source in made.sources or ("",):
        if not ADDRESS.search(source):
            raise ValueError(f"{made.row}: a source says where to look it up: {source!r}")
    if (len(hands(made.sources)) < 2) != bool(made.alone):
        raise ValueError(
            f"{made.row}: sources from two hands, or `alone`: why there is one; not both"
        )
    return made


def hands(sources: tuple[str, ...]) -> set[str]:
    """Whose the sources are, by the first name of each; our own commands are one hand."""
    return {re.split(r"[\s,]", source)[0] for source in sources}
