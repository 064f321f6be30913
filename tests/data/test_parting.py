"""Parts by groups, time, a column, a file: what is promised holds, or one line says why."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from nna import tasks
from nna.data import sources
from nna.data.examples import Examples
from nna.data.splits import key_columns
from nna.data.splits.parts import cut_at, dealt, stretches
from nna.data.splits.split import split
from nna.errors import UserError
from nna.spec import Table


def table(count, classes=(), **known):
    y = np.arange(count) % max(len(classes), 1)
    return Examples.of(
        task="classification" if classes else "regression",
        port=Table(features=1),
        x=pd.DataFrame({"row": np.arange(count)}),
        y=y.astype(np.int64) if classes else np.arange(count, dtype=np.float32),
        classes=classes,
        **known,
    )


def rows(parts):
    return {part: np.asarray(of.x["row"]) for part, of in parts.items()}


@st.composite
def tables(draw):
    """Random rows with groups, moments, classes and a prescribed test part, or without."""
    count, known = draw(st.integers(5, 80)), {}
    for name in ("groups", "times"):
        if draw(st.booleans()):
            drawn = st.lists(
                st.integers(0, draw(st.integers(0, 29))), min_size=count, max_size=count
            )
            known[name] = np.array(draw(drawn), dtype=float)
    of = table(count, ("a", "b", "c")[: draw(st.sampled_from([0, 2, 3]))], **known)
    if draw(st.booleans()):
        cut = draw(st.integers(1, count - 1))
        of = dataclasses.replace(of, parts={"train": np.arange(cut), "test": np.arange(cut, count)})
    return of


@settings(max_examples=120, deadline=None)
@given(tables(), st.integers(0, 5))
def test_no_group_is_in_two_parts_and_no_part_is_later_than_the_next(of, seed):
    try:
        found = rows(split(of, seed))
    except UserError as refused:
        said = str(refused)
        assert "\n" not in said
        return
    every = np.concatenate([*found.values()])
    assert len(set(every)) == len(every)
    assert all(len(of_part) for of_part in found.values())
    if of.groups is None or of.times is None:
        assert len(every) == len(of)
    if of.classes:
        assert len(set(of.y[found["train"]])) == len(of.classes)
    for one, other in (("train", "validation"), ("train", "test"), ("validation", "test")):
        assert of.groups is None or not {*of.groups[found[one]]} & {*of.groups[found[other]]}
        assert of.times is None or of.times[found[one]].max() < of.times[found[other]].min()


@settings(max_examples=100, deadline=None)
@given(st.data(), st.integers(1, 6))
def test_stretches_hold_whole_moments_and_none_is_empty(data, count):
    times = np.array(data.draw(st.lists(st.integers(0, 20), min_size=count + 1, max_size=60)))
    if len(np.unique(times)) <= count:
        times = np.concatenate([times, np.arange(30, 31 + count)])
    of = stretches(times, count)
    assert sorted({*of}) == [*range(count + 1)]
    for early in range(count):
        assert times[of <= early].max() < times[of > early].min()
    even = np.random.default_rng(0).permutation(120)
    assert np.bincount(cut_at(even, [78, 96])).tolist() == [78, 18, 24]


@given(st.lists(st.integers(0, 9), min_size=3, max_size=60).filter(lambda of: len({*of}) > 2))
def test_whole_groups_are_dealt_and_no_part_is_empty(groups):
    part = dealt(np.array(groups), [0.65, 0.15, 0.2], 0)
    assert {*part} == {0, 1, 2}
    assert len({*zip(groups, part, strict=True)}) == len({*groups})


def test_a_column_says_which_part_a_row_is_for():
    words = ["Train", "training", "val", "TEST", "dev"] * 4
    of = table(20, ("n", "y"))
    of = of.changed(x=of.x.assign(part=words))
    made = key_columns.prescribed(of, "part")
    found = rows(split(made, 0))
    assert "part" not in made.x
    assert found["test"].tolist() == [3, 8, 13, 18]
    assert found["validation"].tolist() == [2, 4, 7, 9, 12, 14, 17, 19]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["train", "test", "both"], "'both' is no part"),
        (["train", "val"], "no row is for test"),
        (["test"], "no row is for train"),
        (["train", None], "has gaps"),
    ],
)
def test_a_column_of_other_words_is_refused(words, said):
    of = table(12)
    of = of.changed(x=of.x.assign(part=(words * 12)[:12]))
    with pytest.raises(UserError, match=said):
        key_columns.prescribed(of, "part")


def test_rows_of_a_file_of_their_own_are_the_test_part(written):
    lines = [f"{i},2020-01-{i + 1:02},{'ab'[i % 2]}\n" for i in range(20)]
    train = written("train.csv", "x,when,y\n" + "".join(lines))
    test = written("test.csv", "y,x,when,more\nb,7,2020-02-01,1\na,8,2020-02-02,2\n")
    of = key_columns.joined(
        sources.open_file(train, "y"),
        sources.open_file(test, "y", tasks.get("classification")),
        str(test),
    )
    parts = split(of, 0)
    assert np.asarray(parts["test"].x["x"]).tolist() == [7, 8]
    assert parts["test"].y.tolist() == [1, 0]
    assert len(parts["train"]) + len(parts["validation"]) == 20
    assert (
        key_columns.apart(of, None, "when").times[-1]
        > key_columns.apart(of, None, "when").times[:-2].max()
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("y,z\na,1\nb,2\n", "has no column 'x'"),
        ("y,x\na,1\nc,2\n", "classes that the data lack: 'c'"),
    ],
)
def test_a_file_of_other_columns_or_classes_is_refused(written, text, said):
    train = sources.open_file(written("train.csv", "x,y\n1,a\n2,b\n" * 1 + "3,a\n4,b\n"), "y")
    other = sources.open_file(written("test.csv", text), "y", tasks.get("classification"))
    with pytest.raises(UserError, match=said):
        key_columns.joined(train, other, "test.csv")


@pytest.mark.parametrize(
    ("groups", "time", "said"),
    [
        ("row", "row", "both name 'row'"),
        ("nobody", None, "--groups: no column 'nobody'"),
        (None, "gaps", "'gaps' has gaps"),
        (None, "day", "2020-04-03 with the day first"),
    ],
)
def test_columns_that_cannot_part_rows(groups, time, said):
    of = table(6)
    of = of.changed(x=of.x.assign(gaps=None, day="03/04/2020"))
    with pytest.raises(UserError, match=said):
        key_columns.apart(of, groups, time)
