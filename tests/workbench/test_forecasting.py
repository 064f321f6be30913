"""Forecasts from the command line: rules to beat, intervals, the verdict, reports, answers."""

import json

import numpy as np
import pandas as pd
import pytest

import nna
from nna.cli import run as command
from nna.data.series.windows import Plan
from nna.workbench.forecasting import forecasts
from nna.workbench.forecasting.forecasts import RULES

PLAN = Plan(horizon=5, lookback=6, season=3, freq="D", past_covariates={}, future_covariates={})


def seasonal(n=160, noise=1.0, seed=0):
    """A line with a week on it."""
    draw, t = np.random.default_rng(seed), np.arange(n)
    y = 100 + 0.2 * t + 10 * np.sin(2 * np.pi * t / 7) + noise * draw.normal(size=n)
    return pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=n), "y": y})


# --- rules, by hand --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("naive", [6, 6, 6, 6, 6]),
        ("seasonal naive", [4, 5, 6, 4, 5]),
        ("drift", [7, 8, 9, 10, 11]),
        ("mean", [3.5] * 5),
    ],
)
def test_rules_say_what_they_are_called_after(rule, said):
    window = np.arange(1.0, 7.0)[None, :, None]
    answer = RULES[rule](window, np.zeros((1, 5)), PLAN)
    np.testing.assert_allclose(answer(window), [said])


@pytest.mark.slow
def test_ridge_and_trees_find_what_hangs_on_the_window():
    draw = np.random.default_rng(0)
    x = draw.normal(size=(400, 6, 1))
    y = x[:, 2, :] * np.arange(1, 6)
    for rule, most in (("ridge", 1e-4), ("gradient boosting", 0.2)):
        answer = RULES[rule](x[:300], y[:300], PLAN)
        assert np.mean((answer(x[300:]) - y[300:]) ** 2) < most * np.var(y)


def test_trees_see_what_is_known_of_the_step():
    draw = np.random.default_rng(0)
    plan = Plan(
        horizon=5,
        lookback=6,
        season=3,
        freq="D",
        past_covariates={},
        future_covariates={"p": (0.0, 1.0)},
    )
    x = draw.normal(size=(400, 6, 3))
    y = x[:, -5:, 2]
    answer = RULES["gradient boosting"](x[:300], y[:300], plan)
    assert np.mean((answer(x[300:]) - y[300:]) ** 2) < 0.05


def test_without_a_season_there_is_one_naive_rule():
    assert {*forecasts.rules(3)} == {*RULES, "Holt-Winters", "Theta"}
    assert {*forecasts.rules(3)} - {*forecasts.rules(1)} == {"seasonal naive"}


# --- intervals and measures ------------------------------------------------------------------


def test_few_windows_bear_no_high_level():
    one = pd.DataFrame({"unique_id": "a", "cutoff": range(9)})
    assert [*forecasts.radii(np.zeros((9, 1)), np.ones((9, 1)), one)] == [50, 80, 90]
    assert [*forecasts.radii(np.zeros((4, 1)), np.ones((4, 1)), one[:4])] == [50, 80]
    assert forecasts.usual([50, 80, 90, 95]) == 90
    assert forecasts.usual([]) is None


def test_a_rule_that_is_exact_wins_by_more_than_can_be_said():
    errors = {"": np.linspace(1, 2, 20), "ridge": np.full(20, 1e-12)}
    said = forecasts.verdict("mlp", errors)
    assert said == "the baseline wins: ridge; mlp errs 1,000 times and more"
    said = forecasts.verdict("mlp", {**errors, "ridge": np.linspace(0.5, 1, 20)})
    assert said == "the baseline wins: ridge; mlp errs by 100.0% more"
    for scale in np.geomspace(1e-9, 1e9, 40):  # however the thousandth part is rounded
        errors = {"": np.linspace(1, 2, 20) * scale, "ridge": np.full(20, 1e-12) * scale}
        assert "1,000 times and more" in forecasts.verdict("mlp", errors)


@pytest.mark.parametrize(
    ("mine", "rule", "said"),
    [
        (0.5, 1.0, "beats every baseline: it errs by 50.0% less than naive"),
        (1.5, 1.0, "the baseline wins: naive; net errs by 50.0% more"),
    ],
)
def test_the_verdict_says_who_wins(mine, rule, said):
    errors = {"": np.full(9, mine), "naive": np.full(9, rule), "mean": np.full(9, 9.0)}
    assert said in forecasts.verdict("net", errors)


def test_the_verdict_decides_nothing_on_chance_or_on_few_windows():
    draw = np.random.default_rng(0)
    errors = {"": draw.uniform(size=20), "naive": draw.uniform(size=20)}
    assert "is no better than naive, which is simpler" in forecasts.verdict("net", errors)
    few = {name: of[:3] for name, of in errors.items()}
    assert "3 test windows are too few" in forecasts.verdict("net", few)


# --- from the command line -------------------------------------------------------------------


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run on a season with a trend."""
    folder = tmp_path_factory.mktemp("series")
    seasonal().to_csv(folder / "sales.csv", index=False)
    asked = ["train", "mlp", str(folder / "sales.csv"), "--time", "ds", "--target", "y"]
    done = ["--horizon", "5", "--out", str(folder), "--name", "run", "--json"]
    assert command([*asked, *done]) == 0
    return folder / "run"


def test_a_run_forecasts_beside_the_rules(run):
    measured = json.loads((run / "results.json").read_text())
    assert measured["task"] == "forecasting"
    assert {*measured["metrics"]} == {"mase", "mae", "rmse", "smape", "coverage"}
    assert {*measured["baselines"]} == {*RULES, "Holt-Winters", "Theta"}
    assert measured["metrics"]["mase"]["value"] < 1
    assert measured["metrics"]["mae"]["value"] < measured["baselines"]["naive"]["mae"]["value"] / 2
    assert measured["test examples"] == 6  # 20 % of 160 days, in fives
    page = (run / "report.html").read_text()
    assert measured["notes"][0].startswith("no interval of 90 %, 95 %")
    for word in (
        "Forecasts",
        "So ",
        "No interval of 90 %",
        "Error by step ahead",
        "split by time",
        "every day",
    ):
        assert word in page


def test_figures_of_a_run_are_those_of_plain_loops_over_the_file(run):
    """Of two rules: the last 30 days in fives, after 25 held out; a week is a season."""
    y = pd.read_csv(run.parent / "sales.csv")["y"].tolist()
    starts, measured = range(130, 160, 5), json.loads((run / "results.json").read_text())
    scale = np.mean([abs(y[i] - y[i - 7]) for i in range(7, 105)])
    for rule, back in (("naive", lambda i, k: i - 1), ("seasonal naive", lambda i, k: i + k - 7)):
        pairs = [(y[back(i, k)], y[i + k]) for i in starts for k in range(5)]
        gaps = [abs(p - t) for p, t in pairs]
        expected = {
            "mae": np.mean(gaps),
            "mase": np.mean(gaps) / scale,
            "rmse": np.sqrt(np.mean(np.square(gaps))),
            "smape": np.mean([200 * abs(p - t) / (abs(p) + abs(t)) for p, t in pairs]),
        }
        found = {name: of["value"] for name, of in measured["baselines"][rule].items()}
        assert found == pytest.approx(expected, rel=1e-5)


def test_the_run_answers_for_the_days_to_come(run, capsys):
    assert command(["predict", str(run), "--horizon", "3", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [line["ds"] for line in told] == ["2024-06-09", "2024-06-10", "2024-06-11"]
    expected = 100 + 0.2 * np.arange(160, 163) + 10 * np.sin(2 * np.pi * np.arange(160, 163) / 7)
    for line, value in zip(told, expected, strict=True):
        assert line["lo-80"] < line["forecast"] < line["hi-80"]
        assert line["forecast"] == pytest.approx(value, abs=6)
    assert command(["predict", str(run), "--horizon", "9"]) == 2
    assert "trained for 1 to 5" in capsys.readouterr().err
    assert command(["predict", str(run), "--level", "0.5", "--json"]) == 0
    half = json.loads(capsys.readouterr().out)[0]
    assert half["hi-50"] - half["lo-50"] < told[0]["hi-80"] - told[0]["lo-80"]
    assert command(["predict", str(run), "--level", "0.7"]) == 2
    assert "the run has intervals for: 0.5, 0.8" in capsys.readouterr().err


def test_the_run_answers_for_another_table(run, tmp_path, capsys):
    other = pd.concat(
        [seasonal(40, seed=1).assign(unique_id="a"), seasonal(5, seed=2).assign(unique_id="b")]
    )
    other.to_csv(tmp_path / "new.csv", index=False)
    assert command(["predict", str(run), str(tmp_path / "new.csv"), "--json"]) == 0
    told, warned = capsys.readouterr()
    assert {line["unique_id"] for line in json.loads(told)} == {"a"}
    assert "left out: shorter than a window: 'b' (5 steps)" in warned
    other.iloc[::2].to_csv(tmp_path / "holes.csv", index=False)
    assert command(["predict", str(run), str(tmp_path / "holes.csv")]) == 2
    assert "without a value" in capsys.readouterr().err


def test_evaluating_again_finds_the_same(run, capsys):
    before = json.loads((run / "results.json").read_text())
    assert command(["evaluate", str(run), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["metrics"] == before["metrics"]


@pytest.mark.slow
def test_on_pure_noise_no_network_is_declared_better(tmp_path):
    noise = np.random.default_rng(5).normal(size=400)
    frame = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=400), "y": noise})
    frame.to_csv(tmp_path / "noise.csv", index=False)
    asked = {"horizon": 5, "lookback": 14}
    done = nna.train("mlp", str(tmp_path / "noise.csv"), forecast=asked, out=tmp_path, quiet=True)
    measured = done.results()
    assert measured is not None
    assert measured["verdict"].startswith("the baseline wins")
    assert "the baseline wins" in (done.folder / "report.html").read_text()


def test_a_column_of_future_values_is_told_and_prices_help(tmp_path, capsys):
    frame = seasonal(200, noise=8.0)
    frame["tomorrow"] = frame["y"].shift(-1)
    frame["price"] = np.random.default_rng(1).normal(size=200)
    frame["y"] += 20 * frame["price"]
    frame["tomorrow"] = frame["y"].shift(-1)
    frame.iloc[:-1].to_csv(tmp_path / "sales.csv", index=False)
    asked = [
        "train",
        "mlp",
        str(tmp_path / "sales.csv"),
        "--horizon",
        "2",
        "--future-covariates",
        "price",
    ]
    assert command([*asked, "--epochs", "2", "--out", str(tmp_path), "--name", "r"]) == 0
    told = capsys.readouterr().out
    assert "warning: column 'tomorrow' gives the target 1 step later away" in told
    assert "column 'price' helps, known beforehand" in told
    assert "'price' gives" not in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--time", "ds"], "--horizon N"),
        (["--horizon", "5", "--series", "shop"], "no column 'shop'"),
        (["--horizon", "200"], "bring longer series"),
        (["--horizon", "5", "--set", "classes=3"], "the data decide classes: 5"),
    ],
)
def test_what_cannot_be_forecast_is_said_in_a_line(words, said, tmp_path, capsys):
    seasonal().to_csv(tmp_path / "sales.csv", index=False)
    asked = ["train", "mlp", str(tmp_path / "sales.csv"), "--out", str(tmp_path), *words]
    assert command(asked) == 2
    assert said in capsys.readouterr().err


def test_architectures_without_regression_do_not_forecast(tmp_path, capsys):
    seasonal().to_csv(tmp_path / "sales.csv", index=False)
    assert command(["train", "lenet5", str(tmp_path / "sales.csv"), "--horizon", "5"]) == 2
    assert "the data are for forecasting" in capsys.readouterr().err


@pytest.mark.slow
def test_evidence_added_up_over_a_window_forecasts_worse_than_a_state_carried_to_its_end(tmp_path):
    seasonal(300).to_csv(tmp_path / "sales.csv", index=False)
    errors = {}
    for name in ("cnn1d", "lstm"):
        done = nna.train(
            name, str(tmp_path / "sales.csv"), forecast={"horizon": 5}, out=tmp_path, quiet=True
        )
        measured = done.results()
        assert measured is not None
        errors[name] = measured["metrics"]["mae"]["value"]
        naive = measured["baselines"]["naive"]["mae"]["value"]
        assert errors[name] < naive
    assert errors["lstm"] < 0.7 * errors["cnn1d"]


# --- explained -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def prices(tmp_path_factory):
    """A run on a week and a price known beforehand, beside a column that tells nothing."""
    folder = tmp_path_factory.mktemp("prices")
    draw = np.random.default_rng(0)
    frame = seasonal(150).assign(price=draw.normal(size=150), junk=draw.normal(size=150))
    frame["y"] += 10 * frame["price"]
    frame.to_csv(folder / "sales.csv", index=False)
    asked = [
        "train",
        "mlp",
        str(folder / "sales.csv"),
        "--future-covariates",
        "price",
        "--horizon",
        "3",
    ]
    assert command([*asked, "--out", str(folder), "--name", "run", "--json"]) == 0
    return folder / "run"


def test_what_decides_is_found_by_shuffling_columns_and_steps(prices, capsys):
    assert command(["explain", str(prices), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    gained = {name: of["mean"] for name, of in told["columns"].items()}
    assert [*gained] == ["y", "junk", "price"]
    assert min(gained["y"], gained["price"]) > 5 * abs(gained["junk"])
    assert len(told["steps back"]) == 13  # all but the last value, which is every window's zero
    assert abs(told["sanity"]) < 0.8
    assert (prices / "explain-series.png").exists()


def test_what_decides_a_window_adds_up_to_its_forecast(prices, capsys):
    assert command(["explain", str(prices), "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {*told["pushes"]} == {"y", "junk", "price", "price, 3 steps ahead"}
    still = told["standing still"]
    assert told["score"] == pytest.approx(still + sum(told["pushes"].values()), abs=3)
    assert (prices / "explain-window-2.png").exists()


def test_rows_after_the_end_of_a_file_tell_what_is_known(prices, tmp_path, capsys):
    assert command(["predict", str(prices)]) == 2
    assert "price must be given for 3 steps after the last value" in capsys.readouterr().err
    frame = pd.read_csv(prices.parent / "sales.csv")
    answers = []
    for price in (-1.0, 1.0):
        days = pd.date_range("2024-05-30", periods=3).astype(str)
        more = pd.concat([frame, pd.DataFrame({"ds": days, "price": price})])
        more.to_csv(tmp_path / "more.csv", index=False)
        assert command(["predict", str(prices), str(tmp_path / "more.csv"), "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert [line["ds"] for line in told] == [*days]
        answers.append(np.array([line["forecast"] for line in told]))
    assert (answers[1] - answers[0] > 10).all()  # of 20 by which they differ


@pytest.mark.parametrize(
    ("words", "said"),
    [(["x"], "number of a test window"), (["99"], "windows: 0 to"), (["--layer", "a"], "one way")],
)
def test_what_cannot_be_explained_of_forecasts(prices, words, said, capsys):
    assert command(["explain", str(prices), *words]) == 2
    assert said in capsys.readouterr().err
