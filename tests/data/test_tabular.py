"""The user's tables: read strictly, every decision stated, every fault one line."""

import gzip
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from nna import tasks
from nna.data.readers.table_files import read
from nna.data.sources import open_file

FLOWERS = "length,colour,wild,class\n" + "".join(
    f"{i / 2},{'red' if i % 2 else 'blue'},{bool(i % 3)},{'ab'[i % 2]}\n" for i in range(12)
)


# --- what is read ----------------------------------------------------------------------------


def test_columns_keep_their_kinds_and_the_target_is_found_by_name(written):
    examples = open_file(written("flowers.csv", FLOWERS))
    assert examples.task.name == "classification"
    assert list(examples.x.columns) == ["length", "colour", "wild"]
    assert examples.x["length"].tolist() == [i / 2 for i in range(12)]
    assert examples.x["wild"].dtype == bool
    assert examples.classes == ("a", "b")
    assert examples.y.tolist() == [0, 1] * 6
    assert examples.port.features == 3
    assert examples.notes == ("column 'class': 2 classes",)


@pytest.mark.parametrize("name", ["target", "Label", "CLASS", "y"])
def test_a_target_may_bear_its_usual_names(name, written):
    path = written("t.csv", f"a,{name}\n1,u\n2,v\n")
    assert open_file(path).classes == ("u", "v")


def test_a_target_may_be_named(written):
    examples = open_file(written("flowers.csv", FLOWERS), target="colour")
    assert examples.classes == ("blue", "red")
    assert "class" in examples.x.columns


def test_tabs_packing_and_a_byte_order_mark(written):
    tabs = FLOWERS.replace(",", "\t")
    plain = open_file(written("flowers.csv", FLOWERS))
    for path in (
        written("flowers.tsv", tabs),
        written("flowers.csv.gz", gzip.compress(FLOWERS.encode())),
        written("marked.csv", b"\xef\xbb\xbf" + FLOWERS.encode()),
        written("windows.csv", FLOWERS.replace("\n", "\r\n")),
        written("FLOWERS.CSV", FLOWERS),
    ):
        pd.testing.assert_frame_equal(open_file(path).x, plain.x)


def test_spaces_after_commas_and_blank_lines_are_no_data(written):
    examples = open_file(written("t.csv", "a, y\n1, u\n\n2, v\n\n"))
    assert examples.x["a"].tolist() == [1, 2]
    assert examples.classes == ("u", "v")


NAMES = st.text("abcdexyzäß,\"' \n", max_size=8).map(lambda s: "w" + s.strip() + "w")
WORDS = st.text("abcdexyzäß,;\"' \n", min_size=1, max_size=8).map(lambda s: "w" + s.strip() + "w")
COLUMNS = {
    "number": st.floats(allow_nan=False, allow_infinity=False, width=64),
    "whole": st.integers(-(2**53), 2**53),
    "truth": st.booleans(),
    "word": WORDS,
}


@st.composite
def frames(draw):
    rows = draw(st.integers(1, 8))
    kinds = draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=4))
    names = draw(st.lists(NAMES, min_size=len(kinds), max_size=len(kinds), unique=True))
    columns = (st.lists(COLUMNS[kind], min_size=rows, max_size=rows) for kind in kinds)
    return pd.DataFrame({n: draw(column) for n, column in zip(names, columns, strict=True)})


@settings(max_examples=150, deadline=None)
@given(frames(), st.sampled_from([".csv", ".tsv"]))
def test_what_pandas_writes_is_read_back_to_the_bit(tmp_path_factory, frame, ending):
    path = tmp_path_factory.mktemp("round") / f"t{ending}"
    frame.to_csv(path, index=False, sep="," if ending == ".csv" else "\t")
    sheet = read(path)
    assert sheet.frame.columns.tolist() == frame.columns.tolist()
    for name in frame.columns:
        assert sheet.frame[name].tolist() == frame[name].tolist()
    lines = path.read_bytes().decode().splitlines()
    assert sheet.lines[-1] == len(lines)


def test_parquet_goes_the_same_way(written, tmp_path):
    frame = pd.read_csv(written("flowers.csv", FLOWERS))
    frame["colour"] = frame["colour"].astype("category")
    frame.to_parquet(tmp_path / "flowers.parquet")
    examples = open_file(tmp_path / "flowers.parquet")
    assert examples.x["colour"].tolist() == ["blue", "red"] * 6
    assert examples.classes == ("a", "b")


def test_faults_of_parquet(written, tmp_path, monkeypatch, refuses):
    def faulty(**columns):
        path = tmp_path / "faulty.parquet"
        pd.DataFrame(columns).to_parquet(path)
        return lambda: open_file(path)

    refuses(faulty(), "no rows")
    whole = (tmp_path / "faulty.parquet").read_bytes()
    for content in ("no Parquet at all", whole[: len(whole) // 2]):
        (tmp_path / "broken.parquet").write_bytes(
            content if isinstance(content, bytes) else content.encode()
        )
        refuses(lambda: open_file(tmp_path / "broken.parquet"), "not a Parquet file")

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    refuses(lambda: open_file(written("t.parquet", "x")), r"pip install 'nna\[parquet\]'")


@pytest.mark.parametrize(
    ("values", "task", "classes"),
    [
        ([0, 1, 1, 0, 2, 2], "classification", ("0", "1", "2")),
        ([0.0, 1.0, 1.0, 0.0], "classification", ("0.0", "1.0")),
        ([10, 9, 10, 9], "classification", ("9", "10")),  # by number, not by letter
        (["True", "False", "True", "False"], "classification", ("False", "True")),
        (["u", "v", "u", "v"], "classification", ("u", "v")),
        ([0.5, 1.5, 0.5, 1.5], "regression", ()),
        ([*range(21)] * 3, "regression", ()),
        ([*range(20)] * 3, "classification", tuple(map(str, range(20)))),
        ([3, 1, 4, 2, 7, 9], "regression", ()),  # more than half as many as rows
    ],
)
def test_classes_or_numbers(values, task, classes, written):
    text = "a,y\n" + "".join(f"{i},{v}\n" for i, v in enumerate(values))
    examples = open_file(written("t.csv", text))
    assert (examples.task.name, examples.classes) == (task, classes)
    if task == "regression":
        assert examples.y.tolist() == values
        assert "--task classification" in examples.notes[0]
    else:
        assert [classes[c] for c in examples.y] == [str(v) for v in values]  # as they are written


def test_the_task_can_be_said(written):
    path = written("t.csv", "a,y\n" + "".join(f"{i},{i % 3}\n" for i in range(9)))
    assert open_file(path).task == tasks.get("classification")
    assert "--task regression" in open_file(path).notes[0]
    said = open_file(path, task=tasks.get("regression"))
    assert (said.task.name, said.classes) == ("regression", ())
    assert said.y.dtype == np.float64
    halves = written("h.csv", "a,y\n1,0.5\n2,1.5\n3,0.5\n")
    assert open_file(halves, task=tasks.get("classification")).classes == ("0.5", "1.5")


def test_a_task_without_target_takes_all_columns_and_says_so(written):
    examples = open_file(written("flowers.csv", FLOWERS), task=tasks.get("reconstruction"))
    assert examples.y is None
    assert examples.x.shape == (12, 4)
    assert examples.notes[0] == "no target: all 4 columns are features"


def test_a_column_that_mixes_numbers_and_words_is_said_to_with_the_line(written):
    examples = open_file(written("t.csv", "code,y\n1,u\n2,v\n3b,u\n"))
    assert examples.x["code"].tolist() == ["1", "2", "3b"]
    assert "column 'code' mixes numbers and words (line 4: '3b')" in examples.notes[1]


def test_gaps_stay_and_are_told(written):
    text = "a,b,y\n1,p,u\nNA,,v\ninf,q,u\n4,q,v\n1e39,?,u\n"
    examples = open_file(written("t.csv", text))
    assert examples.x["a"].isna().tolist() == [False, True, False, False, False]
    assert examples.x["b"].isna().tolist() == [False, True, False, False, True]
    assert examples.notes[1:] == (
        "3 values missing, in 'a', 'b'",
        "column 'a': 2 values infinite or too large, lines 4, 6: taken as missing",
    )


def test_rows_without_a_target_are_left_out_counted_and_named(written):
    lines = ["a,y"] + [f"{i},{'' if i in (3, 4, 5, 9) else 'uv'[i % 2]}" for i in range(12)]
    examples = open_file(written("t.csv", "\n".join(lines) + "\n"))
    assert examples.x["a"].tolist() == [0, 1, 2, 6, 7, 8, 10, 11]
    assert len(examples.y) == 8
    assert examples.notes[1] == "left out: 4 of 12 rows, without 'y': lines 5-7, 11"
    half = ["a,y"] + [f"{i},{i / 3 if i % 2 else ''}" for i in range(60)]
    examples = open_file(written("half.csv", "\n".join(half) + "\n"))
    assert len(examples) == 30
    assert "left out: 30 of 60 rows, without 'y': lines 2, 4, 6" in examples.notes[1]
    assert examples.notes[1].endswith("and 10 more runs of lines")


def test_numbers_to_predict_may_be_written_as_words(written):
    text = "a,y\n" + "".join(f'{i},"{1000 + i * 37.5:,.2f} €"\n' for i in range(30))
    examples = open_file(written("t.csv", text))
    assert examples.task.name == "regression"
    assert examples.y.tolist() == [1000 + i * 37.5 for i in range(30)]
    assert "words read as numbers ('1,000.00 €' as 1000)" in examples.notes[0]


def test_dates_of_parquet_are_features_and_no_target(tmp_path, refuses):
    frame = pd.DataFrame(
        {"when": pd.to_datetime(["2020-01-01", None, "2021-05-05"]), "y": [1, 2, 1]}
    )
    frame.to_parquet(tmp_path / "t.parquet")
    assert open_file(tmp_path / "t.parquet").notes[1] == "1 values missing, in 'when'"
    refuses(lambda: open_file(tmp_path / "t.parquet", target="when"), "'when' holds dates")


def test_the_word_none_is_a_word(written):
    assert open_file(written("t.csv", "wall,y\nNone,u\nBrick,v\n")).x["wall"][0] == "None"


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", ["which column is the target", "--target NAME", "columns are: a, b"]),
        ("a,y,label\n1,2,3\n", ["any of y, label could be it"]),
        ("a,b,y\n1,2,u\n3,v\n", ["line 3: 2 fields where the header has 3"]),
        ("a,b,y\n1,2,u\n1,2,u\n3,4,v,5\n", ["line 4: 4 fields where the header has 3"]),
        ('a,y\n"1\n2",u\n3,v,w\n', ["line 4: 3 fields"]),  # a field of two lines before it
        ('a,y\n"1,u\n', ["not a table"]),  # a quote that never ends
        ("a,a,y\n1,2,u\n", ["2 columns are called 'a'"]),
        ("a, a,y\n1,2,u\n", ["2 columns are called 'a'"]),
        (",a,y\n0,1,u\n", ["column 1 has no name", r"to_csv\(index=False\)"]),
        ("a,y,\n0,1,u\n", ["column 3 has no name"]),
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n", [r"first line holds numbers \(5.1, 3.5, setosa\)"]),
        ("1,2,3\n4,5,6\n", ["first line holds numbers"]),
        ("\na,y\n1,u\n", ["the first line is empty"]),
        ("a,y\n", ["only a header, no rows"]),
        ("a,y\n\n\n", ["only a header, no rows"]),
        ("y\n1\n2\n", ["column 'y' alone"]),
        ("a,y\n1,u\n2,u\n", ["column 'y': only one class, 'u'"]),
        ("a,y\n1,3.5\n2,3.5\n", ["column 'y' is 3.5 in every row"]),
        (
            "a,y\n1,1e101\n2,2.5\n",
            ["column 'y': 1 values infinite or larger than 1e.100", "line 2"],
        ),
        ("a,y\n1,\n2,?\n", ["column 'y' holds no value"]),
        ("a,y\n1,0.5\n2,1.7\n3,many\n4,2.2\n", ["line 4: 'many' is no number", "--task classif"]),
    ],
)
def test_one_line_for_every_fault(text, words, written, refuses):
    path = written("t.csv", text)
    assert str(path) in refuses(lambda: open_file(path), *words)


def test_words_where_numbers_are_due(written, refuses):
    path = written("t.csv", "a,y\n1,u\n2,v\n")
    refuses(
        lambda: open_file(path, task=tasks.get("regression")),
        "line 2: 'u' is no number",
        "regression",
    )


def test_mixed_labels_may_be_taken_as_classes(written):
    path = written("t.csv", "a,y\n1,0.5\n2,1.7\n3,many\n4,2.2\n")
    assert open_file(path, task=tasks.get("classification")).classes == (
        "0.5",
        "1.7",
        "2.2",
        "many",
    )


def test_a_missing_target_names_its_neighbours(written, refuses):
    path = written("flowers.csv", FLOWERS)
    refuses(lambda: open_file(path, target="color"), "no column 'color'", "did you mean colour")
    refuses(lambda: open_file(path, target="zzz"), "nna data profile .*flowers.csv")


@pytest.mark.parametrize("task", ["language-modelling", "node-classification"])
def test_a_table_is_not_for_every_task(task, written, refuses):
    refuses(
        lambda: open_file(written("flowers.csv", FLOWERS), task=tasks.get(task)), f"not for {task}"
    )


def test_files_that_are_damaged(written, refuses):
    whole = gzip.compress(FLOWERS.encode())
    refuses(lambda: open_file(written("cut.csv.gz", whole[:-12])), "damaged", "whole copy")
    refuses(lambda: open_file(written("no.csv.gz", b"plain text")), "damaged")
    refuses(lambda: open_file(written("no.csv.xz", b"plain text")), "damaged")
