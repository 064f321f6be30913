"""Files that were cut, flipped or written into are data, or refused in one line."""

import io
import random
import warnings

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save as as_safetensors

from nna import tasks
from nna.data.readers import encodings, foreign, separated
from nna.data.sources import open_file
from nna.errors import UserError

FRAME = pd.DataFrame(
    {
        "a": [0.5 * i for i in range(12)],
        "w": ["red", "blue", "grün"] * 4,
        "when": [f"2024-01-{i + 1:02}" for i in range(12)],
        "y": ["u", "v"] * 6,
    }
)


def content(ending):
    """A whole file of a kind."""
    file = io.BytesIO()
    if ending == "xlsx":
        FRAME.to_excel(file, index=False)
    elif ending == "parquet":
        FRAME.to_parquet(file)
    elif ending == "jsonl":
        FRAME.to_json(file, orient="records", lines=True)
    elif ending == "npy":
        np.save(file, np.arange(24.0).reshape(12, 2))
    elif ending == "npz":
        np.savez_compressed(file, x=np.arange(24.0).reshape(12, 2), y=np.arange(12) % 2)
    elif ending == "safetensors":
        return as_safetensors({"x": np.arange(24.0).reshape(12, 2), "y": np.arange(12) % 2})
    else:
        packing = {"gz": "gzip", "bz2": "bz2", "xz": "xz"}.get(ending.split(".")[-1])
        tabs = "\t" if ending.startswith("tsv") else ","
        FRAME.to_csv(file, index=False, sep=tabs, compression=packing)
    return file.getvalue()


def line(path, target, task):
    """What is said of a file, in one line."""
    try:
        return f"{len(open_file(path, target, task))} rows"
    except UserError as said:
        return "several lines" if "\n" in str(said) else f"refused: {said}"


def damage(whole, draw):
    """The bytes of a file, cut, flipped or with others between."""
    data = bytearray(whole)
    kind = draw.choice(["cut", "flip", "flip", "insert", "drop"])
    place = draw.randrange(len(data))
    if kind == "cut":
        return bytes(data[:place])
    if kind == "insert":
        return bytes(data[:place] + draw.randbytes(draw.choice([1, 8])) + data[place:])
    if kind == "drop":
        return bytes(data[:place] + data[place + draw.choice([1, 8]) :])
    for _ in range(draw.choice([1, 1, 8])):
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return bytes(data)


@pytest.mark.parametrize(
    ("ending", "times"),
    [
        ("csv", 20),
        ("tsv.gz", 60),
        ("csv.bz2", 60),
        ("csv.xz", 60),
        ("jsonl", 20),
        ("npy", 120),
        ("npz", 120),
        ("safetensors", 100),
        ("parquet", 60),
        ("xlsx", 40),
    ],
)
def test_a_damaged_file_is_data_or_one_line(tmp_path, ending, times):
    draw, whole = random.Random(ending), content(ending)
    path = tmp_path / f"t.{ending}"
    target = None if ending == "npy" else "y"
    task = tasks.get("reconstruction") if ending == "npy" else None
    path.write_bytes(whole)
    assert len(open_file(path, target, task)) == 12
    refused = 0
    for _ in range(times):
        path.write_bytes(damage(whole, draw))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            said = line(path, target, task)
        assert said != "several lines"
        refused += said.startswith("refused")
    assert refused > times // 10


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "jsonl", "xlsx", "parquet"])
def test_whole_files_give_what_they_hold(tmp_path, ending):
    path = tmp_path / f"t.{ending}"
    path.write_bytes(content(ending))
    x = open_file(path, "y").x
    assert x["a"].tolist() == FRAME["a"].tolist()
    assert x["w"].tolist() == FRAME["w"].tolist()


def test_a_fault_of_our_own_still_shows(tmp_path, monkeypatch):
    path = tmp_path / "t.xlsx"
    path.write_bytes(content("xlsx"))

    def faulty(*_):
        raise TypeError("ours")

    monkeypatch.setattr("nna.data.readers.excel.check_names", faulty)
    with pytest.raises(TypeError, match="ours"):
        open_file(path)
    monkeypatch.setattr("nna.data.readers.parquet._plain", faulty)
    path = tmp_path / "t.parquet"
    path.write_bytes(content("parquet"))
    with pytest.raises(TypeError, match="ours"):
        open_file(path)


def test_what_a_library_yields_before_it_fails_is_kept():
    def items():
        yield 1
        raise IndexError("shared string 9")

    found = foreign.each("t.xlsx", "mend it", items())
    assert next(found) == 1
    with pytest.raises(UserError, match=r"t.xlsx: damaged \(shared string 9\): mend it"):
        next(found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": ' + "9" * 5000 + ', "y": 1}\n', "line 1: no JSON"),
        ('{"a": "\\ud800", "y": 1}\n', "line 1: half a letter"),
    ],
)
def test_lines_of_json_that_no_table_holds(written, refuses, text, words):
    refuses(lambda: open_file(written("t.jsonl", text)), words)


def test_numbers_beyond_every_type_are_gaps(written):
    huge = "9" * 5000
    text = "a,b,y\n" + "".join(f"{huge if i == 3 else i},{i}e400,{'uv'[i % 2]}\n" for i in range(8))
    examples = open_file(written("t.csv", text), "y")
    assert len(examples) == 8
    big = "".join(f'{{"a": {10**400 if i == 3 else i}, "y": "{"uv"[i % 2]}"}}\n' for i in range(8))
    assert len(open_file(written("t.jsonl", big), "y")) == 8


def test_a_file_is_opened_once(tmp_path, monkeypatch):
    path, opened = tmp_path / "t.csv", []
    path.write_bytes(content("csv"))
    real = encodings.opened
    monkeypatch.setattr(encodings, "opened", lambda of: opened.append(of) or real(of))
    open_file(path, "y")
    assert opened == [path]
    assert separated.SEPARATORS


# --- older encodings ---------------------------------------------------------------------------

CITIES = {
    "cp1251": ["Москва", "Казань", "Санкт-Петербург", "Нижний Новгород", "Пермь", "Ростов"],
    "koi8-r": ["Москва", "Казань", "Санкт-Петербург", "Нижний Новгород", "Пермь", "Ростов"],
    "cp1253": ["Αθήνα", "Θεσσαλονίκη", "Πάτρα", "Ηράκλειο", "Λάρισα", "Βόλος"],
    "cp1250": ["Łódź", "Kraków", "Świętochłowice", "Žilina", "Plzeň", "Děčín"],
    "iso-8859-2": ["Łódź", "Kraków", "Świętochłowice", "Częstochowa", "Zamość", "Toruń"],
    "shift_jis": ["東京", "大阪市", "きょうと", "名古屋", "さっぽろ", "福岡"],
    "gbk": ["北京", "上海市", "广州", "深圳", "重庆", "成都"],
    "cp1252": ["München", "Besançon", "Málaga", "Tromsø", "Malmö", "“Genève”"],
}


@pytest.mark.parametrize("encoding", CITIES)
def test_an_older_text_is_read_as_it_was_written_and_the_guess_is_said(written, encoding):
    names = CITIES[encoding] * 2
    text = "city,y\n" + "".join(f"{name},{'uv'[i % 2]}\n" for i, name in enumerate(names))
    path = written("t.csv", text.encode(encoding))
    examples = open_file(path, "y")
    assert examples.x["city"].tolist() == names
    assert any("which is a guess" in note for note in examples.notes)
    said = open_file(path, "y", encoding=encoding)
    assert said.x["city"].tolist() == names
    assert not any("guess" in note for note in said.notes)


def test_an_encoding_that_is_none(written, refuses):
    path = written("t.csv", "a,y\n1,u\n2,v\n")
    for name in ("klingon", "hex", "a\0b"):
        refuses(lambda name=name: open_file(path, "y", encoding=name), "no such encoding")
    refuses(lambda: open_file(written("t.txt", "a text"), encoding="utf-8"), "is for tables")
