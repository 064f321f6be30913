"""A table read part by part is answered as it would be as a whole; memory holds one part."""

import numpy as np
import pandas as pd
import pytest

from nna.cli import run as command
from nna.data import sources
from nna.data.columns.reading import Recorded
from nna.data.readers import jsonlines, parquet, separated, table_files
from nna.data.readers.sheet import ReadOptions
from nna.data.tables import chunked
from nna.data.tables.chunked import LongTable

ROWS = 90


def frame(rows=ROWS, seed=0):
    """Columns whose every part could be taken for something else than the whole is."""
    draw = np.random.default_rng(seed)
    half = np.arange(rows) < rows // 2
    codes = np.where(half, "007", "A1")
    return pd.DataFrame(
        {
            "size": draw.normal(size=rows).round(3),
            "code": codes,
            "price": np.where(half, "1.234", "1.234,5"),
            "sure": np.where(draw.random(rows) < 0.5, "True", "False"),
            "count": [None if n % 7 == 6 and n > rows // 2 else n % 5 for n in range(rows)],
            "day": pd.date_range("2024-01-01", periods=rows).astype(str),
            "y": np.where(draw.normal(size=rows) + half > 0.5, "yes", "no"),
        }
    )


@pytest.fixture
def short_parts(monkeypatch):
    monkeypatch.setattr(chunked, "LONG", 0)
    for reader, name in ((separated, "PIECE"), (jsonlines, "PIECE"), (parquet, "BATCH")):
        monkeypatch.setattr(reader, name, 13)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run on a table whose parts look different."""
    folder = tmp_path_factory.mktemp("long")
    frame().to_csv(folder / "rows.csv", index=False)
    asked = ["train", "mlp", str(folder / "rows.csv"), "--target", "y", "--epochs", "2"]
    assert command([*asked, "--out", str(folder), "--name", "run", "--json"]) == 0
    return folder / "run"


def written(path, table):
    if path.suffix == ".parquet":
        table.to_parquet(path)
    elif path.suffix == ".jsonl":
        table.to_json(path, orient="records", lines=True)
    else:
        table.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    return path


@pytest.mark.parametrize("ending", ["csv", "tsv", "csv.gz", "jsonl", "parquet"])
def test_parts_are_answered_as_the_whole_is(trained, short_parts, monkeypatch, tmp_path, ending):
    path = written(tmp_path / f"new.{ending}", frame(seed=1))
    out = tmp_path / "answers.csv"
    assert command(["predict", str(trained), str(path), "--out", str(out)]) == 0
    in_parts = out.read_text()
    monkeypatch.setattr(chunked, "LONG", 10**9)
    assert command(["predict", str(trained), str(path), "--out", str(out)]) == 0
    assert in_parts.splitlines()[0] == "example,class,probability"
    assert in_parts == out.read_text()


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_every_part_holds_the_columns_of_the_whole(short_parts, tmp_path, ending):
    path = written(tmp_path / f"t.{ending}", frame().drop(columns="sure"))
    recorded = Recorded(frozenset({"size", "count"}))
    options = ReadOptions(verbatim=recorded.verbatim, recorded=True)
    whole, table = sources.open_sheet(path, options).frame, LongTable.look(path, recorded)
    parts = [part.frame for part in table.parts()]
    assert len(parts) == 7
    assert table.rows == ROWS
    for name in whole:
        joined = pd.concat(parts)[name].reset_index(drop=True)
        same = joined.astype("str").fillna("") == whole[name].astype("str").fillna("")
        numeric = pd.api.types.is_numeric_dtype(whole[name])
        assert np.allclose(joined, whole[name], equal_nan=True) if numeric else same.all()


def test_what_is_odd_is_told_once_with_its_rows(trained, short_parts, tmp_path, capsys):
    new = frame(seed=1)
    new.loc[[3, 40, 41], "size"] = np.nan
    path = written(tmp_path / "new.csv", new.drop(columns="y").assign(extra=1))
    assert command(["predict", str(trained), str(path), "--out", str(tmp_path / "a.csv")]) == 0
    told = capsys.readouterr()
    assert told.out.strip() == f"{ROWS} answers in {tmp_path / 'a.csv'}"
    lines = [line for line in told.err.splitlines() if line.startswith("nna:")]
    assert [line for line in lines if "'extra'" in line] == [
        "nna: rows 1 to 13: columns that training had not are ignored: 'extra' "
        "(and the like in 6 later parts)"
    ]
    gaps = [line for line in lines if "column 'size'" in line]
    assert len(gaps) == 1
    assert gaps[0].startswith("nna: rows 1 to 13: column 'size': 1 values missing")
    assert "90/90  rows answered" in told.err


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda text: text + "1,2\n", "2 fields where the header has 7"),
        (lambda text: text.replace("size", "length", 1), "the table lacks the column 'size'"),
        (lambda text: text.splitlines()[0] + "\n", "only a header, no rows"),
        (lambda text: text.replace("007", "0\x80\u00e9", 1), ""),
    ],
)
def test_what_is_wrong_is_one_line_and_the_old_answers_stand(
    trained, short_parts, tmp_path, capsys, spoil, complaint
):
    path, out = tmp_path / "new.csv", tmp_path / "answers.csv"
    path.write_bytes(spoil(frame().to_csv(index=False)).encode("latin-1"))
    out.write_text("old")
    code = command(["predict", str(trained), str(path), "--out", str(out)])
    if complaint:
        assert code == 2
        assert complaint in capsys.readouterr().err
        assert out.read_text() == "old"
    else:
        assert code == 0
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_short_tables_and_others_are_read_at_once(tmp_path):
    assert not chunked.is_one(written(tmp_path / "t.csv", frame()))
    assert not chunked.is_one(tmp_path)
    assert set(table_files.STREAMED) < set(table_files.ENDINGS)
