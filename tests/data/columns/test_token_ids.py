"""A table whose only useful column is text is read as tokens by architectures that take these."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from nna.data.columns.fitting import texts_alone
from nna.data.columns.token_ids import PADDING, UNKNOWN, TokenIds
from nna.data.examples import Examples
from nna.data.prepare import Preparation
from nna.spec import Table, Tokens

WORD = st.sampled_from(["red", "Red", "green", "blue,", "night", "day", "not", "good!", "12", "é"])
TEXTS = st.lists(st.lists(WORD, min_size=3, max_size=9).map(" ".join), min_size=5, max_size=12)


def examples(table) -> Examples:
    frame = pd.DataFrame(table)
    y = np.arange(len(frame)) % 2
    port = Table(features=frame.shape[1])
    return Examples.of(task="classification", port=port, x=frame, y=y, classes=("a", "b"))


def made(rows: int = 40) -> list[str]:
    return [
        f"the night number {i} was long and {'dark' if i % 2 else 'bright'}" for i in range(rows)
    ]


@given(TEXTS, TEXTS)
def test_ids_stand_for_words_in_their_order(train, asked):
    fitted = TokenIds.fit("t", pd.Series(train))
    ids, told = fitted.encode(pd.Series(asked))
    assert ids.shape == (len(asked), fitted.length) == (len(asked), len(fitted.labels()))
    assert not told
    known = dict(enumerate(fitted.words, UNKNOWN + 1))
    for row, text in zip(ids, asked, strict=True):
        words = re.findall(r"\w+|[^\s\w]", text.lower())[: fitted.length]
        expected = [word if word in fitted.words else None for word in words]
        assert [known.get(i) for i in row[: len(words)]] == expected
        assert (row[len(words) :] == PADDING).all()
        assert UNKNOWN not in row or None in expected


def test_a_table_of_texts_alone_becomes_tokens_and_a_record_keeps_it():
    train = examples({"t": made(), "id": range(40), "same": "x"})
    assert texts_alone(train)
    fitted = Preparation.fit(train, Tokens())
    seen = fitted.apply(train)
    assert seen.port == Tokens(vocab=len(fitted.columns[0].vocabulary), length=seen.x.shape[1])
    assert seen.x.dtype == np.int64
    assert fitted.left_out == {"id": "identifier", "same": "constant"}
    again = Preparation.from_json(json.loads(json.dumps(fitted.to_json())))
    assert again == fitted
    assert np.array_equal(again.apply(train).x, seen.x)
    assert "texts to the ids of their words: 't'" in " ".join(fitted.describe())


def test_gaps_are_empty_texts_and_told():
    train = examples({"t": [*made(), None]})
    fitted = Preparation.fit(train, Tokens())
    asked = fitted.apply(examples({"t": [None, "a dark night"]}))
    assert not asked.x[0].any()
    assert asked.notes == ("column 't': 1 texts missing: taken as empty",)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"t": made(), "age": np.arange(40) / 7}, "'t' and also 'age': leave those out"),
        ({"t": made(), "u": made()}, "'t' and also 'u': leave those out"),
        ({"colour": ["red", "blue"] * 20}, "no column holds texts"),
        ({"n": np.arange(40) / 3}, "no column holds texts"),
    ],
)
def test_other_tables_are_no_texts(refuses, table, told):
    train = examples(table)
    assert not texts_alone(train)
    refuses(lambda: Preparation.fit(train, Tokens()), "it takes", told)
    Preparation.fit(train, Table())  # but numbers they become


def test_an_array_is_no_text():
    assert not texts_alone(
        Examples.of(task="classification", port=Table(features=2), x=np.zeros((3, 2)))
    )
