"""What is measured of answers to a fold's test rows: plain numbers, to be averaged over folds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

UNEVEN = 0.8  # share of the largest class above which accuracy says little
BINS = 10  # of the expected calibration error


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


def chosen(classes: np.ndarray | None) -> Measure:
    """What decides the contest: accuracy, but where one class rules, the mean recall of all.

    Args:
        classes: class number of every row; None where numbers are predicted.
    """
    if classes is None:
        return RMSE
    return BALANCED if np.bincount(classes).max() > UNEVEN * len(classes) else ACCURACY


def of_classes(shares: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Figures of predicted shares `(n, classes)` against class numbers `(n,)`."""
    from sklearn.metrics import log_loss, recall_score, roc_auc_score

    predicted, labels = shares.argmax(1), np.arange(shares.shape[1])
    found = {
        "accuracy": float((predicted == y).mean()),
        "balanced accuracy": float(
            recall_score(y, predicted, labels=np.unique(y), average="macro")
        ),
        "log loss": float(log_loss(y, shares, labels=labels)),
        "calibration error": calibration_error(shares, y),
    }
    if len(np.unique(y)) == len(labels):
        two = len(labels) == 2
        auc = roc_auc_score(y, shares[:, 1] if two else shares, multi_class="ovr", labels=labels)
        found["AUC"] = float(auc)
    return found


def of_numbers(values: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Figures of predicted numbers against true ones, both `(n,)`, in the target's units."""
    from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

    return {
        "rmse": float(root_mean_squared_error(y, values)),
        "mae": float(mean_absolute_error(y, values)),
        "r2": float(r2_score(y, values)),
    }


def calibration_error(shares: np.ndarray, y: np.ndarray) -> float:
    """Mean gap between confidence and accuracy over ten equal bins of confidence.

    Naeini, Cooper, Hauskrecht (2015), Obtaining Well Calibrated Probabilities Using Bayesian
    Binning, section "Experiments".
    """
    sure, right = shares.max(1), shares.argmax(1) == y
    bins = np.clip((sure * BINS).astype(int), 0, BINS - 1)
    gaps = [
        (bins == b).mean() * abs(sure[bins == b].mean() - right[bins == b].mean())
        for b in np.unique(bins)
    ]
    return float(sum(gaps))
