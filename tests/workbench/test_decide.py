"""From data to a decision: as commands, and in Python on a frame."""

import json

import pandas as pd
import pytest
from sklearn.datasets import load_wine

import nna
from nna.cli import run as command
from nna.errors import UserError


@pytest.fixture(scope="module")
def frame():
    x, y = load_wine(as_frame=True, return_X_y=True)
    return pd.DataFrame(x).assign(grower=[f"grower {one}" for one in y])


def test_a_frame_is_compared_as_a_file_is(frame, tmp_path):
    options = {"models": ("elm",), "folds": 2}
    found = nna.compare(frame, "grower", out=tmp_path / "one", **options)
    frame.to_csv(tmp_path / "wine.csv", index=False)
    same = nna.compare(tmp_path / "wine.csv", "grower", out=tmp_path / "two", **options)
    assert [row["folds"] for row in found["rows"]] == [row["folds"] for row in same["rows"]]
    assert (tmp_path / "one" / "report.html").exists()


def test_the_report_names_the_rows_that_were_left_out(frame, tmp_path):
    gaps = frame.copy()
    gaps.loc[[3, 7], "grower"] = None
    nna.compare(gaps, "grower", models=("elm",), folds=2, out=tmp_path / "gaps")
    page = (tmp_path / "gaps" / "report.html").read_text(encoding="utf-8")
    assert "2 of 178 rows" in page
    assert "lines 5, 9" in page


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
    assert nna.recommend(frame, "grower", look=False)["classes"] == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["compare", "wine", "--budget", "soon"], "say it as 90s, 10m or 2h"),
        (["compare", "nothere.csv"], "no such file"),
        (["compare", "wine", "--models", "mpl"], "did you mean mlp"),
        (["recommend", "ring"], "not for generation"),
    ],
)
def test_what_is_wrong_is_one_line(words, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert command(words) == 2
    told = capsys.readouterr().err
    assert message in told
    assert len(told.strip().splitlines()) == 1


def test_the_library_says_the_same(frame):
    with pytest.raises(UserError, match="no column 'growre'"):
        nna.recommend(frame, "growre")
