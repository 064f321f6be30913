"""An example is known again by its values, however it comes."""

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from nna.data.examples import Examples
from nna.data.prepare import Preparation
from nna.data.splits import row_identity
from nna.spec import Table

CELLS = {
    "number": st.floats(-1e9, 1e9, width=32)
    | st.just(float("nan"))
    | st.sampled_from([0.0, -0.0, 1.7e9]),
    "word": st.sampled_from(["a", "b", "A", "$", "é", ""]),
    "whole": st.integers(-9, 9),
}


@st.composite
def frames(draw, least=1):
    kinds = draw(st.lists(st.sampled_from([*CELLS]), min_size=1, max_size=4))
    count = draw(st.integers(least, 12))
    columns = {
        f"{kind}{place}": draw(st.lists(CELLS[kind], min_size=count, max_size=count))
        for place, kind in enumerate(kinds)
    }
    return pd.DataFrame(columns)


def same(one, other):
    return np.array_equal(row_identity.keys(one)["double"], row_identity.keys(other)["double"])


@settings(max_examples=80, deadline=None)
@given(frames(), st.randoms(use_true_random=False))
def test_neither_order_nor_blanks_nor_the_kind_of_number_changes_a_key(frame, chance):
    order = [*frame.columns]
    chance.shuffle(order)
    assert same(frame, frame[order])
    turned = chance.sample(range(len(frame)), len(frame))
    found = row_identity.keys(frame.iloc[turned].reset_index(drop=True))["double"]
    assert np.array_equal(found, row_identity.keys(frame)["double"][turned])
    other = frame.copy()
    for name in frame:
        if name.startswith("word"):
            other[name] = " " + frame[name] + "  "
        if name.startswith("whole"):
            other[name] = frame[name].astype(chance.choice(["int8", "float64", "Int64"]))
    assert same(frame, other)


@settings(max_examples=80, deadline=None)
@given(frames())
def test_keys_are_equal_where_rows_are_and_nowhere_else(frame):
    cells = [
        tuple(str(cell + 0.0) if isinstance(cell, float) else str(cell) for cell in row)
        for row in frame.to_numpy(dtype=object).tolist()
    ]
    codes = {
        key: cell
        for key, cell in zip(row_identity.keys(frame)["double"].tolist(), cells, strict=True)
    }
    assert len(codes) == len(set(cells)) == row_identity.distinct(row_identity.keys(frame))


def test_values_stay_in_their_columns():
    one, other = pd.DataFrame({"a": [1.0], "b": [2.0]}), pd.DataFrame({"a": [2.0], "b": [1.0]})
    assert not same(one, other)
    assert not same(one.rename(columns={"a": "c"}), one)


@pytest.mark.parametrize("form", ["csv", "parquet", "excel", "jsonl", "european", "npy"])
def test_a_file_of_another_format_holds_the_same_rows(form, tmp_path):
    draw = np.random.default_rng(0)
    frame = pd.DataFrame({"0": draw.normal(size=40), "1": draw.integers(0, 9, 40)})
    if form != "npy":
        frame["word"] = draw.choice(["x", "y"], 40)
    whole = Examples.of(task="density", port=Table(features=frame.shape[1]), x=frame)
    preparation = Preparation.fit(whole)
    if form == "csv":
        other = pd.read_csv(io.StringIO(frame.to_csv(index=False)))
    elif form == "european":
        other = frame.astype(str)
    elif form == "parquet":
        frame.to_parquet(tmp_path / "t.parquet")
        other = pd.read_parquet(tmp_path / "t.parquet")
    elif form == "excel":
        frame.to_excel(tmp_path / "t.xlsx", index=False)
        other = pd.read_excel(tmp_path / "t.xlsx")
    elif form == "jsonl":
        frame.to_json(tmp_path / "t.jsonl", orient="records", lines=True, double_precision=15)
        other = pd.read_json(tmp_path / "t.jsonl", lines=True, precise_float=True)
    else:
        other = frame.to_numpy(dtype=np.float32)
    kept = row_identity.keys(frame, preparation)
    asked = row_identity.keys(other.iloc[::-1] if form != "npy" else other[::-1], preparation)
    assert row_identity.known(asked, kept).all()
    assert not row_identity.known(
        row_identity.keys(
            frame + frame if form == "npy" else frame.assign(**{"0": 3.0}), preparation
        ),
        kept,
    ).any()


def test_an_offset_does_not_make_rows_alike():
    frame = pd.DataFrame({"a": 1.7e9 + np.arange(50)})
    assert row_identity.distinct(row_identity.keys(frame)) == 50
    assert (
        row_identity.known(row_identity.keys(frame[:10] + 0.5), row_identity.keys(frame)).sum() == 0
    )


def test_columns_that_no_network_sees_do_not_count():
    frame = pd.DataFrame({"name": [f"n{i}" for i in range(30)], "a": np.arange(30.0) ** 2})
    whole = Examples.of(task="density", port=Table(features=2), x=frame)
    preparation = Preparation.fit(whole)
    assert preparation.left_out
    found = row_identity.keys(frame.assign(name="other", more=1), preparation)
    assert row_identity.known(found, row_identity.keys(frame, preparation)).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 20), st.integers(3, 4), st.integers(0, 999))
def test_pictures_and_series_are_known_by_all_their_numbers(count, axes, seed):
    x = np.random.default_rng(seed).normal(size=(count, *[3] * (axes - 1))).astype(np.float32)
    assert row_identity.known(row_identity.keys(x[::-1].astype(float)), row_identity.keys(x)).all()
    moved = x.copy()
    moved[..., 0] += 1e-3
    assert not row_identity.known(row_identity.keys(moved), row_identity.keys(x)).any()
