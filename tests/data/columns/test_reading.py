"""A column is read once and for all: whatever stands beside a value, and whatever file it is in."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from nna import tasks
from nna.data import unlabelled
from nna.data.columns.reading import decide
from nna.data.prepare import Preparation
from nna.data.sources import open_file
from nna.data.tables import tabular

# Values that pandas would read in another way where only some of them stand in a file.
KINDS = {
    "truths": ["TRUE", "FALSE", "UNKNOWN"],
    "codes": ["3.0", "4.0", "N"],
    "zeros": ["01234", "AB12", "1234"],
    "powers": ["1E5", "100000", "+5", "5", "x"],
    "booleans": ["True", "False"],
    "decimals": ["0,567", "10,302", "1.234,5", "-3"],
    "thousands": ["1,234", "12,345.5", "7"],
    "shares": ["12 %", "7%", "50 %"],
    "numbers": ["1", "2.5", "-3e2", "0.1", "inf"],
    "days": ["01.02.2024", "28.02.2024", "15.03.2024"],
    "mixed": ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "ill"],
}
TABLES = st.tuples(
    st.just([*KINDS]),
    st.lists(
        st.tuples(*(st.sampled_from([*values, ""]) for values in KINDS.values())),
        min_size=4,
        max_size=9,
    ),
)
SLOW = settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
MANY = settings(SLOW, max_examples=30)


def learnt(path, kinds, rows):
    """The preparation of a run on a table that holds each value at least twice, and more rows."""
    longest = max(len(KINDS[kind]) for kind in kinds)
    whole = [tuple(KINDS[k][i % len(KINDS[k])] for k in kinds) for i in range(2 * longest)]
    frame = pd.DataFrame([*whole, *rows], columns=kinds).assign(y="u")
    frame.loc[::2, "y"] = "v"
    frame.to_csv(path, index=False)
    return Preparation.from_json(Preparation.fit(open_file(path, "y")).to_json()), frame


def seen(preparation, path, frame):
    """What a network gets to see of rows in a file."""
    ending = path.suffix
    if ending == ".csv":
        frame.to_csv(path, index=False)
    elif ending == ".jsonl":
        frame.replace("", None).to_json(path, orient="records", lines=True)
    elif ending == ".parquet":
        frame.replace("", None).to_parquet(path)
    elif ending == ".xlsx":
        frame.replace("", None).to_excel(path, index=False)
    source = str(path) if ending else frame.replace("", None)
    port = {"kind": "table"}
    examples = unlabelled.read(
        source, port, tasks.get("classification"), recorded=preparation.recorded
    )
    return np.asarray(preparation.apply(examples).x)


@pytest.mark.slow
@SLOW
@given(TABLES, st.integers(0, 9))
def test_a_row_is_read_alone_as_it_is_among_any_others(tmp_path, table, seed):
    reads_alone_as_among_others(tmp_path, table, seed)


@pytest.mark.exhaustive
@MANY
@given(TABLES, st.integers(0, 9))
def test_a_row_of_many_tables_is_read_alone_as_it_is_among_others(tmp_path, table, seed):
    reads_alone_as_among_others(tmp_path, table, seed)


def reads_alone_as_among_others(tmp_path, table, seed):
    """Alone, in another order, and in its place, a row gives the same numbers."""
    kinds, rows = table
    preparation, frame = learnt(tmp_path / "train.csv", kinds, rows)
    asked = frame.drop(columns="y").tail(len(rows)).reset_index(drop=True)
    among = seen(preparation, tmp_path / "new.csv", asked)
    order = np.random.default_rng(seed).permutation(len(asked))
    assert np.array_equal(seen(preparation, tmp_path / "new.csv", asked.iloc[order]), among[order])
    for row in order[:3]:
        alone = asked.iloc[[row]]
        if (alone == "").all(axis=None):
            continue  # no line of a file
        assert np.array_equal(seen(preparation, tmp_path / "new.csv", alone)[0], among[row])


@pytest.mark.slow
@settings(SLOW, max_examples=2)
@given(TABLES)
def test_every_kind_of_file_and_a_frame_are_read_alike(tmp_path, table):
    reads_alike(tmp_path, table)


@pytest.mark.exhaustive
@MANY
@given(TABLES)
def test_many_tables_are_read_alike_from_every_kind_of_file(tmp_path, table):
    reads_alike(tmp_path, table)


def reads_alike(tmp_path, table):
    """From any kind of file and from a frame, a table gives the same numbers."""
    kinds, rows = table
    preparation, frame = learnt(tmp_path / "train.csv", kinds, rows)
    asked = frame.drop(columns="y")
    asked = asked[(asked != "").any(axis=1)]
    first = seen(preparation, tmp_path / "new.csv", asked)
    for name in ("new.jsonl", "new.parquet", "new.xlsx", "frame"):
        assert np.array_equal(seen(preparation, tmp_path / name, asked), first), name


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet", "frame"])
@pytest.mark.parametrize(
    "labels",
    [
        ["01", "02", "10"],
        ["1234567890123456789", "1234567890123456788", "7"],
        ["1E5", "+5", "5"],
        ["TRUE", "FALSE"],
        ["3.0", "4.0"],
    ],
)
def test_labels_come_back_as_they_are_written(tmp_path, ending, labels):
    frame = pd.DataFrame({"a": range(4 * len(labels)), "y": labels * 4})
    frame.loc[2, "y"] = None
    path = tmp_path / f"t.{ending}"
    if ending == "frame":
        examples = tabular.examples(tabular.of_frame(frame), "y", tasks.get("classification"))
    else:
        if ending == "csv":
            frame.to_csv(path, index=False)
        elif ending == "jsonl":
            frame.to_json(path, orient="records", lines=True)
        else:
            frame.to_parquet(path)
        examples = open_file(path, "y", tasks.get("classification"))
    known = frame["y"].dropna().tolist()
    assert [examples.classes[number] for number in examples.y] == known


def test_words_that_are_one_number_are_told_as_they_are_written(tmp_path):
    (tmp_path / "t.csv").write_text("a,y\n" + "1,01\n2,001\n3,7\n" * 4)
    notes = open_file(tmp_path / "t.csv", "y", tasks.get("classification")).notes
    assert any("'001' and '01' are two, though one number" in note for note in notes), notes


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_long_identifiers_beside_a_gap_are_not_rounded(tmp_path, ending):
    whole = [1234567890123456789, 1234567890123456788, None] * 3
    frame = pd.DataFrame({"a": range(9), "y": pd.array(whole, dtype="Int64")})
    path = tmp_path / f"t.{ending}"
    if ending == "jsonl":
        frame.to_json(path, orient="records", lines=True)
    else:
        frame.to_parquet(path)
    examples = open_file(path, "y", tasks.get("classification"))
    assert examples.classes == ("1234567890123456788", "1234567890123456789")


def test_a_number_means_the_word_that_writes_it_and_a_truth_value_as_well(tmp_path):
    preparation, _ = learnt(tmp_path / "t.csv", ["zeros", "truths", "codes"], [])
    words = pd.DataFrame({"zeros": ["01234"], "truths": ["TRUE"], "codes": ["3.0"]})
    typed = pd.DataFrame({"zeros": ["01234"], "truths": [True], "codes": [3.0]})
    assert np.array_equal(
        seen(preparation, tmp_path / "w", words), seen(preparation, tmp_path / "t", typed)
    )


def test_blanks_around_words_are_stripped_and_that_is_said(written):
    text = "a,y\n" + "".join(f"{i},{'yes ' if i % 3 else 'yes'}\n{i},no\n" for i in range(6))
    examples = open_file(written("t.csv", text), "y")
    assert examples.classes == ("no", "yes")
    assert [note for note in examples.notes if "blanks" in note] == [
        "column 'y': 4 values with blanks around them, lines 4, 6, 10 and 1 more runs of lines: "
        "read without"
    ]


def test_an_older_record_that_told_words_apart_by_blanks_is_refused(refuses):
    words = {"kind": "words", "name": "a", "different": 2, "gaps": 0}
    plain = {"whole": None, "columns": [], "left_out": {}, "target": [0.0, 1.0]}
    plain["columns"] = [words | {"values": ["yes ", "no"]}]
    assert Preparation.from_json(plain).columns[0].values == ("yes", "no")
    plain["columns"] = [words | {"values": ["yes ", "yes"]}]
    refuses(lambda: Preparation.from_json(plain), "blanks around them", "train anew")


# --- decimals --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "semicolons", "values", "unsure"),
    [
        ({"a": ["0,567", "10,302"]}, False, [0.567, 10.302], 0),  # 0, begins no thousands
        ({"a": ["10,302", "11,000"]}, True, [10.302, 11.0], 1),
        ({"a": ["10,302", "11,000"]}, False, [10302, 11000], 1),
        ({"a": ["10,302", "11,000"], "b": ["0,5", "1"]}, False, [10.302, 11.0], 0),
        ({"a": ["10,302", "11,000"], "b": ["0.5", "1"]}, True, [10302, 11000], 0),
        ({"a": ["1.234", "2.345"], "b": ["0,5", "1"]}, True, [1234, 2345], 0),
        ({"a": ["1.234,5", "7"]}, False, [1234.5, 7], 0),
        ({"a": ["1,234,567", "7"]}, True, [1234567, 7], 0),
    ],
)
def test_marks_are_read_as_the_table_proves(columns, semicolons, values, unsure):
    from nna.data.columns.numbers import parse

    frame = pd.DataFrame(columns)
    readings, said = decide(frame, semicolons)
    assert parse(frame["a"], readings["a"].style).tolist() == values
    assert len(said) == unsure
    assert all("no value tells" in line for line in said)


def test_a_file_of_decimal_commas_is_said_once_and_read_so_ever_after(written):
    text = "a;b;y\n" + "".join(f"{i},{i}51;{i + 1}.234;10,{300 + i}\n" for i in range(9))
    examples = open_file(written("eu.csv", text), "y")
    assert examples.y.tolist() == pytest.approx([10.3 + i / 1000 for i in range(9)])
    assert examples.x["b"].tolist() == [1234 + 1000 * i for i in range(9)]
    preparation = Preparation.fit(examples)
    assert preparation.style == "comma"
    assert "'0,051' as" not in preparation.describe()
    told = [line for line in preparation.describe() if "words read as numbers" in line]
    assert told == ["words read as numbers: 'a' ('0,051' as 0.051), 'b' ('1.234' as 1234)"]
    path = written("new.csv", 'a,b\n"0,50",1.234\n')
    new = unlabelled.read(
        str(path), {"kind": "table"}, tasks.get("regression"), recorded=preparation.recorded
    )
    column = preparation.columns[0]
    assert preparation.apply(new).x[0, 0] == pytest.approx((0.5 - column.mean) / column.spread)


# --- frames ----------------------------------------------------------------------------------


def test_a_frame_stays_a_frame():
    frame = pd.DataFrame(
        {
            "word": ["NA", "null", "x", "NA"] * 4,
            "code": ["00001", "00002", "00001", "00003"] * 4,
            "kind": pd.Categorical([1, 2, 1, 3] * 4),
            "y": ["u", "v"] * 8,
        }
    )
    examples = tabular.examples(tabular.of_frame(frame), "y", None)
    pd.testing.assert_frame_equal(examples.x, frame.drop(columns="y"))
    columns = {column.name: column for column in Preparation.fit(examples).columns}
    assert columns["word"].values == ("NA", "null", "x")
    assert columns["kind"].values == ("1", "2", "3")
