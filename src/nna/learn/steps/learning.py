"""Steps of the chapter on how a network learns: the chain rule, backwards."""

from __future__ import annotations

import numpy as np
import torch

from nna.learn.derive import slope
from nna.learn.step import Step


def through_relu(z, above):
    """The gradient by z, from that by relu(z), which is above; at z = 0 take 0."""
    return above * (z > 0)


def weight_gradient(x, above):
    """The gradient of a layer's weight (units, inputs), summed over a batch.

    x: (examples, inputs), what went in; above: (examples, units), the gradient of what came out.
    """
    return above.T @ x


def bias_gradient(above):
    """The gradient of a layer's bias (units,), from that of what came out (examples, units)."""
    return above.sum(axis=0)


def input_gradient(weight, above):
    """What a layer hands back, (examples, inputs); weight: (units, inputs)."""
    return above @ weight


def first_layer(x, y, weight1, weight2):
    """The gradient of 1/2 |W2 tanh(W1 x) - y|^2 by W1, for one example."""
    h = np.tanh(weight1 @ x)
    back = weight2.T @ (weight2 @ h - y)
    return np.outer(back * (1 - h**2), x)


def _loss(w1, x, y, w2):
    return ((w2 @ torch.tanh(w1 @ x) - y) ** 2).sum() / 2


def _parts(x, y, w1, w2):
    h = np.tanh(w1 @ x)
    return h, w2 @ h - y


def _wrong(name):
    def made(x, y, w1, w2):
        h, error = _parts(x, y, w1, w2)
        bend = 1 - h**2
        return {
            "bend": np.outer(w2.T @ error, x),
            "turned": np.outer((w2 @ error) * bend, x),
            "logistic": np.outer((w2.T @ error) * h * (1 - h), x),
            "target": np.outer((w2.T @ (w2 @ h)) * bend, x),
        }[name]

    return made


STEPS = (
    Step(
        answer=weight_gradient,
        section="The direction",
        ask="A layer's weight gets its gradient from what went in and what comes back.",
        draw=lambda r: (r.normal(size=(3, 3)), r.normal(size=(3, 3))),
        truth=lambda x, g: slope(
            lambda w: (torch.as_tensor(x) @ w.T) * torch.as_tensor(g),
            np.zeros((g.shape[1], x.shape[1])),
        ),
        mistakes={
            "Rows of the weight are units, columns are inputs": lambda x, g: x.T @ g,
            "A sum over the batch is asked, not a mean": lambda x, g: g.T @ x / len(x),
            "Over which axis must be summed? Examples belong together": lambda x, g: g @ x,
            "All pairs of unit and input are wanted, not entry by entry": lambda x, g: g * x,
        },
        hint="Write the entry of unit i and input j as a sum over the examples.",
    ),
    Step(
        answer=bias_gradient,
        section="The direction",
        ask="And its bias.",
        draw=lambda r: (r.normal(size=(3, 3)),),
        truth=lambda g: slope(
            lambda b: (b + torch.zeros(g.shape)) * torch.as_tensor(g), np.zeros(g.shape[1])
        ),
        mistakes={
            "The same bias serves every example, so their gradients add up": lambda g: g.mean(
                axis=0
            ),
            "A bias belongs to a unit: sum over the other axis": lambda g: g.sum(axis=1),
            "There is one number a unit, whatever the batch": lambda g: g,
            "All units are added up; each has its own bias": lambda g: g.sum(),
        },
        hint="How does the output of unit i in example n change with bias i?",
    ),
    Step(
        answer=input_gradient,
        section="The direction",
        ask="What does the layer hand to the one before it?",
        draw=lambda r: (r.normal(size=(3, 3)), r.normal(size=(4, 3))),
        truth=lambda w, g: slope(
            lambda x: (x @ torch.as_tensor(w).T) * torch.as_tensor(g),
            np.zeros((len(g), w.shape[1])),
        ),
        mistakes={
            "That is the way forwards: backwards the weight is used the other way round": (
                lambda w, g: g @ w.T
            ),
            "Rows of the answer are examples": lambda w, g: (g @ w).T,
            "The batch isn't summed over: each example has an input of its own": lambda w, g: (
                g @ w
            ).sum(axis=0),
            "How strongly each weight passes it on counts, not only its sign": lambda w, g: (
                g @ np.sign(w)
            ),
        },
        hint="Input j reaches every unit: collect what comes back from all of them.",
    ),
    Step(
        answer=through_relu,
        section="The direction",
        ask="A rectifier on the way back.",
        draw=lambda r: (r.normal(size=8), r.normal(size=8)),
        truth=lambda z, g: slope(lambda x: torch.relu(x) * torch.as_tensor(g), z),
        mistakes={
            "A dead unit passes nothing back": lambda z, g: g,
            "That is the local slope; the chain rule multiplies it with something": lambda z, g: (
                z > 0
            ).astype(float),
            "It is the sum that went in which decides, not the gradient that comes back": (
                lambda z, g: g * (g > 0)
            ),
            "That is the way forwards once more: the slope is asked, not the value": (
                lambda z, g: g * np.maximum(z, 0)
            ),
        },
        hint="The slope of the rectifier takes only two values.",
    ),
    Step(
        answer=first_layer,
        section="The direction",
        ask="Now all of it: the gradient of the first layer of a network with one hidden layer.",
        draw=lambda r: (
            r.normal(size=3),
            r.normal(size=3),
            r.normal(size=(3, 3)),
            r.normal(size=(3, 3)),
        ),
        truth=lambda x, y, w1, w2: slope(_loss, w1, x, y, w2),
        mistakes={
            "The hidden layer bends: its slope is missing": _wrong("bend"),
            "Backwards, the second layer's weight is used the other way round": _wrong("turned"),
            "That is the slope of the logistic function; the hidden layer has another": (
                _wrong("logistic")
            ),
            "What comes back is the error, not the output": _wrong("target"),
        },
        hint="Go back one step at a time: error, second layer, bend, first layer.",
    ),
)
