"""Who follows a training: nobody, a progress bar, or lines in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Protocol

from nna import notebook


class Watcher(Protocol):
    """Whoever follows the progress."""

    def step(self, done: int, total: int) -> None:
        """A step was made."""
        ...

    def epoch(self, done: int, total: int, figures: Mapping[str, float]) -> None:
        """An epoch was completed."""
        ...


class Silent:
    """Follows nothing."""

    def step(self, done: int, total: int) -> None:
        """Ignore it."""

    def epoch(self, done: int, total: int, figures: Mapping[str, float]) -> None:
        """Ignore it."""


class NotebookBar:
    """A progress bar with time left in the output of a cell."""

    def __init__(self, title: str) -> None:
        self._title, self._figures, self._started = title, "", time.monotonic()
        self._told = -1
        self._shown: notebook.Shown | None = None

    def __enter__(self) -> NotebookBar:
        self._shown = notebook.show(notebook.bar(self._title, 0.0, ""))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """The bar stays, as far as it came."""

    def note(self, line: str) -> None:
        """Print a line below the bar."""
        print(line)

    def step(self, done: int, total: int) -> None:
        """Move the bar, a hundredth at a time: a message a step would hold the kernel up."""
        hundredth = done * 100 // total
        if hundredth > self._told:
            self._told = hundredth
            left = (time.monotonic() - self._started) / max(done, 1) * (total - done)
            self._show(done / total, f"about {left:.0f} s left" if done < total else "")

    def epoch(self, done: int, total: int, figures: Mapping[str, float]) -> None:
        """Show the figures of the epoch."""
        shown = "  ".join(f"{name} {value:.3g}" for name, value in figures.items())
        self._figures = f"epoch {done}/{total}  {shown}"
        self._show(done / total, "")

    def _show(self, share: float, left: str) -> None:
        if self._shown:
            self._shown.update(notebook.bar(self._title, share, f"{self._figures}  {left}".strip()))


def bar(title: str) -> Bar | NotebookBar:
    """The progress bar for where this runs."""
    return NotebookBar(title) if notebook.inside() else Bar(title)


class Bar:
    """A progress bar with time left on a terminal; elsewhere a line every tenth of the way."""

    def __init__(self, title: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._console = Console(file=sys.stderr)
        self._live = self._console.is_terminal
        self._started, self._tenth = time.monotonic(), 0
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:3.0f} %"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[figures]}"),
            console=self._console,
            disable=not self._live,
        )
        self._task = self._progress.add_task(title, total=None, figures="")

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._progress.stop()

    def note(self, line: str) -> None:
        """Print a line above the bar."""
        if self._live:
            self._console.print(line, markup=False, highlight=False)
        else:
            print(line, file=sys.stderr)

    def step(self, done: int, total: int) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=done, total=total)

    def epoch(self, done: int, total: int, figures: Mapping[str, float]) -> None:
        """Show the figures of the epoch."""
        shown = "  ".join(f"{name} {value:.3g}" for name, value in figures.items())
        self._progress.update(self._task, figures=f"epoch {done}/{total}  {shown}")
        if not self._live and done * 10 // total > self._tenth:
            self._tenth = done * 10 // total
            left = (time.monotonic() - self._started) / done * (total - done)
            print(f"epoch {done}/{total}  {shown}  about {left:.0f} s left", file=sys.stderr)
