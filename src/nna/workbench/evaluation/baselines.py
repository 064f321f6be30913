"""What a model must beat to be worth its trouble: named, simple, on the same split."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from nna import tasks
from nna.data.examples import Examples, Part
from nna.data.prepare import Preparation
from nna.data.scaling import restored
from nna.spec import Task, Tokens
from nna.workbench import class_weights
from nna.workbench.evaluation import metrics, model_outputs, sklearn_rows
from nna.workbench.evaluation.metrics import Figure
from nna.workbench.evaluation.scoring import AUTO, choose, figures, first
from nna.workbench.prepared_data import Material

Figures = dict[str, Figure]


def baselines(material: Material) -> dict[str, Figures]:
    """Every baseline of the task, measured on the test part."""
    metric, task = material.scoring.metric, material.task
    if isinstance(task, tasks.Brought):
        train, test = (_values(material.parts[part]) for part in ("train", "test"))
        own = task.baselines(train, test)
        return {name: first(metrics.averages(of), metric) for name, of in own.items()}
    return {name: first(of(material), metric) for name, of in _BASELINES.get(task.name, {}).items()}


def _values(part: Examples) -> dict[str, Any]:
    """What stands in every input and target, by name."""
    named = {**part.inputs, **part.targets}
    return {name: getattr(of, "values", of) for name, of in named.items()}


def _flat(material: Material, part: Part, preparation: Preparation | None = None) -> Any:
    """The examples of a part as rows of numbers, prepared but not resized; texts as bags.

    Args:
        material: whose part it is.
        part: its name.
        preparation: instead of the network's own.
    """
    return sklearn_rows.rows(material.raw[part], preparation or material.preparation)


def _of_numbers(material: Material) -> Preparation:
    """Numbers for linear models: where a network reads the tokens of a table, it is fitted anew."""
    return sklearn_rows.of_numbers(material.preparation, material.raw["train"])


def _target(material: Material, part: Part) -> np.ndarray:
    target = material.raw[part].labels
    assert target is not None
    return target


def _majority(material: Material) -> Figures:
    counts = np.bincount(_target(material, "train"), minlength=len(material.classes))
    return _classes(material, lambda part: np.tile(counts, (len(_target(material, part)), 1)))


def _classes(material: Material, shares: Callable[[Part], np.ndarray]) -> Figures:
    """Figures of what is answered for a part, `(n, classes)`, cut as networks are."""

    def scores(part: Part) -> np.ndarray:
        return np.log(np.maximum(shares(part), np.finfo(float).tiny))

    scoring = material.scoring
    if scoring.threshold == AUTO:
        threshold = choose(scores("validation"), _target(material, "validation"), scoring)
        scoring = dataclasses.replace(scoring, threshold=threshold)
    return figures(scores("test"), _target(material, "test"), scoring)


def _logistic(material: Material) -> Figures:
    from sklearn.linear_model import LogisticRegression

    y, preparation = _target(material, "train"), _of_numbers(material)
    if len(np.unique(y)) < 2:
        return _majority(material)  # what it would come to, were it fitted to one class
    x = _flat(material, "train", preparation)
    weights = class_weights.of_baseline(material.class_weights)
    fitted = LogisticRegression(max_iter=2000, class_weight=weights).fit(x, y)

    def shares(part: Part) -> np.ndarray:
        found = np.zeros((len(_target(material, part)), len(material.classes)))
        found[:, fitted.classes_] = fitted.predict_proba(_flat(material, part, preparation))
        return found

    return _classes(material, shares)


def _background(material: Material) -> Figures:
    """The most frequent class at every pixel."""
    classes = len(material.classes)
    train = np.asarray(material.parts["train"].y)
    common = np.bincount(train[train >= 0].ravel(), minlength=classes).argmax()
    masks = np.asarray(material.parts["test"].y)
    everywhere = np.full(masks.shape, common)
    return metrics.segmentation(metrics.pixel_confusions(everywhere, masks, classes))


def _pixelwise(material: Material) -> Figures:
    """Logistic regression of each pixel's class on the colours of its 3x3 neighbourhood."""
    from numpy.lib.stride_tricks import sliding_window_view
    from sklearn.linear_model import LogisticRegression

    def around(part: Part) -> tuple[np.ndarray, np.ndarray]:
        x, y = (np.asarray(of) for of in (material.parts[part].x, material.parts[part].y))
        padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="edge")
        windows = sliding_window_view(padded, (3, 3), axis=(2, 3)).transpose(0, 2, 3, 1, 4, 5)
        return windows.reshape(y.size, -1), y

    x, y = around("train")
    labelled = np.flatnonzero(y.ravel() >= 0)
    drawn = np.random.default_rng(0).choice(labelled, min(len(labelled), 20_000), replace=False)
    if len(np.unique(y.ravel()[drawn])) < 2:
        return _background(material)
    weights = class_weights.of_baseline(material.class_weights)
    fitted = LogisticRegression(max_iter=500, class_weight=weights).fit(x[drawn], y.ravel()[drawn])
    x, y = around("test")
    predicted = fitted.predict(x).reshape(y.shape)
    return metrics.segmentation(metrics.pixel_confusions(predicted, y, len(material.classes)))


def _sliding(material: Material) -> Figures:
    from nna.workbench.evaluation import sliding_windows

    return sliding_windows.sliding(material)


def _usual_box(material: Material) -> Figures:
    """In every picture the mean box of the training part, named after the most frequent class."""
    boxes = np.asarray(material.parts["train"].y)
    real = boxes[boxes[..., 0] >= 0]
    common = np.bincount(real[:, 0].astype(int)).argmax()
    one = np.array([[common, 1.0, *real[:, 1:].mean(0)]], np.float32)
    truth = np.asarray(material.parts["test"].y)
    return metrics.detection([one] * len(truth), truth, len(material.classes))


def _mean(material: Material) -> Figures:
    y = _target(material, "test")
    return metrics.regression(np.full(len(y), _target(material, "train").mean()), y)


def _ridge(material: Material) -> Figures:
    """Ridge regression, its penalty chosen by leaving rows out; of all words, by validation."""
    from scipy.sparse import issparse
    from sklearn.linear_model import Ridge, RidgeCV

    preparation, alphas = _of_numbers(material), np.logspace(-3, 3, 13)
    x = _flat(material, "train", preparation)
    if not issparse(x):
        return _numbers(material, RidgeCV(alphas), preparation)
    held, y = _flat(material, "validation", preparation), _scaled_target(material, "train")
    truth = _scaled_target(material, "validation")

    def errs(alpha: float) -> float:
        return float(np.square(Ridge(alpha).fit(x, y).predict(held) - truth).sum())

    return _numbers(material, Ridge(min(alphas, key=errs)), preparation)


def _boosted(material: Material) -> Figures:
    """Trees, each fitted to what those before it left over: the rival to beat on tables."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    preparation = sklearn_rows.dense(_of_numbers(material))
    return _numbers(material, HistGradientBoostingRegressor(random_state=0), preparation)


def _scaled_target(material: Material, part: Part) -> np.ndarray:
    """Numbers to predict at the network's scale: some regressors compute in single precision."""
    mean, spread = material.preparation.target
    return (_target(material, part) - mean) / spread


def _numbers(material: Material, model: Any, preparation: Preparation) -> Figures:
    """What a regressor that is fitted to the training part says of the test part."""
    fitted = model.fit(_flat(material, "train", preparation), _scaled_target(material, "train"))
    predicted = fitted.predict(_flat(material, "test", preparation))
    told = restored(predicted, *material.preparation.target)
    return metrics.regression(told, _target(material, "test"))


def _texts(material: Material) -> tuple[Examples, Examples, int]:
    """Training and test windows, and the number of tokens there are."""
    train, port = material.parts["train"], material.parts["train"].port
    assert isinstance(port, Tokens)
    assert isinstance(port.vocab, int)
    return train, material.parts["test"], port.vocab


def _unigram(material: Material) -> Figures:
    train, test, vocab = _texts(material)
    counts = np.bincount(np.asarray(train.y).ravel(), minlength=vocab) + 1.0
    return metrics.language(-np.log(counts / counts.sum())[np.asarray(test.y)])


def _bigram(material: Material) -> Figures:
    train, test, vocab = _texts(material)
    counts = np.full((vocab, vocab), 0.1)  # a tenth of a sighting for what was never seen
    np.add.at(counts, (np.asarray(train.x).ravel(), np.asarray(train.y).ravel()), 1.0)
    log = np.log(counts / counts.sum(1, keepdims=True))
    return metrics.language(-log[np.asarray(test.x), np.asarray(test.y)])


def _pca(material: Material) -> Figures:
    from sklearn.decomposition import PCA

    both = (np.asarray(material.parts[p].x) for p in ("train", "test"))
    train, test = (of.reshape(len(of), -1) for of in both)
    fitted = PCA(min(material.config.code, *train.shape)).fit(train)  # more there are not
    return metrics.reconstruction(fitted.inverse_transform(fitted.transform(test)), test)


def _average(material: Material) -> Figures:
    train, test = (np.asarray(material.parts[p].x) for p in ("train", "test"))
    return metrics.reconstruction(np.broadcast_to(train.mean(0), test.shape), test)


def _gaussian(material: Material) -> Figures:
    train, test = material.parts["train"], material.parts["test"]
    x = np.asarray(train.x).reshape(len(train), -1)
    rng = np.random.default_rng(0)
    samples = rng.multivariate_normal(x.mean(0), np.cov(x.T), metrics.SAMPLES)
    return metrics.generation(
        samples, np.asarray(test.x), model_outputs.modes(material.raw["test"])
    )


def _independent(material: Material) -> Figures:
    """Every column by itself: how often it is 1, each seen once more; other numbers, a Gaussian."""
    train, test = (np.asarray(material.parts[p].x, np.float64) for p in ("train", "test"))
    if np.isin(train, (0, 1)).all():
        on = (train.sum(0) + 1) / (len(train) + 2)
        return metrics.density(np.where(test == 1, np.log(on), np.log1p(-on)).sum(1))
    middle, spread = train.mean(0), train.std(0).clip(1e-6)
    nats = ((test - middle) / spread) ** 2 / 2 + np.log(spread) + np.log(2 * np.pi) / 2
    return metrics.density(-nats.sum(1))


def _cue(material: Material) -> Figures:
    """The cue, given back as it came."""
    test = material.parts["test"]
    return metrics.recall(np.asarray(test.x), np.asarray(test.y))


def _hebb(material: Material) -> Figures:
    """Hebb's rule, and twenty updates of all units at once."""
    patterns, test = np.asarray(material.parts["train"].y), material.parts["test"]
    weights = patterns.T @ patterns
    np.fill_diagonal(weights, 0)
    state = np.asarray(test.x)
    for _ in range(20):
        field = state @ weights
        state = np.where(field == 0, state, np.sign(field))
    return metrics.recall(state, np.asarray(test.y))


def _random_grid(material: Material) -> Figures:
    """The centres of k-means, as good as any in themselves, on the grid in no order."""
    from sklearn.cluster import KMeans

    rows, columns = material.config.rows, material.config.columns
    train, test = (np.asarray(material.parts[p].x) for p in ("train", "test"))
    centres = KMeans(rows * columns, random_state=0).fit(train).cluster_centers_
    grid = np.stack(np.divmod(np.arange(rows * columns), columns), 1)
    return metrics.mapping(centres, grid, test)


def _raw_distance(material: Material) -> Figures:
    return metrics.verification(_flat(material, "test"), _target(material, "test"))


def _discriminants(material: Material) -> Figures:
    """Distances along the directions that part the training classes best, by linear algebra."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    fitted = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto").fit(
        _flat(material, "train"), _target(material, "train")
    )
    projected = fitted.transform(_flat(material, "test"))
    return metrics.verification(projected, _target(material, "test"))


_CLASSES = {"majority": _majority, "logistic regression": _logistic}
_BASELINES: dict[Task, dict[str, Callable[[Material], Figures]]] = {
    "classification": _CLASSES,
    "segmentation": {"majority": _background, "logistic regression": _pixelwise},
    "detection": {"usual box": _usual_box, "sliding windows": _sliding},
    "node-classification": _CLASSES,
    "regression": {"mean": _mean, "ridge": _ridge, "gradient boosting": _boosted},
    "language-modelling": {"unigram": _unigram, "bigram": _bigram},
    "reconstruction": {"average": _average, "pca": _pca},
    "generation": {"gaussian": _gaussian},
    "density": {"independent": _independent},
    "recall": {"cue": _cue, "hebb": _hebb},
    "mapping": {"random grid": _random_grid},
    "verification": {"raw distance": _raw_distance, "linear discriminants": _discriminants},
}
