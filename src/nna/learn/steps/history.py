"""Steps of the chapter on history: the three beginnings."""

from __future__ import annotations

import numpy as np

from nna.learn.derive import slope
from nna.learn.step import Step


def fires(x, inhibits, threshold):
    """1 if the McCulloch-Pitts unit fires, else 0.

    x: inputs of 0 or 1; inhibits: True where an input is inhibitory; threshold: a whole number.
    """
    return int(not (x[inhibits] > 0).any() and x[~inhibits].sum() >= threshold)


def perceptron_step(w, x, y):
    """The weights after one example x of class y (-1 or 1), by Rosenblatt's rule at rate 1."""
    return w + y * x if y * (w @ x) <= 0 else w


def adaline_step(w, x, y, rate):
    """The weights after one example, by Widrow and Hoff: descent on half the squared error."""
    return w + rate * (y - w @ x) * x


def _fires(x, inhibits, threshold):
    total = 0
    for value, veto in zip(x, inhibits, strict=True):
        if veto and value:
            return 0
        total += 0 if veto else value
    return 1 if total >= threshold else 0


def _moved(w, x, y):
    wrong = np.sign(sum(a * b for a, b in zip(w, x, strict=True))) != y
    return np.array([a + (y * b if wrong else 0) for a, b in zip(w, x, strict=True)])


STEPS = (
    Step(
        answer=fires,
        section="Three beginnings",
        ask="When does the unit of 1943 fire? One inhibitory input that is on forbids it.",
        draw=lambda r: (r.integers(0, 2, 5), r.random(5) < 0.3, int(r.integers(0, 4))),
        truth=_fires,
        mistakes={
            "Look at the case where the sum just reaches the threshold": lambda x, i, t: int(
                not (x[i] > 0).any() and x[~i].sum() > t
            ),
            "An inhibitory input isn't weighed against the others: what does one alone do?": (
                lambda x, i, t: int(x[~i].sum() - x[i].sum() >= t)
            ),
            "What do the inhibitory inputs do? They seem to be left out": lambda x, i, t: int(
                x[~i].sum() >= t
            ),
            "Inhibitory inputs are counted as if they excited": lambda x, i, t: int(x.sum() >= t),
        },
        hint="Treat the inhibitory inputs first, then the sum of the others.",
    ),
    Step(
        answer=perceptron_step,
        section="Three beginnings",
        ask="The perceptron learns from mistakes alone. A score of exactly 0 is a mistake.",
        draw=lambda r: (
            r.normal(size=3) * (r.random() < 0.7),
            r.normal(size=3),
            int(r.choice([-1, 1])),
        ),
        truth=_moved,
        mistakes={
            "It moves after right answers too: what does the rule learn from?": (
                lambda w, x, y: w + y * x
            ),
            "It moves away from the right answer: which way should the score change?": (
                lambda w, x, y: w - y * x if y * (w @ x) <= 0 else w
            ),
            "A score of exactly 0 names no class: is that a mistake?": lambda w, x, y: (
                w + y * x if y * (w @ x) < 0 else w
            ),
            "After a mistake on class -1 the weights must move too": lambda w, x, y: (
                w + x if y == 1 and w @ x <= 0 else w
            ),
        },
        hint="Ask first whether the score has the sign of y; move only if it hasn't.",
    ),
    Step(
        answer=adaline_step,
        section="Three beginnings",
        ask="Derive one step of descent on $\\frac12 (y - w \\cdot x)^2$.",
        draw=lambda r: (r.normal(size=4), r.normal(size=4), r.normal(), r.uniform(0.01, 0.5)),
        truth=lambda w, x, y, rate: (
            w - rate * slope(lambda v, a, b: (b - (v * a).sum()) ** 2 / 2, w, x, y)
        ),
        mistakes={
            "It climbs: descent goes against the gradient": lambda w, x, y, rate: (
                w - rate * (y - w @ x) * x
            ),
            "The step is twice too long: what does the half in the loss cancel?": (
                lambda w, x, y, rate: w + 2 * rate * (y - w @ x) * x
            ),
            "The error is of the sum itself here, not of the class that it names": (
                lambda w, x, y, rate: w + rate * (y - np.sign(w @ x)) * x
            ),
            "By the chain rule each weight's share depends on its own input": (
                lambda w, x, y, rate: w + rate * (y - w @ x)
            ),
        },
        hint="Differentiate the loss by one weight and write down the minus of descent.",
    ),
)
