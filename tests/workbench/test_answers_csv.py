"""Answers in a file: what was answered, and nothing that a spreadsheet would run."""

import csv
import io

from hypothesis import example, given, strategies as st

from nna.workbench.prediction.answers_csv import RUN, as_csv

TEXT = st.text(st.characters(exclude_characters="\x00"), max_size=6)
CELL = st.one_of(TEXT, st.sampled_from(RUN).flatmap(lambda first: TEXT.map(first.__add__)))


def read(text):
    return list(csv.reader(io.StringIO(text, newline="")))


@given(st.dictionaries(CELL, CELL, min_size=1, max_size=3))
@example({"class": "=cmd|'/c calc'!A0"})
@example({"\udcfe": "\udcff"})
def test_no_cell_is_run_and_every_text_comes_back(answer):
    for row, texts in zip(read(as_csv([answer])), (answer, answer.values()), strict=True):
        for cell, text in zip(row, texts, strict=True):
            assert cell in (text, f"'{text}")
            runs = cell.startswith(RUN)
            assert not runs or float(cell) is not None  # numbers alone begin so
    plain = [[*answer], [*answer.values()]]
    assert read(as_csv([answer], escape=False)) == plain


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers())
def test_numbers_stay_numbers(fraction, whole):
    _, row = read(as_csv([{"a": fraction, "b": whole, "c": "-1", "d": None}]))
    assert (float(row[0]), int(row[1]), row[2], row[3]) == (fraction, whole, "-1", "")


def test_answers_may_differ_in_what_they_hold():
    assert as_csv([{"a": 1}, {"b": 2}]) == "a,b\n1,\n,2\n"
    assert as_csv([{"a": 1}], header=False) == "1\n"
