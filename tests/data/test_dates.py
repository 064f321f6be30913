"""Dates are read as they were written, or refused; never as another moment."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from nna.data.columns import date_parsing
from nna.data.columns.dates import Date
from nna.errors import UserError

EPOCH = datetime.datetime(1970, 1, 1)


def quarter(moment):
    return (moment.month + 2) // 3


WRITTEN = {  # how a moment is written, and how long the span is that is written
    "iso": (lambda m: m.isoformat(" "), "microsecond"),
    "iso T": (lambda m: m.isoformat("T", "seconds"), "second"),
    "iso zone": (lambda m: m.isoformat("T", "seconds") + "+00:00", "second"),
    "iso day": (lambda m: m.strftime("%Y-%m-%d"), "day"),
    "iso compact": (lambda m: m.strftime("%Y%m%dT%H%M%S"), "second"),
    "iso month": (lambda m: m.strftime("%Y-%m"), "month"),
    "year first": (lambda m: m.strftime("%Y/%m/%d %H:%M"), "minute"),
    "year first, dots": (lambda m: f"{m.year}.{m.month}.{m.day}", "day"),
    "day first /": (lambda m: m.strftime("%d/%m/%Y"), "day"),
    "day first .": (lambda m: m.strftime("%d.%m.%Y %H:%M:%S"), "second"),
    "day first -": (lambda m: f"{m.day}-{m.month}-{m.year}", "day"),
    "month first /": (lambda m: m.strftime("%m/%d/%Y %I:%M %p"), "minute"),
    "month first -": (lambda m: m.strftime("%m-%d-%Y"), "day"),
    "day, name": (lambda m: m.strftime("%d %b %Y"), "day"),
    "day-name": (lambda m: m.strftime("%d-%B-%Y %H:%M"), "minute"),
    "name day": (lambda m: m.strftime("%B %d, %Y"), "day"),
    "name year": (lambda m: m.strftime("%b %Y"), "month"),
    "M": (lambda m: f"{m.year}M{m.month:02}", "month"),
    "month/year": (lambda m: f"{m.month:02}/{m.year}", "month"),
    "Q": (lambda m: f"{m.year} Q{quarter(m)}", "quarter"),
    "Q first": (lambda m: f"Q{quarter(m)}/{m.year}", "quarter"),
    "week": (lambda m: "{} W{:02}".format(*m.isocalendar()[:2]), "week"),
    "week day": (lambda m: "{}-W{:02}-{}".format(*m.isocalendar()), "day"),
    "two digits": (lambda m: m.strftime("%d/%m/%y"), "day"),
    "digits": (lambda m: m.strftime("%Y%m%d"), "day"),
    "year": (lambda m: m.strftime("%Y"), "year"),
}


def start(moment, span):
    """The beginning of the span that a moment lies in, in seconds since 1970."""
    day = datetime.datetime(moment.year, moment.month, moment.day)
    begun = {
        "year": day.replace(month=1, day=1),
        "quarter": day.replace(month=3 * quarter(moment) - 2, day=1),
        "month": day.replace(day=1),
        "week": day - datetime.timedelta(days=day.weekday()),
        "day": day,
        "minute": moment.replace(second=0, microsecond=0),
        "second": moment.replace(microsecond=0),
        "microsecond": moment,
    }[span]
    return (begun - EPOCH).total_seconds()


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from([*WRITTEN]),
    st.lists(
        st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2199, 12, 31)),
        min_size=1,
        max_size=6,
        unique=True,
    ),
)
def test_every_way_of_writing_gives_the_same_moments_back_or_a_refusal(way, moments):
    write, span = WRITTEN[way]
    words = pd.Series([write(moment) for moment in moments])
    expected = [start(moment, span) for moment in moments]
    for name in ("when", "x"):
        reading = date_parsing.find(words, name)
        if reading is not None and not reading.refused:
            np.testing.assert_allclose(
                date_parsing.parse(words, reading.format), expected, atol=2e-6
            )
    try:
        found, form = date_parsing.moments(words, "column 'when'")
    except UserError as refused:
        said = str(refused)
        assert "\n" not in said
        assert len(said) < 320
        ambiguous = all(moment.day < 13 for moment in moments)
        assert way == "two digits" or (ambiguous and "first" in way)
        return
    assert way != "two digits"
    np.testing.assert_allclose(found, expected, atol=2e-6)
    again, _ = date_parsing.moments(words, "column 'when'", form)  # as the record of a run has it
    np.testing.assert_array_equal(again, found)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%m-%d-%Y"]),
    st.lists(st.dates(datetime.date(1980, 1, 1), datetime.date(2060, 1, 1)), min_size=1),
)
def test_a_part_is_read_by_the_order_that_the_whole_column_proves(form, days):
    """A new file that proves nothing is read as the training column was."""
    column = pd.Series([day.strftime(form) for day in [datetime.date(2020, 5, 31), *days]])
    fitted = Date.fit("when", column)
    for word, day in zip(column[1:], days, strict=True):
        alone = date_parsing.parse(pd.Series([word]), fitted.format)
        assert alone[0] == (day - EPOCH.date()).total_seconds()
    assert np.isnan(date_parsing.parse(pd.Series(["13/13/2020"]), fitted.format)[0])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["03/04/2020", "05/06/2020"], "2020-04-03 with the day first and 2020-03-04 with the mon"),
        (["03/03/2020", "05/05/2020"], "say --dates day-first or --dates month-first"),
        (["13/04/2020", "05/16/2020"], "'13/04/2020' has the day first and '05/16/2020' the month"),
        (["31/01/20", "28/02/20"], "1920 or 2020: say its format"),
        (
            ["2020-01-01T10:00Z", "2020-01-01T11:00"],
            "has a time zone and '2020-01-01T11:00' has no",
        ),
        (["2020-01", "2020-02-03"], "'2020-02-03' is a day and '2020-01' a longer span"),
        (["1991-W06", "1991-W07-2"], "a longer span"),
        (["2020-01-31", "31/01/2020"], "is no date that the others agree with"),
        (["2020-02-30", "2020-02-28", "2020-02-27"], "'2020-02-30' is no date"),
        (["2020-01-01 10:00 EST"], "is no date"),
        ([1_600_000_000, 1_600_000_000_000], "in different units"),
        ([31012020, 30012020], "begins with the day or the month"),
        ([True, False], "truth values"),
        (["2020-01-01", None], "has gaps"),
        (["soon", "later"], "'soon' is no date, and no number"),
    ],
)
def test_what_can_be_read_in_two_ways_or_in_none_is_refused(words, said):
    with pytest.raises(UserError, match=said.replace("(", r"\(")):
        date_parsing.moments(pd.Series(words), "column 'when'")


def test_the_user_decides_what_no_value_proves():
    column = pd.Series(["03/04/2020", "05/06/2020"])
    assert date_parsing.find(column, "x", "day-first") == date_parsing.Reading("%d/%m/%Y")
    assert date_parsing.find(column, "x", "month-first") == date_parsing.Reading("%m/%d/%Y")
    told = date_parsing.find(pd.Series(["13/04/2020"]), "x", "month-first")
    assert told is not None
    assert "the column is day-first" in told.refused
    short = pd.Series(["03/04/68", "05/06/69"])
    found = date_parsing.parse(short, "%d/%m/%y")
    assert [date_parsing.shown(one) for one in found] == ["2068-04-03", "1969-06-05"]
    assert date_parsing.said(["day-first", "a=b=%d.%m.%y"]) == {"": "day-first", "a=b": "%d.%m.%y"}


@pytest.mark.parametrize("asked", ["first", "%d.%m.%y", "a=", "a=%Q", "a=iso"])
def test_what_says_no_way_of_writing(asked):
    with pytest.raises(UserError, match="--dates"):
        date_parsing.said([asked])


@pytest.mark.parametrize(
    ("values", "form", "first"),
    [
        ([1_600_000_000, 1_700_000_000], "epoch s", "2020-09-13 12:26:40"),
        ([1_600_000_000_000, 1_700_000_000_000], "epoch ms", "2020-09-13 12:26:40"),
        ([1_600_000_000_000_000_000], "epoch ns", "2020-09-13 12:26:40"),
        ([20240131, 20231231], "%Y%m%d", "2024-01-31"),
        ([1998, 2004], "%Y", "1998-01-01"),
    ],
)
def test_numbers_of_a_column_of_times(values, form, first):
    found, read_as = date_parsing.moments(pd.Series(values), "column 'time'")
    assert read_as == form
    assert date_parsing.shown(found[0]) == first
    assert date_parsing.find(pd.Series(values), "time") is None  # a feature of numbers stays one


@given(st.lists(st.integers(-(10**6), 10**6).map(float), min_size=1))
def test_other_numbers_order_rows_as_they_are(values):
    found, form = date_parsing.moments(pd.Series(values), "column 'step'", date_parsing.NUMBERS)
    assert form == date_parsing.NUMBERS
    np.testing.assert_array_equal(found, values)


@pytest.mark.parametrize("word", ["12-34", "555-1234", "a-1", "1.2", "12:30", "A1/B2", "1.10.22"])
def test_what_is_no_date(word):
    assert date_parsing.find(pd.Series([word, word + "5"])) is None


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("date", True),
        ("birth_date", True),
        ("createdTime", True),
        ("Year 2", True),
        ("ds", True),
        ("update", False),
        ("lifetime", False),
        ("yearly", False),
    ],
)
def test_names_of_times(name, times):
    assert date_parsing.holds_times(name) is times


def test_dates_of_python_and_of_pandas():
    days = [datetime.date(2020, 1, 5), datetime.date(2020, 1, 7)]
    zoned = pd.Series(pd.to_datetime(days)).dt.tz_localize("Europe/Berlin")
    assert date_parsing.moments(pd.Series(days), "x") == (
        pytest.approx([1578182400, 1578355200]),
        "given",
    )
    assert date_parsing.moments(zoned, "x")[0][0] == 1578182400 - 3600
    half = pd.Series([datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), EPOCH], dtype=object)
    with pytest.raises(UserError, match="a time zone"):
        date_parsing.moments(half, "x")


def test_words_where_training_had_dates_are_read_as_iso_alone():
    words = pd.Series(["2020-01-31", "03/04/2020"])
    found = date_parsing.parse(words, date_parsing.GIVEN)
    assert found[0] == 1580428800
    assert np.isnan(found[1])
