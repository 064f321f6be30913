"""Answers as lines of values separated by commas, safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

RUN = ("=", "+", "-", "@", "\t", "\r")  # what a cell begins with that a spreadsheet computes


def as_csv(
    answers: Sequence[Mapping[str, object]], header: bool = True, escape: bool = True
) -> str:
    """Answers as a table; numbers as they were answered.

    Args:
        answers: plain data, one a line; what one doesn't have stays empty.
        header: whether the first line names the columns.
        escape: whether texts that a spreadsheet would run as formulas get an apostrophe in front.
    """
    names = list(dict.fromkeys(key for one in answers for key in one))
    shown = harmless if escape else lambda value: value
    rows = [[shown(answer.get(name)) for name in names] for answer in answers]
    if header:
        rows.insert(0, [shown(name) for name in names])
    lines = (",".join(map(_quoted, row)) or '""' for row in rows)  # an empty line is no row
    return "".join(f"{line}\n" for line in lines)


def _quoted(value: object) -> str:
    """A cell; one that holds what ends a cell or a line stands in quotes (RFC 4180)."""
    text = "" if value is None else str(value)
    return '"' + text.replace('"', '""') + '"' if set(text) & set('",\r\n') else text


def harmless(value: object) -> object:
    """The value, with an apostrophe in front if it is a text that a spreadsheet would run."""
    if not isinstance(value, str) or not value.startswith(RUN) or _number(value):
        return value
    return f"'{value}"


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip()
