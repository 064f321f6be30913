"""A column of texts is treated as scikit-learn's TF-IDF treats it, within stated bounds."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from nna.data.columns import tfidf
from nna.data.columns.tfidf import FEW, MOST, Text
from nna.data.examples import Examples
from nna.data.prepare import Preparation
from nna.spec import Table

WORD = st.text("abcdeÄß 19.,'-", min_size=1, max_size=6)
TEXTS = st.lists(st.lists(WORD, max_size=12).map(" ".join), min_size=1, max_size=12)


@given(TEXTS, TEXTS)
def test_a_column_is_what_scikit_learn_computes_by_default(train, asked):
    if not tfidf.has_words(pd.Series(train)):
        train = [*train, "two words"]
    fitted = Text.fit("t", pd.Series(train))
    values, _ = fitted.encode(pd.Series(asked))
    theirs = TfidfVectorizer(max_features=MOST).fit(train)
    assert values.dtype == np.float32
    assert np.array_equal(values, theirs.transform(asked).toarray().astype(np.float32))
    assert fitted.labels() == [f"t has {word}" for word in theirs.get_feature_names_out()]


def rare(rows: int, words: int) -> pd.Series:
    """Texts of three common words and one of many rare ones."""
    return pd.Series([f"one two three rare{i % words}" for i in range(rows)])


@pytest.mark.parametrize(("cells", "beside", "kept"), [(2**27, 1, 403), (900_000, 1, 300)])
def test_words_are_as_many_as_memory_holds(monkeypatch, cells, beside, kept):
    monkeypatch.setattr(tfidf, "CELLS", cells)
    column = rare(3000, 400)
    assert len(Text.fit("t", column, beside).vocabulary) == kept
    assert len(Text.fit("t", column, 100).vocabulary) <= max(FEW, kept)


def test_several_columns_of_texts_share_the_memory(monkeypatch):
    monkeypatch.setattr(tfidf, "CELLS", 750 * 1500)
    column = rare(1500, 1400)
    alone, both = (
        Preparation.fit(
            Examples.of(task="reconstruction", port=Table(features=len(x)), x=pd.DataFrame(x))
        )
        for x in ({"a": column}, {"a": column, "b": column[::-1].to_numpy()})
    )
    assert len(alone.labels()) == 750
    assert len(both.labels()) == 2 * 375


@given(TEXTS, st.integers(1, 6))
def test_fewer_words_are_those_that_most_texts_hold(texts, words):
    texts = [*texts, "common words", "common words too"]
    whole = Text.fit("t", pd.Series(texts))
    fewer = whole.fewer(words)
    assert len(fewer.vocabulary) == min(words, len(whole.vocabulary))
    left = {*whole.vocabulary} - {*fewer.vocabulary}
    weight = dict(zip(whole.vocabulary, whole.weights, strict=True))
    assert max(fewer.weights) <= min([weight[word] for word in left], default=np.inf)
    assert fewer.weights == tuple(weight[word] for word in fewer.vocabulary)
    values, _ = fewer.encode(pd.Series(texts))
    norms = np.linalg.norm(values, axis=1)
    assert np.all((abs(norms - 1) < 1e-5) | (norms == 0))


def test_a_record_of_an_older_run_answers_as_it_did():
    """Two hundred words, by weights in double precision: only the record decides."""
    texts = pd.Series([f"the cat number {i} sat on mat {i % 7}" for i in range(90)])
    counter = TfidfVectorizer(max_features=5).fit(texts)
    words = [*map(str, counter.get_feature_names_out())]
    column = {"kind": "text", "name": "t", "vocabulary": words, "gaps": 1}
    record = {
        "whole": None,
        "columns": [{**column, "weights": [*map(float, counter.idf_)]}],
        "left_out": {},
        "target": [0.0, 1.0],
    }
    asked = Examples.of(
        task="classification", port=Table(features=1), x=pd.DataFrame({"t": [*texts, None]})
    )
    prepared = Preparation.from_json(record).apply(asked).x
    grid = counter.transform([*texts, ""]).toarray()
    missing = np.arange(91)[:, None] == 90
    before = np.concatenate([grid, missing], axis=1).astype(np.float32)  # as it was computed
    assert np.array_equal(np.asarray(prepared), before)


def test_a_network_with_a_token_a_column_keeps_few_words():
    examples = Examples.of(
        task="classification",
        port=Table(features=1),
        x=pd.DataFrame({"t": rare(3000, 2000)}),
        y=np.arange(3000) % 2,
        classes=("a", "b"),
    )
    whole = Preparation.fit(examples)
    few = Preparation.fit(examples, Table(), FEW)
    assert len(whole.labels()) == 2003
    assert few == whole.fewer(FEW)
    assert few == dataclasses.replace(few, columns=(whole.columns[0].fewer(FEW),))
