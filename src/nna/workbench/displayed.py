"""What comparisons and seeds look like in a notebook: plain data, shown as tables.

Each is the dictionary that it always was; a notebook asks it for HTML.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nna import html, notebook


class Comparison(dict[str, Any]):
    """What `nna.compare` gives."""

    def _repr_html_(self) -> str:
        rows = [
            (row["name"], row["mean"], _interval(row["low"], row["high"]), row["seconds"])
            for row in self["rows"]
        ]
        columns = ("", self["measure"], "95 % interval", "seconds a fold")
        drawn = html.intervals([(r["name"], r["mean"], r["low"], r["high"]) for r in self["rows"]])
        warnings = [html.words(one) for one in self["warnings"]]
        refused = [html.words(f"{name}: {why}") for name, why in self["refused"].items()]
        return html.block(self["verdict"], html.table(columns, rows), drawn, *warnings, *refused)


class Seeds(dict[str, Any]):
    """What `nna.train_seeds` gives."""

    def _repr_html_(self) -> str:
        rows = [
            (name, of["mean"], of["std"], _interval(of["low"], of["high"]))
            for name, of in self["metrics"].items()
        ]
        columns = ("", "mean", "standard deviation", "95 % interval of the mean")
        return html.block(f"{len(self['runs'])} seeds", html.table(columns, rows))


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{low:.4g} to {high:.4g}"


def progress(title: str) -> Callable[[int, int, str], None]:
    """Whoever follows a comparison: a bar in a notebook, elsewhere nobody."""
    if not notebook.inside():
        return lambda done, total, line: None
    shown = notebook.show(notebook.bar(title, 0.0, ""))

    def said(done: int, total: int, line: str) -> None:
        shown.update(notebook.bar(title, done / total, f"{done}/{total} {line}"))

    return said
