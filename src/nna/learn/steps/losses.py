"""Steps of the chapter on losses: scores, probabilities, and what their errors cost."""

from __future__ import annotations

import numpy as np
import torch

from nna.learn.derive import slope, tensor
from nna.learn.step import Step


def softmax(scores):
    """Probabilities of each row of scores, however large the scores are."""
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def cross_entropy(scores, classes):
    """The mean cross-entropy, in nats, of rows of scores; classes: the true one of each row."""
    top = scores.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(scores - top).sum(axis=1)) + top[:, 0]
    return np.mean(log_sum - scores[np.arange(len(classes)), classes])


def cross_entropy_gradient(shares, classes):
    """The gradient of the mean cross-entropy by the scores, from the softmax of these."""
    hot = np.eye(shares.shape[1])[classes]
    return (shares - hot) / len(classes)


def gaussian_loss(y, mean, deviation):
    """The negative log likelihood of each y under a normal distribution."""
    return ((y - mean) / deviation) ** 2 / 2 + np.log(deviation) + np.log(2 * np.pi) / 2


def divergence(p, q):
    """The Kullback-Leibler divergence of q from p: KL(p || q), in nats."""
    return np.sum(p * np.log(p / q))


def huber_slope(error, width):
    """The derivative of Huber's loss: squared up to an error of width, linear beyond it."""
    return np.clip(error, -width, width)


def _scores(r):
    return r.normal(scale=3, size=(4, 3)), r.integers(0, 3, 4)


def _shares(scores):
    return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


def _picked(scores, classes):
    return _shares(scores)[np.arange(len(classes)), classes]


def _hot(p, c):
    return np.eye(p.shape[1])[c]


def _by_torch(shares, classes):
    def loss(scores):
        return torch.nn.functional.cross_entropy(scores, torch.as_tensor(classes))

    return slope(loss, np.log(shares))


def _simplex(r):
    return r.dirichlet(np.ones(4) * 3), r.dirichlet(np.ones(4) * 3)


STEPS = (
    Step(
        answer=gaussian_loss,
        section="Numbers",
        ask="Which loss does a network have that answers with a mean and a deviation?",
        draw=lambda r: (r.normal(size=4), r.normal(size=4), r.uniform(0.3, 3, 4)),
        truth=lambda y, m, s: -torch.distributions.Normal(tensor(m), tensor(s)).log_prob(tensor(y)),
        mistakes={
            "Without its logarithm the deviation could grow for nothing": lambda y, m, s: (
                ((y - m) / s) ** 2 / 2 + np.log(2 * np.pi) / 2
            ),
            "What is squared is the error in deviations; the variance came in": lambda y, m, s: (
                ((y - m) / s**2) ** 2 / 2 + np.log(s) + np.log(2 * np.pi) / 2
            ),
            "The half in the exponent is missing": lambda y, m, s: (
                ((y - m) / s) ** 2 + np.log(s) + np.log(2 * np.pi) / 2
            ),
            "That is the log likelihood itself": lambda y, m, s: (
                -(((y - m) / s) ** 2) / 2 - np.log(s) - np.log(2 * np.pi) / 2
            ),
        },
        hint="Write down the density, take its logarithm, and turn the sign.",
    ),
    Step(
        answer=huber_slope,
        section="Numbers",
        ask="How hard does one error pull under Huber's loss, $e^2/2$ up to a width?",
        draw=lambda r: (r.normal(scale=2, size=8), r.uniform(0.5, 2)),
        truth=lambda e, w: slope(
            lambda x: torch.nn.functional.huber_loss(
                x, torch.zeros_like(x), reduction="none", delta=w
            ),
            e,
        ),
        mistakes={
            "An outlier pulls as hard as under the squared error": lambda e, w: e,
            "A small error should pull less than a large one": lambda e, w: w * np.sign(e),
            "Beyond the width the sign of the error is lost": lambda e, w: np.where(
                np.abs(e) < w, e, w
            ),
            "Beyond the width the pull is constant, but it isn't 1": lambda e, w: np.where(
                np.abs(e) < w, e, np.sign(e)
            ),
        },
        hint="Differentiate both pieces; where they meet the slopes agree.",
    ),
    Step(
        answer=softmax,
        section="Classes",
        ask="Turn rows of scores into probabilities. Some scores are in the hundreds.",
        draw=lambda r: (r.normal(scale=float(r.choice([1, 600])), size=(4, 3)),),
        truth=lambda s: torch.softmax(tensor(s), dim=1),
        mistakes={
            "Large scores overflow: what may be subtracted without changing the answer?": _shares,
            "Each row is to sum to one; here the columns do": lambda s: (
                np.exp(s - s.max(axis=0)) / np.exp(s - s.max(axis=0)).sum(axis=0)
            ),
            "The rows don't sum to one": lambda s: np.exp(s - s.max(axis=1, keepdims=True)),
            "All entries together sum to one, and each row should": lambda s: (
                np.exp(s - s.max()) / np.exp(s - s.max()).sum()
            ),
        },
        hint="Look at the sums of the rows.",
    ),
    Step(
        answer=cross_entropy,
        section="Classes",
        ask="From scores, not from probabilities, and as a mean over the examples.",
        draw=_scores,
        truth=lambda s, c: torch.nn.functional.cross_entropy(tensor(s), torch.as_tensor(c)),
        mistakes={
            "A sum grows with the batch; a mean is asked": lambda s, c: (
                -np.log(_picked(s, c)).sum()
            ),
            "These are bits; nats are asked": lambda s, c: -np.log2(_picked(s, c)).mean(),
            "That is the share itself, not the surprise at it": lambda s, c: _picked(s, c).mean(),
            "All classes are counted; which one happened?": lambda s, c: -np.log(_shares(s)).mean(),
        },
        hint="Only the probability of the true class matters: what is its logarithm?",
    ),
    Step(
        answer=cross_entropy_gradient,
        section="Classes",
        ask="Derive what goes back into the scores. It is shorter than it looks.",
        draw=lambda r: (r.dirichlet(np.ones(3) * 2, size=4), r.integers(0, 3, 4)),
        truth=_by_torch,
        mistakes={
            "The loss is a mean: each example has its part of it only": lambda p, c: p - _hot(p, c),
            "The true class must be pushed up, so its gradient is negative": lambda p, c: (
                p / len(c)
            ),
            "It points the wrong way: which score should descent raise?": lambda p, c: (
                (_hot(p, c) - p) / len(c)
            ),
            "The loss is a mean over examples, not over all the entries": lambda p, c: (
                (p - _hot(p, c)) / p.size
            ),
        },
        hint="Each row of it sums to zero.",
    ),
    Step(
        answer=divergence,
        section="Between distributions",
        ask="What it costs, a draw, to take q for true where p is.",
        draw=_simplex,
        truth=lambda p, q: torch.nn.functional.kl_div(
            tensor(np.log(q)), tensor(p), reduction="sum"
        ),
        mistakes={
            "It isn't symmetric: which one do the draws come from?": lambda p, q: np.sum(
                q * np.log(q / p)
            ),
            "Draws come with their probability: the log ratios are to be weighted": lambda p, q: (
                np.sum(np.log(p / q))
            ),
            "That is the cross-entropy: p's own entropy is still in it": lambda p, q: (
                -np.sum(p * np.log(q))
            ),
            "It can't be negative": lambda p, q: np.sum(p * np.log(q / p)),
        },
        hint="It is an expectation of a log ratio.",
    ),
)
