"""Tables with everything wrong: a clear line or a right answer, never a traceback."""

import csv
import io

import numpy as np
import pytest

DRAW = np.random.default_rng(0)
ROWS = [(float(a), "pqr"[i % 3], "uv"[int(a > 0)]) for i, a in enumerate(DRAW.normal(size=80))]


def text(rows=ROWS, header=("a", "w", "y")):
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue()


BAD = {
    "mixed encodings": (
        text().replace("q", "é", 1).encode() + "1,è,u\n".encode("latin-1"),
        "mixed encodings: line 3 is UTF-8, byte",
    ),
    "ragged rows": (text() + "1,p\n1,p,u,v\n", "line 82: 2 fields; line 83: 4 fields"),
    "one row": (text(ROWS[:1]), "only one class"),
    "one row of a number": (text([(1.0, "p", 0.5)]), "'y' is 0.5 in every row"),
    "all missing": (text([("", "", y) for *_, y in ROWS]), "no column to learn from: 'a' holds no"),
    "no target": (text([(a, w, "") for a, w, _ in ROWS]), "column 'y' holds no value"),
    "constant target": (text([(a, w, "u") for a, w, _ in ROWS]), "only one class, 'u'"),
    "a class for each row": (
        text([(a, w, f"name{i}") for i, (a, w, _) in enumerate(ROWS)]),
        "class 'name0' has 1 examples",
    ),
    "constant features": (text([(1, "p", y) for *_, y in ROWS]), "'a' is the same in every row"),
    "no rows": (text([]), "only a header, no rows"),
    "no names": (text(header=("1", "2", "3")), "the first line holds numbers"),
    "names twice": (text(header=("a", "a", "y")), "2 columns are called 'a'"),
    "infinite target": (text([(a, w, a) for a, w, _ in ROWS] + [(1, "p", "inf")]), "line 82"),
    "dates to predict": (
        text([(a, w, f"2024-01-{1 + i % 28}") for i, (a, w, _) in enumerate(ROWS)]),
        "column 'y' holds dates",
    ),
    "no text": (b"\x00\x01\x02" * 50, "no text"),
    "only line ends": ("\n\n\n", "the first line is empty"),
}


@pytest.mark.parametrize("what", BAD)
def test_training_says_in_one_line_what_is_wrong(what, nna, tmp_path):
    content, said = BAD[what]
    path = tmp_path / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    answer = nna("train", "mlp", str(path), "--epochs", "1", "--out", str(tmp_path / "runs"))
    assert said in answer.complaint()
    assert not (tmp_path / "runs").exists()  # nothing half-made stays behind
    looked = nna("data", "profile", str(path))
    assert looked.status in (0, 2)
    nna("recommend", str(path), "--no-quick-benchmark").complaint()
    played = ["--models", "elm", "--folds", "2", "--out", str(tmp_path / "comparison")]
    assert nna("compare", str(path), *played).status == 2


RIGHT = {
    "half the targets missing": (
        text([(a, w, y if i % 2 else "") for i, (a, w, y) in enumerate(ROWS)]),
        "left out: 40 of 80 rows, without 'y'",
    ),
    "gaps everywhere": (
        text([(a if i % 3 else "", w if i % 4 else "", y) for i, (a, w, y) in enumerate(ROWS)]),
        "gaps filled by the median and told by a column of their own: 'a'",
    ),
    "infinite values": (
        text([("inf" if i % 9 == 0 else a, w, y) for i, (a, w, y) in enumerate(ROWS)]),
        "values infinite or too large, lines 2, 11, 20",
    ),
    "a word for each row": (
        text([(a, f"name{i}", y) for i, (a, _, y) in enumerate(ROWS)]),
        "columns left out: 'w' (names the rows)",
    ),
    "Windows letters": (text().replace("q", "é").encode("cp1252"), "read as cp1252"),
    "semicolons": (text().replace(",", ";"), "separated by ';'"),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", RIGHT)
def test_training_copes_and_says_how(what, nna, tmp_path):
    content, said = RIGHT[what]
    path = tmp_path / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    run = ["--epochs", "40", "--out", str(tmp_path), "--name", "r"]
    answer = nna("train", "mlp", str(path), *run)
    assert answer.status == 0, answer.err
    assert said in answer.out
    answered = nna("predict", str(tmp_path / "r"), str(path), "--json")
    assert {one["class"] for one in answered.json()} == {"u", "v"}
    assert len(answered.json()) == 80
    played = ["--models", "elm", "--folds", "2", "--out", str(tmp_path / "comparison")]
    comparison = nna("compare", str(path), *played)
    assert comparison.status == 0, comparison.err


@pytest.mark.slow
def test_some_rows_of_a_long_table_and_lines_that_are_left_out(nna, tmp_path):
    rows = [
        (float(a), "pqr"[i % 3], "uv"[int(a > 0)]) for i, a in enumerate(DRAW.normal(size=2000))
    ]
    path = tmp_path / "t.csv"
    path.write_text(text(rows) + "1,p\n")
    run = ["--epochs", "20", "--max-samples", "100", "--out", str(tmp_path), "--name", "r"]
    assert "--skip-bad" in nna("train", "mlp", str(path), *run).complaint()
    answer = nna("train", "mlp", str(path), *run, "--skip-bad")
    assert answer.status == 0, answer.err
    assert "drawn: 400 of 2,000 rows" in answer.out
    assert "of 400 examples: 100 for train, 50 for validation, 50 for test" in answer.out
    assert "left out: 1 rows with another number of fields than 3: line 2002" in answer.out
    assert nna("evaluate", str(tmp_path / "r")).status == 0  # the same rows are drawn again
    assert "line 2002" in (tmp_path / "r" / "report.html").read_text()
    found = nna("data", "profile", str(path), "--json").json()
    assert found["rows"] == 2000
    assert any("line 2002" in note for note in found["notes"])
    assert "training would refuse the file for the rows left out" in found["warnings"][0]
    few = ["--skip-bad", "--max-samples", "300"]
    advised = nna("recommend", str(path), "--no-quick-benchmark", *few, "--json").json()
    assert advised["rows"] == 300
    assert "drawn: 300 of 2,000 rows" in advised["notes"]
    played = ["--models", "elm", "--folds", "2", "--out", str(tmp_path / "comparison")]
    comparison = nna("compare", str(path), *few, *played)
    assert "drawn: 300 of 2,000 rows" in comparison.err
    assert "line 2002" in comparison.err


@pytest.mark.slow
def test_texts_in_folders_from_a_look_to_answers(nna, tmp_path):
    words = {"gone": "lost late broken cold", "fine": "warm early whole found"}
    for kind, of in words.items():
        (tmp_path / "texts" / kind).mkdir(parents=True)
        for number in range(40):
            drawn = " ".join(DRAW.choice([*of.split(), "the", "box", "came"], 9))
            (tmp_path / "texts" / kind / f"{number}.txt").write_text(f"{drawn} {number}")
    found = nna("data", "profile", str(tmp_path / "texts"), "--json").json()
    assert found["classes"] == {"fine": 40, "gone": 40}
    assert {of["name"]: of["kind"] for of in found["columns"]} == {"text": "text", "class": "words"}
    run = ["--epochs", "40", "--out", str(tmp_path), "--name", "r"]
    answer = nna("train", "mlp", str(tmp_path / "texts"), *run)
    assert "texts to the weights of their words (TF-IDF): 'text'" in answer.out
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1.txt").write_text("the box came broken and late")
    (tmp_path / "new" / "2.txt").write_text("a warm box, whole")
    told = nna("predict", str(tmp_path / "r"), str(tmp_path / "new"), "--json").json()
    assert [one["class"] for one in told] == ["gone", "fine"]
