"""What is measured for each task, with its 95 % interval where one can be had."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np

from nna.errors import UserError
from nna.tasks.base import Scores
from nna.workbench.evaluation.intervals import Figure, mean, share, unknown

PRECISION = "detection is measured with pycocotools: pip install 'nna[vision]'"
MANY = 10  # classes above which the top five are worth counting
SAMPLES = 2500  # forged examples judged
LEAST = 20 / 2500  # share of samples that a mode needs to count as covered
PAIRED = 1000  # examples whose pairs are judged
FEW = 5  # windows of series, or pictures of a class, below which an interval says nothing
BOXES = 100  # of a class in a picture that count, the surest first: COCO's number
NEAREST = 5  # neighbours that the judge of samples asks
BLOCK = 1 << 19  # distances held at a time
REACH = 4.0  # spreads around a mode's centre within which a sample belongs to it


def classification(
    scores: np.ndarray, y: np.ndarray, predicted: np.ndarray | None = None
) -> dict[str, Figure]:
    """Accuracy, mean recall over classes, and of many classes the share in the top five.

    Scores that aren't all numbers name no class: such a row counts as wrong.

    Args:
        scores: of the classes, `(n, classes)`.
        y: class numbers, `(n,)`.
        predicted: the class named for each row; None: that with the highest score.
    """
    if predicted is None:
        predicted = np.where(np.isnan(scores).any(1), -1, scores.argmax(1))
    figures = {"accuracy": share(int((predicted == y).sum()), len(y))}
    if not len(y):
        return figures | {"balanced accuracy": unknown("there is no example")}
    figures["balanced accuracy"] = Figure(balanced_accuracy(predicted, y))
    if scores.shape[1] > MANY:
        figures["top-5 accuracy"] = share(_among_five(scores, y), len(y))
    return figures


def balanced_accuracy(predicted: np.ndarray, y: np.ndarray) -> float:
    """Mean recall over the classes that occur in `y`, of class numbers `(n,)`."""
    of_class = np.bincount(y)
    right = np.bincount(y[predicted == y], minlength=len(of_class))
    there = of_class > 0
    return float((right[there] / of_class[there]).mean())


def _among_five(scores: np.ndarray, y: np.ndarray) -> int:
    """In how many rows the true class is among the top five; of equals the later come first."""
    own = np.take_along_axis(scores, y[:, None], axis=1)
    later = np.arange(scores.shape[1]) > y[:, None]
    better = ((scores > own) | ((scores == own) & later)).sum(1)
    return int(((better < 5) & ~np.isnan(scores).any(1)).sum())


def segmentation(confusions: np.ndarray) -> dict[str, Figure]:
    """Mean intersection over union of the classes that occur, and the share of right pixels.

    Both are ratios of sums over pictures; their intervals are those of the mean of what every
    picture adds to them to the first order (the delta method, by the infinitesimal jackknife).

    Args:
        confusions: a confusion matrix of pixels for each picture, `(n, classes, classes)`, rows
            the truth.
    """
    total = confusions.sum(0)
    if not total.sum():
        return dict.fromkeys(("mean IoU", "pixel accuracy"), unknown("no pixel has a class"))
    right = np.diagonal(confusions, axis1=1, axis2=2).astype(float)
    union = confusions.sum(1) + confusions.sum(2) - right
    of_class, pixels = iou(total), confusions.sum((1, 2))
    there = np.isfinite(of_class)
    adds = (right - of_class * union)[:, there] / union[:, there].mean(0)
    accuracy = right.sum() / pixels.sum()
    each = {
        "mean IoU": of_class[there].mean() + adds.mean(1),
        "pixel accuracy": accuracy + (right.sum(1) - accuracy * pixels) / pixels.mean(),
    }
    rare = (union[:, there] > 0).sum(0).min() < FEW  # what one picture shows has no spread
    figures = {name: mean(of, higher_is_better=True, bounds=(0, 1)) for name, of in each.items()}
    if rare:
        figures["mean IoU"] = Figure(float(of_class[there].mean()))
    return figures


def iou(confusion: np.ndarray) -> np.ndarray:
    """Intersection over union of each class; not a number where it never occurs."""
    right = np.diag(confusion).astype(float)
    union = confusion.sum(0) + confusion.sum(1) - right
    return np.divide(right, union, out=np.full(len(right), np.nan), where=union > 0)


def pixel_confusions(predicted: np.ndarray, masks: np.ndarray, classes: int) -> np.ndarray:
    """A confusion matrix of pixels for each picture; pixels without a class (-1) don't count.

    Args:
        predicted: classes `(n, h, w)`.
        masks: the truth, likewise.
        classes: how many there are.
    """
    counts = np.zeros((len(masks), classes**2), np.int64)
    for count, true, given in zip(counts, masks, predicted, strict=True):
        known = true >= 0
        pairs = true[known].astype(np.int64) * classes + given[known]
        count[:] = np.bincount(pairs, minlength=classes**2)
    return counts.reshape(-1, classes, classes)


def detection(found: list[np.ndarray], truth: np.ndarray, classes: int) -> dict[str, Figure]:
    """COCO's average precision, over overlaps from 0.5 to 0.95 ("AP") and at 0.5 ("AP50").

    Of every picture the surest hundred boxes of a class count, as COCO has it. A class without a
    true box in any picture counts for nothing; without any true box nothing is measured.

    Args:
        found: for each picture rows of class, score, left, top, right, bottom.
        truth: `(n, m, 5)`: class, left, top, right, bottom; class -1 where there is no box.
        classes: how many there are.

    Raises:
        UserError: pycocotools isn't installed.
    """
    try:
        from pycocotools.cocoeval import COCOeval
    except ImportError as error:
        raise UserError(PRECISION) from error
    boxes = [(image, row) for image, rows in enumerate(truth) for row in rows if row[0] >= 0]
    if not boxes:
        return dict.fromkeys(("AP", "AP50"), unknown("no picture has a true box"))
    if not any(map(len, found)):
        return {"AP": Figure(0.0), "AP50": Figure(0.0)}
    with contextlib.redirect_stdout(io.StringIO()):
        judge: Any = COCOeval(*_for_coco(found, boxes, classes), "bbox")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    return {"AP": Figure(float(judge.stats[0])), "AP50": Figure(float(judge.stats[1]))}


def _for_coco(
    found: list[np.ndarray], boxes: list[tuple[int, np.ndarray]], classes: int
) -> tuple[Any, Any]:
    """True boxes, each with its picture's number, and found ones, as pycocotools has them."""
    from pycocotools.coco import COCO

    known: Any = COCO()
    known.dataset = {
        "info": {},
        "images": [{"id": image} for image in range(len(found))],
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
    return known, known.loadRes(given)


def _extent(corners: np.ndarray) -> list[float]:
    """Left, top, width, height."""
    left, top, right, bottom = (float(number) for number in corners)
    return [left, top, right - left, bottom - top]


def regression(predicted: np.ndarray, y: np.ndarray) -> dict[str, Figure]:
    """Root mean squared error, mean absolute error (in the target's units), and R squared."""
    return {
        **errors_of(predicted, y),
        "r2": r_squared(predicted, y),
    }


def errors_of(predicted: np.ndarray, y: np.ndarray) -> dict[str, Figure]:
    """Root mean squared error and mean absolute error."""
    errors = np.abs(np.asarray(predicted, np.float64) - np.asarray(y, np.float64))
    return {
        "rmse": mean(np.square(errors), np.sqrt, bounds=(0, np.inf)),
        "mae": mean(errors, bounds=(0, np.inf)),
    }


def r_squared(predicted: np.ndarray, y: np.ndarray) -> Figure:
    """One minus the squared errors over those of the mean of `y`; unknown where `y` is constant."""
    y = np.asarray(y, np.float64)
    if len(y) < 2 or y.min() == y.max():
        return unknown("the true values don't differ")
    with np.errstate(over="ignore", invalid="ignore"):
        off = np.square(predicted - y).sum() / np.square(y - y.mean()).sum()
    return Figure(float(1 - off)) if np.isfinite(off) else unknown("it isn't finite")


def averages(scores: Scores) -> dict[str, Figure]:
    """The mean over all examples of what a task measures of each."""
    return {
        name: mean(values, higher_is_better=better) for name, (values, better) in scores.items()
    }


def language(nats: np.ndarray) -> dict[str, Figure]:
    """Bits a token (a byte, for texts read as bytes), from nats at each `(window, step)`."""
    return {"bits per byte": mean(nats.mean(1) / np.log(2), bounds=(0, np.inf))}


def reconstruction(given_back: np.ndarray, x: np.ndarray) -> dict[str, Figure]:
    """Mean squared error over all numbers, in prepared units."""
    errors = np.square(np.asarray(given_back, np.float64) - x).reshape(len(x), -1).mean(1)
    return {"mse": mean(errors, bounds=(0, np.inf))}


def generation(samples: np.ndarray, x: np.ndarray, modes: np.ndarray | None) -> dict[str, Figure]:
    """How well samples cover the data: modes, share of good ones, and a two-sample test.

    Modes and good samples are counted where the data name their modes; the test is how often a
    nearest-neighbour judge tells samples from data (0.5: it can't).

    Args:
        samples: forged, `(n, features)`.
        x: held-out data, `(m, features)`.
        modes: the mode of each datum, `(m,)`, or nothing.
    """
    figures = {"two-sample accuracy": _told_apart(samples, x)}
    if modes is None or not len(x):
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


def _told_apart(samples: np.ndarray, x: np.ndarray) -> Figure:
    from sklearn.model_selection import cross_val_score
    from sklearn.neighbors import KNeighborsClassifier

    n = min(len(samples), len(x))
    if n < NEAREST:
        return unknown(f"it takes {NEAREST} samples and as many data", higher_is_better=False)
    both, labels = np.concatenate([samples[:n], x[:n]]), np.repeat([0, 1], n)
    judged = cross_val_score(KNeighborsClassifier(NEAREST), both, labels, cv=5).mean()
    return Figure(float(judged), higher_is_better=False)


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
        "overlap": mean(agreeing.mean(1), higher_is_better=True, bounds=(-1, 1)),
    }


def verification(embeddings: np.ndarray, y: np.ndarray) -> dict[str, Figure]:
    """How well distance tells pairs of one class from pairs of two: of all pairs of examples.

    Area under the curve of true over false acceptances, and the equal error rate: where that
    curve, straight between its corners, refuses as large a share of the pairs of one class as it
    accepts of the others. Pairs share examples, so their number gives no interval. Of more than a
    thousand examples a thousand are drawn (seeded).
    """
    from sklearn.metrics import auc, roc_curve

    apart, same = pairs(embeddings, y)
    if len(np.unique(same)) < 2:
        why = "it takes pairs of one class and pairs of two"
        return {"AUC": unknown(why), "equal error rate": unknown(why, higher_is_better=False)}
    false, true, _ = roc_curve(same, -apart)
    even = equal_error_rate(false, true)
    return {
        "AUC": Figure(float(auc(false, true))),
        "equal error rate": Figure(even, higher_is_better=False),
    }


def equal_error_rate(false: np.ndarray, true: np.ndarray) -> float:
    """Where a curve of true over false acceptances meets `true = 1 - false`.

    Args:
        false: share of false acceptances at each corner, rising from 0 to 1.
        true: share of true ones, likewise.
    """
    excess = false - (1 - true)  # rises from -1 to 1
    after = int(np.argmax(excess >= 0))
    step = -excess[after - 1] / (excess[after] - excess[after - 1])
    return float(false[after - 1] + step * (false[after] - false[after - 1]))


def pairs(embeddings: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distances of all pairs of (at most a thousand) examples, and which are of one class."""
    from scipy.spatial.distance import pdist

    drawn = np.random.default_rng(0).permutation(len(y))[:PAIRED]
    one, other = np.triu_indices(len(drawn), 1)
    return pdist(embeddings[drawn]), y[drawn][one] == y[drawn][other]


def mapping(codebook: np.ndarray, grid: np.ndarray, x: np.ndarray) -> dict[str, Figure]:
    """Topographic and quantisation error of a map.

    The first is the share of examples whose two nearest units aren't neighbours on the grid
    (diagonals are); the second the mean distance to the nearest unit. Of units equally near the
    first in the codebook counts as nearer.
    """
    from scipy.spatial.distance import cdist

    nearest, torn, rows = np.empty(len(x)), 0, max(1, BLOCK // len(codebook))
    for start in range(0, len(x), rows):
        distances = cdist(x[start : start + rows], codebook)
        nearest[start : start + rows] = distances.min(1)
        if len(codebook) > 1:
            first, second = np.argsort(distances, axis=1, kind="stable")[:, :2].T
            torn += int((np.abs(grid[first] - grid[second]).max(1) > 1).sum())
    return {
        "topographic error": unknown("the map has a single unit", higher_is_better=False)
        if len(codebook) < 2
        else share(torn, len(x), higher_is_better=False),
        "quantisation error": mean(nearest, bounds=(0, np.inf)),
    }
