"""`nna.Forecaster`: frames in, frames out, as Nixtla's libraries have them."""

import narwhals
import numpy as np
import pandas as pd
import pyarrow
import pytest
from sklearn.base import clone

import nna
from nna.errors import UserError
from nna.workbench.estimators.forecaster import Forecaster
from nna.workbench.estimators.windowed import RuleForecaster

QUICK = {"epochs": 5}


def sales(n=120, seed=0, **columns):
    draw, t = np.random.default_rng(seed), np.arange(n)
    y = 50 + 10 * np.sin(2 * np.pi * t / 7) + draw.normal(size=n)
    return pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=n), "y": y, **columns})


def shops(*names, **more):
    return pd.concat(
        [sales(seed=i, **more).assign(unique_id=name) for i, name in enumerate(names)],
        ignore_index=True,
    )


@pytest.fixture(scope="module")
def fitted():
    return Forecaster("mlp", horizon=7, settings={"hidden": (16,)}).fit(shops("a", "b"))


def test_forecasts_are_long_frames_that_follow_the_last_value(fitted):
    told = fitted.predict()
    assert [*told.columns] == ["unique_id", "ds", "mlp"]
    assert told.groupby("unique_id")["ds"].agg(["min", "max", "size"]).loc["b"].tolist() == [
        pd.Timestamp("2024-04-30"),
        pd.Timestamp("2024-05-06"),
        7,
    ]
    came = sales(127)["y"].to_numpy()[120:]
    assert np.abs(told["mlp"][:7] - came).mean() < 3


def test_fewer_steps_are_the_first_of_them_and_more_are_refused(fitted):
    pd.testing.assert_frame_equal(
        fitted.predict(2), fitted.predict().groupby("unique_id").head(2).reset_index(drop=True)
    )
    with pytest.raises(UserError, match="horizon=8"):
        fitted.predict(8)


def test_intervals_widen_with_their_level(fitted):
    told = fitted.predict(level=(50, 80))
    assert [*told.columns[3:]] == ["mlp-lo-50", "mlp-hi-50", "mlp-lo-80", "mlp-hi-80"]
    assert (told["mlp-lo-80"] <= told["mlp-lo-50"]).all()
    assert (told["mlp-hi-50"] <= told["mlp-hi-80"]).all()
    assert ((told["mlp-lo-80"] < told["mlp"]) & (told["mlp"] < told["mlp-hi-80"])).all()
    with pytest.raises(UserError, match="no interval of 99 per cent; there are: 50, 80"):
        fitted.predict(level=(99,))
    assert any("no interval of 90 %, 95 %" in note for note in fitted.notes_)


def test_series_never_seen_are_forecast_from_their_own_past(fitted):
    moved = sales(60, seed=9)
    moved["y"] = 1000 + 20 * moved["y"]
    told = fitted.predict(new_df=moved.assign(unique_id="new"))
    assert told["unique_id"].unique().tolist() == ["new"]
    assert told["mlp"].between(1500, 2500).all()


def test_other_series_must_keep_the_clock(fitted):
    weekly = sales(40).iloc[::7].assign(unique_id="a")
    with pytest.raises(UserError, match="steps without a value"):
        fitted.predict(new_df=weekly)
    hourly = sales(60).assign(ds=pd.date_range("2024-01-01", periods=60, freq="h"))
    with pytest.raises(UserError, match="not all times come every day"):
        fitted.predict(new_df=hourly)


def test_times_with_a_zone_come_back_in_it():
    frame = sales(100).assign(
        ds=pd.date_range("2024-03-25", periods=100, freq="h", tz="Europe/Berlin")
    )
    told = RuleForecaster("naive", horizon=2).fit(frame).predict()
    assert told["ds"].tolist() == [
        *pd.date_range("2024-03-29 04:00", periods=2, freq="h", tz="Europe/Berlin")
    ]


def test_series_shorter_than_a_window_are_told(fitted):
    both = pd.concat([sales().assign(unique_id="a"), sales(5).assign(unique_id="tiny")])
    with pytest.warns(UserWarning, match=r"shorter than a window: 'tiny' \(5 steps\)"):
        told = fitted.predict(new_df=both)
    assert told["unique_id"].unique().tolist() == ["a"]


def test_the_same_seed_gives_the_same_forecast():
    one, other = (
        Forecaster("lstm", horizon=3, recipe=QUICK).fit(sales()).predict() for _ in range(2)
    )
    pd.testing.assert_frame_equal(one, other)
    reseeded = Forecaster("lstm", horizon=3, recipe=QUICK, random_state=1).fit(sales()).predict()
    assert not one["lstm"].equals(reseeded["lstm"])


def test_frames_other_than_those_of_pandas_are_taken_too():
    """Arrow's columns, as narwhals shows them; polars frames answer to the same two verbs."""
    frame = shops("a", "b")
    arrow = pyarrow.table({name: frame[name].to_list() for name in frame.columns})
    other = narwhals.from_native(arrow, eager_only=True)
    model = RuleForecaster("naive", horizon=2)
    pd.testing.assert_frame_equal(
        model.fit(other).predict(), model.fit(frame).predict(), check_dtype=False
    )
    with pytest.raises(UserError, match="not a list"):
        model.fit([1, 2, 3])


def test_what_was_saved_forecasts_the_same(fitted, tmp_path):
    fitted.save(tmp_path / "kept")
    again = Forecaster.load(tmp_path / "kept")
    pd.testing.assert_frame_equal(fitted.predict(level=(80,)), again.predict(level=(80,)))
    assert again.get_params() == fitted.get_params()
    with pytest.raises(UserError, match="kept exists"):
        fitted.save(tmp_path / "kept")
    with pytest.raises(UserError, match="holds no forecaster"):
        Forecaster.load(tmp_path)
    (tmp_path / "kept" / "forecaster.json").write_text("{}")
    with pytest.raises(UserError, match="damaged"):
        Forecaster.load(tmp_path / "kept")


def test_whole_numbers_as_times_and_columns_that_help_are_kept_too(tmp_path):
    frame = sales(price=np.arange(120.0)).assign(ds=np.arange(120), wind=1.5)
    model = Forecaster("lstm", horizon=3, future_covariates=("price",), recipe=QUICK).fit(frame)
    model.save(tmp_path / "kept")
    ahead = pd.DataFrame({"ds": [120, 121, 122], "price": [1.0, 2.0, 3.0]})
    one, other = model.predict(X_df=ahead), Forecaster.load(tmp_path / "kept").predict(X_df=ahead)
    assert one["ds"].tolist() == [120, 121, 122]
    pd.testing.assert_frame_equal(one, other)


def test_other_names_of_columns_come_back():
    frame = shops("a").set_axis(["day", "sold", "shop"], axis=1)
    names = {"id_col": "shop", "time_col": "day", "target_col": "sold"}
    model = RuleForecaster("naive", horizon=2).fit(frame, **names)
    assert [*model.predict().columns] == ["shop", "day", "naive"]
    crossed = model.cross_validation(frame, n_windows=2, **names)
    assert [*crossed.columns[:4]] == ["shop", "day", "cutoff", "sold"]


def test_a_rule_says_what_it_is_called_after():
    frame = sales()
    told = RuleForecaster("seasonal naive", horizon=9).fit(frame).predict()
    np.testing.assert_allclose(told["seasonal naive"][:7], frame["y"][-7:], rtol=1e-6)
    with pytest.raises(UserError, match="no rule 'oracle'"):
        RuleForecaster("oracle", horizon=2).fit(frame)


def test_looking_back_puts_forecasts_beside_what_came():
    frame = shops("a", "b")
    model = Forecaster("mlp", horizon=5, settings={"hidden": (8,)}, recipe=QUICK)
    crossed = model.cross_validation(frame, n_windows=3, refit=False)
    assert {*crossed.columns} >= {"mlp", "naive", "seasonal naive", "ridge", "gradient boosting"}
    assert len(crossed) == 3 * 5 * 2
    assert (crossed["ds"] > crossed["cutoff"]).all()
    assert crossed["cutoff"].nunique() == 3
    truth = frame.set_index(["unique_id", "ds"])["y"]
    looked_up = truth.loc[list(zip(crossed["unique_id"], crossed["ds"], strict=True))]
    np.testing.assert_array_equal(looked_up, crossed["y"])
    at_cutoff = truth.loc[list(zip(crossed["unique_id"], crossed["cutoff"], strict=True))]
    np.testing.assert_allclose(at_cutoff, crossed["naive"], rtol=1e-6)


def test_looking_back_learns_from_nothing_later():
    frame = sales()
    model = RuleForecaster("ridge", horizon=5)
    before = model.cross_validation(frame, n_windows=2, rules=False)
    frame.loc[116:, "y"] = 1e6
    again = model.cross_validation(frame, n_windows=2, rules=False)
    first = before["cutoff"] == before["cutoff"].min()
    np.testing.assert_array_equal(before["ridge"][first], again["ridge"][first])
    assert not hasattr(model, "plan_")  # it leaves the forecaster as it was


def test_columns_of_future_values_are_warned_of():
    frame = sales(121)
    frame["tomorrow"] = frame["y"].shift(-1)
    model = RuleForecaster("naive", horizon=2)
    with pytest.warns(UserWarning, match="'tomorrow' gives the target 1 step later away"):
        model.fit(frame[:120])
    assert model.notes_[0].startswith("warning: column 'tomorrow'")


def test_what_is_known_beforehand_decides_the_forecast():
    price = np.random.default_rng(0).normal(size=127)
    frame = sales(127, price=price)
    frame["y"] += 30 * frame["price"]
    past, ahead = frame[:120], frame[120:][["ds", "price"]]
    model = RuleForecaster("ridge", horizon=7, future_covariates=("price",)).fit(past)
    told = model.predict(X_df=ahead)
    assert np.abs(told["ridge"] - frame["y"][120:].to_numpy()).mean() < 4
    blind = RuleForecaster("ridge", horizon=7).fit(past[["ds", "y"]]).predict()
    assert np.abs(blind["ridge"] - frame["y"][120:].to_numpy()).mean() > 8
    with pytest.raises(UserError, match="price must be given for 7 steps"):
        model.predict()
    with pytest.raises(UserError, match="X_df lacks price of 2024-05-02"):
        model.predict(X_df=ahead[:2])
    with pytest.raises(UserError, match="X_df has no column 'price'"):
        model.predict(X_df=ahead[["ds"]])


@pytest.mark.slow
@pytest.mark.parametrize(
    "architecture",
    [name for name in nna.names() if nna.describe(name).does("forecasting")],
)
def test_every_architecture_that_does_regression_forecasts(architecture):
    own = {"hidden": 8} if architecture == "lstm" else None
    model = Forecaster(architecture, horizon=3, settings=own, recipe={"epochs": 2})
    told = model.fit(sales(180)).predict()
    assert len(told) == 3
    assert np.isfinite(told[architecture]).all()


def test_forecasters_are_cloned_and_refuse_what_they_can_not_do():
    model = Forecaster("lstm", horizon=3, future_covariates=("price",))
    assert clone(model).get_params() == model.get_params()
    with pytest.raises(UserError, match="the data are for forecasting"):
        Forecaster("lenet5", horizon=3).fit(sales())
    with pytest.raises(UserError, match="--fill"):
        Forecaster("lstm", horizon=3).fit(sales().drop(index=[50]))
    with pytest.raises(UserError, match="don't hold 99 windows"):
        RuleForecaster("naive", horizon=3).cross_validation(sales(), n_windows=99)
