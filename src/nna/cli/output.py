"""Print for people, for pipes and for programs. Rich is loaded only where it can show itself."""

from __future__ import annotations

import dataclasses
import math
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nna.atlas.catalogue import Shelf
    from nna.atlas.lineage import Branch
    from nna.spec import Input, Output

SENTENCE = 24  # characters that the last column needs at least, to be folded

Rows = Iterable[Sequence[object]]


def say(text: str = "") -> None:
    """Print a line as it is."""
    sys.stdout.write(f"{text}\n")


def warn(text: str) -> None:
    """Print one line to stderr, in the name of the program."""
    sys.stderr.write(f"nna: {' '.join(text.split())}\n")


class Countdown:
    """How long something of many parts will still take, by how long the parts so far took.

    Args:
        before: parts that were done already; None: all but one when it is first asked, as an
            interrupted command that goes on part by part leaves it.
    """

    def __init__(self, before: int | None = None) -> None:
        self._started, self._before = time.monotonic(), before

    def left(self, done: int, total: int) -> str:
        """The time, in words; to be asked after every part."""
        if self._before is None:
            self._before = done - 1
        each = (time.monotonic() - self._started) / (done - self._before)
        seconds = each * (total - done)
        return (
            f"about {seconds / 60:.0f} min left" if seconds > 120 else f"about {seconds:.0f} s left"
        )

    def tell(self, done: int, total: int, line: str) -> None:
        """Print a line on stderr about the part that is done, and the time left."""
        rest = f"  {self.left(done, total)}" if done < total else ""
        sys.stderr.write(f"{done}/{total}  {line}{rest}\n")


def print_json(data: object) -> None:
    """Print data as JSON; numbers that JSON does not know become null."""
    import json

    say(json.dumps(plain(data), indent=1))


def plain(data: Any) -> Any:
    """Data in the types that JSON knows."""
    if isinstance(data, Mapping):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, str) or data is None or isinstance(data, bool | int):
        return data
    if isinstance(data, float):
        return data if math.isfinite(data) else None
    if isinstance(data, list | tuple | set | frozenset):
        return [plain(value) for value in data]
    if hasattr(data, "tolist"):  # numbers and arrays of NumPy
        return plain(data.tolist())
    if dataclasses.is_dataclass(data):
        return {f.name: plain(getattr(data, f.name)) for f in dataclasses.fields(data)}
    return str(data)


def table(columns: Sequence[str], rows: Rows, right: Iterable[str] = ()) -> None:
    """Print a table: one line a row, but where it fits a terminal the last column is folded.

    Args:
        columns: their headings.
        rows: one value a column; None prints as nothing, fractions as `figure` has them.
        right: headings of the columns to align right.
    """
    texts = [["" if value is None else str(figure(value)) for value in row] for row in rows]
    align = [name in set(right) for name in columns]
    widths = [max(map(len, column)) for column in zip(columns, *texts, strict=True)]
    whole = sum(width + 2 for width in widths[:-1])
    if sys.stdout.isatty() and whole + SENTENCE <= _width():
        _rich_table(columns, texts, align)
        return
    for row in [list(columns), *texts]:
        cells = [
            text.rjust(width) if turned else text.ljust(width)
            for text, width, turned in zip(row, widths, align, strict=True)
        ]
        say("  ".join(cells).rstrip())


def _rich_table(columns: Sequence[str], texts: list[list[str]], align: list[bool]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, header_style="bold")
    for name, turned in zip(columns, align, strict=True):
        grid.add_column(name, justify="right" if turned else "left", no_wrap=name != columns[-1])
    for row in texts:
        grid.add_row(*map(Text, row))
    Console(highlight=False).print(grid)


def facts(pairs: Iterable[tuple[str, object]]) -> None:
    """Print labelled values, one a line; those that are None or empty are left out."""
    shown = [(label, str(value)) for label, value in pairs if value not in (None, "", (), [])]
    edge = max((len(label) for label, _ in shown), default=0) + 2
    for label, value in shown:
        say(wrapped(label.ljust(edge) + value, " " * edge))


def wrapped(text: str, indent: str = "") -> str:
    """The text folded to the width of the terminal, or as it is where there is none."""
    if not sys.stdout.isatty():
        return text
    import textwrap

    return textwrap.fill(
        text,
        max(40, _width()),
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _width() -> int:
    import shutil

    return shutil.get_terminal_size().columns


def figure(value: object) -> object:
    """A fraction in six digits, or in as many as stand before its point; all else as it is."""
    if not isinstance(value, float):
        return value
    return f"{value:.0f}" if 1e6 <= abs(value) < 1e15 else f"{value:.6g}"


def number(value: object) -> object:
    """Whole numbers of five digits and more with their thousands separated; all else as it is."""
    return f"{value:,}" if isinstance(value, int) and value >= 10_000 else value


def port(port: Input | Output) -> str:
    """What the port says of itself, and its sizes, as numbers or as fields of the configuration."""
    sizes = {f.name: getattr(port, f.name) for f in dataclasses.fields(port) if f.name != "kind"}
    listed = ", ".join(f"{k} {v}" for k, v in sizes.items() if k != v)
    about = (type(port).__doc__ or port.kind).split("\n")[0].rstrip(".").replace("`", "")
    return f"{about}; {listed}" if listed else about


def heading(text: str, space: bool = True) -> None:
    """Print a heading, bold on a terminal, after an empty line unless it opens the page."""
    if space:
        say()
    if sys.stdout.isatty():
        from rich.console import Console

        Console(highlight=False).print(text, style="bold", markup=False)
    else:
        say(text)


def markdown(text: str, source: bool = False) -> None:
    """Print Markdown: set on a terminal, formulas as lines of text.

    Args:
        text: with formulas in LaTeX.
        source: where there is no terminal, print it as it was written.
    """
    from nna.atlas.plain_math import prose

    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(prose(text, markdown=True)))
    else:
        say((text if source else prose(text)).rstrip("\n"))


def tree(branch: Branch, label: Mapping[str, str]) -> None:
    """Print a tree, one line a node, with the label of each id."""
    _branch(branch, label, "", "")


def _branch(branch: Branch, label: Mapping[str, str], first: str, rest: str) -> None:
    text = label[branch.id] + (" (see above)" if branch.again else "")
    say(wrapped(first + text, rest + ("│  " if branch.branches else "   ")))
    for child in branch.branches:
        last = child is branch.branches[-1]
        _branch(child, label, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))


def left_out(shelf: Shelf) -> None:
    """Say on stderr which architectures can't be described, and why; one line each."""
    for name, why in shelf.unreadable.items():
        warn(f"{name} is left out, its description can't be read: {why}")
