import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_digits, load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

import nna

QUICK = {"recipe": {"epochs": 3}}


def test_codes_of_digits_keep_what_tells_them_apart():
    x, y = load_digits(return_X_y=True)
    codes = nna.Embedder(recipe={"epochs": 20}, settings={"code": 8}).fit(x[:1200]).transform(x)
    assert codes.shape == (1797, 8)
    near = KNeighborsClassifier().fit(codes[:1200], y[:1200])
    assert near.score(codes[1200:], y[1200:]) > 0.85


def test_what_the_head_reads_gives_back_the_networks_own_answers():
    """A linear model on the features can do what the head does."""
    x, y = load_wine(return_X_y=True)
    fitted = nna.Embedder("mlp", settings={"hidden": (12,)}, recipe={"epochs": 30}).fit(x, y)
    features = fitted.transform(x)
    assert features.shape == (178, 12)
    head = fitted.model_.head
    scores = features @ head.weight.detach().numpy().T + head.bias.detach().numpy()
    network = nna.Classifier("mlp", settings={"hidden": (12,)}, recipe={"epochs": 30}).fit(x, y)
    np.testing.assert_allclose(scores.argmax(1), network.predict(x))


def test_features_for_a_number_and_the_names_of_columns():
    x, y = load_diabetes(return_X_y=True)
    fitted = nna.Embedder("mlp", settings={"hidden": (5,)}, **QUICK).fit(x, y + 0.5)
    assert fitted.fitted_.task.name == "regression"
    assert list(fitted.get_feature_names_out()) == [f"embedder{i}" for i in range(5)]
    frame = fitted.set_output(transform="pandas").transform(x)
    assert frame.columns[0] == "embedder0"


def test_places_on_a_map_lie_within_it():
    x, _ = load_wine(return_X_y=True)
    fitted = nna.Embedder("som", objective="batch_map", settings={"rows": 4, "columns": 3}).fit(x)
    places = fitted.transform(x)
    assert places.shape == (178, 2)
    assert (places.max(0) <= [3, 2]).all()
    assert len(np.unique(places, axis=0)) > 6


def test_hidden_units_of_a_boltzmann_machine_are_shares():
    x = load_digits().data[:300] / 16
    features = nna.Embedder("rbm", **QUICK).fit(x).transform(x)
    assert features.shape == (300, 16)
    assert ((features >= 0) & (features <= 1)).all()


@pytest.mark.slow
def test_points_of_pictures_of_one_class_lie_together():
    digits = load_digits()
    pictures, y = digits.images / 16, digits.target
    fitted = nna.Embedder("triplet", recipe={"epochs": 8}).fit(pictures[:900], y[:900])
    points = fitted.transform(pictures)
    near = KNeighborsClassifier(1).fit(points[:900], y[:900])
    assert near.score(points[900:], y[900:]) > 0.85


def test_in_a_pipeline_and_kept(tmp_path):
    x, y = load_wine(return_X_y=True)
    pipeline = make_pipeline(nna.Embedder(**QUICK), LogisticRegression(max_iter=500)).fit(x, y)
    assert pipeline.predict(x).shape == y.shape
    pipeline[0].save(tmp_path / "kept")
    again = nna.Embedder.load(tmp_path / "kept")
    np.testing.assert_array_equal(pipeline[0].transform(x), again.transform(x))


def test_a_target_that_is_missing_is_told():
    x, _ = load_wine(return_X_y=True)
    with pytest.raises(ValueError, match=r"mlp learns from a target: fit\(X, y\)"):
        nna.Embedder("mlp").fit(x)
