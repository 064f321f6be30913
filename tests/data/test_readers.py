"""Tables in whatever file they come: encodings, ragged lines, rows drawn, workbooks, JSON."""

import datetime
import json
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from openpyxl import Workbook

from nna.data.readers import memory
from nna.data.readers.encodings import find
from nna.data.readers.sheet import Draw, ReadOptions
from nna.data.readers.table_files import read
from nna.data.sources import open_file, open_sheet

CAFE = "name,y\nCafé,u\nBar,v\nKüche,u\n"

# --- encodings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("latin-1", "cp1252"),
        ("cp1252", "cp1252"),
    ],
)
@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.jsonl"])
def test_the_encoding_is_found_out_and_told(name, encoding, found, written):
    text = CAFE.replace(",", "\t") if name == "t.tsv" else CAFE
    if name == "t.jsonl":
        rows = [dict(zip(("name", "y"), line.split(","), strict=True)) for line in CAFE.split()[1:]]
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path = written(name, text.encode(encoding))
    assert find(path)[0] == found
    sheet = read(path)
    assert sheet.frame["name"].tolist() == ["Café", "Bar", "Küche"]
    assert sheet.frame.columns.tolist() == ["name", "y"]
    told = [note for note in sheet.notes if "read as" in note]
    assert told == ([] if encoding.startswith("utf-8") else find(path)[1])


def test_signs_of_windows_and_bytes_that_it_has_not(written):
    quoted = written("t.csv", "a,y\n“so”,u\n–,v\n".encode("cp1252"))
    assert read(quoted).frame["a"].tolist() == ["“so”", "–"]
    assert read(quoted).notes == (
        "not UTF-8 (byte 4 (line 2) is not): read as cp1252, which is a guess; if letters look "
        "wrong, say --encoding NAME or save it as UTF-8",
    )
    other = written("t.csv", b"a,y\n\x81\xff,u\n\x8d\xff,v\n")
    assert read(other).frame["a"].notna().all()


def test_mixed_encodings_are_told_by_byte_and_line(written, refuses):
    mixed = "a,y\nCafé,u\n".encode() + "Küche,v\n".encode("latin-1")
    said = refuses(lambda: open_file(written("t.csv", mixed)), "mixed encodings", "line 2 is UTF-8")
    assert f"byte {mixed.index(0xFC)} (line 3) is not" in said


def test_what_is_no_text(written, refuses):
    refuses(lambda: open_file(written("t.csv", b"a,y\n1,u\0\n" * 9)), "no text .byte 7 is 0")


# --- lines -----------------------------------------------------------------------------------


def test_other_separators_are_found_and_told(written):
    for mark in ";\t|":
        sheet = read(written("t.csv", f"a{mark}y\n1,5{mark}u\n2{mark}v\n"))
        assert sheet.frame.columns.tolist() == ["a", "y"]
        assert sheet.notes == (f"separated by {mark!r}",)
    examples = open_file(written("t.csv", "a;y\n1,5;2,5\n2,25;3\n1.000,5;-1\n3;1,25\n4;7\n"))
    assert examples.y.tolist() == [2.5, 3, -1, 1.25, 7]


RAGGED = "a,b,y\n1,2,u\n3,v\n4,5,v\n6,7,u,8\n9,9,u\n"


def test_ragged_lines_are_all_told_and_left_out_where_asked(written, refuses):
    path = written("t.csv", RAGGED)
    refuses(
        lambda: open_file(path),
        "line 3: 2 fields; line 5: 4 fields where the header has 3",
        "--skip-bad",
    )
    examples = open_file(path, skip_bad=True)
    assert examples.x["a"].tolist() == [1, 4, 9]
    said = "left out: 2 rows with another number of fields than 3: lines 3, 5"
    assert said in examples.notes
    assert examples.left_out == (said,)
    assert open_sheet(path, skip_bad=True).lines.tolist() == [2, 4, 6]
    refuses(lambda: open_file(written("t.csv", "a,y\n1\n2\n"), skip_bad=True), "line 2: 1 fields")


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 300), st.integers(1, 50), st.integers(0, 99))
def test_rows_are_drawn_in_their_order_and_each_once(rows, most, seed):
    draw = Draw(ReadOptions(most, seed))
    for row in range(rows):
        draw.add(row)
    assert draw.rows == sorted(set(draw.rows))
    assert len(draw.rows) == min(rows, most)
    assert draw.seen == rows


def test_each_row_has_the_same_chance_to_be_drawn():
    counts = np.zeros(20)
    for seed in range(2000):
        draw = Draw(ReadOptions(5, seed))
        for row in range(20):
            draw.add(row)
        counts[draw.rows] += 1
    assert np.abs(counts - 500).max() < 5 * np.sqrt(2000 * 0.25 * 0.75)


def numbered(path):
    """A thousand rows in a file of any kind; a row's value is its number."""
    frame = pd.DataFrame({"a": range(1000), "word": [f"w{i % 3}" for i in range(1000)]})
    ending = path.suffix
    if ending in (".csv", ".gz"):
        frame.to_csv(path, index=False)
    elif ending == ".jsonl":
        frame.to_json(path, orient="records", lines=True)
    elif ending == ".xlsx":
        frame.to_excel(path, index=False)
    elif ending == ".parquet":
        frame.to_parquet(path, row_group_size=100)
    else:
        np.save(path, frame[["a"]].to_numpy())
    return path


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "jsonl", "xlsx", "parquet", "npy"])
def test_rows_drawn_keep_their_place_and_the_seed_decides(ending, tmp_path):
    path = numbered(tmp_path / f"t.{ending}")
    column = "0" if ending == "npy" else "a"
    whole, drawn = open_sheet(path), open_sheet(path, max_samples=50, seed=3)
    assert whole.frame[column].tolist() == list(range(1000))
    assert len(drawn.frame) == 50
    assert drawn.total == whole.total == 1000
    assert drawn.notes == ("drawn: 50 of 1,000 rows",)
    rows = drawn.frame[column].to_numpy()
    assert np.array_equal(drawn.lines, whole.lines[rows])
    assert np.array_equal(open_sheet(path, max_samples=50, seed=3).frame[column], rows)
    assert not np.array_equal(open_sheet(path, max_samples=50, seed=4).frame[column], rows)
    if ending != "npy":
        assert drawn.frame["word"].tolist() == [f"w{row % 3}" for row in rows]


def test_a_file_that_would_fill_memory_is_refused_before_it_is_read(written, monkeypatch, refuses):
    path = written("t.csv", "a,y\n" + "1,u\n2,v\n" * 50)
    monkeypatch.setattr(memory, "available", lambda: 100)
    refuses(lambda: open_file(path), "GB of memory", "--max-samples")
    assert len(open_file(path, max_samples=20)) == 20
    monkeypatch.setattr(memory, "available", lambda: 10 * path.stat().st_size)
    assert len(open_file(path)) == 100
    refuses(lambda: open_file(path, skip_bad=True), "GB of memory")  # each record by itself
    monkeypatch.setattr(memory, "available", lambda: None)  # where the system doesn't say
    assert len(open_file(path)) == 100


def test_memory_that_runs_out_while_reading_is_told(written, monkeypatch, refuses):
    def full(*_, **__):
        raise pd.errors.ParserError("Error tokenizing data. C error: out of memory")

    path = written("t.csv", "a,y\n1,u\n2,v\n")
    monkeypatch.setattr(pd, "read_csv", full)
    refuses(lambda: open_file(path), "more memory than there is", "--max-samples")


@pytest.mark.parametrize(
    ("files", "left"),
    [
        ({"memory.max": "900", "memory.current": "500", "memory.stat": "inactive_file 60"}, [460]),
        ({"memory.max": "max", "memory.current": "500", "memory.stat": "inactive_file 60"}, []),
        (
            {
                "memory/memory.limit_in_bytes": "900",
                "memory/memory.usage_in_bytes": "950",
                "memory/memory.stat": "total_inactive_file 0",
            },
            [0],
        ),
        ({}, []),
    ],
)
def test_a_container_has_a_limit_of_its_own(files, left, tmp_path):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text + "\n")
    assert [*memory._of_group(tmp_path)] == left


def test_a_limit_of_the_process_counts(monkeypatch):
    import resource

    free = memory.available()
    assert free is None or free > 0
    monkeypatch.setattr(resource, "getrlimit", lambda which: (2**20, resource.RLIM_INFINITY))
    assert memory.available() in (0, None)  # None: the system doesn't say


@pytest.mark.parametrize("columns", [1_000, pytest.param(10_000, marks=pytest.mark.exhaustive)])
def test_as_many_columns_as_some_tables_have(written, columns):
    names = [f"c{i}" for i in range(columns)]
    rows = [",".join(str((i * 31 + j * 7) % 97) for j in range(columns)) for i in range(6)]
    text = (
        ",".join([*names, "y"]) + "\n" + "".join(f"{r},{'uv'[i % 2]}\n" for i, r in enumerate(rows))
    )
    examples = open_file(written("t.csv", text))
    assert examples.x.shape == (6, columns)


# --- JSON lines ------------------------------------------------------------------------------


def test_json_lines(written):
    text = '{"a": 1, "b": "x", "y": "u"}\n\n{"y": "v", "a": null}\n{"a": 2.5, "b": "z", "y": "u"}\n'
    sheet = read(written("t.jsonl", text))
    assert sheet.frame.columns.tolist() == ["a", "b", "y"]
    assert sheet.lines.tolist() == [1, 3, 4]
    assert sheet.frame["a"].tolist()[::2] == [1, 2.5]
    assert sheet.frame.isna().sum().tolist() == [1, 1, 0]
    assert sheet.notes == ("1 rows lack some of the 3 keys: missing values",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1}\n{"a": \n', "line 2: no JSON"),
        ("[1, 2]\n", "line 1: no object"),
        ('{"a": [1, 2]}\n', "line 1: 'a' holds a list"),
        ('{"a": {"b": 1}}\n', "line 1: 'a' holds an object"),
        ('{"a": 1, "a": 2}\n', "line 1: a key stands twice"),
        ('{"a": 1, "": 1}\n', "column 2 has no name"),
        ("{}\n", "no rows"),
        ("\n\n", "no rows"),
        ("[" * 100_000, "line 1: no JSON"),
    ],
)
def test_json_lines_that_are_no_table(text, words, written, refuses):
    refuses(lambda: read(written("t.jsonl", text)), words)


# --- workbooks -------------------------------------------------------------------------------


def book(path, *sheets):
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


DAY = datetime.datetime(2024, 5, 6)


def test_a_workbook(tmp_path):
    rows = [
        ["size", "when", "kind"],
        [1.5, DAY, "u"],
        [None, None, "v"],
        [],
        ["#DIV/0!", DAY, "u"],
        [2, DAY, "NA"],
    ]
    path = book(tmp_path / "t.xlsx", ("data", rows), ("notes", [["nothing"]]))
    sheet = read(path)
    assert sheet.notes == ("sheet 'data' read, not notes",)
    assert sheet.lines.tolist() == [2, 3, 5, 6]
    assert sheet.where(0, 2) == "rows 2, 5"
    assert sheet.frame["size"].tolist()[::3] == [1.5, 2]
    assert sheet.frame.isna().sum().tolist() == [2, 1, 1]
    assert sheet.frame["when"].dtype.kind == "M"
    assert open_file(path, target="kind").notes[2] == "left out: 1 of 4 rows, without 'kind': row 6"


def test_workbooks_that_are_no_table(tmp_path, written, monkeypatch, refuses):
    path = tmp_path / "t.xlsx"
    refuses(lambda: read(book(path, ("s", [["a", None, "b"], [1, 2, 3]]))), "column 2 has no name")
    refuses(lambda: read(book(path, ("s", [["a", "b"], [1, 2, 3]]))), "row 2: 3 stands in column 3")
    refuses(lambda: read(book(path, ("s", [["a", "b"]]))), "only a header")
    refuses(lambda: read(book(path, ("s", []))), "no rows|first line is empty")
    refuses(lambda: read(book(path, ("s", [["a", "a"], [1, 2]]))), "2 columns are called 'a'")
    whole = path.read_bytes()
    refuses(lambda: read(written("cut.xlsx", whole[: len(whole) // 2])), "damaged")
    refuses(lambda: read(written("no.xlsx", "no workbook")), "damaged")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    refuses(lambda: read(path), r"pip install 'nna\[excel\]'")


# --- folders of texts ------------------------------------------------------------------------


def test_texts_in_folders_are_rows_and_the_folders_their_classes(written, tmp_path, refuses):
    for number in range(6):
        written(f"texts/good/{number}.txt", f"a good and happy text of number {number}")
        written(f"texts/bad/{number}.txt", f"Schlecht für alle: {number}".encode("latin-1"))
    written("texts/bad/empty.txt", "")
    folder = tmp_path / "texts"
    examples = open_file(folder)
    assert examples.classes == ("bad", "good")
    assert examples.x.columns.tolist() == ["text"]
    assert examples.x["text"][0] == "Schlecht für alle: 0"
    assert examples.x["text"].isna().sum() == 1
    assert len(open_file(folder, max_samples=4)) == 4
    mixed = "ä ".encode() + b"\n\xe4"
    written("texts/bad/mixed.txt", mixed)
    refuses(lambda: open_file(folder), "mixed.txt mixed encodings", "--skip-bad")
    assert "left out" in open_file(folder, skip_bad=True).left_out[0]
    written("texts/beside.txt", "beside")
    refuses(lambda: open_file(folder), "beside.txt lies beside the folders")
    written("texts/bad/odd.png", "no text")
    refuses(lambda: open_file(folder), "odd.png|pictures")


# --- anything at all -------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text('a,y;\n"1é ', max_size=60).map(str.encode), st.booleans())
@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl"])
def test_any_bytes_are_a_table_or_refused_in_one_line(tmp_path_factory, ending, content, skip):
    path = tmp_path_factory.mktemp("any") / f"t.{ending}"
    path.write_bytes(content)
    sheet = line(lambda: open_sheet(path, skip_bad=skip))
    if sheet is None:
        return
    assert len(sheet.frame) == len(sheet.lines) <= sheet.total
    assert all(np.diff(sheet.lines) > 0)
    assert len(set(sheet.frame.columns)) == sheet.frame.shape[1]


def line(what):
    """What a call gives, or None where it is refused in one line."""
    from nna.errors import UserError

    try:
        return what()
    except UserError as refused:
        return None if "\n" not in f"{refused}" else refused
