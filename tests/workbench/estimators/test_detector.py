import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

import nna

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


def test_the_share_that_counts_as_strange_is_the_users():
    x, _ = load_wine(return_X_y=True)
    for share in (0.05, 0.3):
        found = nna.AnomalyDetector(contamination=share, **QUICK).fit_predict(x)
        assert (found == -1).mean() == pytest.approx(share, abs=0.01)


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
    with pytest.raises(ValueError, match="rbm takes rows of numbers from 0 to 1"):
        nna.AnomalyDetector("rbm").fit(x)
    with pytest.raises(ValueError, match="AnomalyDetector needs reconstruction or"):
        nna.AnomalyDetector("mlp").fit(x)
