"""What is measured for each task, with its 95 % interval where one can be had."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from nna.errors import UserError

LEVEL = 0.95
PRECISION = "detection is measured with pycocotools: pip install 'nna[vision]'"
MANY = 10  # classes above which the top five are worth counting
SAMPLES = 2500  # forged examples judged
LEAST = 20 / 2500  # share of samples that a mode needs to count as covered
PAIRED = 1000  # examples whose pairs are judged
FEW = 5  # windows of series below which an interval says nothing
REACH = 4.0  # spreads around a mode's centre within which a sample belongs to it


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number; `low` and `high` bound its 95 % interval."""

    value: float
    low: float | None = None
    high: float | None = None
    higher_is_better: bool = True

    def beats(self, other: Figure) -> bool:
        """Whether this figure is the better one."""
        return (self.value > other.value) == self.higher_is_better and self.value != other.value

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def share(hits: int, n: int, higher_is_better: bool = True) -> Figure:
    """A share with Wilson's interval."""
    from scipy.stats import binomtest

    bounds = binomtest(hits, n).proportion_ci(LEVEL, method="wilson")
    return Figure(hits / n, float(bounds.low), float(bounds.high), higher_is_better)


def mean(
    values: np.ndarray, then: Callable[[Any], Any] = lambda v: v, higher_is_better: bool = False
) -> Figure:
    """A mean over examples, put through `then`, with a bootstrap interval (seeded)."""
    from scipy.stats import bootstrap

    value = float(then(values.mean()))
    if len(values) < 2 or np.ptp(values) == 0:
        return Figure(value, value, value, higher_is_better)
    bounds = bootstrap(
        (values,),
        lambda v, axis: then(v.mean(axis=axis)),
        n_resamples=1000,
        method="percentile",
        confidence_level=LEVEL,
        rng=np.random.default_rng(0),
    ).confidence_interval
    return Figure(value, float(bounds.low), float(bounds.high), higher_is_better)


def classification(scores: np.ndarray, y: np.ndarray) -> dict[str, Figure]:
    """Accuracy, mean recall over classes, and of many classes the share in the top five."""
    from sklearn.metrics import balanced_accuracy_score, top_k_accuracy_score

    predicted = scores.argmax(1)
    figures = {
        "accuracy": share(int((predicted == y).sum()), len(y)),
        "balanced accuracy": Figure(float(balanced_accuracy_score(y, predicted))),
    }
    if scores.shape[1] > MANY:
        labels = np.arange(scores.shape[1])
        hits = top_k_accuracy_score(y, scores, k=5, labels=labels, normalize=False)
        figures["top-5 accuracy"] = share(int(hits), len(y))
    return figures


def segmentation(confusions: np.ndarray) -> dict[str, Figure]:
    """Mean intersection over union of the classes that occur, and the share of right pixels.

    Args:
        confusions: a confusion matrix of pixels for each picture, `(n, classes, classes)`, rows
            the truth; the intervals are bootstrapped over pictures (seeded).
    """
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(confusions), size=(1000, len(confusions)))
    sums = np.stack([confusions[rows].sum(0) for rows in drawn])
    figures = {}
    for name, of in (("mean IoU", _mean_iou), ("pixel accuracy", _right_pixels)):
        low, high = np.quantile([of(one) for one in sums], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        figures[name] = Figure(of(confusions.sum(0)), float(low), float(high))
    return figures


def iou(confusion: np.ndarray) -> np.ndarray:
    """Intersection over union of each class; not a number where it never occurs."""
    right = np.diag(confusion).astype(float)
    union = confusion.sum(0) + confusion.sum(1) - right
    return np.divide(right, union, out=np.full(len(right), np.nan), where=union > 0)


def _mean_iou(confusion: np.ndarray) -> float:
    return float(np.nanmean(iou(confusion)))


def _right_pixels(confusion: np.ndarray) -> float:
    return float(np.trace(confusion) / confusion.sum())


def pixel_confusions(predicted: np.ndarray, masks: np.ndarray, classes: int) -> np.ndarray:
    """A confusion matrix of pixels for each picture; pixels without a class (-1) don't count.

    Args:
        predicted: classes `(n, h, w)`.
        masks: the truth, likewise.
        classes: how many there are.
    """
    known = masks >= 0
    pairs = np.where(known, masks * classes + predicted, classes**2)
    counts = [np.bincount(one.ravel(), minlength=classes**2 + 1)[:-1] for one in pairs]
    return np.stack(counts).reshape(-1, classes, classes)


def detection(found: list[np.ndarray], truth: np.ndarray, classes: int) -> dict[str, Figure]:
    """COCO's average precision, over overlaps from 0.5 to 0.95 ("AP") and at 0.5 ("AP50").

    Args:
        found: for each picture rows of class, score, left, top, right, bottom.
        truth: `(n, m, 5)`: class, left, top, right, bottom; class -1 where there is no box.
        classes: how many there are.

    Raises:
        UserError: pycocotools isn't installed.
    """
    try:
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    except ImportError as error:
        raise UserError(PRECISION) from error
    boxes = [(image, row) for image, rows in enumerate(truth) for row in rows if row[0] >= 0]
    with contextlib.redirect_stdout(io.StringIO()):
        known: Any = COCO()
        known.dataset = {
            "info": {},
            "images": [{"id": image} for image in range(len(truth))],
            "categories": [{"id": k} for k in range(classes)],
            "annotations": [
                {
                    "id": number,
                    "image_id": image,
                    "category_id": int(row[0]),
                    "bbox": _extent(row[1:]),
                    "area": float((row[3] - row[1]) * (row[4] - row[2])),
                    "iscrowd": 0,
                }
                for number, (image, row) in enumerate(boxes, start=1)
            ],
        }
        known.createIndex()
        given = [
            {
                "image_id": image,
                "category_id": int(row[0]),
                "score": float(row[1]),
                "bbox": _extent(row[2:]),
            }
            for image, rows in enumerate(found)
            for row in rows
        ]
        if not given:
            return {"AP": Figure(0.0), "AP50": Figure(0.0)}
        judge: Any = COCOeval(known, known.loadRes(given), "bbox")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    return {"AP": Figure(float(judge.stats[0])), "AP50": Figure(float(judge.stats[1]))}


def _extent(corners: np.ndarray) -> list[float]:
    """Left, top, width, height."""
    left, top, right, bottom = (float(number) for number in corners)
    return [left, top, right - left, bottom - top]


def regression(predicted: np.ndarray, y: np.ndarray) -> dict[str, Figure]:
    """Root mean squared error, mean absolute error (in the target's units), and R squared."""
    from sklearn.metrics import r2_score

    return {
        "rmse": mean(np.square(predicted - y), np.sqrt),
        "mae": mean(np.abs(predicted - y)),
        "r2": Figure(float(r2_score(y, predicted))),
    }


def few(
    values: np.ndarray, then: Callable[[Any], Any] = lambda v: v, higher_is_better: bool = False
) -> Figure:
    """As `mean`, but of fewer than five values without an interval: they would bound nothing."""
    if len(values) < FEW:
        return Figure(float(then(values.mean())), higher_is_better=higher_is_better)
    return mean(values, then, higher_is_better)


def language(nats: np.ndarray) -> dict[str, Figure]:
    """Bits a token (a byte, for texts read as bytes), from nats at each `(window, step)`."""
    return {"bits per byte": mean(nats.mean(1) / np.log(2))}


def reconstruction(given_back: np.ndarray, x: np.ndarray) -> dict[str, Figure]:
    """Mean squared error over all numbers, in prepared units."""
    return {"mse": mean(np.square(given_back - x).reshape(len(x), -1).mean(1))}


def generation(samples: np.ndarray, x: np.ndarray, modes: np.ndarray | None) -> dict[str, Figure]:
    """How well samples cover the data: modes, share of good ones, and a two-sample test.

    Modes and good samples are counted where the data name their modes; the test is how often a
    nearest-neighbour judge tells samples from data (0.5: it can't).

    Args:
        samples: forged, `(n, features)`.
        x: held-out data, `(m, features)`.
        modes: the mode of each datum, `(m,)`, or nothing.
    """
    from sklearn.model_selection import cross_val_score
    from sklearn.neighbors import KNeighborsClassifier

    n = min(len(samples), len(x))
    both = np.concatenate([samples[:n], x[:n]])
    labels = np.repeat([0, 1], n)
    judged = cross_val_score(KNeighborsClassifier(5), both, labels, cv=5).mean()
    figures = {"two-sample accuracy": Figure(float(judged), higher_is_better=False)}
    if modes is None:
        return figures
    kinds = np.unique(modes)
    centres = np.stack([x[modes == k].mean(0) for k in kinds])
    spread = np.sqrt(np.mean([x[modes == k].var(0).mean() for k in kinds]))
    distances = np.linalg.norm(samples[:, None] - centres, axis=2)
    near = distances.min(1) <= REACH * spread
    counts = np.bincount(distances.argmin(1)[near], minlength=len(kinds))
    return {
        "modes": Figure(float((counts >= LEAST * len(samples)).sum())),
        "good samples": share(int(near.sum()), len(samples)),
        **figures,
    }


def density(log_likelihood: np.ndarray) -> dict[str, Figure]:
    """Nats that an example costs: minus the logarithm of its probability, `(n,)`, or density."""
    return {"nats": mean(-log_likelihood.astype(np.float64))}


def recall(given: np.ndarray, patterns: np.ndarray) -> dict[str, Figure]:
    """Share of patterns recalled without a single wrong sign, and the mean overlap with them.

    Args:
        given: what came back for each cue, `(n, features)`.
        patterns: what should have, of -1 and +1.
    """
    agreeing = np.sign(given) * patterns
    return {
        "recalled": share(int((agreeing == 1).all(1).sum()), len(patterns)),
        "overlap": mean(agreeing.mean(1), higher_is_better=True),
    }


def verification(embeddings: np.ndarray, y: np.ndarray) -> dict[str, Figure]:
    """How well distance tells pairs of one class from pairs of two: of all pairs of examples.

    Area under the curve of true over false acceptances, and the equal error rate, where as many
    pairs of one class are refused as of two are accepted. Pairs share examples, so their number
    gives no interval. Of more than a thousand examples a thousand are drawn (seeded).
    """
    from sklearn.metrics import auc, roc_curve

    apart, same = pairs(embeddings, y)
    false, true, _ = roc_curve(same, -apart)
    even = int(np.abs(1 - true - false).argmin())
    return {
        "AUC": Figure(float(auc(false, true))),
        "equal error rate": Figure(float((1 - true + false)[even]) / 2, higher_is_better=False),
    }


def pairs(embeddings: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distances of all pairs of (at most a thousand) examples, and which are of one class."""
    from scipy.spatial.distance import pdist

    drawn = np.random.default_rng(0).permutation(len(y))[:PAIRED]
    one, other = np.triu_indices(len(drawn), 1)
    return pdist(embeddings[drawn]), y[drawn][one] == y[drawn][other]


def mapping(codebook: np.ndarray, grid: np.ndarray, x: np.ndarray) -> dict[str, Figure]:
    """Topographic and quantisation error of a map.

    The first is the share of examples whose two nearest units aren't neighbours on the grid
    (diagonals are); the second the mean distance to the nearest unit.
    """
    distances = np.linalg.norm(x[:, None] - codebook, axis=2)
    first, second = np.argsort(distances, axis=1)[:, :2].T
    apart = np.abs(grid[first] - grid[second]).max(1) > 1
    return {
        "topographic error": share(int(apart.sum()), len(x), higher_is_better=False),
        "quantisation error": mean(distances.min(1)),
    }
