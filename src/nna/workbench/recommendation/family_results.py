"""What a family reached under one protocol: kept as JSON, drawn as a table, asked by id."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nna.errors import UserError

SHIPPED = Path(__file__).parent / "measured"  # by the maintainers: FAMILY-DATA.json
COMPARISONS = SHIPPED / "comparisons.json"  # on the data that recommendations are proven on


def read(path: Path) -> dict[str, Any]:
    """The kept results of one family on one dataset: protocol, rows and trainings.

    Raises:
        UserError: the file is damaged, or another one.
    """
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if {"family", "data", "protocol", "rows", "trainings"} <= held.keys():
            return held
    except (ValueError, AttributeError) as error:
        raise UserError(f"{path}: not results of this protocol; give another file") from error
    raise UserError(f"{path}: not results of this protocol; give another file")


def shipped() -> dict[str, dict[str, Any]]:
    """All results that come with the package, by "family-data", those of most examples first."""
    held = {path.stem: read(path) for path in sorted(SHIPPED.glob("*-*.json"))}
    return dict(sorted(held.items(), key=lambda one: -one[1]["protocol"].get("max_samples", 0)))


def of(name: str) -> list[dict[str, Any]]:
    """How architecture `name` did in each of them: its row, its place, and among how many.

    Equals share a place.
    """
    found = []
    for held in shipped().values():
        for row in held["rows"]:
            if row["id"] == name:
                better = sum(one["accuracy"] > row["accuracy"] for one in held["rows"])
                place = {"place": 1 + better, "among": len(held["rows"])}
                found.append({"family": held["family"], "data": held["data"], **row, **place})
    return found


def comparisons() -> dict[str, dict[str, Any]]:
    """Comparisons on real data that come with the package, by dataset."""
    return json.loads(COMPARISONS.read_text(encoding="utf-8")) if COMPARISONS.exists() else {}


def compared_on(name: str) -> list[dict[str, Any]]:
    """How architecture `name` did in each of them: its figure, the winner, and its place."""
    found = []
    for data, held in comparisons().items():
        for place, row in enumerate(held["rows"], 1):
            if row["name"] == name:
                about = {"data": data, "measure": held["measure"], "place": place}
                among = {"among": len(held["rows"]), "winner": held["rows"][0]}
                found.append({**about, **among, "mean": row["mean"]})
    return found


def table(held: dict[str, Any]) -> str:
    """The rows in Markdown, with the protocol above them."""
    protocol, lines = held["protocol"], [f"# The {held['family']} family on {held['data']}", ""]
    budget = ", ".join(
        f"{key} {'+'.join(value) if isinstance(value, list | tuple) else value}"
        for key, value in protocol["budget"].items()
    )
    lines += [
        f"Desk sizes; {budget}. At most {protocol['max_samples']:,} training examples and half as "
        "many for validation and for test, from each class its share; seeds "
        f"{', '.join(map(str, protocol['seeds']))} draw them, and the split where the source has "
        "none. In brackets the 95 % interval by the number of one seed's test examples, since "
        "seeds share them; then the worst and the best seed. Multiply-adds are those of one "
        f"example; {_timed(held.get('steps'))}",
        "",
        "| architecture | accuracy | seeds | parameters | multiply-adds | step | tested |",
        "|---|---|---|---|---|---|---|",
    ]
    if held.get("note"):
        lines.insert(3, held["note"])
    for row in held["rows"]:
        lines.append(
            f"| `{row['id']}` | {percent(row)} | {100 * row['least']:.1f} to "
            f"{100 * row['most']:.1f} % | {row['params']:,} | {row['macs']:,} | {step(row)} "
            f"| {row['tested']:,} |"
        )
    return "\n".join(lines) + "\n"


def percent(row: dict[str, Any]) -> str:
    """Accuracy with its interval."""
    accuracy, low, high = (100 * row[key] for key in ("accuracy", "low", "high"))
    return f"{accuracy:.1f} % ({low:.1f} to {high:.1f})"


def step(row: dict[str, Any]) -> str:
    """Time of a step of training; a dash where it was not measured."""
    return f"{row['step']:.1f} ms" if row.get("step") else "–"


def _timed(steps: dict[str, Any] | None) -> str:
    if steps is None:
        return "the time of a step was not measured."
    device = steps.get("device", "cpu")
    where = "" if device == "cpu" else f" and {device}"
    return (
        "a step is one of training on a batch, random changes included: the fastest of rounds "
        f"that take turns, by {steps['threads']} threads{where}."
    )
