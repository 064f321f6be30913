"""Estimators are told how dates are written, and what belongs together."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from sklearn.base import clone

import nna
from nna.errors import UserError
from nna.workbench.estimators.base import _whole

QUICK = {"settings": {"hidden": (4,)}, "recipe": {"epochs": 1}}
UNPROVEN = pd.DataFrame({"day": [f"0{1 + i % 9}/0{1 + i % 7}/2021" for i in range(60)]})


@pytest.mark.parametrize("kind", [nna.Classifier, nna.Regressor])
def test_dates_that_prove_nothing_are_refused_until_said(kind, tmp_path):
    y = np.arange(60) % 3
    with pytest.raises(ValueError, match="dates="):
        kind(**QUICK).fit(UNPROVEN, y)
    fitted = {}
    for said in ("day-first", ("day=month-first",), "day=%d/%m/%Y"):
        made = clone(kind(**QUICK, dates=said))
        assert made.get_params()["dates"] == said
        made.fit(UNPROVEN, y).save(tmp_path / str(len(fitted)))
        again = kind.load(tmp_path / str(len(fitted)))
        assert again.get_params()["dates"] == said
        assert np.array_equal(again.predict(UNPROVEN), made.predict(UNPROVEN))
        fitted[said] = [column.format for column in made.fitted_.preparation.columns]
    assert [*fitted.values()] == [["%d/%m/%Y"], ["%m/%d/%Y"], ["%d/%m/%Y"]]


@pytest.mark.parametrize("kind", [nna.AnomalyDetector, nna.Embedder])
def test_those_that_learn_without_labels_are_told_too(kind):
    with pytest.raises(ValueError, match="dates="):
        kind(recipe={"epochs": 1}).fit(UNPROVEN)
    assert kind(recipe={"epochs": 1}, dates="day-first").fit(UNPROVEN)


@pytest.mark.parametrize(
    ("x", "dates", "said"),
    [
        (UNPROVEN, "noon", "day-first"),
        (UNPROVEN, "when=day-first", "no such column"),
        (np.zeros((60, 1)), "day-first", "frames"),
    ],
)
def test_what_is_said_of_dates_must_be_meant(x, dates, said):
    with pytest.raises(ValueError, match=said):
        nna.Classifier(**QUICK, dates=dates).fit(x, np.arange(60) % 2)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=6, max_size=80), st.integers(0, 9), st.floats(0, 0.4))
def test_no_group_is_torn_apart(groups, seed, share):
    shares = {"validation": 0.2, "calibrate": share}
    try:
        held = _whole(None, groups, len(groups), shares, seed)
    except UserError as refused:
        said = str(refused)
        assert "too few" in said
        return
    of = [{groups[row] for row in rows} for rows in held.values()]
    assert sum(map(len, of)) == len(set(groups))
    assert sorted(np.concatenate([*held.values()])) == [*range(len(groups))]


def test_rows_of_a_group_that_was_learnt_from_calibrate_nothing():
    rng = np.random.default_rng(0)
    person = np.repeat(np.arange(40), 5)
    x = rng.normal(size=(40, 3))[person]  # the same row five times
    y = (person % 2).astype(int)
    with pytest.warns(UserWarning, match="kept back to calibrate"):
        nna.Classifier(**QUICK, calibrate=0.2).fit(x, y)
    fitted = nna.Classifier(**QUICK, calibrate=0.2).fit(x, y, groups=person)
    assert not [note for note in fitted.notes_ if "calibrate" in note]
    nna.Regressor(**QUICK, calibrate=0.2).fit(x, y * 1.5, groups=person)
    nna.AnomalyDetector(recipe={"epochs": 1}).fit(x, groups=person)
    for groups, said in (
        (person[1:], "values for"),
        ([None] * 200, "gaps"),
        ([1] * 200, "too few"),
    ):
        with pytest.raises(ValueError, match=said):
            nna.Classifier(**QUICK, calibrate=0.2).fit(x, y, groups=groups)
