"""Warnings about a table, one line each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nna.data.columns.kinds import CAMEL, NAMES
from nna.data.profiling import near_duplicates

LARGE = 0.8  # share of one class from which accuracy says little
FEW = 10  # rows of a class below which little can be learnt of it
APART = 0.6  # area under the curve from which two parts are told apart
SURE = 0.01  # chance that equal parts are told apart


def warnings(found: dict[str, Any]) -> list[str]:
    """Lines on the figures of a profile."""
    parts = (_columns, _nothing, _target, _leaks, _drift, _rows)
    return [line for part in parts for line in part(found)]


def _columns(found: dict[str, Any]) -> Iterator[str]:
    for column in found["columns"]:
        name = f"column {column['name']!r}"
        for bad in ("missing", "infinite"):
            if column[bad] and column["kind"] != "empty":
                share = column[bad] / found["rows"]
                yield f"{name}: {column[bad]:,} values {bad} ({share:.1%} of the rows)"
        if column["kind"] == "constant":
            yield f"{name} is the same in every row: it teaches nothing, and is left out"
        elif column["kind"] == "empty":
            yield f"{name} holds no value: it is left out"
        elif column["kind"] == "identifier":
            yield f"{name} names the rows: it is left out"
        elif _repeats(column, found["looked_at"]) and column["name"] != found["target"]:
            yield (
                f"{name} seems to name things that come in several rows each "
                f"({column['distinct']:,} in {found['looked_at']:,}): rows of one thing on both "
                "sides of a split flatter every figure"
            )


def _nothing(found: dict[str, Any]) -> Iterator[str]:
    features = [of for of in found["columns"] if of["name"] != found["target"]]
    if features and all(of["kind"] in ("constant", "empty", "identifier") for of in features):
        yield "no column is left to learn from: training would refuse this"


def _repeats(column: dict[str, Any], rows: int) -> bool:
    """Whether a column seems to name customers, patients and the like, several rows each."""
    named = NAMES.search(column["name"]) or CAMEL.search(column["name"])
    return bool(named) and column["kind"] in ("number", "words") and 2 < column["distinct"] < rows


def _target(found: dict[str, Any]) -> Iterator[str]:
    classes = found["classes"]
    if found["majority"] and found["majority"] >= LARGE:
        name = max(classes, key=lambda key: classes[key])
        yield (
            f"{found['majority']:.0%} of the rows are of class {name!r}: compare every accuracy "
            "with that; balanced accuracy stands beside it"
        )
    if rare := [name for name, count in classes.items() if 0 < count < FEW]:
        more = f" and {len(rare) - 5} more" if len(rare) > 5 else ""
        yield f"classes of less than {FEW} rows: {', '.join(map(repr, rare[:5]))}{more}"


def _leaks(found: dict[str, Any]) -> Iterator[str]:
    for name in found["leaks"]:
        if name in found["copies"]:
            yield f"column {name!r} is the target in another form: leave it out"
        elif name not in found["shifted"]:
            yield (
                f"column {name!r} alone (nearly) gives the target away ({found['alone'][name]:.1%} "
                "of what is uncertain): is it known before the target is? If not, leave it out"
            )
    for name in found["smooth"]:
        yield (
            f"rows near each other in {name!r} have (nearly) the same target: a random split "
            "flatters, split forward in time (--horizon)"
        )
    for name, rows in found["shifted"].items():
        step = f"{abs(rows)} row{'s' if abs(rows) > 1 else ''}"
        if rows > 0:
            yield f"column {name!r} holds the target of {step} later, the future: leave it out"
        else:
            yield (
                f"column {name!r} holds the target of {step} before: rows are in order of time, so "
                "split forward in time (--horizon), never at random"
            )
    if found["scaled"]:
        listed = ", ".join(map(repr, found["scaled"][:5]))
        more = f" and {len(found['scaled']) - 5} more" if len(found["scaled"]) > 5 else ""
        yield (
            f"mean 0 and spread 1 over all rows: {listed}{more}: scaled before the split, so test "
            "rows have had their say; bring the values as measured"
        )


def _drift(found: dict[str, Any]) -> Iterator[str]:
    for pair, of in found["drift"].items():
        if changed := of["columns"]:
            told = [f"{test['column']!r} ({test['distance']:.0%})" for test in changed[:5]]
            more = f" and {len(changed) - 5} more" if len(changed) > 5 else ""
            yield (
                f"{pair} differ in {', '.join(told)}{more}: what is learnt of the one need not "
                "hold for the other"
            )
        together = of["together"]
        if together and together["auc"] >= APART and together["p"] <= SURE and not changed:
            yield f"{pair} are told apart by their columns together (AUC {together['auc']:.2f})"


def _rows(found: dict[str, Any]) -> Iterator[str]:
    if found["duplicates"]:
        yield f"rows equal to an earlier one: {found['duplicates']:,}"
    if found["test_in_train"]:
        yield (
            f"test rows that also stand in training: {found['test_in_train']} of {found['test']}; "
            "the test figure will flatter"
        )
    if line := near_duplicates.warning(found["repeated"]):
        yield line
    series = found["series"]
    if series and "refused" in series:
        yield (
            f"times in {series['time']!r}, but no regular series, should they be one: "
            f"{series['refused'].removeprefix('the table: ')}"
        )
