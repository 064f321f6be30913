"""Every architecture that could be an estimator is one."""

import numpy as np
import pytest
from sklearn.datasets import load_digits, load_wine

import nna
from nna import registry

QUICK = {"recipe": {"epochs": 1}}


def suited(task, kind):
    """Names of the architectures that do a task and take such examples."""
    found = []
    for name in registry.names():
        spec = registry.describe(name)
        takes = [port.kind for port in spec.inputs.values()]
        if task in spec.tasks and takes == [kind]:
            found.append(name)
    return found


def rows():
    """More than any architecture asks for at its desk size."""
    x, y = load_wine(return_X_y=True)
    return x, y


@pytest.mark.parametrize("name", suited("classification", "table"))
def test_classes_of_a_table(name):
    x, y = rows()
    if "truth_table" in registry.describe(name).objectives:  # it learns tables of truth alone
        x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 0, 0, 1])
    fitted = nna.Classifier(name, **QUICK).fit(x, y)
    if not hasattr(fitted, "predict_proba"):  # learnt by no likelihood
        assert set(fitted.predict(x)) <= set(y)
        return
    shares = fitted.predict_proba(x)
    assert shares.shape == (len(y), len(set(y)))
    alone = np.concatenate([fitted.predict_proba(row[None]) for row in x[:4]])
    np.testing.assert_allclose(shares[:4], alone, atol=1e-7)


@pytest.mark.parametrize("name", suited("regression", "table"))
def test_numbers_of_a_table(name):
    x, y = rows()
    fitted = nna.Regressor(name, **QUICK).fit(x, y + 0.5)
    assert np.isfinite(fitted.predict(x)).all()


@pytest.mark.parametrize("name", suited("classification", "series"))
def test_classes_of_series(name):
    images, y = load_digits().images[:60] / 16, load_digits().target[:60]
    assert nna.Classifier(name, **QUICK).fit(images, y).predict(images).shape == (60,)


@pytest.mark.parametrize("name", [*suited("reconstruction", "table"), *suited("mapping", "table")])
def test_strange_rows(name):
    x, _ = rows()
    assert nna.AnomalyDetector(name, **QUICK).fit(x).score_samples(x).shape == (len(x),)
    assert len(nna.Embedder(name, **QUICK).fit_transform(x)) == len(x)


@pytest.mark.parametrize("name", suited("density", "table"))
def test_improbable_rows(name):
    x = load_digits().data[:80, :12] / 16
    assert nna.AnomalyDetector(name, **QUICK).fit(x).score_samples(x).shape == (80,)
