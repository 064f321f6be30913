"""From data to a decision: as commands, and in Python on a frame."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_wine

import nna
from nna.cli import run as command
from nna.errors import UserError
from nna.workbench import api
from nna.workbench.recommendation import forecasters


@pytest.fixture(scope="module")
def frame():
    x, y = load_wine(as_frame=True, return_X_y=True)
    return pd.DataFrame(x).assign(grower=[f"grower {one}" for one in y])


def test_a_frame_is_compared_as_a_file_is(frame, tmp_path):
    options = {"models": ("elm",), "folds": 2}
    found = nna.compare(frame, "grower", out=tmp_path / "one", **options)
    frame.to_csv(tmp_path / "wine.csv", index=False)
    same = nna.compare(tmp_path / "wine.csv", "grower", out=tmp_path / "two", **options)
    assert [row.folds for row in found.rows] == [row.folds for row in same.rows]
    assert (tmp_path / "one" / "report.html").exists()


def test_the_report_names_the_rows_that_were_left_out(frame, tmp_path):
    gaps = frame.copy()
    gaps.loc[3:90:2, "grower"] = None
    nna.compare(gaps, "grower", models=("elm",), folds=2, out=tmp_path / "gaps")
    page = (tmp_path / "gaps" / "report.html").read_text(encoding="utf-8")
    assert "44 of 178 rows" in page
    assert "rows 4, 6, 8" in page
    assert "86, 88, 90" in page  # each of them


def test_the_command_prints_a_ranking_and_a_verdict(tmp_path, capsys):
    words = ["compare", "wine", "--models", "elm", "--folds", "2", "--out", str(tmp_path / "c")]
    assert command(words) == 0
    told = capsys.readouterr()
    assert "majority" in told.out
    assert "is ahead of" in told.out
    assert "10/10" in told.err
    assert command([*words, "--json"]) == 0  # nothing is played again
    assert json.loads(capsys.readouterr().out)["rows"]


def test_a_frame_is_recommended_for(frame):
    assert nna.recommend(frame, "grower", quick_benchmark=False).classes == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["compare", "wine", "--budget", "soon"], "say it as 90s, 10m or 2h"),
        (["compare", "nothere.csv"], "no such file"),
        (["compare", "wine", "--models", "mpl"], "did you mean mlp"),
        (["recommend", "ring"], "not for generation"),
        (["recommend", "wine", "--season", "12"], "--season is for forecasting"),
        (["recommend", "wine", "--horizon", "3", "--groups", "a"], "--groups is not for forecast"),
        (["compare", "wine", "--horizon", "3", "--task", "regression"], "leave out --task or"),
    ],
)
def test_what_is_wrong_is_one_line(words, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert command(words) == 2
    told = capsys.readouterr().err
    assert message in told
    assert len(told.strip().splitlines()) == 1


def test_the_library_says_the_same(frame):
    with pytest.raises(UserError, match="the frame has no column 'growre'"):
        nna.recommend(frame, "growre")


@pytest.fixture
def sales(tmp_path):
    """A series that repeats every year, with a trend and little noise."""
    steps = np.arange(96)
    noise = np.random.default_rng(0).normal(size=96)
    values = 100 + 0.5 * steps + 20 * np.sin(steps * np.pi / 6) + noise
    times = pd.date_range("2015-01-01", periods=96, freq="MS")
    path = tmp_path / "sales.csv"
    pd.DataFrame({"month": times, "sales": values}).to_csv(path, index=False)
    return path


def test_for_series_families_are_named_in_order_and_the_rule_to_beat(sales, capsys):
    asked = ["recommend", str(sales), "--target", "sales", "--horizon", "6"]
    assert command([*asked, "--no-quick-benchmark"]) == 0
    told = capsys.readouterr().out
    assert "1 series, 96 steps in all, every month, 6 ahead: begin with mlp; the rule" in told
    assert "rule to beat is seasonal naive" in told
    assert "2. lstm (recurrent)" in told
    assert "windows of 24 steps back and 6 ahead" in told
    assert "--target sales --horizon 6` decides it fairly" in told


@pytest.mark.slow
def test_the_look_at_series_asks_rules_and_networks_alike(sales, monkeypatch):
    monkeypatch.setattr(api.recommending, "NETWORKS", 1)
    monkeypatch.setattr(forecasters, "FOLDS", 1)
    found = nna.recommend(pd.read_csv(sales), "sales", horizon=6)
    assert found.measure == "mase"
    looked = {one.name: one.quick_benchmark for one in found.candidates if one.quick_benchmark}
    assert {"ridge", "naive", "seasonal naive", "mlp"} <= looked.keys()
    assert looked["ridge"].mean < looked["seasonal naive"].mean
    assert "seasonal naive, which learns nothing: " in found.advice


def test_rows_in_time_that_nobody_named_are_told(sales):
    found = nna.recommend(sales, "sales", quick_benchmark=False)
    assert found.notes[0].startswith("warning: by 'month' the rows are series, every month")
    frame = pd.read_csv(sales).assign(size=np.random.default_rng(0).normal(size=96))
    same = nna.recommend(frame, "sales", quick_benchmark=False, time="month")
    assert not any("warning" in note for note in same.notes)
    with pytest.raises(UserError, match="no column is left to learn from; --horizon N"):
        nna.recommend(sales, "sales", quick_benchmark=False, time="month")


def test_what_train_refuses_is_not_recommended(frame):
    few = frame.copy()
    few.loc[[0, 1], "grower"] = "grower 9"
    with pytest.raises(UserError, match="class 'grower 9' has 2 examples; a fair split needs 3"):
        nna.recommend(few, "grower", quick_benchmark=False)


def test_a_split_of_ones_own_is_the_only_fold(frame, tmp_path):
    part = np.where(np.arange(len(frame)) % 4, "train", "test")
    options = {"models": ("elm",), "folds": 3}
    found = nna.compare(
        frame.assign(part=part), "grower", split="part", out=tmp_path / "one", **options
    )
    same = nna.compare(
        frame[part == "train"],
        "grower",
        test=frame[part == "test"],
        out=tmp_path / "two",
        **options,
    )
    assert all(len(row.folds) == 1 for row in found.rows)
    scores = [{row.name: len(row.folds) for row in of.rows} for of in (found, same)]
    assert scores[0] == scores[1]


def test_day_first_dates_are_asked_for_where_nothing_proves_them(frame, tmp_path):
    days = [f"{1 + i % 12:02}/{1 + i % 11:02}/20{10 + i % 13}" for i in range(len(frame))]
    dated = frame.assign(day=days)
    with pytest.raises(UserError, match=r"with the day first and .* with the month first"):
        api.laid_out(dated, "grower", models=("elm",), time="day", out=tmp_path / "no")
    assert not (tmp_path / "no").exists()
    held = api.laid_out(
        dated, "grower", models=("elm",), time="day", dates="day-first", folds=3, out=tmp_path / "a"
    )
    when = pd.to_datetime(dated["day"], format="%d/%m/%Y").to_numpy()
    for fold in held.folds:
        assert when[fold.train].max() < when[fold.test].min()


def test_stopped_by_hand_it_says_how_to_continue(tmp_path, monkeypatch, capsys):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("nna.workbench.comparison.comparison.hold", stopped)
    monkeypatch.setattr("nna.workbench.tune.tune", stopped)
    folder = str(tmp_path / "c")
    assert command(["compare", "wine", "--models", "elm", "--out", folder]) == 130
    assert f"{folder} keeps the results so far: the same command continues" in (
        capsys.readouterr().err
    )
    assert command(["tune", "mlp", "wine", "--storage", "study.log"]) == 130
    assert "study.log keeps the trials: the same command continues" in capsys.readouterr().err
