"""Comparisons in forecasting: nobody knows what comes, and what always repeats is forecast best."""

import numpy as np
import pandas as pd
import pytest

import nna
from nna.cli import run as command
from nna.errors import UserError
from nna.workbench import api
from nna.workbench.comparison import comparison
from nna.workbench.comparison.ranking import standing


def frame(noise=0.1, steps=160, names=("a", "b")):
    rng = np.random.default_rng(0)
    made = []
    for place, name in enumerate(names):
        t = np.arange(steps)
        y = 10 * (place + 1) + 3 * np.sin(2 * np.pi * t / 12) + rng.normal(0, noise, steps)
        ds = pd.date_range("2001-01-01", periods=steps, freq="MS")
        made.append(pd.DataFrame({"unique_id": name, "ds": ds, "y": y}))
    return pd.concat(made, ignore_index=True)


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ahead") / "waves"
    made = api.laid_out_ahead(
        frame(), horizon=6, season=12, models=("adaline",), folds=2, out=folder
    )
    comparison.hold(made)
    return made


def test_everyone_is_asked_about_later_steps_only(held):
    times = held.field.x["ds"]
    for fold in held.folds:
        assert times.iloc[fold.train].max() < times.iloc[fold.test].min()
        assert len(fold.test) == 2 * 6
    np.testing.assert_array_equal(
        np.sort(held.field.x.iloc[held.folds[-1].test]["ds"].unique()),
        np.sort(times.unique())[-6:],
    )


def test_a_season_beats_the_last_value(held):
    rows = {row.name: row for row in standing(held).rows}
    assert rows["seasonal naive"].mean < 0.2 * rows["naive"].mean
    assert rows["seasonal naive"].figures["mase"] == pytest.approx(1, abs=0.5)
    assert "adaline" in rows


def test_figures_of_a_contest_are_those_of_plain_loops_over_its_answers(held):
    for name in ("naive", "ridge", "adaline"):
        for fold, fit in zip(held.folds, held.results()[name], strict=True):
            scaled = {}
            for row, answer in zip(fold.test, fit.answers, strict=True):
                one = held.field.x.iloc[row]
                scaled.setdefault(one["unique_id"], []).append(abs(answer - one["y"]))
            past = {
                name: of["y"].tolist()
                for name, of in held.field.x.iloc[fold.train].groupby("unique_id")
            }
            mase = [
                np.mean(gaps)
                / np.mean(
                    [abs(past[one][i] - past[one][i - 12]) for i in range(12, len(past[one]))]
                )
                for one, gaps in scaled.items()
            ]
            assert fit.figures["mase"] == pytest.approx(np.mean(mase))


def test_a_search_goes_by_mae_where_the_past_has_no_scale_yet(held):
    assert held.field.deciding({"mae": 2.0, "mase": 0.5}) == 0.5
    assert held.field.deciding({"mae": 2.0}) == 2.0


def test_holt_winters_and_theta_take_part_and_what_they_left_out_is_said(tmp_path):
    both = pd.concat([frame(names=("a",), steps=60), frame(names=("flat",), steps=60)])
    both.loc[both["unique_id"] == "flat", "y"] = 3.0
    made = api.laid_out_ahead(
        both, horizon=6, season=12, models=("adaline",), folds=1, out=tmp_path / "x"
    )
    assert any("1 of 2 series (flat) repeat" in note for note in made.plan.notes)
    comparison.hold(made)
    found = standing(made)
    rows = {row.name: row for row in found.rows}
    assert found.measure == "mase"
    assert rows["Holt-Winters"].mean < rows["naive"].mean
    assert "1 (flat) of 2 series: too short or constant" in rows["Theta"].notes[0]
    assert all(np.isfinite([*row.figures.values()]).all() for row in rows.values())


def test_future_values_change_no_forecast_of_the_past(held, tmp_path):
    """A leak from the future would show: what comes after a cutoff must not matter to it."""
    wild = frame()
    last = wild["ds"] > wild["ds"].unique()[-7]
    wild.loc[last, "y"] *= 1000
    again = api.laid_out_ahead(
        wild, horizon=6, season=12, models=("adaline",), folds=2, out=tmp_path / "wild"
    )
    comparison.hold(again)
    for name, fits in held.results().items():
        assert again.results()[name][0].answers == fits[0].answers


def test_the_command_and_the_function(tmp_path, capsys):
    frame(names=("a",)).to_csv(tmp_path / "waves.csv", index=False)
    words = ["compare", str(tmp_path / "waves.csv"), "--horizon", "6", "--time", "ds"]
    words += ["--models", "adaline", "--folds", "2", "--out", str(tmp_path / "one")]
    assert command(words) == 0
    assert "seasonal naive" in capsys.readouterr().out
    found = nna.compare(
        frame(names=("a",)), horizon=6, models=("adaline",), folds=2, out=tmp_path / "two"
    )
    assert found.measure == "mase"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"horizon": 60}, "too few to be asked"),
        ({"horizon": 6, "models": ("gan",)}, "forecasting needs regression"),
        ({"horizon": 6, "target": "z"}, "z"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, options, message):
    with pytest.raises(UserError, match=message):
        nna.compare(frame(), out=tmp_path / "x", **options)
    assert not (tmp_path / "x").exists()


def test_words_of_forecasting_need_a_horizon(capsys):
    assert command(["compare", "wine", "--season", "12"]) == 2
    assert "say --horizon N as well" in capsys.readouterr().err
