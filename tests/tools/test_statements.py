"""`tools/statements.py` draws by seed, and the audits count the marks that they give."""

import importlib
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from nna import registry

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))
tool = importlib.import_module("statements")
MARKS = "SCKUNMX"


def test_the_same_seed_draws_the_same_and_another_others():
    first = tool.draw(1, 30)
    assert first == tool.draw(1, 30)
    assert first != tool.draw(2, 30)
    families = {registry.family(name) for name in registry.names()}
    assert set(first) == families | {"guide", "glossary", "blocks"}
    assert all(len(set(own)) == len(own) <= 30 for own in first.values())


def test_formulas_code_tables_and_short_cries_are_no_statements():
    text = "# A head\n\n$$ x = y $$\n\nThis sentence has more than six words. Use it:\n\n| a |\n"
    assert tool.statements("here", text) == [("here", "This sentence has more than six words.")]


SAMPLES = ("The sample of today's texts", "The first sample")


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_audit_counts_its_marks(sample):
    text = (ROOT / "docs" / "audit.md").read_text()
    tables = re.findall(r"(?m)(?:^\| \w+ \| (?:\d+ \| ){7}\d+ \|\n)+", text)
    table = tables[SAMPLES.index(sample)]
    rows = dict(re.findall(r"(?m)^\| (\w+) \| ((?:\d+ \| ){7}\d+) \|$", table))
    (own,) = re.findall(rf"(?ms)^## {re.escape(sample)}\n(.*?)^## ", text)
    parts = re.split(r"(?m)^### (.*)$", own)
    total: Counter[str] = Counter()
    for group in parts[1::2]:
        marks = Counter(re.findall(r"(?m)^\d+\. \*\*(\w)\*\*", parts[parts.index(group) + 1]))
        counted = " | ".join(map(str, [marks.total(), *(marks[m] for m in MARKS)]))
        assert rows.pop(group) == counted, group
        total += marks
    assert rows == {"together": " | ".join(map(str, [total.total(), *(total[m] for m in MARKS)]))}


def counted(name, place):
    """Marks together of a table and its section, whose rows must be the section's counts."""
    text = (ROOT / "docs" / name).read_text()
    columns = [c for c in MARKS if c != "U"]
    table = re.findall(r"(?m)(?:^\| \w+ \| (?:\d+ \| ){6}\d+ \|\n)+", text)[place]
    rows = dict(re.findall(r"(?m)^\| (\w+) \| ((?:\d+ \| ){6}\d+) \|$", table))
    parts = re.split(r"(?m)^### (.*)$", re.split(r"(?m)^## Seed \d+$", text)[place + 1])
    total: Counter[str] = Counter()
    for group, body in zip(parts[1::2], parts[2::2], strict=True):
        marks = Counter(re.findall(r"(?m)^\d+\. \*\*(\w)\*\*", body))
        assert rows.pop(group) == " | ".join(
            map(str, [marks.total(), *(marks[c] for c in columns)])
        ), group
        total += marks
    assert rows == {"together": " | ".join(map(str, [total.total(), *(total[c] for c in columns)]))}
    return total


@pytest.mark.parametrize("place", range(4))
def test_the_third_audit_counts_its_marks_and_its_last_draws_have_nothing_wrong(place):
    total = counted("audit-third.md", place)
    assert place < 2 or not total["X"]
    assert place != 2 or not total["M"]


def test_the_fourth_audit_counts_its_marks():
    assert counted("audit-fourth.md", 0).total() == 210


@pytest.mark.parametrize("place", range(3))
def test_the_fourth_of_guide_glossary_and_blocks_counts_its_marks(place):
    total = counted("audit-fourth-second.md", place)
    assert place != 2 or not total["X"]
