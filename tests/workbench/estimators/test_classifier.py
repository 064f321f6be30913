import narwhals
import numpy as np
import pandas as pd
import pyarrow
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris, load_wine
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

import nna
from nna.errors import UserError
from nna.workbench.evaluation import calibration

SMALL = {"settings": {"hidden": (16,)}, "recipe": {"epochs": 40}}
QUICK = SMALL | {"recipe": {"epochs": 3}}


def iris():
    return load_iris(return_X_y=True)


@pytest.mark.slow
def test_iris_is_told_apart_as_well_as_by_a_linear_model():
    x, y = iris()
    scores = cross_val_score(nna.Classifier(), x, y, cv=3)
    linear = cross_val_score(LogisticRegression(max_iter=1000), x, y, cv=3)
    assert scores.mean() > linear.mean() - 0.05


def test_words_come_back_as_they_came():
    x, y = iris()
    names = load_iris().target_names[y]
    fitted = nna.Classifier(**SMALL).fit(x, names)
    assert set(fitted.predict(x)) <= set(names)
    assert (fitted.predict(x) == names).mean() > 0.9


def test_the_same_seed_gives_the_same_answers_to_the_bit_and_leaves_torch_alone():
    import torch

    x, y = iris()
    before = torch.random.get_rng_state()
    one = nna.Classifier(**QUICK, random_state=3).fit(x, y)
    assert torch.equal(before, torch.random.get_rng_state())
    torch.rand(5)
    other = clone(one).fit(x, y)
    np.testing.assert_array_equal(one.predict_proba(x), other.predict_proba(x))
    third = clone(one).set_params(random_state=4).fit(x, y)
    assert not np.array_equal(one.predict_proba(x), third.predict_proba(x))


def test_answers_do_not_depend_on_rows_asked_along():
    x, y = iris()
    fitted = nna.Classifier(**QUICK).fit(x, y)
    alone = np.concatenate([fitted.predict_proba(row[None]) for row in x[:9]])
    np.testing.assert_allclose(fitted.predict_proba(x)[:9], alone, atol=1e-7)


def test_a_search_over_settings_and_recipe_in_a_pipeline():
    x, y = load_wine(return_X_y=True)
    pipeline = make_pipeline(MinMaxScaler(), nna.Classifier(recipe={"epochs": 4}))
    grid = {"classifier__settings": [{"hidden": (4,)}, {"hidden": (32,)}]}
    found = GridSearchCV(pipeline, grid, cv=2).fit(x, y)
    assert found.best_estimator_.predict(x).shape == y.shape
    assert found.best_params_["classifier__settings"] == {"hidden": (32,)}


def mixed(rows=120, seed=0):
    """A table whose class shows in a word, with dates and gaps beside it."""
    draw = np.random.default_rng(seed)
    y = draw.integers(2, size=rows)
    words = np.where(y == 1, draw.choice(["red", "pink"], rows), draw.choice(["blue", "sky"], rows))
    number = draw.normal(size=rows)
    number[::7] = np.nan
    date = pd.Timestamp("2020-01-01") + pd.to_timedelta(draw.integers(900, size=rows), "D")
    return pd.DataFrame({"colour": words, "number": number, "seen": date}), y


def test_a_frame_with_words_dates_and_gaps_is_taken_as_it_is():
    x, y = mixed()
    fitted = nna.Classifier(**SMALL).fit(x, y)
    assert list(fitted.feature_names_in_) == ["colour", "number", "seen"]
    assert (fitted.predict(mixed(seed=1)[0]) == mixed(seed=1)[1]).mean() > 0.95
    assert any("gaps filled" in note for note in fitted.notes_)


def test_words_never_seen_are_told():
    x, y = mixed()
    fitted = nna.Classifier(**QUICK).fit(x, y)
    with pytest.warns(UserWarning, match=r"green.*none of its words"):
        fitted.predict(x.assign(colour="green"))


def test_words_in_an_array_and_in_lists_are_columns_of_words():
    x, y = mixed()
    rows = x[["colour", "number"]].to_numpy(dtype=object)
    for form in (rows, rows.tolist()):
        fitted = nna.Classifier(**SMALL).fit(form, y)
        assert any("1 category columns" in note for note in fitted.notes_)
        assert (fitted.predict(form) == y).mean() > 0.95


def test_frames_other_than_those_of_pandas_are_taken_too():
    """Arrow's columns, as narwhals shows them; polars frames answer to the same two verbs."""
    x, y = mixed()
    columns = {name: x[name].to_list() for name in ("colour", "number")}
    frame = narwhals.from_native(pyarrow.table(columns), eager_only=True)
    fitted = nna.Classifier(**QUICK).fit(frame, y)
    other = nna.Classifier(**QUICK).fit(x[["colour", "number"]], y)
    np.testing.assert_array_equal(fitted.predict_proba(frame), other.predict_proba(x.iloc[:, :2]))


def test_a_column_of_words_that_holds_none_today_is_a_gap():
    x, y = mixed()
    fitted = nna.Classifier(**QUICK).fit(x, y)
    with pytest.warns(UserWarning, match="colour.*missing"):
        assert np.isfinite(fitted.predict_proba(x.assign(colour=np.nan))).all()


def test_frames_and_arrays_of_the_same_numbers_answer_alike():
    x, y = iris()
    frame = pd.DataFrame(x, columns=list("abcd"))
    by_frame, by_array = nna.Classifier(**QUICK).fit(frame, y), nna.Classifier(**QUICK).fit(x, y)
    np.testing.assert_allclose(by_frame.predict_proba(frame), by_array.predict_proba(x), atol=1e-5)
    with pytest.warns(UserWarning, match="feature names"):
        np.testing.assert_array_equal(by_frame.predict(x), by_frame.predict(frame))
    with pytest.warns(UserWarning, match="feature names"):
        np.testing.assert_array_equal(by_array.predict(frame), by_array.predict(x))
    with (
        pytest.warns(UserWarning, match="feature names"),
        pytest.raises(ValueError, match="numbers alone"),
    ):
        by_array.predict(frame.astype({"a": str}).assign(a="word"))


def test_columns_in_another_order_are_refused():
    x, y = mixed()
    fitted = nna.Classifier(**QUICK).fit(x, y)
    with pytest.raises(ValueError, match="same order"):
        fitted.predict(x[["number", "colour", "seen"]])


def test_gaps_that_training_had_not_are_filled_and_told():
    x, y = iris()
    fitted = nna.Classifier(**QUICK).fit(x, y)
    holes = x.copy()
    holes[0, 0] = np.nan
    with pytest.warns(UserWarning, match="filled by the median"):
        assert np.isfinite(fitted.predict_proba(holes)).all()


def test_pictures_go_to_architectures_for_pictures():
    pictures = load_digits().images[:200] / 16
    y = load_digits().target[:200]
    fitted = nna.Classifier("lenet5", recipe={"epochs": 2}).fit(pictures, y)
    assert fitted.predict(pictures[:5]).shape == (5,)
    with pytest.raises(ValueError, match=r"examples of \(1, 8, 4\)"):
        fitted.predict(pictures[:5, :, :4])


def test_series_go_to_architectures_for_series():
    draw = np.random.default_rng(0)
    y = draw.integers(2, size=80)
    x = np.sin(np.arange(20) * (0.3 + 0.5 * y[:, None]))[:, :, None] + draw.normal(
        0, 0.1, (80, 20, 1)
    )
    assert nna.Classifier("cnn1d", recipe={"epochs": 20}).fit(x, y).score(x, y) > 0.9


def talk(rows=160):
    """Two kinds of sentences."""
    draw = np.random.default_rng(0)
    y = draw.integers(2, size=rows)
    good, bad, rest = ("fine warm kind", "cold harsh grim", "the day was and so we went on")
    pools = [bad.split(), good.split()]
    texts = [
        " ".join(
            [*draw.choice(rest.split(), 5), draw.choice(pools[of]), *draw.choice(rest.split(), 2)]
        )
        for of in y
    ]
    return texts, y


@pytest.mark.parametrize("architecture", ["textcnn", "mlp"])
def test_texts_go_to_architectures_for_tokens_and_for_tables(architecture):
    texts, y = talk()
    fitted = nna.Classifier(architecture, recipe={"epochs": 10}).fit(texts, y)
    assert fitted.score(pd.Series(texts), y) > 0.95
    assert fitted.predict(["a harsh and grim night"]) == 0


def test_ready_made_tokens_are_taken_too():
    rows = np.random.default_rng(0).integers(5, size=(60, 12))
    fitted = nna.Classifier("textcnn", recipe={"epochs": 1}).fit(rows, rows[:, 0] > 2)
    assert fitted.predict(rows).dtype == bool
    with pytest.raises(ValueError, match="tokens below 5"):
        fitted.predict(rows + 1)


@pytest.mark.slow
def test_calibrating_mends_a_network_that_is_too_sure():
    draw = np.random.default_rng(0)
    x = draw.normal(size=(900, 10))
    y = (x[:, 0] + draw.normal(0, 1.5, 900) > 0).astype(int)
    x, held, y, truth = train_test_split(x, y, test_size=300, random_state=0)
    sure = {"validation": 0.0, "recipe": {"epochs": 100, "weight_decay": 0.0}}
    before = nna.Classifier(**sure).fit(x, y).predict_proba(held)
    after = nna.Classifier(**sure, calibrate=0.3).fit(x, y).predict_proba(held)
    errors = [calibration.calibration_error(shares, truth) for shares in (before, after)]
    assert errors[0] > 0.1
    assert errors[1] < 0.6 * errors[0]
    assert calibration.brier(after, truth) < calibration.brier(before, truth)
    assert log_loss(truth, after) < log_loss(truth, before) - 0.04


def test_rows_kept_for_calibrating_are_neither_trained_nor_stopped_by():
    x, y = iris()
    x = np.concatenate([x, x + 1e-3])
    y = np.concatenate([y, y])
    one = nna.Classifier(**QUICK, calibrate=0.2)
    read, task = one._read(x, ("classification",))
    kept = one._learn(read, task, y, ("a", "b", "c"), 0.2)
    assert len(kept) == 60
    assert np.bincount(kept.y).tolist() == [20, 20, 20]


def test_scikit_learns_own_calibration_goes_around_it():
    from sklearn.calibration import CalibratedClassifierCV

    x, y = iris()
    fitted = CalibratedClassifierCV(nna.Classifier(**QUICK), method="isotonic", cv=2).fit(x, y)
    np.testing.assert_allclose(fitted.predict_proba(x).sum(1), 1)


def test_a_number_of_another_kind_of_task_is_refused():
    x, y = iris()
    with pytest.raises(UserError, match="autoencoder does reconstruction; Classifier needs"):
        nna.Classifier("autoencoder").fit(x, y)
    with pytest.raises(ValueError, match="no architecture 'mlpp'; did you mean mlp"):
        nna.Classifier("mlpp").fit(x, y)
    with pytest.raises(ValueError, match="share of the rows"):
        nna.Classifier(validation=0.6, calibrate=0.4).fit(x, y)
    with pytest.raises(ValueError, match="too few rows to calibrate"):
        nna.Classifier(calibrate=0.1).fit(x[[0, 1, 60, 61]], y[[0, 1, 60, 61]])
    with pytest.raises(NotFittedError):
        nna.Classifier().predict(x)


def test_a_rare_class_is_always_learnt():
    x, y = iris()
    y = np.where(np.arange(150) == 7, 9, y)
    fitted = nna.Classifier(**QUICK, validation=0.4, calibrate=0.4).fit(x, y)
    assert fitted.predict_proba(x).shape == (150, 4)
