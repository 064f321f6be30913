"""A first look counts what training would refuse, and warns of what would mislead."""

import json

import numpy as np
import pytest

from nna.data import catalog
from nna.data.profile import profile


def look(data, **more):
    """A profile that is plain data."""
    found = profile(data, **more)
    return json.loads(json.dumps(found, allow_nan=False))


def column(found, name):
    return next(c for c in found["columns"] if c["name"] == name)


def warned(found, *words):
    return [w for w in found["warnings"] if all(word in w for word in words)]


TABLE = "a,same,code,y\n" + "".join(
    f"{(i * 37 % 101) / 7},5,{'pqr'[i % 3]},{'uv'[(i // 3) % 2]}\n" for i in range(60)
)


def test_columns_classes_and_shares(written):
    found = look(written("t.csv", TABLE))
    assert (found["rows"], found["task"], found["target"]) == (60, "classification", "y")
    assert found["port"] == {"features": 3, "kind": "table"}
    values = [(i * 37 % 101) / 7 for i in range(60)]
    assert column(found, "a") == {
        "name": "a",
        "kind": "number",
        "missing": 0,
        "infinite": 0,
        "distinct": 60,
        "min": min(values),
        "mean": pytest.approx(sum(values) / 60),
        "max": max(values),
    }
    assert column(found, "code")["kind"] == "words"
    assert column(found, "code")["distinct"] == 3
    assert column(found, "code")["mean"] is None
    assert found["classes"] == {"u": 30, "v": 30}
    assert found["majority"] == 0.5
    assert found["constant"] == ["same"]
    assert found["warnings"] == ["column 'same' is the same in every row: it teaches nothing"]


def test_gaps_and_infinite_values_are_counted(written):
    text = TABLE.replace("0.0,5,p,u", ",5,,u", 1).replace(f"{37 / 7},", "inf,", 1)
    found = look(written("t.csv", text))
    assert column(found, "a")["missing"] == 1
    assert column(found, "a")["infinite"] == 1
    assert column(found, "code")["missing"] == 1
    assert column(found, "a")["max"] < 100  # of the finite ones
    assert found["task"] == "classification"
    assert found["classes"] == {"u": 30, "v": 30}
    assert "2 values missing, in 'a', 'code'" in found["notes"]
    assert warned(found, "column 'a': 1 values missing (1.7% of the rows)")
    assert warned(found, "column 'a': 1 values infinite")


def test_a_table_without_a_clear_target_is_still_looked_at(written):
    found = look(written("t.csv", "a,b\n1,2\n3,5\n"))
    assert (found["target"], found["task"]) == (None, None)
    assert len(found["columns"]) == 2
    assert warned(found, "which column is the target")


def test_a_missing_label_does_not_hide_the_others(written):
    text = TABLE.replace("q,u", "q,", 3)
    found = look(written("t.csv", text))
    assert found["classes"] == {"u": 27, "v": 30}
    assert found["rows"] == 60
    assert "left out: 3 of 60 rows, without 'y': lines" in found["notes"][1]


def test_numbers_to_predict_have_no_classes(written):
    text = "a,y\n" + "".join(f"{i * 7 % 50},{i % 11 + 0.5}\n" for i in range(50))
    found = look(written("t.csv", text))
    assert (found["task"], found["classes"], found["majority"]) == ("regression", {}, None)


def test_columns_that_give_the_target_away(written):
    draw = np.random.default_rng(0)
    lines = ["noise,copy,word,near,y"]
    for _ in range(300):
        y = int(draw.integers(3))
        near = y if draw.random() < 0.8 else int(draw.integers(3))
        word = "abc"[y] + str(draw.integers(2))
        lines.append(f"{draw.random():.4f},{y * 2.5},{word},{near},{'rst'[y]}")
    found = look(written("t.csv", "\n".join(lines) + "\n"))
    assert found["leaks"] == ["copy", "word"]
    assert len(warned(found, "gives the target away", "(100.0%)")) == 2


def test_a_column_that_gives_a_number_away(written):
    draw = np.random.default_rng(0)
    rows = [(x, draw.normal(), 3 * x + draw.normal() * 0.01) for x in draw.uniform(0, 9, 400)]
    text = "cause,noise,y\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows)
    assert look(written("t.csv", text))["leaks"] == ["cause"]


def test_a_name_for_each_row_gives_nothing_away_but_is_pointed_out(written):
    text = "id,name,y\n" + "".join(f"{i + 1},n{i},{'uv'[i * 7 % 2]}\n" for i in range(60))
    found = look(written("t.csv", text))
    assert found["leaks"] == []
    assert warned(found, "column 'name' holds 60 different words in 60 rows")
    assert warned(found, "column 'id' counts the rows")


def test_duplicates_and_rows_on_both_sides(written):
    line = TABLE.splitlines()[1]
    found = look(written("t.csv", TABLE + f"{line}\n" * 20))
    assert found["duplicates"] == 20
    assert warned(found, "rows equal to an earlier one: 20")
    assert found["test_in_train"] >= 1
    assert warned(found, "test rows that also stand in training")
    assert look(written("u.csv", TABLE))["test_in_train"] == 0


def test_one_class_that_outweighs_the_others(written):
    labels = ["rare" if i % 10 == 3 else "usual" for i in range(50)]
    text = "a,y\n" + "".join(f"{i * 7 % 50},{y}\n" for i, y in enumerate(labels))
    assert warned(look(written("t.csv", text)), "90% of the rows are of class 'usual'")


@pytest.mark.parametrize("name", ["iris", "digits", "diabetes", "karate", "long_lag", "ring"])
def test_every_kind_of_dataset_has_a_profile(name):
    declared, found = catalog.describe(name), look(catalog.load(name))
    assert found["rows"] == declared.rows
    assert found["task"] == declared.task
    assert found["columns"]
    assert sum(found["classes"].values()) in (0, declared.rows)


def test_known_facts_of_known_sets():
    iris = look(catalog.load("iris"))
    assert iris["duplicates"] == 1  # rows 102 and 143
    assert look(catalog.load("xor"))["test_in_train"] == 4
    digits = look(catalog.load("digits"))
    assert digits["columns"][0]["max"] == 1
    assert look(catalog.load("iris_setosa"))["leaks"] == ["petal length (cm)", "petal width (cm)"]


def test_files_of_other_kinds(written, tmp_path):
    found = look(written("t.txt", "words and words " * 4))
    assert (found["rows"], found["port"]["kind"]) == (64, "tokens")
    np.savez(tmp_path / "t.npz", x=np.eye(8)[np.arange(40) % 8], y=np.arange(40) % 2)
    found = look(tmp_path / "t.npz")
    assert found["duplicates"] == 32


def test_what_can_not_be_read_is_refused(written, tmp_path, refuses):
    refuses(lambda: profile(written("t.csv", "a,y\n1,2\n3\n")), "line 3: 1 fields")
    refuses(lambda: profile(tmp_path / "gone.csv"), "no such file")
    refuses(lambda: profile(written("t.csv", TABLE), target="z"), "no column 'z'")
    refuses(lambda: profile(written("e.csv", "")), "empty")
