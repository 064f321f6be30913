"""Encoded columns are what scikit-learn's encoders make of them, where both do the same."""

import numpy as np
import pandas as pd
from hypothesis import given, strategies as st
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from nna.data.examples import Examples
from nna.data.prepare import Preparation
from nna.spec import Table

WORDS = st.lists(st.sampled_from(["red", "green", "blue", "01", "TRUE"]), min_size=4, max_size=30)
NUMBERS = st.lists(
    st.one_of(st.just(None), st.floats(-1e6, 1e6, width=32)), min_size=6, max_size=30
)


def prepared(frame, new):
    train = Examples.of(task="reconstruction", port=Table(features=frame.shape[1]), x=frame)
    preparation = Preparation.fit(train)
    return preparation.apply(train.changed(x=new)).x


@given(WORDS, WORDS)
def test_words_are_one_hot_and_unseen_ones_are_none(seen, asked):
    if len(set(seen)) < 2:
        return
    other = np.arange(len(seen)) % 2.0
    frame = pd.DataFrame({"word": seen, "number": other})
    new = pd.DataFrame({"word": asked, "number": np.resize(other, len(asked))})
    theirs = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(frame[["word"]])
    expected = theirs.transform(new[["word"]])
    assert np.array_equal(prepared(frame, new)[:, : expected.shape[1]], expected)


@given(NUMBERS)
def test_numbers_are_filled_by_the_median_told_and_scaled(values):
    column = np.array([np.nan if one is None else one for one in values])
    known = column[~np.isnan(column)]
    if len(np.unique(known)) < 2 or known.std() < 1e-3 * np.abs(known).max():
        return
    frame = pd.DataFrame({"a": column})
    ours = prepared(frame, frame)
    filled = SimpleImputer(strategy="median").fit_transform(frame)
    scale = StandardScaler().fit(known[:, None])
    assert np.allclose(ours[:, 0], scale.transform(filled)[:, 0], rtol=1e-4, atol=1e-5)
    if np.isnan(column).any():
        assert np.array_equal(ours[:, 1:], MissingIndicator().fit_transform(frame))
