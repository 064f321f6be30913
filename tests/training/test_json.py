"""What is written as JSON is JSON for every reader."""

import ast
import json
import math
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

import nna
from nna.training import files
from nna.training.runs import Request, Run

SOURCE = Path(nna.__file__).parent
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
)


ANYTHING = st.text(st.characters(codec=None) | st.characters(categories=["Cs"]))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(ANYTHING, ANYTHING | st.lists(ANYTHING, max_size=3), max_size=4))
def test_halves_of_characters_are_written_and_come_back(plain):
    with tempfile.TemporaryDirectory() as folder:
        files.write_json(Path(folder) / "of.json", plain)
        assert json.loads((Path(folder) / "of.json").read_text(encoding="utf-8")) == plain


def test_halves_of_characters_are_seen_in_a_text(tmp_path):
    files.write(tmp_path / "page.html", "<p>caf\udce9 \ud800</p>")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == "<p>caf\\udce9 \\ud800</p>"


def refused(constant):
    raise AssertionError(f"{constant} is no JSON")


@settings(max_examples=40)
@given(PLAIN)
def test_every_reader_takes_what_is_written_and_finite_numbers_come_back(plain):
    def same(before, after):
        if isinstance(before, dict):
            return all(same(before[key], after[key]) for key in before)
        if isinstance(before, list | tuple):
            return all(map(same, before, after))
        if isinstance(before, float) and not math.isfinite(before):
            return after is None
        return before == after

    assert same(plain, json.loads(files.dumps(plain), parse_constant=refused))


IN_MEMORY = {  # read back at once, hashed, or of words alone
    "training/checkpoint.py",
    "workbench/recommendation/protocol.py",
    "workbench/comparison/comparison.py",
    "workbench/estimators/keeping.py",
    "data/sources.py",
    "app/search.py",
    "probe.py",
    "cli/output.py",  # its data went through `plain`
    "lab/criteria.py",  # a digest of it
}


def test_no_other_place_writes_json_that_may_hold_no_numbers():
    found = set()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "json.dump" in text else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("json.dumps", "json.dump"):
                strict = any(word.arg == "allow_nan" for word in node.keywords)
                found |= set() if strict else {path.relative_to(SOURCE).as_posix()}
    assert found - IN_MEMORY == set()


@pytest.mark.parametrize("line", ['{"epoch": 1, "loss": NaN}', '{"epoch": 1, "loss": null}'])
def test_a_history_with_what_is_no_number_is_read_as_before(line, tmp_path):
    (tmp_path / "metrics.jsonl").write_text(line + "\n", encoding="utf-8")
    run = Run(tmp_path, Request.__new__(Request))
    (found,) = run.history()
    assert found["epoch"] == 1
    assert math.isnan(found["loss"])
