"""The profile of data as one self-contained page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nna.data.profiling.leaks import LEFT
from nna.training import files
from nna.workbench.formatting import drawable, short
from nna.workbench.reports.figures import BLUE, GREY, ORANGE, embedded, new

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Plot

SHOWN = 40  # columns drawn; the table names more
NAMED = 200  # columns in the table
COLUMNS = 4  # small pictures in a row
YEAR = 365.25 * 86_400  # seconds
SHORT = 24  # letters of a name in a picture


def write(path: Path, source: str, found: Mapping[str, Any]) -> None:
    """Write a report to read in a browser.

    Args:
        path: the file to write.
        source: what was looked at, for the title.
        found: the profile.

    Raises:
        UserError: the place can't be written to.
    """
    from jinja2 import Environment, PackageLoader

    page = Environment(loader=PackageLoader("nna.workbench.reports", "."), autoescape=True)
    html = page.get_template("profile.html.j2").render(
        source=source,
        found=found,
        facts=facts(found),
        columns=[_row(of, found["alone"]) for of in found["columns"][:NAMED]],
        more=max(0, len(found["columns"]) - NAMED),
        figures=[
            {"title": title, "image": embedded(plot), "caption": caption}
            for title, plot, caption in _figures(found)
        ],
        next=commands(source, found),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, html)


def facts(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is known of the whole, label by label."""
    drawn = found["rows"] > found["looked_at"]
    port = {key: value for key, value in found["port"].items() if key != "kind"}
    why = f" ({found['why']})" if found["why"] else ""
    none = "none" if why else "unknown: name the column to predict by --target"
    series = found["series"] or {}
    many = ""
    if "every" in series:
        many = f"{series['series']:,} with {series['steps']:,} steps in all, {series['every']}"
    told = [
        ("rows", f"{found['rows']:,}" + f" ({found['looked_at']:,} looked at)" * drawn),
        ("port", ", ".join([found["port"]["kind"], *(f"{k} {v}" for k, v in port.items())])),
        ("task", f"{found['task'] or none}{why}"),
        ("target", found["target"] or ""),
        ("series", f"{many}, by {series['time']!r}" if many else ""),
        *(("note", note) for note in found["notes"]),
    ]
    return [(label, text) for label, text in told if text]


def commands(source: str, found: Mapping[str, Any]) -> list[str]:
    """What to type next."""
    if found["task"] is None:
        return [f"nna data profile {source} --target COLUMN"]
    target = f" --target {found['target']}" if found["target"] else ""
    typed = [f"nna recommend {source}{target}"]
    if "every" in (found["series"] or {}):
        typed.append(f"nna train mlp {source}{target} --horizon STEPS")
    return typed


def _row(of: Mapping[str, Any], alone: Mapping[str, float]) -> dict[str, str]:
    """A line of the table of columns, for people."""
    ends = [of["min"], of["mean"], of["max"]]
    low, mean, high = (short(v) if isinstance(v, float) else v or "" for v in ends)
    common = ", ".join(f"{word} ({count:,})" for word, count in [*of["common"].items()][:3])
    return {
        "name": of["name"],
        "kind": of["kind"],
        "missing": f"{of['missing']:,}" if of["missing"] else "",
        "distinct": f"{of['distinct']:,}",
        "values": f"{low} to {high}" + f", mean {mean}" * bool(mean) if low else common,
        "tells": f"{alone[of['name']]:.0%}" if of["name"] in alone else "",
    }


def _figures(found: Mapping[str, Any]) -> Iterator[tuple[str, Plot, str]]:
    if len(found["classes"]) > 1:
        rows = dict(sorted(found["classes"].items(), key=lambda pair: -pair[1])[:SHOWN])
        yield "Classes", _bars(rows, "rows"), "The most frequent first."
    elif found["values"]:
        drawn = _spread([(found["target"] or "target", found["values"])])
        yield "The target", drawn, "Rows by value."
    told = dict(sorted(found["alone"].items(), key=lambda pair: -pair[1])[:SHOWN])
    if any(share > 0 for share in told.values()):
        yield (
            "What each column alone tells of the target",
            _bars(told, "share of what is uncertain", whole=1.0, leak=1 - LEFT),
            "By a decision tree, of rows that it hasn't seen. Orange: as much as only the target "
            "itself should tell.",
        )
    gaps = {of["name"]: of["missing"] / found["rows"] for of in found["columns"] if of["missing"]}
    if gaps:
        most = dict(sorted(gaps.items(), key=lambda pair: -pair[1])[:SHOWN])
        yield "Gaps", _bars(most, "share of the rows", whole=1.0), "Columns with missing values."
    numbers = [
        (of["name"], of["histogram"] | {"dates": of["kind"] == "date"})
        for of in found["columns"]
        if of["histogram"] and of["distinct"] > 1
    ]
    if numbers:
        said = "Rows by value, twenty intervals a column; dates in years."
        yield "Numbers and dates", _spread(numbers[:SHOWN]), said


def _bars(
    values: Mapping[str, float], of: str, whole: float | None = None, leak: float = np.inf
) -> Plot:
    """A bar a name; orange from `leak`."""
    plot, axes = new(7.0, 0.9 + 0.24 * len(values))
    axis = axes[0, 0]
    places = np.arange(len(values))
    colours = [ORANGE if share >= leak else BLUE for share in values.values()]
    axis.barh(places, [*values.values()], color=colours)
    axis.set_yticks(places, [drawable(_short(name)) for name in values])
    axis.set(xlabel=drawable(of), xlim=(0, whole))
    axis.invert_yaxis()
    return plot


def _spread(drawn: list[tuple[str, dict[str, Any]]]) -> Plot:
    """Small histograms, one a column."""
    lines = -(-len(drawn) // COLUMNS)
    plot, axes = new(10.5, 1.75 * lines, lines, COLUMNS)
    for axis in axes.flat[len(drawn) :]:
        axis.set_axis_off()
    for axis, (name, of) in zip(axes.flat, drawn, strict=False):
        edges = np.array(of["edges"])
        if of.get("dates"):
            edges = 1970 + edges / YEAR
        axis.bar(edges[:-1], of["counts"], np.diff(edges), align="edge", color=BLUE)
        axis.set_title(drawable(_short(name)), fontsize=9)
        axis.tick_params(labelsize=7, colors=GREY)
        axis.set_yticks([])
        axis.locator_params(axis="x", nbins=3)
        axis.spines[["top", "right", "left"]].set_visible(False)
    return plot


def _short(name: str) -> str:
    return name if len(name) <= SHORT else f"{name[: SHORT - 1]}…"
