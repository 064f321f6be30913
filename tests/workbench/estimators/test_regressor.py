import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes, make_friedman1
from sklearn.dummy import DummyRegressor
from sklearn.model_selection import train_test_split

import nna

QUICK = {"settings": {"hidden": (16,)}, "recipe": {"epochs": 3}}


def test_diabetes_is_predicted_in_its_own_units_and_better_than_by_the_mean():
    x, held, y, truth = train_test_split(*load_diabetes(return_X_y=True), random_state=0)
    fitted = nna.Regressor().fit(x, y)
    assert fitted.score(held, truth) > DummyRegressor().fit(x, y).score(held, truth) + 0.25
    assert 100 < fitted.predict(held).mean() < 200


def test_targets_far_from_zero_keep_their_precision():
    x, y = make_friedman1(200, random_state=0)
    near = nna.Regressor(**QUICK).fit(x, y).predict(x)
    far = nna.Regressor(**QUICK).fit(x, y + 1e6).predict(x)
    np.testing.assert_allclose(far - 1e6, near, atol=1e-3)


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say():
    """Over many draws of all rows, for which the theorem speaks; also where noise is lopsided."""
    held = {0.8: [], 0.9: []}
    for seed in range(12):
        draw = np.random.default_rng(seed)
        x = draw.normal(size=(700, 3))
        y = x[:, 0] + draw.exponential(size=700)
        fitted = nna.Regressor(**QUICK, calibrate=0.3, random_state=seed).fit(x[:400], y[:400])
        for level, shares in held.items():
            low, high = fitted.predict_interval(x[400:], level).T
            shares.append(((low <= y[400:]) & (y[400:] <= high)).mean())
    for level, shares in held.items():
        error = np.std(shares) / np.sqrt(len(shares))
        assert abs(np.mean(shares) - level) < 3 * error + 1 / 120


def test_intervals_of_training_errors_would_promise_too_much():
    """Why rows are kept back: a network that learnt its rows by heart knows them too well."""
    draw = np.random.default_rng(0)
    x = draw.normal(size=(600, 20))
    y = x[:, 0] + draw.normal(size=600)
    by_heart = {"settings": {"hidden": (128,)}, "recipe": {"epochs": 60}, "validation": 0.0}
    fitted = nna.Regressor(**by_heart, calibrate=0.4).fit(x[:250], y[:250])
    learnt = np.sort(np.abs(y[:250] - fitted.predict(x[:250])))
    error = np.abs(y[250:] - fitted.predict(x[250:]))
    assert (error <= np.quantile(learnt[:150], 0.9)).mean() < 0.6
    low, high = fitted.predict_interval(x[250:]).T
    assert ((low <= y[250:]) & (y[250:] <= high)).mean() > 0.85


def test_intervals_that_cannot_be_had_are_refused():
    x, y = load_diabetes(return_X_y=True)
    with pytest.raises(ValueError, match=r"fit with calibrate=0\.2"):
        nna.Regressor(**QUICK).fit(x, y).predict_interval(x)
    few = nna.Regressor(**QUICK, calibrate=0.2).fit(x[:45], y[:45])
    assert few.predict_interval(x[:2], 0.9).shape == (2, 2)
    with pytest.raises(ValueError, match=r"9 rows calibrate levels up to 0\.9"):
        few.predict_interval(x, 0.95)
    with pytest.raises(ValueError, match="between 0 and 1"):
        few.predict_interval(x, 90)


def test_a_target_transformed_and_back():
    x, y = make_friedman1(200, random_state=0)
    around = TransformedTargetRegressor(
        nna.Regressor(**QUICK), func=np.log1p, inverse_func=np.expm1
    )
    assert around.fit(x, y).predict(x).shape == (200,)


def test_texts_have_numbers_too():
    texts = ["short", "a little longer", "and this one goes on a little longer still"] * 20
    y = [len(text) for text in texts]
    assert nna.Regressor(recipe={"epochs": 30}).fit(texts, y).score(texts, y) > 0.9
