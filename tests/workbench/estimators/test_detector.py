import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.stats import betabinom
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

import nna
from nna.workbench.evaluation import anomaly

QUICK = {"recipe": {"epochs": 3}}


def told_apart(detector, usual, strange):
    """Area under the curve, fitted on most usual rows, asked about the rest."""
    learnt, held = train_test_split(usual, test_size=0.3, random_state=0)
    truth = np.repeat([0, 1], [len(held), len(strange)])
    scores = detector.fit(learnt).score_samples(np.concatenate([held, strange]))
    return roc_auc_score(truth, -scores)


@pytest.mark.slow
def test_a_digit_never_seen_is_stranger_to_an_autoencoder_than_to_a_forest():
    x, y = load_digits(return_X_y=True)
    usual, strange = x[y != 8], x[y == 8]
    found = told_apart(nna.AnomalyDetector(), usual, strange)
    assert found > 0.8
    assert found > told_apart(IsolationForest(random_state=0), usual, strange) + 0.2


@pytest.mark.slow
def test_on_a_table_of_tumours_the_forest_is_better():
    """The loss, admitted: malignant tumours among measurements of benign ones."""
    x, y = load_breast_cancer(return_X_y=True)
    found = told_apart(nna.AnomalyDetector(), x[y == 1], x[y == 0])
    forest = told_apart(IsolationForest(random_state=0), x[y == 1], x[y == 0])
    assert found > 0.88
    assert forest > found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("architecture", "more"), [("rbm", {}), ("som", {"objective": "batch_map"})]
)
def test_probabilities_and_maps_find_strange_digits_too(architecture, more):
    x, y = load_digits(return_X_y=True)
    found = told_apart(nna.AnomalyDetector(architecture, **more), x[y != 4] / 16, x[y == 4] / 16)
    assert found > {"rbm": 0.85, "som": 0.6}[architecture]


def gaussian(seed):
    return np.random.default_rng(seed).normal(size=(400, 4)) @ np.diag([1, 1, 0.1, 5.0])


def tumours(seed):
    x, _ = load_breast_cancer(return_X_y=True)
    return np.random.default_rng(seed).permutation(x)


@pytest.mark.slow
@pytest.mark.parametrize("drawn", [gaussian, tumours])
def test_the_share_of_fresh_rows_that_counts_as_strange_is_the_users(drawn):
    """As far as so many calibrating rows can tell: beta-binomial, in each of 20 draws."""
    shares, share = [], 0.1
    for seed in range(20):
        x = drawn(seed)
        learnt, fresh = x[:120], x[120:400]
        detector = nna.AnomalyDetector(
            contamination=share, recipe={"epochs": 12}, random_state=seed
        )
        strange = int((detector.fit(learnt).predict(fresh) == -1).sum())
        kept = len(learnt) // 4
        rank = round(share * (kept + 1))
        low, high = betabinom(len(fresh), rank, kept + 1 - rank).interval(0.999)
        assert low <= strange <= high
        shares.append(strange / len(fresh))
    assert np.mean(shares) == pytest.approx(share, abs=0.03)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 400), st.floats(0.001, 0.5), st.integers(0, 2**16))
def test_the_threshold_leaves_its_share_below_it(count, share, seed):
    kept = np.random.default_rng(seed).normal(size=count)
    below = int((kept < anomaly.threshold(kept, share)).sum())
    assert (
        abs((below + 1) / (count + 1) - share)
        <= max(0.5 / (count + 1), 1 / (count + 1) - share) + 1e-9
    )


def test_a_code_as_wide_as_the_rows_is_made_narrower():
    draw = np.random.default_rng(0)
    x = draw.normal(size=(300, 1)) @ [[1.0, 2.0, -1.0, 0.5]] + draw.normal(0, 0.05, (300, 4))
    fitted = nna.AnomalyDetector(recipe={"epochs": 30}).fit(x)
    assert fitted.fitted_.config.code == 2
    assert fitted.predict([[2.0, -4.0, 2.0, 1.0]]) == -1
    assert nna.AnomalyDetector(settings={"code": 4}, **QUICK).fit(x).fitted_.config.code == 4


def test_what_was_saved_scores_the_same(tmp_path):
    x, _ = load_wine(return_X_y=True)
    fitted = nna.AnomalyDetector(**QUICK).fit(x)
    fitted.save(tmp_path / "kept")
    again = nna.AnomalyDetector.load(tmp_path / "kept")
    np.testing.assert_array_equal(fitted.decision_function(x), again.decision_function(x))


def test_what_cannot_be_is_told():
    x, _ = load_wine(return_X_y=True)
    with pytest.raises(ValueError, match=r"contamination is 0\.7"):
        nna.AnomalyDetector(contamination=0.7).fit(x)
    with pytest.raises(ValueError, match="calibrate=0: no row is kept back to set the threshold"):
        nna.AnomalyDetector(calibrate=0, **QUICK).fit(x)
    with pytest.raises(ValueError, match="rbm takes rows of numbers from 0 to 1"):
        nna.AnomalyDetector("rbm").fit(x)
    with pytest.raises(ValueError, match="AnomalyDetector needs density or"):
        nna.AnomalyDetector("mlp").fit(x)
