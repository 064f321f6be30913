"""What a column holds is decided by its values, and what teaches nothing is left out."""

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from nna.data.columns.dates import Date
from nna.data.columns.kinds import kind_of
from nna.data.columns.numbers import parse, style_of
from nna.data.columns.one_hot import MOST, Words
from nna.data.columns.tfidf import Text

DAYS = pd.date_range("2021-01-01", periods=40, freq="9D")


def kind(values, name="column", **more):
    return kind_of(name, pd.Series(values, **more))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 3], "number"),
        ([1.5, np.nan, 2], "number"),
        (["1,234", " 5 ", "1e3"], "number"),
        (["12%", "7 %", None], "number"),
        ([Decimal("1.5"), Decimal(2)], "number"),
        (pd.to_timedelta([1, 2], unit="h"), "number"),
        (pd.array([1, None, 3], dtype="Int64"), "number"),
        ([*map(str, range(30)), "unknown"], "number"),
        ([True, False], "truth"),
        ([True, None, False], "truth"),
        (["TRUE", "false", "True"], "truth"),
        (["red", "blue", "red"], "words"),
        (["1", "2", "3b"], "words"),
        (pd.Categorical(["a", "b", "a"]), "words"),
        (["2024-01-05", "2024-02-01"], "date"),
        (pd.to_datetime(["2024-01-05", None, "2024-02-01"]), "date"),
        ([datetime.date(2024, 1, 5), datetime.date(2024, 2, 1)], "date"),
        ([f"a sentence with the number {i}" for i in range(9)], "text"),
        ([f"u{i}" for i in range(20)], "identifier"),
        ([f"u{i}" for i in range(19)], "words"),  # too few rows to tell
        ([3, 3, 3], "constant"),
        (["a", "a"], "constant"),
        ([3, None, 3], "number"),  # where it is missing may teach
        ([None, None], "empty"),
        ([np.inf, -np.inf], "empty"),
    ],
)
def test_kinds(values, expected):
    assert kind(values) == expected


@pytest.mark.parametrize("name", ["id", "ID", "user_id", "PassengerId", "Unnamed: 0", "row nr"])
def test_numbers_name_rows_only_where_the_name_says_so(name):
    assert kind(range(20), name) == "identifier"
    assert kind(range(20), "age") == "number"
    assert kind([*range(19), 3], name) == "number"
    assert kind(np.arange(20) / 2, name) == "number"


def test_lists_are_no_values(refuses):
    refuses(lambda: kind([[1, 2], [3]]), "column 'column' holds values of kind list")


@pytest.mark.parametrize(
    ("words", "style", "numbers"),
    [
        (["1,234", "5.5", "-1,234,567.25"], "point", [1234, 5.5, -1234567.25]),
        (["1.234,5", "3,5", "-7"], "comma", [1234.5, 3.5, -7]),
        (["€ 3,50", "1 200 €"], "comma", [3.5, 1200]),
        (["$5", "$1,000", "12%", "−3"], "point", [5, 1000, 0.12, -3]),
        ([" 5 ", "1e-3", ".5", "inf"], "point", [5, 1e-3, 0.5, np.inf]),
        (["true", "False", None], "truth", [1, 0, np.nan]),
        (["1'000", "2 000"], "point", [1000, 2000]),
    ],
)
def test_numbers_however_they_are_written(words, style, numbers):
    column = pd.Series(words)
    assert style_of(column) == style
    assert np.array_equal(parse(column, style), numbers, equal_nan=True)


@pytest.mark.parametrize(
    "word", ["3b", "1,23", "1_000", "0x1f", "--5", "1.2.3", "five", "%", "nan5"]
)
def test_what_is_no_number(word):
    assert style_of(pd.Series([word, word])) in (None, "comma")
    assert np.isnan(parse(pd.Series([word]), "point"))[0]


def test_time_and_the_cycles_that_vary():
    hours = pd.Series(pd.date_range("2024-01-01", periods=72, freq="h"))
    fitted = Date.fit("t", hours)
    assert fitted.cycles == ("day", "week")
    values, _ = fitted.encode(hours)
    assert fitted.labels()[:3] == ["t: time", "t: sine of the day", "t: cosine of the day"]
    assert values[:, 0].mean() == pytest.approx(0, abs=1e-6)
    assert values[:, 0].std() == pytest.approx(1, abs=1e-6)
    assert np.allclose(values[:24, 1:3], values[24:48, 1:3], atol=1e-5)  # the same hour again
    days = Date.fit("t", pd.Series(DAYS))
    assert days.cycles == ("week", "year")


def test_gaps_in_dates_are_the_mean_and_told(refuses):
    fitted = Date.fit("when", pd.Series(["2024-01-05", None, "2024-03-05"]))
    values, told = fitted.encode(pd.Series([None, "2024-02-04"]))
    assert values[0, 0] == 0
    assert values[:, -1].tolist() == [1, 0]
    assert told == []
    whole = Date.fit("when", pd.Series(["2024-01-05", "2024-03-05"]))
    values, told = whole.encode(pd.Series([None, "soon", "2024-02-04"]))
    assert not values[:2].any()
    assert told == [
        "column 'when': 1 values no dates: taken as the mean",
        "column 'when': 1 values missing: taken as the mean",
    ]
    refuses(lambda: whole.encode(pd.Series(["soon"])), "'soon' is no date as in training", "ISO")


def test_a_million_words_keep_the_most_frequent():
    draw = np.random.default_rng(0)
    words = pd.Series([f"w{i}" for i in draw.zipf(1.3, 100_000) % 1_000_000])
    fitted = Words.fit("w", words)
    counts = words.value_counts()
    assert len(fitted.values) == MOST
    assert {"w1", "w2", "w3"} <= set(fitted.values)
    assert counts[list(fitted.values)].min() >= counts.drop(list(fitted.values)).max()
    values, told = fitted.encode(pd.Series(["w1", "never seen"]))
    assert values.sum(1).tolist() == [1, 1]
    assert values[1, MOST] == 1
    assert fitted.labels()[MOST] == "w: others"
    assert (
        "1 values that training didn't keep ('never seen'): taken as one of the others" in told[0]
    )


def test_few_words_are_all_kept_and_of_many_those_seen_twice():
    assert Words.fit("w", pd.Series([*"abc", "a"])).values == ("a", "b", "c")
    many = [f"w{i}" for i in range(21)] + ["w3", "w5"]
    assert Words.fit("w", pd.Series(many)).values == ("w3", "w5")


def test_missing_words_are_a_word_where_training_had_gaps():
    fitted = Words.fit("w", pd.Series(["a", None, "b"]))
    assert fitted.labels() == ["w = a", "w = b", "w: missing"]
    assert fitted.encode(pd.Series([None, "b", "z"]))[0].tolist() == [
        [0, 0, 1],
        [0, 1, 0],
        [0, 0, 0],
    ]
    values, told = Words.fit("w", pd.Series(["a", "b"])).encode(pd.Series([None, "b"]))
    assert values.tolist() == [[0, 0], [0, 1]]
    assert "1 values missing, as none was in training" in told[0]


def test_a_number_among_words_is_the_word_it_writes():
    fitted = Words.fit("w", pd.Series(["1", "2", "3b"]))
    for same in ([1, 2], [1.0, 2.0], ["1", "2"]):
        assert fitted.encode(pd.Series(same))[0].tolist() == [[1, 0, 0], [0, 1, 0]]


def test_texts_are_weighed_as_scikit_learn_weighs_them():
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = pd.Series([f"the cat number {i} sat on the mat" for i in range(9)])
    fitted = Text.fit("t", texts)
    new = pd.Series(["a cat on the roof", None])
    values, told = fitted.encode(new)
    expected = TfidfVectorizer().fit(texts).transform(new.fillna("")).toarray()
    assert np.allclose(values, expected, atol=1e-7)
    assert fitted.labels()[0] == "t has cat"
    assert told == ["column 't': 1 texts missing: taken as empty"]
