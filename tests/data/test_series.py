"""Series in tables: what they are, on which clock, and what is wrong with them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from nna.data.series import clocks
from nna.data.series.panels import Layout, panel
from nna.data.series.readers import panel as read


def daily(n=30, **columns):
    return pd.DataFrame(
        {"ds": pd.date_range("2024-01-01", periods=n), "y": np.arange(n) % 7.0, **columns}
    )


def places(*rows):
    return f"lines {rows}"


# --- which column is what --------------------------------------------------------------------


def test_a_long_table_holds_a_series_for_each_name():
    two = pd.concat([daily().assign(unique_id="b"), daily(12).assign(unique_id="a")])
    found = panel(two, Layout())
    assert [(s.name, len(s)) for s in found.strands] == [("a", 12), ("b", 30)]
    assert str(found.clock) == "every day"
    np.testing.assert_array_equal(found.strands[0].y, np.arange(12) % 7)


def test_a_wide_table_holds_a_series_a_column():
    wide = pd.DataFrame(
        {"month": pd.date_range("2020-01-01", periods=24, freq="MS"), "tea": 1.0, "coffee": 2.0}
    )
    found = panel(wide, Layout())
    assert [(s.name, set(s.y)) for s in found.strands] == [("tea", {1.0}), ("coffee", {2.0})]
    assert "each of 2 columns a series: tea, coffee" in found.notes


def test_one_column_of_numbers_needs_no_name():
    found = panel(daily().rename(columns={"ds": "day", "y": "sales"}), Layout())
    assert [s.name for s in found.strands] == ["sales"]


def test_columns_beside_the_target_help_and_words_are_left_out_and_told():
    found = panel(daily(price=1.5, open=True, sky="blue"), Layout(future_covariates=("price",)))
    assert (found.future_covariates, found.past_covariates) == (("price",), ("open",))
    assert "left out: column 'sky': it holds no numbers" in found.notes
    assert "column 'price' helps, known beforehand" in found.notes


def test_rows_in_disorder_are_sorted_and_that_is_told():
    found = panel(daily().sample(frac=1, random_state=0), Layout())
    np.testing.assert_array_equal(found.strands[0].y, daily()["y"])
    assert "rows did not stand in the order of time: sorted" in found.notes


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        (Layout(time="dat"), ("no column 'dat'",)),
        (Layout(target="z"), ("no column 'z'",)),
        (Layout(future_covariates=("sky",)), ("'sky' holds words",)),
        (Layout(series="sky", time="ds", target="sky"), ("'blue' is no number",)),
    ],
)
def test_columns_that_are_not_there_or_are_no_numbers(layout, words, refuses):
    refuses(lambda: panel(daily(sky="blue"), layout), *words)


def test_a_table_without_times_is_asked_for_them(refuses):
    refuses(lambda: panel(pd.DataFrame({"a": [1.0], "b": [2.0]}), Layout()), "--time")
    refuses(lambda: panel(daily(0), Layout()), "no rows")
    refuses(lambda: panel(daily()[["ds"]], Layout()), "no column of numbers")


# --- times -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("freq", "start", "said", "season"),
    [
        ("s", "2024-01-01", "every second", 1),
        ("15min", "2024-01-01", "every 15 minutes", 96),
        ("h", "2024-01-01", "every hour", 24),
        ("2h", "2024-01-01", "every 2 hours", 12),
        ("D", "2024-01-01", "every day", 7),
        ("B", "2024-01-01", "every working day", 5),
        ("7D", "2024-01-03", "every week", 52),
        ("3D", "2024-01-03", "every 3 days", 1),
        ("MS", "2024-01-01", "every month", 12),
        ("ME", "2024-01-31", "every month", 12),
        ("QS", "2024-01-01", "every 3 months", 4),
        ("QE", "2024-03-31", "every 3 months", 4),
        ("YS", "2024-01-01", "every year", 1),
        (pd.DateOffset(months=1), "2024-01-15", "every month", 12),
    ],
)
def test_the_clock_is_found_despite_a_gap(freq, start, said, season):
    times = pd.date_range(start, periods=60, freq=freq)
    kept = pd.Series(times.delete([20, 21]))
    clock = clocks.find(kept, np.zeros(58, dtype=int))
    assert (str(clock), clock.season) == (said, season)
    assert (clock.grid(times[0], 60) == times).all()
    assert clock.after(times[-2], 1)[0] == times[-1]
    assert clocks.clock(clock.freq) == clock


def test_whole_numbers_are_times_too():
    frame = pd.DataFrame({"ds": np.arange(0, 100, 5), "y": 1.0 * np.arange(20)})
    found = panel(frame, Layout())
    assert str(found.clock) == "every 5"
    assert [*found.clock.after(95, 2)] == [100, 105]


def test_series_may_be_out_of_step_with_each_other():
    hours = [pd.date_range(f"2024-01-01 00:{m}", periods=20, freq="h") for m in ("00", "30")]
    frame = pd.concat(
        pd.DataFrame({"unique_id": i, "ds": t, "y": 1.0}) for i, t in enumerate(hours)
    )
    assert [len(s) for s in panel(frame, Layout()).strands] == [20, 20]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["2024-01-01", "2024-01-02", "2024-01-03"], "2024-01-01"),
        (["30/01/2024", "31/01/2024", "01/02/2024"], "2024-01-30"),
        (["Jan 1 2024", "Jan 2 2024", "Jan 3 2024"], "2024-01-01"),
        (["2024-03-31T01:30+01:00", "2024-03-31T03:30+02:00"], "2024-03-31 00:30+00:00"),
        ([20240101, 20240102, 20240103], "2024-01-01"),
    ],
)
def test_dates_in_many_forms(words, first):
    found, _, _ = clocks.read(pd.Series(words), "column 'ds'", places)
    assert found.iloc[0] == pd.Timestamp(first)
    assert found.is_monotonic_increasing


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["01/02/2024", "02/02/2024"], "2024-02-01 with the day first and 2024-01-02 with"),
        (["2024-01-01", "soon"], "'soon' is no date"),
        (["2024-01-01", None], "1 times missing"),
        ([1.0, 2.5], "2.5 is neither a date nor a whole number"),
    ],
)
def test_times_that_cannot_be_read(words, said, refuses):
    refuses(lambda: clocks.read(pd.Series(words), "column 'ds'", places), said)


def test_a_frequency_that_does_not_exist(refuses):
    refuses(lambda: panel(daily(), Layout(freq="fortnightly")), "no frequency 'fortnightly'")


# --- gaps, duplicates, irregular times -------------------------------------------------------


def test_a_gap_is_refused_with_its_place_and_filled_from_the_past_when_asked(written, refuses):
    path = written("sales.csv", "ds,y\n2024-01-01,1\n2024-01-02,2\n2024-01-04,9\n2024-01-05,\n"
                   "2024-01-06,3\n2024-01-07,4\n2024-01-08,5\n2024-01-09,6\n")  # fmt: skip
    refuses(lambda: read(path, {}), "sales.csv", "the target 2", "2024-01-03", "--fill")
    filled = read(path, {"fill": True})
    np.testing.assert_array_equal(filled.strands[0].y, [1, 2, 2, 9, 9, 3, 4, 5, 6])
    assert (
        "gaps filled by the value before: the target 2; first 2024-01-03 of series 'y'"
        in filled.notes
    )


def test_a_time_that_comes_twice_is_refused_with_its_lines_and_averaged_when_asked(
    written, refuses
):
    path = written("sales.csv", "ds,y,shop\n2024-01-01,1,a\n2024-01-02,2,a\n2024-01-02,4,b\n"
                   "2024-01-03,9,a\n")  # fmt: skip
    said = refuses(lambda: read(path, {"target": "y"}), "twice", "2024-01-02", "lines 3-4|lines 3")
    assert "--series" in said
    averaged = read(path, {"target": "y", "fill": True})
    np.testing.assert_array_equal(averaged.strands[0].y, [1, 3, 9])
    assert "1 rows of a time that had one already: averaged" in averaged.notes


def test_times_on_no_clock_are_refused_and_averaged_by_a_frequency_when_asked(refuses):
    draw = np.random.default_rng(0)
    times = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.sort(draw.uniform(0, 20, 200)), "D")
    frame = pd.DataFrame({"ds": times, "y": np.arange(200.0)})
    refuses(lambda: panel(frame, Layout()), "no frequency", "--freq D --fill")
    refuses(lambda: panel(frame, Layout(freq="D")), "not all times come every day")
    found = panel(frame, Layout(freq="D", fill=True))
    assert len(found.strands[0]) == 20
    assert found.strands[0].y[0] == frame["y"][times < "2024-01-02"].mean()


def test_months_of_irregular_days_are_averaged():
    frame = pd.DataFrame(
        {"ds": ["2024-01-05", "2024-01-20", "2024-02-09", "2024-03-01"], "y": [1.0, 3, 5, 7]}
    )
    found = panel(frame, Layout(freq="MS", fill=True)).strands[0]
    assert found.times[0] == pd.Timestamp("2024-01-01")
    np.testing.assert_array_equal(found.y, [2, 5, 7])


def test_every_row_left_out_is_counted():
    frame = daily()
    frame.loc[:2, "y"] = np.nan
    frame.loc[27:, "y"] = np.nan
    empty = daily().assign(y=np.nan, unique_id="b")
    found = panel(pd.concat([frame.assign(unique_id="a"), empty]), Layout())
    assert [len(s) for s in found.strands] == [24]
    assert "left out: 3 rows before the first value of 'a'" in found.notes
    assert "left out: 3 rows after the last value of 'a'" in found.notes
    assert "left out: series 'b': 30 rows, not one value" in found.notes


def test_rows_after_the_end_tell_what_is_known_beforehand():
    frame = daily(price=np.arange(30.0))
    frame.loc[25:, "y"] = np.nan
    strand = panel(frame, Layout(future_covariates=("price",))).strands[0]
    assert (len(strand), len(strand.future_covariates)) == (25, 30)
    assert strand.future_covariates[-1, 0] == 29


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"y": np.nan}, "not one value"),
        ({"y": [1.0, np.inf] + [2.0] * 28}, "the target is infinite at 2024-01-02"),
        ({"y": ["1"] * 29 + ["x"]}, "'x' is no number"),
        ({"price": np.nan}, "'price' has no value at all"),
        ({"ds": pd.Timestamp("2024-01-01")}, "one time a series"),
        ({"unique_id": [None] + ["a"] * 29}, "'unique_id': missing"),
    ],
)
def test_what_cannot_be_forecast_from(change, said, refuses):
    refuses(lambda: panel(daily().assign(**change), Layout(target="y")), said)


def test_one_row_is_no_series(refuses):
    refuses(lambda: panel(daily(1), Layout()), "one time a series")


def test_a_file_that_holds_no_table(written, refuses, tmp_path):
    refuses(lambda: read(written("a.txt", "x"), {}), "no table")
    refuses(lambda: read(tmp_path / "none.csv", {}), "no such file")


def test_ragged_lines_are_left_out_and_told_when_asked(written, refuses):
    lines = [f"2024-01-{day:02},{day}" for day in range(1, 11)]
    lines[4] += ",more,fields"
    path = written("sales.csv", "\n".join(["ds,y", *lines]) + "\n")
    refuses(lambda: read(path, {}), "line 6")
    found = read(path, {"skip_bad": True, "fill": True})
    assert len(found.left_out) == 1
    np.testing.assert_array_equal(found.strands[0].y, [1, 2, 3, 4, 4, 6, 7, 8, 9, 10])


@settings(deadline=None, max_examples=40)
@given(
    kept=st.lists(st.integers(0, 59), max_size=90),
    freq=st.sampled_from(["h", "15min", "D", "7D", "MS", "ME"]),
)
def test_whatever_is_missing_or_doubled_filling_makes_it_whole(kept, freq):
    times = pd.date_range("2024-01-31" if freq == "ME" else "2024-01-01", periods=60, freq=freq)
    rows = [0, 59, *kept]
    frame = pd.DataFrame({"ds": times[rows], "y": np.array(rows, dtype=float)})
    whole = panel(frame, Layout(freq=freq, fill=True)).strands[0]
    assert (whole.times == times).all()
    before = np.maximum.accumulate(np.where(np.isin(np.arange(60), rows), np.arange(60), -1))
    np.testing.assert_array_equal(whole.y, before)
