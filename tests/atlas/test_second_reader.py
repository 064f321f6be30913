"""The record of who solved the exercises of chapters and cards a second time."""

import re
from pathlib import Path

from nna import registry
from nna.atlas import guide

RECORD = Path(__file__).parents[2] / "docs" / "audit-exercises-second.md"
ROW = re.compile(r"(?m)^\| (\w+) (\d+) \| .* \| (agrees|differed)(.*) \| ([CSR]).* \|$")
CHAPTERS = {chapter.id: chapter.text for chapter in guide.read()}
TEXTS = CHAPTERS | {name: registry.card(name) for name in registry.names()}


def numbered(texts) -> set[tuple[str, int]]:
    """The exercises of texts: each has one solution, and they are numbered from 1."""
    counts = {name: text.count("<summary>Solution</summary>") for name, text in texts.items()}
    return {(name, number + 1) for name, count in counts.items() for number in range(count)}


def test_the_record_counts_its_rows_and_names_what_there_is():
    head, *parts = re.split(r"(?m)^## (?:Chapters|Cards)$", RECORD.read_text())
    counted = re.findall(r"(?m)^\| (?:chapters|cards) \| ([\d |]+) \|$", head)
    solved = []
    for said, part in zip(counted, parts, strict=True):
        rows = ROW.findall(part)
        solved += [(where, int(number)) for where, number, *_ in rows]
        plain = sum((how, more) == ("agrees", "") for *_, how, more, _ in rows)
        differed = sum(how == "differed" for *_, how, _, _ in rows)
        marks = [sum(row[-1] == mark for row in rows) for mark in "CSR"]
        found = [len(rows), plain, len(rows) - plain - differed, differed, *marks]
        assert found == [*map(int, said.split(" | "))]
    late = {name: CHAPTERS[name] for name in [*CHAPTERS][11:]}
    assert len({*solved}) == len(solved)
    assert numbered(late) <= {*solved} <= numbered(TEXTS)
