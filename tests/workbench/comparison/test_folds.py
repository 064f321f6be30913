"""Folds: a full plan, in which nothing leaks, or one line that says why there is none."""

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from nna.data.examples import Examples
from nna.data.splits import key_columns
from nna.errors import UserError
from nna.spec import Table
from nna.workbench.comparison import comparison
from nna.workbench.comparison.folds import Rows, into_folds

FORMS = ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y %H:%M", "%d %b %Y", "%Y%m%d", "%G W%V", "%s"]


@st.composite
def rows(draw):
    """Random numbers of rows, moments, groups and classes."""
    count = draw(st.integers(1, 60))
    known = {}
    for name, lowest in (("classes", 1), ("groups", 1), ("times", 1)):
        if draw(st.booleans()):
            kinds = draw(st.integers(lowest, 12))
            values = np.array(
                draw(st.lists(st.integers(0, kinds - 1), min_size=count, max_size=count))
            )
            known[name] = np.unique(values, return_inverse=True)[1] if name == "classes" else values
    return Rows(count=count, **known)


@settings(max_examples=300, deadline=None)
@given(rows(), st.integers(0, 8), st.integers(0, 3))
def test_a_full_plan_or_one_line(of, count, seed):
    try:
        folds = into_folds(of, count, seed)
    except UserError as refused:
        said = str(refused)
        assert "\n" not in said
        return
    assert len(folds) == count
    for fold in folds:
        assert len(fold.train) >= 2
        assert len(fold.test) >= 1
        assert not np.intersect1d(fold.train, fold.test).size
        if of.classes is not None:
            assert len(np.unique(of.classes[fold.train])) > 1
        if of.groups is not None:
            assert not np.intersect1d(of.groups[fold.train], of.groups[fold.test]).size
        if of.times is not None:
            assert of.times[fold.train].max() < of.times[fold.test].min()
    tested = np.concatenate([fold.test for fold in folds])
    assert len(np.unique(tested)) == len(tested)
    if of.times is None:
        assert len(tested) == of.count


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(FORMS),
    st.lists(st.integers(0, 20_000), min_size=12, max_size=40),
    st.booleans(),
)
def test_no_training_row_is_later_than_its_test_rows_whatever_the_format(form, days, grouped):
    """What decides is the moment that was written, not the word."""
    whens = [datetime.datetime(1975, 1, 1) + datetime.timedelta(days=day) for day in days]
    words = [f"{when.timestamp():.0f}" if form == "%s" else when.strftime(form) for when in whens]
    frame = pd.DataFrame({"when": words, "who": np.arange(len(days)) % 7, "x": range(len(days))})
    if form in ("%s", "%Y%m%d"):
        frame["when"] = frame["when"].astype(int)
    of = Examples.of(
        task="regression",
        port=Table(features=3),
        x=frame,
        y=np.arange(len(days), dtype=np.float32),
    )
    moments = np.array([when.timestamp() for when in whens])
    if form == "%G W%V":
        moments = moments // 86_400 - np.array([when.weekday() for when in whens])
    try:
        made = key_columns.apart(of, "who" if grouped else None, "when")
        folds = into_folds(Rows(count=len(days), groups=made.groups, times=made.times), 3, 0)
    except UserError as refused:
        said = str(refused)
        assert "\n" not in said
        return
    for fold in folds:
        assert moments[fold.train].max() < moments[fold.test].min()


def test_of_two_orders_the_one_that_the_column_proves_decides(tmp_path: Path):
    """Read word by word, "02/11/2020" would come before "13/10/2020"."""
    days = pd.date_range("2020-01-01", periods=200)
    frame = pd.DataFrame({"day": days.strftime("%d/%m/%Y"), "x": np.arange(200.0)})
    y = np.arange(200, dtype=np.float32)
    of = Examples.of(task="regression", port=Table(features=2), x=frame, y=y)
    made = comparison.plan(of, "days", tmp_path / "days", time="day", folds=4)
    for fold in made.folds:
        assert fold.train.max() < fold.test.min()


def test_people_measured_over_the_whole_time_are_parted_by_both(tmp_path: Path):
    who = np.tile(np.arange(20), 30)
    day = np.repeat(np.arange(30), 20)
    frame = pd.DataFrame({"who": who, "day": day, "x": np.random.default_rng(0).normal(size=600)})
    y = (who % 2).astype(np.int64)
    of = Examples.of(
        task="classification", port=Table(features=3), x=frame, y=y, classes=("n", "y")
    )
    made = comparison.plan(of, "both", tmp_path / "both", time="day", groups="who", folds=4)
    assert "who" not in made.field.x.columns
    for fold in made.folds:
        assert not set(who[fold.train]) & set(who[fold.test])
        assert day[fold.train].max() < day[fold.test].min()


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (
            {"times": np.array([0, 1, 1, 2] * 5)},
            "3 different moments are too few for 5 folds: bring",
        ),
        ({"groups": np.zeros(20, int)}, "1 groups are too few for 5 folds"),
        ({"times": np.arange(20), "groups": np.arange(20) // 4}, "or only one of --time and --g"),
        ({"times": np.arange(20), "classes": np.arange(20) // 10}, "rows of one class alone"),
    ],
)
def test_folds_that_cannot_be_are_refused_before_anything_is_played(known, said):
    with pytest.raises(UserError, match=said):
        into_folds(Rows(count=20, **known), 5, 0)
