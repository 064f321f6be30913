"""A first look counts what training would refuse, and warns of what would mislead."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from nna.data import catalog, profile as profiles
from nna.data.profile import profile
from nna.errors import UserError
from nna.workbench.reports import profile_report


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
    about = column(found, "a")
    assert {k: about[k] for k in ("kind", "missing", "infinite", "distinct", "common")} == {
        "kind": "number",
        "missing": 0,
        "infinite": 0,
        "distinct": 60,
        "common": {},
    }
    assert [about[k] for k in ("min", "max")] == [min(values), max(values)]
    assert about["mean"] == pytest.approx(sum(values) / 60)
    assert sum(about["histogram"]["counts"]) == 60
    assert column(found, "code")["kind"] == "words"
    assert column(found, "code")["distinct"] == 3
    assert column(found, "code")["mean"] is None
    assert found["classes"] == {"u": 30, "v": 30}
    assert found["majority"] == 0.5
    assert found["constant"] == ["same"]
    assert found["why"] == "'y' holds 2 different words, no numbers"
    assert column(found, "code")["common"] == {"p": 20, "q": 20, "r": 20}
    assert found["warnings"][0] == (
        "column 'same' is the same in every row: it teaches nothing, and is left out"
    )
    # by chance 10 of the 12 test rows have code p
    assert warned(found, "training and test part differ in 'code' (63%)")
    assert len(found["warnings"]) == 2


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
    assert found["copies"] == ["copy"]
    assert warned(found, "column 'copy' is the target in another form")
    assert warned(found, "column 'word' alone (nearly) gives the target away (100.0%")
    assert 0.4 < found["alone"]["near"] < 0.9


def test_a_column_that_gives_a_number_away(written):
    draw = np.random.default_rng(0)
    rows = [(x, draw.normal(), 3 * x + draw.normal() * 0.01) for x in draw.uniform(0, 9, 400)]
    text = "cause,noise,y\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows)
    assert look(written("t.csv", text))["leaks"] == ["cause"]


@pytest.mark.parametrize("form", ["-3 * y + 1", "y ** 3", "np.exp(y)", "pd.Series(y).rank()"])
def test_a_target_in_another_form(form, written):
    draw = np.random.default_rng(0)
    y = draw.normal(size=300)
    other = eval(form, {"y": y, "np": np, "pd": pd})
    frame = pd.DataFrame({"noise": draw.normal(size=300), "other": other, "y": y})
    found = look(written("t.csv", frame.to_csv(index=False)))
    assert found["leaks"] == found["copies"] == ["other"]


@pytest.mark.parametrize("rows", [1, 7, -1])
@pytest.mark.parametrize("classes", [True, False])
def test_the_target_of_another_row(rows, classes, written):
    draw = np.random.default_rng(0)
    walk = draw.normal(size=400).cumsum()
    y = draw.integers(2, size=400) if classes else walk
    frame = pd.DataFrame({"noise": walk[::-1], "other": pd.Series(y).shift(-rows) * 2 + 1, "y": y})
    found = look(written("t.csv", frame.to_csv(index=False)))
    assert found["shifted"] == {"other": rows}
    said = "later, the future" if rows > 0 else "before: rows are in order of time"
    assert warned(found, "column 'other' holds the target of", said)


def test_what_was_scaled_before_the_split(written):
    draw = np.random.default_rng(0)
    raw = draw.gamma(2.0, size=(200, 2))
    frame = pd.DataFrame(raw, columns=["a", "b"]).assign(y=draw.integers(2, size=200))
    frame["a"] = (frame["a"] - frame["a"].mean()) / frame["a"].std()
    found = look(written("t.csv", frame.to_csv(index=False)))
    assert found["scaled"] == ["a"]
    assert warned(found, "mean 0 and spread 1 over all rows: 'a'")


def test_rows_that_change_along_the_file(written):
    draw = np.random.default_rng(0)
    early = np.arange(600) < 300
    frame = pd.DataFrame(
        {
            "same": draw.normal(size=600),
            "moves": draw.normal(size=600) + np.where(early, 0, 1.5),
            "words": np.where(early, "old", "new"),
            "goes": np.where(
                draw.random(600) < np.where(early, 0.9, 0.1), draw.random(600), np.nan
            ),
            "y": draw.integers(2, size=600),
        }
    )
    found = look(written("t.csv", frame.to_csv(index=False)))
    halves = found["drift"]["first and second half of the rows"]
    assert [test["column"] for test in halves["columns"]] == ["words", "goes", "moves"]
    assert halves["together"]["auc"] > 0.99
    drawn = found["drift"]["training and test part"]
    assert drawn["columns"] == []
    assert drawn["together"]["p"] > 0.01
    assert len(warned(found, "first and second half of the rows differ in 'words' (100%)")) == 1


def test_parts_that_are_alike_raise_no_alarm():
    for name in ("iris", "diabetes", "wine", "breast_cancer", "digits"):
        found = look(catalog.load(name))
        assert not warned(found, "training and test part")


def test_things_that_come_in_several_rows(written):
    draw = np.random.default_rng(0)
    frame = pd.DataFrame({"patient_id": np.repeat(range(50), 4), "a": draw.normal(size=200)})
    frame["y"] = draw.integers(2, size=200)
    found = look(written("t.csv", frame.to_csv(index=False)))
    assert warned(found, "'patient_id' seems to name things", "50 in 200")


def test_series_are_recognised(written):
    days = pd.date_range("2024-01-01", periods=60, freq="D")
    frame = pd.DataFrame({"day": days, "y": np.sin(np.arange(60) / 7) + np.arange(60) / 50})
    found = look(written("t.csv", frame.to_csv(index=False)))
    assert {k: found["series"][k] for k in ("time", "series", "steps", "every")} == {
        "time": "day",
        "series": 1,
        "steps": 60,
        "every": "every day",
    }
    gap = look(written("gap.csv", frame.drop(index=30).to_csv(index=False)))
    assert warned(gap, "times in 'day', but no regular series", "2024-01-31")
    twice = look(written("t.csv", frame.iloc[[*range(60), 59]].to_csv(index=False)))
    assert warned(twice, "times in 'day', but no regular series", "2024-02-29")


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "jsonl", "parquet"])
def test_of_a_long_table_rows_are_drawn_and_gaps_and_ranges_counted_in_all(
    ending, tmp_path, monkeypatch
):
    monkeypatch.setattr(profiles, "ROWS", 100)
    frame = pd.DataFrame({"a": np.arange(1000.0), "w": [f"w{i % 3}" for i in range(1000)]})
    frame.loc[[7, 500], "a"] = np.nan
    frame.loc[::4, "w"] = None
    frame["y"] = np.arange(1000) % 2
    path = tmp_path / f"t.{ending}"
    if ending == "parquet":
        frame.to_parquet(path)
    elif ending == "jsonl":
        frame.to_json(path, orient="records", lines=True)
    else:
        frame.to_csv(path, index=False)
    found = look(path)
    assert (found["rows"], found["looked_at"]) == (1000, 100)
    assert "drawn: 100 of 1,000 rows" in found["notes"]
    about = column(found, "a")
    assert (about["missing"], about["min"], about["max"]) == (2, 0, 999)
    assert about["mean"] == pytest.approx(frame["a"].mean())
    assert column(found, "w")["missing"] == 250
    assert found["shifted"] == {}


@pytest.mark.slow
@pytest.mark.parametrize("columns", [500, pytest.param(3000, marks=pytest.mark.exhaustive)])
def test_many_columns(written, columns):
    draw = np.random.default_rng(0)
    x = draw.normal(size=(120, columns)).round(3)
    y = draw.integers(2, size=120)
    x[:, 400] = y
    frame = pd.DataFrame(x, columns=[f"c{i}" for i in range(columns)]).assign(y=y)
    found = look(written("t.csv", frame.to_csv(index=False)))
    assert found["leaks"] == ["c400"]
    assert len(found["columns"]) == columns + 1


def test_a_name_for_each_row_gives_nothing_away_but_is_pointed_out(written):
    text = "id,name,y\n" + "".join(f"{i + 1},n{i},{'uv'[i * 7 % 2]}\n" for i in range(60))
    found = look(written("t.csv", text))
    assert found["leaks"] == []
    assert found["identifiers"] == ["id", "name"]
    assert warned(found, "column 'name' names the rows: it is left out")


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
    refuses(lambda: profile(written("t.csv", "a,y\n1\n3\n")), "line 3: 1 fields")
    refuses(lambda: profile(tmp_path / "gone.csv"), "no such file")
    refuses(lambda: profile(written("t.csv", TABLE), target="z"), "no column 'z'")
    refuses(lambda: profile(written("e.csv", "")), "empty")


def test_what_training_would_refuse_is_said_of_a_target_that_was_named(written):
    text = "a,w,y\n" + "".join(f"5,,{'uv'[i % 2]}\n" for i in range(20))
    found = look(written("t.csv", text))
    assert warned(found, "no column is left to learn from: training would refuse this")
    found = look(written("t.csv", text.replace("v", "u")), target="y")
    assert dict(profile_report.facts(found))["task"] == "none ('y' can't be learnt, see below)"
    assert warned(found, "training would refuse this", "only one class, 'u'")


def test_time_that_tells_the_target_is_no_leak_but_a_reason_to_split_in_time(written):
    days = pd.date_range("2024-01-01", periods=400, freq="D").strftime("%d.%m.%Y")
    y = np.cumsum(np.ones(400)) / 50 + np.sin(np.arange(400) / 30)
    frame = pd.DataFrame({"day": days, "noise": np.random.default_rng(0).normal(size=400), "y": y})
    frame["next"] = frame["y"].shift(-1)
    found = look(written("t.csv", frame.to_csv(index=False)))
    assert found["smooth"] == ["day"]
    assert warned(found, "rows near each other in 'day'", "--horizon")
    assert found["shifted"] == {"next": 1}
    assert not warned(found, "'next' alone")
    assert found["series"]["every"] == "every day"


MESSY = {
    "number": st.none() | st.floats(width=64) | st.integers(-(10**20), 10**20),
    "word": st.none() | st.text(max_size=6),
    "truth": st.none() | st.booleans(),
    "date": st.none() | st.datetimes() | st.sampled_from(["2024-01-05", "5.1.24", "?"]),
    "any": st.none() | st.booleans() | st.floats() | st.text(max_size=3) | st.integers(),
}


NO_TABLE = "mixed|no text|blank lines|no rows|holds numbers|fields where|not a table"


@st.composite
def messy(draw):
    rows = draw(st.integers(1, 25))
    kinds = draw(st.lists(st.sampled_from(sorted(MESSY)), min_size=1, max_size=4))
    held = [draw(st.lists(MESSY[k], min_size=rows, max_size=rows)) for k in kinds]
    return pd.DataFrame({f"c{i}": pd.Series(v, dtype=object) for i, v in enumerate(held)})


@pytest.mark.parametrize("values", [[2.0**48], [2.0**60, 2.0**60 + 256], [-1.7e308, 1.7e308]])
def test_numbers_beyond_twenty_intervals_have_a_profile_without_them(tmp_path, values):
    path = tmp_path / "t.csv"
    pd.DataFrame({"x": values}).to_csv(path, index=False)
    (column,) = look(path)["columns"]
    assert column["min"] == values[0]
    assert column["histogram"] is None


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(messy(), st.booleans())
def test_whatever_a_table_holds_has_a_profile(tmp_path_factory, frame, named):
    path = tmp_path_factory.mktemp("any") / "t.csv"
    frame.to_csv(path, index=False)
    try:
        found = look(path, target="c0" if named else None)
    except UserError as refused:  # only what can't be read as a table
        assert re.search(NO_TABLE, f"{refused}")  # noqa: PT017
    else:
        assert found["rows"] == len(frame)
        assert len(found["columns"]) == len(frame.columns)
