"""What a code is worth with few labels: a linear classifier on top of it, five labels a class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nna.tasks.base import Brought, Scores

CODE, LABEL = "code", "label"  # what a network gives; the class number of each example
LABELS, DRAWS = 5, 20  # labels a class, and how often they are drawn
RIDGE = 0.1  # penalty, in units of the mean squared length of a standardised code


class LinearProbe(Brought):
    """Nothing but examples is learnt from; labels come in afterwards, five a class.

    On the test part the code is standardised, five examples of each class are drawn as the labelled
    ones, a ridge regression on the classes is fitted to them in closed form, and the others are
    named by it; twenty draws, the same for every network. An example's figure is the share of the
    draws in which it was named right. Linear probes: Alain and Bengio (2016), Understanding
    Intermediate Layers Using Linear Classifier Probes.
    """

    name = "linear-probe"
    learns_as = "reconstruction"

    def scores(self, given: Mapping[str, np.ndarray], targets: Mapping[str, Any]) -> Scores:
        """How often each example is named right by a probe that didn't know its class."""
        return {"probe accuracy": (probed(given[CODE], np.asarray(targets[LABEL])), True)}

    def answers(self, given: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
        """The code of each example."""
        return [{"code": " ".join(f"{number:.3g}" for number in row)} for row in given[CODE]]

    def baselines(self, train: Mapping[str, Any], test: Mapping[str, Any]) -> dict[str, Scores]:
        """The inputs themselves as a code, and principal components for 95 % of the variance."""
        from sklearn.decomposition import PCA

        rows, new = (_rows(part) for part in (train, test))
        codes = {"inputs": new, "pca": PCA(0.95, svd_solver="full").fit(rows).transform(new)}
        return {name: self.scores({CODE: code}, test) for name, code in codes.items()}

    def target(self, x: Any, given: Any, classes: int, draw: Any) -> Any:
        """Classes by a coin."""
        import torch

        return {LABEL: [torch.randint(classes, (1,), generator=draw) for _ in range(len(x))]}


def _rows(part: Mapping[str, Any]) -> np.ndarray:
    """The one input, a row an example."""
    x = np.asarray(next(of for name, of in part.items() if name != LABEL))
    return x.reshape(len(x), -1)


def probed(code: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Share of the draws in which each example was named right, of those asked at least once.

    Args:
        code: of every example, `(n, numbers)`.
        labels: class numbers, `(n,)`.
    """
    code = np.asarray(code, np.float64)
    code = (code - code.mean(0)) / np.maximum(code.std(0), 1e-9)
    draw, everyone = np.random.default_rng(0), np.arange(len(labels))
    right, asked = np.zeros(len(labels)), np.zeros(len(labels))
    for _ in range(DRAWS):
        own = [draw.permutation(np.flatnonzero(labels == c)) for c in np.unique(labels)]
        known = np.concatenate([of[: min(LABELS, len(of) - 1)] for of in own])
        others = np.setdiff1d(everyone, known)
        named = np.unique(labels)[_fitted(code[known], labels[known], code[others]).argmax(1)]
        right[others] += named == labels[others]
        asked[others] += 1
    return right[asked > 0] / asked[asked > 0]


def _fitted(known: np.ndarray, labels: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Scores of the classes, `(n, classes)`, by ridge regression on few examples."""
    classes = np.unique(labels)
    goals = 2.0 * (labels[:, None] == classes) - 1
    centre, usual, width = known.mean(0), goals.mean(0), known.shape[1]
    known, others = known - centre, others - centre
    alike = known @ known.T / width + RIDGE * np.eye(len(known))
    return others @ known.T / width @ np.linalg.solve(alike, goals - usual) + usual


TASK = LinearProbe()
