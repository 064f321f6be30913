"""What is fitted is fitted on the training part; no row of validation or test reaches a fit."""

import inspect
import json

import numpy as np
import pandas as pd
import pytest
import sklearn.base
import sklearn.preprocessing
from hypothesis import given, settings, strategies as st
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression

import nna
from nna.data import catalog
from nna.data.adapt import adapt
from nna.data.columns import fitting
from nna.data.examples import PARTS, Examples
from nna.data.prepare import Preparation
from nna.data.sources import open_file
from nna.data.splits.split import split
from nna.errors import UserError
from nna.spec import Image, Series, Table

FRAME = pd.DataFrame({"a": [1.0, 3.0], "b": ["x", "y"], "c": [True, False], "k": [7, 7]})


def table(x, **more):
    port = Table(features=x.shape[1])
    whole = {"task": "classification", "port": port, "x": x, "y": np.arange(len(x)) % 2}
    return Examples.of(**whole | {"classes": ("u", "v")} | more)


# --- what preparation does -------------------------------------------------------------------


def test_numbers_to_mean_0_spread_1_and_words_to_columns():
    fitted = Preparation.fit(table(FRAME))
    done = fitted.apply(table(FRAME))
    # a scaled, one column a word of b, c scaled; k does not vary
    assert done.x.tolist() == [[-1, 1, 0, 1], [1, 0, 1, -1]]
    assert done.x.dtype == np.float32
    assert done.port == Table(features=4)
    assert fitted.labels() == [("a", "a"), ("b", "b = x"), ("b", "b = y"), ("c", "c")]
    assert fitted.describe() == [
        "2 number columns to mean 0, spread 1 (of the training part)",
        "1 category columns to 2 columns of 0 and 1",
        "columns left out: 'k' (is the same in every row)",
    ]


def test_a_word_that_training_has_not_seen_is_none_of_those_seen():
    other = FRAME.assign(b=["y", "z"])
    done = Preparation.fit(table(FRAME)).apply(table(other))
    assert done.x[:, 1:3].tolist() == [[0, 1], [0, 0]]
    assert done.notes == (
        "column 'b': 1 values that training didn't keep ('z'): taken as none of its words",
    )


def test_columns_are_found_by_name_in_any_order():
    fitted = Preparation.fit(table(FRAME))
    turned = FRAME[["c", "b", "a"]].assign(extra=1)
    done = fitted.apply(table(turned))
    assert np.array_equal(done.x, fitted.apply(table(FRAME)).x)
    assert done.notes == ("columns that training had not are ignored: 'extra'",)
    assert fitted.apply(table(FRAME)).notes == ()


def test_tables_of_another_kind_are_refused(refuses):
    fitted = Preparation.fit(table(FRAME))
    refuses(lambda: fitted.apply(table(FRAME.drop(columns="b"))), "lacks the column 'b'")
    words = FRAME.assign(a=["p", "q"])
    refuses(lambda: fitted.apply(table(words)), "column 'a' holds words; in training it held num")
    array = Preparation.fit(table(np.eye(3)))
    refuses(lambda: array.apply(table(np.eye(4))), "rows of 4 numbers; it needs 3")


def test_gaps_get_the_median_of_training_and_a_column_of_their_own():
    train = pd.DataFrame({"a": [1.0, 2.0, np.nan, 9.0], "b": [1.0, 2, 3, 4]})
    fitted = Preparation.fit(table(train))
    assert [label for _, label in fitted.labels()] == ["a", "a: missing", "b"]
    done = fitted.apply(table(train)).x
    known = np.array([1.0, 2, 9])
    assert done[2, 0] == pytest.approx((2 - known.mean()) / known.std())
    assert done[:, 1].tolist() == [0, 0, 1, 0]
    new = fitted.apply(table(pd.DataFrame({"a": [np.inf, 2.0], "b": [np.nan, 1e39]})))
    assert np.isfinite(new.x).all()
    assert new.x[0].tolist() == [done[2, 0], 1, 0]
    assert new.notes == (
        "column 'a': 1 values infinite or too large: filled by the median",
        "column 'b': 1 values infinite or too large: filled by the median",
        "column 'b': 1 values missing: filled by the median",
    )
    assert "gaps filled by the median and told by a column of their own: 'a' (1)" in (
        fitted.describe()
    )


def test_arrays_with_gaps_are_filled_as_well():
    x = np.array([[1.0, 5], [np.nan, 7], [3, 9]])
    fitted = Preparation.fit(table(x))
    assert fitted.apply(table(x)).x[:, 1].tolist() == [0, 1, 0]
    assert fitted.apply(table(x)).port == Table(features=3)
    never = Preparation.fit(table(np.full((3, 2), np.nan)))
    assert np.isfinite(never.apply(table(x)).x).all()


def test_a_table_that_teaches_nothing_is_refused(refuses):
    useless = pd.DataFrame({"id": range(20), "k": [1] * 20, "e": [None] * 20})
    refuses(lambda: Preparation.fit(table(useless)), "'id' names the rows; 'k' is the same")
    twice = pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"])
    refuses(lambda: Preparation.fit(table(twice)), "several columns are called 'a'")


def test_the_record_of_another_version_is_refused(refuses):
    old = {"numbers": {"a": [0, 1]}, "categories": {}, "target": [0, 1]}
    refuses(lambda: Preparation.from_json(old), "another version", "train anew")


MESSY = {
    "number": st.none() | st.floats(width=64) | st.integers(-(10**30), 10**30),
    "word": st.none() | st.text(max_size=6),
    "truth": st.none() | st.booleans(),
    "written": st.none() | st.sampled_from(["1,234", "5 %", " 7", "$3", "x", "-", "1.5", "inf"]),
    "date": st.none()
    | st.datetimes()
    | st.dates()
    | st.sampled_from(["2024-01-05", "5.1.24", "?"]),
    "text": st.none() | st.text("abc ,;", max_size=40),
    "any": st.none() | st.booleans() | st.floats() | st.text(max_size=3) | st.integers(),
}


@st.composite
def messy(draw):
    """Two tables with the same columns; values of the second need not be like the first's."""
    rows, more = draw(st.integers(1, 25)), draw(st.integers(1, 5))
    kinds = draw(st.lists(st.sampled_from(sorted(MESSY)), min_size=1, max_size=4))
    columns = {}
    for number, kind in enumerate(kinds):
        other = draw(st.sampled_from([kind, kind, "any"]))
        values = draw(st.lists(MESSY[kind], min_size=rows, max_size=rows))
        values += draw(st.lists(MESSY[other], min_size=more, max_size=more))
        columns[f"c{number}"] = pd.Series(values, dtype=object)
    frame = pd.DataFrame(columns)
    both = frame.iloc[:rows], frame.iloc[rows:]
    return tuple(part.infer_objects() if draw(st.booleans()) else part for part in both)


def line(what):
    """What a call gives, or None where it is refused in one line."""
    try:
        return what()
    except UserError as refused:
        return None if "\n" not in f"{refused}" else refused


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(messy())
def test_whatever_a_table_holds_becomes_finite_numbers_or_one_line(tables):
    first, second = tables
    fitted = line(lambda: Preparation.fit(table(first)))
    if fitted is None:
        return
    back = Preparation.from_json(json.loads(json.dumps(fitted.to_json())))
    assert back == fitted
    whole = fitted.apply(table(first))
    assert np.isfinite(whole.x).all()
    assert whole.x.shape == (len(first), len(fitted.labels()))
    assert whole.port == Table(features=whole.x.shape[1])
    assert {name for name, _ in fitted.labels()} | fitted.left_out.keys() == {*first.columns}
    assert np.array_equal(fitted.apply(table(first.iloc[::-1])).x, whole.x[::-1])
    new = line(lambda: fitted.apply(table(second)))
    assert new is None or np.isfinite(new.x).all()


def test_targets_that_are_numbers_are_scaled_and_brought_back():
    y = np.array([10, 20, 30], dtype=np.float32)
    x = np.eye(3)
    train = table(x, task="regression", y=y, classes=())
    fitted = Preparation.fit(train)
    scaled = fitted.apply(train).y
    assert scaled.mean() == pytest.approx(0, abs=1e-6)
    assert scaled.std() == pytest.approx(1)
    assert np.allclose(fitted.restore(scaled), y)
    assert "the target to mean 0" in fitted.describe()[-1]


def test_pictures_and_series_are_scaled_as_a_whole():
    x = np.random.default_rng(0).uniform(3, 9, (8, 2, 4, 4)).astype(np.float32)
    for port, values in ((Image(channels=2, size=4), x), (Series(channels=4), x[:, 0])):
        train = table(x, port=port) if values is x else table(values, port=port)
        done = Preparation.fit(train).apply(train).x
        assert done.shape == values.shape
        assert done.mean() == pytest.approx(0, abs=1e-5)
        assert done.std() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", ["ring", "long_lag", "karate", "pydoc"])
def test_what_is_as_it_should_be_is_left_alone(name):
    examples = catalog.load(name)
    fitted = Preparation.fit(examples)
    assert fitted.apply(examples).x is examples.x
    assert fitted.describe() == []


@pytest.mark.parametrize("name", ["iris", "digits", "diabetes", "xor"])
def test_a_preparation_survives_its_record(name):
    parts = split(catalog.load(name), seed=0)
    fitted = Preparation.fit(parts["train"])
    back = Preparation.from_json(json.loads(json.dumps(fitted.to_json())))
    assert back == fitted
    assert np.array_equal(back.apply(parts["test"]).x, fitted.apply(parts["test"]).x)


# --- no row of validation or test reaches a fit ----------------------------------------------


def swapped(examples: Examples, held: np.ndarray, draw: np.random.Generator) -> Examples:
    """The same examples, every value of the held rows replaced by something outlandish.

    With no rows held it changes nothing but the layout in memory, on which rounding depends.
    Labels stay: the split goes by them, so that each part has its share of each class.
    """
    y = examples.y
    if examples.task.name == "regression":
        y = y.copy()
        y[held] = draw.uniform(1e5, 1e6, len(held))
    if isinstance(examples.x, pd.DataFrame):
        x = examples.x.copy()
        for name in x.columns:
            numeric = pd.api.types.is_numeric_dtype(x[name])
            fresh = draw.uniform(-1e6, 1e6, len(held)) if numeric else [f"new{i}" for i in held]
            values = x[name].astype(float if numeric else object).to_numpy(copy=True)
            values[held] = fresh
            x[name] = values
    else:
        x = examples.x.copy()
        x[held] = draw.uniform(-1e6, 1e6, x[held].shape)
    return examples.changed(x=x, y=y)


MIXED = pd.DataFrame(
    {
        "n": np.random.default_rng(0).standard_normal(60),
        "w": [f"w{i % 7}" for i in range(60)],
        "t": [i % 3 == 0 for i in range(60)],
    }
)
SETS = {
    "mixed": lambda: table(MIXED),
    **{
        name: lambda name=name: catalog.load(name)
        for name in ("iris", "breast_cancer", "diabetes", "wine", "moons", "digits")
    },
}


@pytest.mark.parametrize("name", SETS)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_changing_every_held_row_changes_nothing_that_was_fitted(name, seed):
    examples = swapped(SETS[name](), np.array([], dtype=int), np.random.default_rng(0))
    rows = examples.changed(x=np.arange(len(examples))[:, None])
    parts = {part: of.x[:, 0] for part, of in split(rows, seed).items()}
    held = np.concatenate([parts["validation"], parts["test"]])
    changed = swapped(examples, held, np.random.default_rng(seed))
    before, after = split(examples, seed), split(changed, seed)
    fitted, again = Preparation.fit(before["train"]), Preparation.fit(after["train"])
    assert fitted.to_json() == again.to_json()
    assert np.array_equal(fitted.apply(before["train"]).x, again.apply(after["train"]).x)
    # the change did reach the held rows: the same preparation gives something else there
    for part in ("validation", "test"):
        assert not np.array_equal(fitted.apply(before[part]).x, again.apply(after[part]).x)
    # and fitting on them would have been seen
    assert Preparation.fit(changed).to_json() != Preparation.fit(examples).to_json()


def test_the_same_from_a_file(written):
    def text(change):
        lines = ["n,w,y"]
        for i in range(60):
            n, w = (1e4 + i, f"odd{i}") if change and i in held else (i / 7, f"w{i % 4}")
            lines.append(f"{n},{w},{'uv'[i % 2]}")
        return "\n".join(lines) + "\n"

    held: set[int] = set()
    whole = open_file(written("a.csv", text(change=False)))
    rows = whole.changed(x=np.arange(60)[:, None])
    parts = split(rows, seed=5)
    held = {int(i) for part in ("validation", "test") for i in parts[part].x[:, 0]}
    other = open_file(written("b.csv", text(change=True)))
    fits = [Preparation.fit(split(e, seed=5)["train"]) for e in (whole, other)]
    assert fits[0].to_json() == fits[1].to_json()
    assert fits[0].columns[1].values == ("w0", "w1", "w2", "w3")


def test_whatever_is_fitted_sees_training_rows_only(monkeypatch):
    """Our scaling and every `fit` of scikit-learn's are spied on; a row is known by its value."""
    seen: list[float] = []

    def spied(fit):
        def call(self, x, *args, **kwargs):
            seen.extend(np.asarray(x, dtype=float).ravel().tolist())
            return fit(self, x, *args, **kwargs)

        return call

    for _, kind in inspect.getmembers(sklearn.preprocessing, inspect.isclass):
        for method in ("fit", "fit_transform", "partial_fit"):
            if issubclass(kind, sklearn.base.BaseEstimator) and method in vars(kind):
                monkeypatch.setattr(kind, method, spied(vars(kind)[method]))
    scale = fitting.mean_and_spread
    monkeypatch.setattr(fitting, "mean_and_spread", lambda x: seen.extend(x.tolist()) or scale(x))
    frame = pd.DataFrame({"a": np.arange(100.0), "b": 1000 + np.arange(100.0)})
    parts = split(table(frame), seed=1)
    fitted = Preparation.fit(parts["train"])
    for part in PARTS:
        fitted.apply(parts[part])
    assert set(seen) == set(parts["train"].x.to_numpy().ravel())


def test_a_whole_run_fits_on_training_rows_only(written, tmp_path, monkeypatch):
    """Scaler, k-means centres and baseline, in one run of `nna train` and its evaluation."""
    values = 1000.0 + np.arange(200)
    lines = [f"{v},{v % 7},{'uv'[int(v) % 2]}" for v in values]
    path = written("t.csv", "a,b,y\n" + "\n".join(lines) + "\n")
    seen: dict[str, list[float]] = {}

    def spied(name, fit):
        def call(self, x, *args, **kwargs):
            seen.setdefault(name, []).extend(np.asarray(x, dtype=float)[:, 0].tolist())
            return fit(self, x, *args, **kwargs)

        return call

    for kind in (KMeans, LogisticRegression):
        monkeypatch.setattr(kind, "fit", spied(kind.__name__, kind.fit))
    scale = fitting.mean_and_spread
    of_columns = seen.setdefault("scaling", [])
    monkeypatch.setattr(
        fitting, "mean_and_spread", lambda x: of_columns.extend(x[x >= 1000]) or scale(x)
    )
    nna.train("rbfn", str(path), out=tmp_path / "runs", settings={"units": 9}, quiet=True)

    train = split(open_file(path), seed=0)["train"].x["a"].to_numpy()
    scaled = (train - train.mean()) / train.std()
    allowed = {"scaling": train, "KMeans": scaled, "LogisticRegression": scaled}
    assert seen.keys() == allowed.keys()
    for name, rows in allowed.items():
        assert np.allclose(sorted(seen[name]), sorted(rows), atol=1e-5), name


def test_adapting_fits_nothing():
    """A row is adapted to the same numbers alone and among others."""
    from nna import registry

    digits = split(catalog.load("digits"), seed=0)["test"]
    prepared = Preparation.fit(digits).apply(digits)
    for name in ("lenet5", "som"):
        spec = registry.describe(name)
        config = registry.configure(name)
        together, said = adapt(prepared, spec, config)
        alone, _ = adapt(prepared.take(np.array([3])), spec, config)
        assert said
        assert np.array_equal(alone.x[0], together.x[3])
