"""Say what was done to the columns of a table, in a few lines however many there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nna.data.columns.date_parsing import GIVEN
from nna.data.columns.dates import Date
from nna.data.columns.kinds import USELESS
from nna.data.columns.numbers import Number
from nna.data.columns.one_hot import Words
from nna.data.columns.tfidf import Text
from nna.data.columns.token_ids import TokenIds

MOST = 10  # columns named in a line


def describe(
    columns: Sequence[Number | Words | Date | Text | TokenIds], left_out: Mapping[str, str]
) -> list[str]:
    """A line for each thing that was done, with the columns that it was done to."""
    numbers = [c for c in columns if isinstance(c, Number)]
    words = [c for c in columns if isinstance(c, Words)]
    said = []
    if numbers:
        said.append(f"{len(numbers)} number columns to mean 0, spread 1 (of the training part)")
    if words:
        wide = sum(len(c.labels()) for c in words)
        said.append(f"{len(words)} category columns to {wide} columns of 0 and 1")
    lines = {
        "dates to time and cycles": {c.name: _date(c) for c in columns if isinstance(c, Date)},
        "texts to the weights of their words (TF-IDF)": {
            c.name: f"{len(c.vocabulary):,} words" for c in columns if isinstance(c, Text)
        },
        "texts to the ids of their words": {
            c.name: f"{len(c.words):,} words, {c.length:,} tokens a text"
            for c in columns
            if isinstance(c, TokenIds)
        },
        "words read as numbers": {
            c.name: f"{c.read[0]!r} as {c.read[1]:g}" for c in numbers if c.read
        },
        "words among numbers taken as gaps": {
            c.name: ", ".join(map(repr, c.odd)) for c in numbers if c.odd
        },
        "rare words made one": {
            c.name: f"{len(c.values):,} of {c.different:,} kept" for c in words if c.others
        },
        "gaps filled by the median and told by a column of their own": {
            c.name: f"{c.gaps:,}" for c in numbers if c.gaps
        },
        "gaps told by a column of their own": {
            c.name: f"{c.gaps:,}" for c in columns if c.gaps and not isinstance(c, Number)
        },
        "columns left out": {name: USELESS[kind] for name, kind in left_out.items()},
    }
    return said + [f"{what}: {_listed(of)}" for what, of in lines.items() if of]


def _date(column: Date) -> str:
    if column.format == GIVEN:
        return ", ".join(["time", *column.cycles])
    unsure = f", {column.other} would fit as well" if column.other else ""
    return f"read as {column.format}{unsure}"


def _listed(columns: Mapping[str, str]) -> str:
    more = f" and {len(columns) - MOST:,} more" if len(columns) > MOST else ""
    return ", ".join(f"{name!r} ({why})" for name, why in [*columns.items()][:MOST]) + more
