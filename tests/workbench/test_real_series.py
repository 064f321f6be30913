"""Forecasts of real series that nobody tuned for, and what their tables get wrong."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import vega_datasets

import nna
from nna.data.series import leaks
from nna.data.series.layout import Layout
from nna.data.series.panels import panel
from nna.errors import UserError
from nna.workbench.estimators.forecaster import Forecaster

DATA = Path(vega_datasets.__file__).parent / "_data"
WEATHER, JOBS, HOURS = (
    DATA / f"{name}.csv" for name in ("seattle-weather", "us-employment", "seattle-temps")
)


def errors(crossed: pd.DataFrame) -> pd.Series:
    """The mean absolute error of each column of forecasts."""
    said = crossed.drop(columns=["unique_id", "ds", "cutoff", "y"])
    return said.sub(crossed["y"], axis=0).abs().mean()


def test_the_hour_that_summer_time_skips_is_found_and_named():
    frame = pd.read_csv(HOURS)
    with pytest.raises(UserError, match=r"the target 1; first 2010-03-14 03:00:00 .* --fill"):
        panel(frame, Layout())
    filled = panel(frame, Layout(fill=True))
    assert (str(filled.clock), len(filled.strands[0])) == ("every hour", 8760)
    assert any(
        note.startswith("gaps filled by the value before: the target 1") for note in filled.notes
    )


def test_a_wide_table_of_jobs_is_as_many_monthly_series():
    found = panel(pd.read_csv(JOBS), Layout())
    assert (len(found.strands), str(found.clock)) == (23, "every month")
    assert {len(s) for s in found.strands} == {120}


def test_prices_in_a_long_table_are_series_of_unlike_length():
    found = panel(pd.read_csv(DATA / "stocks.csv"), Layout(series="symbol", target="price"))
    assert {s.name: len(s) for s in found.strands}["GOOG"] == 68
    assert str(found.clock) == "every month"


def test_columns_of_weather_are_honest_and_tomorrows_weather_is_not():
    frame = pd.read_csv(WEATHER)
    layout = Layout(target="temp_max")
    assert leaks.find(panel(frame, layout), 7) == {}
    frame["forecast"] = frame["temp_max"].shift(-1)
    assert leaks.find(panel(frame[:-1], layout), 7) == {"forecast": 1}


@pytest.mark.slow
def test_on_weather_the_network_is_better_than_naive_and_no_better_than_a_line(tmp_path):
    asked = {"horizon": 7}
    done = nna.train(
        "lstm", str(WEATHER), target="temp_max", forecast=asked, out=tmp_path, quiet=True
    )
    measured = done.results()
    assert measured is not None
    figures = {name: of["mae"]["value"] for name, of in measured["baselines"].items()}
    own = measured["metrics"]["mae"]["value"]
    assert own < 0.9 * figures["naive"]
    assert own < 0.8 * figures["seasonal naive"]
    assert measured["verdict"].startswith("the baseline wins: ")
    assert measured["metrics"]["coverage"]["value"] == pytest.approx(0.9, abs=0.06)


@pytest.mark.exhaustive
def test_on_jobs_drift_beats_the_network_and_that_is_said(tmp_path):
    done = nna.train("lstm", str(JOBS), forecast={"horizon": 6}, out=tmp_path, quiet=True)
    measured = done.results()
    assert measured is not None
    assert measured["verdict"].startswith("the baseline wins: drift")
    assert measured["metrics"]["mase"]["value"] < measured["baselines"]["naive"]["mase"]["value"]


@pytest.mark.slow
def test_nobody_forecasts_prices_of_shares_better_than_their_last_value():
    frame = pd.read_csv(DATA / "stocks.csv").rename(
        columns={"symbol": "unique_id", "date": "ds", "price": "y"}
    )
    crossed = Forecaster("lstm", horizon=6).cross_validation(frame, n_windows=4, refit=False)
    found = errors(crossed)
    assert found["lstm"] > 0.9 * found["naive"]
    assert np.isfinite(found).all()
