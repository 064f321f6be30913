"""Steps of the chapter on regularisation: penalties, and what is left out."""

from __future__ import annotations

import numpy as np
import torch

from nna.learn.derive import tensor
from nna.learn.step import Step


def ridge(x, y, penalty):
    """The weights that minimise |X w - y|^2 + penalty |w|^2."""
    return np.linalg.solve(x.T @ x + penalty * np.eye(x.shape[1]), x.T @ y)


def shrunk(weights, amount):
    """The weights after a proximal step of the L1 penalty, which makes small ones exactly zero."""
    return np.sign(weights) * np.maximum(np.abs(weights) - amount, 0)


def dropout(x, kept, rate):
    """What dropout gives in training, as libraries have it.

    kept: True where a unit is kept; rate: the probability that one is dropped.
    """
    return x * kept / (1 - rate)


def dropped_sum(weights, inputs, rate):
    """Mean and standard deviation of a unit's sum, when dropout (scaled) acts on its inputs."""
    return weights @ inputs, np.sqrt(rate / (1 - rate) * np.sum((weights * inputs) ** 2))


def smoothed(classes, count, share):
    """Rows of targets for label smoothing: a share of each is spread over all count classes."""
    return (1 - share) * np.eye(count)[classes] + share / count


def _augmented(x, y, penalty):
    rows = np.vstack([x, penalty**0.5 * np.eye(x.shape[1])])
    return np.linalg.lstsq(rows, np.concatenate([y, np.zeros(x.shape[1])]), rcond=None)[0]


def _enumerated(weights, inputs, rate):
    from itertools import product

    total = square = 0.0
    for kept in product((0, 1), repeat=len(inputs)):
        chance = np.prod([(1 - rate) if one else rate for one in kept])
        value = sum(w * x * k / (1 - rate) for w, x, k in zip(weights, inputs, kept, strict=True))
        total, square = total + chance * value, square + chance * value**2
    return total, (square - total**2) ** 0.5


def _spread(classes, count, share):
    rows = np.full((len(classes), count), share / count)
    for row, one in enumerate(classes):
        rows[row, one] = 1 - share * (count - 1) / count
    return rows


STEPS = (
    Step(
        answer=ridge,
        section="Penalties on weights",
        ask="Set the gradient of the penalised squares to zero and solve.",
        draw=lambda r: (r.normal(size=(8, 3)), r.normal(size=8), r.uniform(0.5, 5)),
        truth=_augmented,
        mistakes={
            "The penalty has no effect": lambda x, y, p: np.linalg.lstsq(x, y, rcond=None)[0],
            "The penalty makes the weights larger": lambda x, y, p: np.linalg.solve(
                x.T @ x - p * np.eye(3), x.T @ y
            ),
            "The squares are summed here, not averaged": lambda x, y, p: np.linalg.solve(
                x.T @ x + p * len(x) * np.eye(3), x.T @ y
            ),
            "It pulls each weight, not their sum: which matrix does that?": (
                lambda x, y, p: np.linalg.solve(x.T @ x + p, x.T @ y)
            ),
        },
        hint="The gradient of the squares is linear in the weights; so is that of the penalty.",
    ),
    Step(
        answer=shrunk,
        section="Penalties on weights",
        ask="The step that an L1 penalty needs, because its slope jumps at zero.",
        draw=lambda r: (r.normal(size=8), r.uniform(0.2, 1)),
        truth=lambda w, a: torch.nn.functional.softshrink(tensor(w), a),
        mistakes={
            "Small weights jump over zero instead of stopping there": lambda w, a: (
                w - a * np.sign(w)
            ),
            "Large weights are pulled as well": lambda w, a: np.where(np.abs(w) > a, w, 0),
            "Negative weights have lost their sign": lambda w, a: np.maximum(np.abs(w) - a, 0),
            "All weights are shrunk in proportion: that is the squared penalty": lambda w, a: (
                w * (1 - a)
            ),
        },
        hint="Look at three weights: far above the amount, below it, and far on the negative side.",
    ),
    Step(
        answer=dropout,
        section="Leaving things out",
        ask="Scaled in training, so that nothing needs to be done when the network answers.",
        draw=lambda r: (r.normal(size=6), r.random(6) < 0.7, r.uniform(0.1, 0.6)),
        truth=lambda x, k, p: [a / (1 - p) if b else 0.0 for a, b in zip(x, k, strict=True)],
        mistakes={
            "In the mean the sum has become smaller": lambda x, k, p: x * k,
            "The rate is of what is dropped; what share is left?": lambda x, k, p: x * k / p,
            "That makes it smaller still": lambda x, k, p: x * k * (1 - p),
            "Those that are kept are dropped": lambda x, k, p: x * ~k / (1 - p),
        },
        hint="The mean over all masks must be what comes in.",
    ),
    Step(
        answer=dropped_sum,
        section="Leaving things out",
        ask="Dropout is noise. How large is it in a sum?",
        draw=lambda r: (r.normal(size=6), r.normal(size=6), r.uniform(0.1, 0.7)),
        truth=_enumerated,
        mistakes={
            "That is the variance": lambda w, x, p: (w @ x, p / (1 - p) * np.sum((w * x) ** 2)),
            "Scaling keeps the mean": lambda w, x, p: (
                (1 - p) * (w @ x),
                np.sqrt(p / (1 - p) * np.sum((w * x) ** 2)),
            ),
            "What is kept is scaled up, and its noise with it": lambda w, x, p: (
                w @ x,
                np.sqrt(p * (1 - p) * np.sum((w * x) ** 2)),
            ),
            "Independent parts add their variances, not their deviations": lambda w, x, p: (
                w @ x,
                np.sqrt(p / (1 - p)) * np.abs(w * x).sum(),
            ),
        },
        hint="Take one input: which two values can its part have, and how often?",
    ),
    Step(
        answer=smoothed,
        section="More examples, made",
        ask="Label smoothing asks for a little less than certainty.",
        draw=lambda r: (r.integers(0, 4, 3), 4, r.uniform(0.05, 0.4)),
        truth=_spread,
        mistakes={
            "The true class gets its part of what is spread too": lambda c, n, s: np.where(
                np.eye(n)[c] > 0, 1 - s, s / (n - 1)
            ),
            "The rows don't sum to one": lambda c, n, s: np.where(np.eye(n)[c] > 0, 1 - s, s),
            "The true class keeps its certainty": lambda c, n, s: np.maximum(np.eye(n)[c], s / n),
            "The share is taken away and given to nobody": lambda c, n, s: (1 - s) * np.eye(n)[c],
        },
        hint="It is a mixture of the true class and an even guess.",
    ),
)
