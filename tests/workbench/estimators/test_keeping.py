import pickle

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_digits, load_iris

import nna
from nna.errors import UserError

QUICK = {"settings": {"hidden": (8,)}, "recipe": {"epochs": 2}}


def classifier():
    x, y = load_iris(return_X_y=True, as_frame=True)
    x = x.assign(kind=np.where(x.iloc[:, 0] > 5, "long", "short"))
    names = load_iris().target_names[y].astype(object)
    return nna.Classifier(**QUICK, calibrate=0.2).fit(x, names), x


def test_what_was_saved_answers_the_same(tmp_path):
    fitted, x = classifier()
    fitted.save(tmp_path / "kept")
    again = nna.Classifier.load(tmp_path / "kept")
    np.testing.assert_array_equal(fitted.predict_proba(x), again.predict_proba(x))
    np.testing.assert_array_equal(fitted.predict(x), again.predict(x))
    assert again.get_params() == fitted.get_params()
    assert list(again.feature_names_in_) == list(fitted.feature_names_in_)
    assert again.temperature_ == fitted.temperature_


def test_intervals_are_kept(tmp_path):
    x, y = load_diabetes(return_X_y=True)
    fitted = nna.Regressor(**QUICK, calibrate=0.2).fit(x, y)
    fitted.save(tmp_path / "kept")
    again = nna.Regressor.load(tmp_path / "kept")
    np.testing.assert_array_equal(fitted.predict_interval(x), again.predict_interval(x))


def test_texts_and_pictures_are_kept(tmp_path):
    texts = ["one two", "two three", "one one"] * 10
    fitted = nna.Classifier("textcnn", recipe={"epochs": 1}).fit(texts, [0, 1, 0] * 10)
    fitted.save(tmp_path / "texts")
    again = nna.Classifier.load(tmp_path / "texts")
    np.testing.assert_array_equal(fitted.predict_proba(texts), again.predict_proba(texts))
    pictures, y = load_digits().images[:60] / 16, load_digits().target[:60]
    fitted = nna.Classifier("lenet5", recipe={"epochs": 1}).fit(pictures, y)
    fitted.save(tmp_path / "pictures")
    again = nna.Classifier.load(tmp_path / "pictures")
    found, kept = again.predict_proba(pictures), fitted.predict_proba(pictures)
    np.testing.assert_allclose(found, kept, rtol=1e-5)  # weights lie in another order in memory


def test_nothing_that_could_run_code_is_written(tmp_path):
    fitted, _ = classifier()
    fitted.save(tmp_path / "kept")
    assert {p.name for p in (tmp_path / "kept").iterdir()} == {
        "estimator.json",
        "model.safetensors",
    }


def test_pickle_works_for_those_who_ask_for_it():
    fitted, x = classifier()
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(fitted.predict_proba(x), again.predict_proba(x))


def test_places_that_hold_something_else_are_told(tmp_path):
    fitted, x = classifier()
    fitted.save(tmp_path / "kept")
    with pytest.raises(UserError, match="exists; choose another"):
        fitted.save(tmp_path / "kept")
    with pytest.raises(UserError, match=r"nna\.Classifier\.load opens it"):
        nna.Regressor.load(tmp_path / "kept")
    with pytest.raises(UserError, match="holds no estimator"):
        nna.Classifier.load(tmp_path)
    (tmp_path / "kept" / "estimator.json").write_text("{}")
    with pytest.raises(UserError, match="damaged"):
        nna.Classifier.load(tmp_path / "kept")
    state = np.random.RandomState(0)
    drawn = nna.Classifier(**QUICK, random_state=state).fit(x.iloc[:, :4], [0, 1] * 75)
    with pytest.raises(UserError, match="plain data: a RandomState"):
        drawn.save(tmp_path / "other")
    assert not (tmp_path / "other").exists()
