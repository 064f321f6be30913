"""Steps of the chapter on the unit: layers, and the slopes of what bends them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch

from nna.learn.derive import slope, tensor
from nna.learn.step import Step


def layer(x, weight, bias):
    """What a layer gives before it bends, for a batch.

    x: (examples, inputs); weight: (units, inputs); bias: (units,). Gives (examples, units).
    """
    return x @ weight.T + bias


def collapse(weight2, bias2, weight1, bias1):
    """The weight and the bias of the one layer that equals layer 1 followed by layer 2."""
    return weight2 @ weight1, weight2 @ bias1 + bias2


def parameters(inputs, hidden, outputs):
    """How many weights and biases a network of dense layers has; hidden: a tuple of widths."""
    widths = (inputs, *hidden, outputs)
    return sum((a + 1) * b for a, b in zip(widths, widths[1:], strict=False))


def logistic_slope(z):
    """The derivative of the logistic function at z."""
    s = 1 / (1 + np.exp(-z))
    return s * (1 - s)


def tanh_by_logistic(z):
    """The hyperbolic tangent of z, by the logistic function alone."""
    return 2 / (1 + np.exp(-2 * z)) - 1


def swish_slope(z):
    """The derivative of z times the logistic function of z."""
    s = 1 / (1 + np.exp(-z))
    return s + z * s * (1 - s)


def _sigma(z):
    return 1 / (1 + np.exp(-z))


def _counted(inputs, hidden, outputs):
    widths = (inputs, *hidden, outputs)
    layers = [torch.nn.Linear(a, b) for a, b in pairwise(widths)]
    return sum(p.numel() for one in layers for p in one.parameters())


def _pairs(inputs, hidden, outputs):
    widths = (inputs, *hidden, outputs)
    return list(pairwise(widths))


def _two(weight2, bias2, weight1, bias1):
    start = bias2 + weight2 @ bias1  # what comes out of nothing; the columns are what units add
    columns = [weight2 @ (weight1 @ one + bias1) + bias2 - start for one in np.eye(len(bias1))]
    return np.stack(columns, axis=1), start


STEPS = (
    Step(
        answer=layer,
        section="",
        ask="$W x + b$ for all examples at once, with the shapes that PyTorch has.",
        draw=lambda r: (r.normal(size=(3, 3)), r.normal(size=(3, 3)), r.normal(size=3)),
        truth=lambda x, w, b: torch.nn.functional.linear(tensor(x), tensor(w), tensor(b)),
        mistakes={
            "The bias is missing": lambda x, w, b: x @ w.T,
            "Which axis of the weights belongs to the inputs?": lambda x, w, b: x @ w + b,
            "The bias belongs to a unit, not to an example": lambda x, w, b: x @ w.T + b[:, None],
            "Rows of the answer are examples, columns are units": lambda x, w, b: (
                w @ x.T + b[:, None]
            ),
        },
        hint="Check one entry by hand: example 0 and unit 1.",
    ),
    Step(
        answer=collapse,
        section="Why it must bend",
        ask="Two linear layers are one. Which weight and which bias has it?",
        draw=lambda r: (
            r.normal(size=(3, 3)),
            r.normal(size=3),
            r.normal(size=(3, 3)),
            r.normal(size=3),
        ),
        truth=_two,
        mistakes={
            "Which of the two maps is applied first? The order of a product matters": (
                lambda w2, b2, w1, b1: (w1 @ w2, w2 @ b1 + b2)
            ),
            "The first bias passes through something before it comes out": (
                lambda w2, b2, w1, b1: (w2 @ w1, b1 + b2)
            ),
            "One of the two biases is lost": lambda w2, b2, w1, b1: (w2 @ w1, w2 @ b1),
            "The second bias comes last: nothing multiplies it": lambda w2, b2, w1, b1: (
                w2 @ w1,
                w2 @ (b1 + b2),
            ),
        },
        hint="Write out the second layer with the first one put in for its input.",
    ),
    Step(
        answer=parameters,
        section="Why it must bend",
        ask="Count all parameters of a network with any number of hidden layers.",
        draw=lambda r: (
            int(r.integers(1, 99)),
            tuple(map(int, r.integers(1, 50, r.integers(0, 4)))),
            int(r.integers(1, 20)),
        ),
        truth=_counted,
        mistakes={
            "Only the weights are counted": lambda i, h, o: sum(a * b for a, b in _pairs(i, h, o)),
            "A layer has a bias for what it gives, not for what it gets": lambda i, h, o: sum(
                a * (b + 1) for a, b in _pairs(i, h, o)
            ),
            "The last layer has parameters too": lambda i, h, o: sum(
                (a + 1) * b for a, b in _pairs(i, h, o)[:-1]
            ),
            "One bias a layer isn't enough": lambda i, h, o: sum(
                a * b + 1 for a, b in _pairs(i, h, o)
            ),
        },
        hint="Take a network without hidden layers first, then add one.",
    ),
    Step(
        answer=logistic_slope,
        section="Steps and curves",
        ask="The slope that made back-propagation possible. Where is it largest?",
        draw=lambda r: (r.normal(scale=3, size=6),),
        truth=lambda z: slope(torch.sigmoid, z),
        mistakes={
            "That is the function itself": _sigma,
            "It is largest at 0 and falls on both sides; yours goes on rising": lambda z: (
                _sigma(z) * (1 + _sigma(z))
            ),
            "That is the slope of the hyperbolic tangent": lambda z: 1 - np.tanh(z) ** 2,
            "z itself has no place here: write it by what the function gives": lambda z: (
                z * (1 - z)
            ),
        },
        hint="Differentiate $1 / (1 + e^{-z})$ and write the result by the function itself.",
    ),
    Step(
        answer=tanh_by_logistic,
        section="Steps and curves",
        ask="The hyperbolic tangent is the logistic function stretched and moved. How?",
        draw=lambda r: (r.normal(scale=2, size=6),),
        truth=np.tanh,
        mistakes={
            "Both ends are right, but it isn't steep enough at 0": lambda z: 2 * _sigma(z) - 1,
            "Its answers lie between 0 and 1": lambda z: _sigma(2 * z),
            "At 0 it must be 0": lambda z: 2 * _sigma(2 * z),
            "It is stretched across and not upwards": lambda z: _sigma(2 * z) - 0.5,
        },
        hint="Compare both at 0 and far away on either side, then their slopes at 0.",
    ),
    Step(
        answer=swish_slope,
        section="Smooth hinges",
        ask="Swish is $z \\, \\sigma(z)$. Derive its slope; it is below zero somewhere.",
        draw=lambda r: (r.normal(scale=3, size=6),),
        truth=lambda z: slope(torch.nn.functional.silu, z),
        mistakes={
            "The rule for products gives two terms; the second is missing": _sigma,
            "The rule for products gives two terms; the first is missing": lambda z: (
                z * _sigma(z) * (1 - _sigma(z))
            ),
            "In the second term z is missing": lambda z: _sigma(z) + _sigma(z) * (1 - _sigma(z)),
            "That is the function, not its slope": lambda z: z * _sigma(z),
        },
        hint="Use the rule for products, and the logistic function's own slope.",
    ),
)
