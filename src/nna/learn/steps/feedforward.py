"""Steps of the chapter on feed-forward networks: bumps, shortcuts and experts."""

from __future__ import annotations

import numpy as np
import torch

from nna.learn.derive import slope, tensor
from nna.learn.step import Step


def bumps(x, centres, width):
    """What radial units answer: exp(-|x - c|^2 / (2 width^2)).

    x: (examples, inputs); centres: (units, inputs). Gives (examples, units).
    """
    square = ((x[:, None] - centres) ** 2).sum(axis=2)
    return np.exp(-square / (2 * width**2))


def readout(hidden, y):
    """The weights that an extreme learning machine solves for: least squares, least norm."""
    return np.linalg.pinv(hidden) @ y


def through_block(jacobian, above):
    """The gradient by x, from that by y = x + F(x); jacobian: dF_i / dx_j."""
    return above + jacobian.T @ above


def mixture(gates, experts, most):
    """What sparse experts answer for one example.

    gates: a score an expert; experts: (experts, outputs), what each would say; most: how many of
    the highest scores are used, their softmax among themselves.
    """
    used = np.argsort(gates)[-most:]
    shares = np.exp(gates[used] - gates[used].max())
    return shares / shares.sum() @ experts[used]


def parity_units(inputs):
    """How many threshold units compute parity with one hidden layer, the output unit included.

    One hidden unit asks whether at least k inputs are on, for each k from 1 on.
    """
    return inputs + 1


def _distances(x, centres, width):
    from scipy.spatial.distance import cdist

    return np.exp(-0.5 * cdist(x / width, centres / width, "sqeuclidean"))


def _least(hidden, y):
    return np.linalg.lstsq(hidden, y, rcond=None)[0]


def _back(jacobian, above):
    return slope(lambda x, j, g: (x + j @ x) * g, np.zeros(len(above)), jacobian, above)


def _topped(gates, experts, most):
    scores = tensor(gates)
    masked = torch.full_like(scores, -torch.inf)
    best = scores.topk(most).indices
    masked[best] = scores[best]
    return torch.softmax(masked, 0) @ tensor(experts)


def _soft(scores):
    return np.exp(scores) / np.exp(scores).sum()


def _best(gates, most):
    return np.argsort(gates)[-most:]


def _units(inputs):
    thresholds = range(1, inputs + 1)
    signs = [1 if k % 2 else -1 for k in thresholds]
    for on in range(inputs + 1):  # the sum of the signed answers is the parity
        assert sum(s for s, k in zip(signs, thresholds, strict=True) if on >= k) == on % 2
    return len(signs) + 1


def _random_layer(r):
    examples, units = (4, 6) if r.random() < 0.5 else (8, 3)
    return r.normal(size=(examples, units)), r.normal(size=examples)


STEPS = (
    Step(
        answer=readout,
        section="Two layers, four ways to get the first",
        ask="With the hidden layer drawn at random, the rest is solved and not trained.",
        draw=_random_layer,
        truth=_least,
        mistakes={
            "With more units than examples that is no solution": lambda h, y: np.linalg.lstsq(
                h.T @ h + 1e-3 * np.eye(h.shape[1]), h.T @ y, rcond=None
            )[0],
            "That is one step of descent, not the solution": lambda h, y: h.T @ y,
            "It fits the examples' mean only": lambda h, y: np.linalg.lstsq(
                h - h.mean(0), y - y.mean(), rcond=None
            )[0],
        },
        hint="Which matrix inverts one that isn't square, as well as can be?",
    ),
    Step(
        answer=bumps,
        section="Near and far",
        ask="A radial unit answers to what is near. All examples and all centres at once.",
        draw=lambda r: (r.normal(size=(4, 3)), r.normal(size=(5, 3)), r.uniform(0.5, 2)),
        truth=_distances,
        mistakes={
            "The distance isn't squared": lambda x, c, w: np.exp(
                -np.sqrt(((x[:, None] - c) ** 2).sum(2)) / (2 * w**2)
            ),
            "The width is a length, and the distance is squared": lambda x, c, w: np.exp(
                -((x[:, None] - c) ** 2).sum(2) / (2 * w)
            ),
            "The 2 in the exponent is missing": lambda x, c, w: np.exp(
                -((x[:, None] - c) ** 2).sum(2) / w**2
            ),
            "Rows are examples, columns are units": lambda x, c, w: _distances(x, c, w).T,
        },
        hint="Check the answer at a centre itself, and one width away from it.",
    ),
    Step(
        answer=parity_units,
        section="What depth is for",
        ask="Parity of n inputs with one hidden layer, by counting. How many units?",
        draw=lambda r: (int(r.integers(2, 30)),),
        truth=_units,
        mistakes={
            "The output unit counts as well": lambda n: n,
            "A unit for every pattern would do, but that many aren't needed": lambda n: (
                2 ** (n - 1) + 1
            ),
            "Each number of inputs that are on needs asking once": lambda n: 2 * n + 1,
            "At least 0 inputs are always on: that needn't be asked": lambda n: n + 2,
        },
        hint="How many different sums can the inputs have, and which questions tell them apart?",
    ),
    Step(
        answer=through_block,
        section="What depth is for",
        ask="Why a residual block lets gradients through however small its branch is.",
        draw=lambda r: (r.normal(size=(3, 3)), r.normal(size=3)),
        truth=_back,
        mistakes={
            "x has a second way past the branch": lambda j, g: j.T @ g,
            "Backwards the Jacobian is used the other way round": lambda j, g: g + j @ g,
            "Only the way past the branch is counted": lambda j, g: g.copy(),
            "The two ways add up; they don't cancel": lambda j, g: g - j.T @ g,
        },
        hint="x reaches y on two ways: add what comes back on both.",
    ),
    Step(
        answer=mixture,
        section="Capacity that isn't always used",
        ask="Only the highest scores are used, so most experts cost nothing.",
        draw=lambda r: (r.normal(size=5), r.normal(size=(5, 3)), int(r.integers(1, 4))),
        truth=_topped,
        mistakes={
            "All experts speak here": lambda g, e, k: _soft(g) @ e,
            "The shares of those that are used must sum to one": lambda g, e, k: (
                _soft(g)[_best(g, k)] @ e[_best(g, k)]
            ),
            "Those that are used don't count alike": lambda g, e, k: e[_best(g, k)].mean(0),
            "The lowest scores are used": lambda g, e, k: mixture(-g, e, k),
        },
        hint="Choose first, then take the softmax.",
    ),
)
