"""What is measured of answers to a fold's test rows: plain numbers, to be averaged over folds."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

from nna.errors import UserError
from nna.workbench.evaluation import metrics, scoring
from nna.workbench.evaluation.calibration import calibration_error
from nna.workbench.evaluation.metrics import balanced_accuracy
from nna.workbench.evaluation.scoring import PLAIN, Scoring

UNEVEN = 0.8  # share of the largest class above which accuracy says little


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: its name, and which way is better."""

    name: str
    higher_is_better: bool
    bounds: tuple[float, float]  # no figure lies outside

    def better(self, one: float, other: float) -> bool:
        """Whether the first figure is the better one."""
        return one > other if self.higher_is_better else one < other


ACCURACY = Measure("accuracy", True, (0.0, 1.0))
BALANCED = Measure("balanced accuracy", True, (0.0, 1.0))
MAE = Measure("mae", False, (0.0, math.inf))
MASE = Measure("mase", False, (0.0, math.inf))
RMSE = Measure("rmse", False, (0.0, math.inf))


def wanted(how: Scoring) -> Measure | None:
    """The measure that a user names; None: nobody did."""
    if how.metric is None:
        return None
    higher = scoring.higher_is_better(how.metric)
    ends = (-math.inf, 1.0) if how.metric == "r2" else (0.0, 1.0 if higher else math.inf)
    return Measure(how.metric, higher, ends)


def chosen(classes: np.ndarray | None) -> Measure:
    """What decides the comparison: accuracy, but where one class rules, the mean recall of all.

    Args:
        classes: class number of every row; None where numbers are predicted.
    """
    if classes is None:
        return RMSE
    return BALANCED if np.bincount(classes).max() > UNEVEN * len(classes) else ACCURACY


def of_classes(shares: np.ndarray, y: np.ndarray, how: Scoring = PLAIN) -> dict[str, float]:
    """Figures of predicted shares `(n, classes)` against class numbers `(n,)`.

    The log loss takes shares below 2.2e-16 for that, as scikit-learn does, so that one wrong
    certainty doesn't make it infinite. The area under the curve is the mean over classes, one
    against the rest, and is left out where a class never occurs.
    """
    from sklearn.metrics import roc_auc_score

    predicted, labels = named(shares, how), np.arange(shares.shape[1])
    own = np.clip(shares[np.arange(len(y)), y], np.finfo(float).eps, 1)
    found = {
        "accuracy": float((predicted == y).mean()),
        "balanced accuracy": balanced_accuracy(predicted, y),
        "log loss": float(-np.log(own).mean()),
        "calibration error": calibration_error(shares, y),
    }
    if len(np.unique(y)) == len(labels):
        two = len(labels) == 2
        auc = roc_auc_score(y, shares[:, 1] if two else shares, multi_class="ovr", labels=labels)
        found["AUC"] = float(auc)
    if how.metric in (None, *found):
        return found
    (figure,) = scoring.named(_scores(shares), predicted, y, how).values()
    if figure.value is None:
        raise UserError(f"{how.metric} can't be measured: {figure.why}")
    return {**found, how.metric: figure.value}


def _scores(shares: np.ndarray) -> np.ndarray:
    """Scores whose softmax are the shares."""
    return np.log(np.maximum(shares, np.finfo(float).tiny))


def named(shares: np.ndarray, how: Scoring = PLAIN) -> np.ndarray:
    """The class number that shares `(n, classes)` name, `(n,)`."""
    return shares.argmax(1) if how.threshold is None else how.predicted(_scores(shares))


def cut(shares: np.ndarray, y: np.ndarray, how: Scoring) -> Scoring:
    """The same with the threshold that is best for rows that were not learnt from."""
    return dataclasses.replace(how, threshold=scoring.choose(_scores(shares), y, how))


def of_numbers(values: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Figures of predicted numbers against true ones, both `(n,)`, in the target's units."""
    figures = metrics.regression(values, y)
    return {name: of.value for name, of in figures.items() if of.value is not None}


def each_row(
    measure: Measure, answers: np.ndarray, y: np.ndarray, how: Scoring = PLAIN
) -> np.ndarray | None:
    """What every row adds to a figure: numbers whose mean is it, or moves as it does.

    To the first order in the errors, as the delta method has it.

    Args:
        measure: of which figure.
        answers: shares of the classes, or numbers.
        y: class numbers, or numbers.
        how: from which share on a class is named.

    Returns:
        `(n,)`; None of a figure that is no mean over rows.
    """
    if measure.name in ("accuracy", "balanced accuracy"):
        right = (named(answers, how) == y).astype(float)
        if measure.name == "accuracy":
            return right
        of_class = np.bincount(y)
        return right * len(y) / (of_class[y] * np.count_nonzero(of_class))
    if measure.name == "log loss":
        return -np.log(np.clip(answers[np.arange(len(y)), y], np.finfo(float).eps, 1))
    if measure.name not in ("mae", "rmse"):
        return None
    errors = np.abs(answers - y)
    root = np.sqrt(np.mean(errors**2))
    return errors if measure.name == "mae" or not root else errors**2 / (2 * root) + root / 2
