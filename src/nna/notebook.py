"""Notebooks: whether this is one, a line in it that can be written over, and the files of them.

IPython is no dependency: where this runs in its kernel, the kernel has imported it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal, Protocol


class Shown(Protocol):
    """What can be written over."""

    def update(self, html: str) -> None:
        """Show this instead."""
        ...


class _Handle:
    """A display of a kernel's."""

    def __init__(self, html: str) -> None:
        self._display = sys.modules["IPython.display"]
        self._handle: Any = self._display.display(self._display.HTML(html), display_id=True)

    def update(self, html: str) -> None:
        """Show this instead."""
        self._handle.update(self._display.HTML(html))


def inside() -> bool:
    """Whether this runs in the kernel of a notebook, and not in a terminal or a script."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None and "IPython.display" in sys.modules


def show(html: str) -> Shown:
    """Show HTML in the notebook that this runs in; see `inside`."""
    return _Handle(html)


def bar(title: str, share: float | None, said: str) -> str:
    """A progress bar as HTML; of an unknown share one that only moves."""
    value = "" if share is None else f' value="{min(max(share, 0.0), 1.0):.4f}"'
    return (
        f"<div>{escape(title)} <progress max='1'{value}></progress> "
        f"<small>{escape(said)}</small></div>"
    )


def progress(title: str) -> Callable[[int, int, str], None]:
    """What follows something of many parts: a bar in a notebook, elsewhere nothing."""
    if not inside():
        return lambda done, total, line: None
    shown = show(bar(title, 0.0, ""))

    def said(done: int, total: int, line: str) -> None:
        shown.update(bar(title, done / total, f"{done}/{total} {line}"))

    return said


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a notebook."""

    kind: Literal["markdown", "code"]
    text: str
    outputs: tuple[dict[str, Any], ...] = ()  # as the format has them


def written(cells: Sequence[Cell]) -> str:
    """A notebook's file (nbformat 4.5); the same cells give the same bytes."""
    whole = {
        "cells": [_plain(cell, place) for place, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(cell: Cell, place: int) -> dict[str, Any]:
    name = hashlib.sha256(f"{place} {cell.text}".encode()).hexdigest()[:8]
    plain: dict[str, Any] = {"cell_type": cell.kind, "id": name, "metadata": {}}
    if cell.kind == "code":
        plain |= {"execution_count": None, "outputs": list(cell.outputs)}
    return plain | {"source": cell.text.splitlines(keepends=True)}
