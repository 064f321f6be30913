"""How far something of many parts has come, as a notebook shows it."""

from __future__ import annotations

from collections.abc import Callable

from nna import notebook


def progress(title: str) -> Callable[[int, int, str], None]:
    """Whoever follows a comparison: a bar in a notebook, elsewhere nobody."""
    if not notebook.inside():
        return lambda done, total, line: None
    shown = notebook.show(notebook.bar(title, 0.0, ""))

    def said(done: int, total: int, line: str) -> None:
        shown.update(notebook.bar(title, done / total, f"{done}/{total} {line}"))

    return said
