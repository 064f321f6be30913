"""Steps of the chapter on society: what an alarm means, and what one example gives away."""

from __future__ import annotations

import numpy as np
import torch

from nna.learn.derive import slope, tensor
from nna.learn.step import Step


def true_alarms(ill, found, false):
    """The share of alarms that are true.

    ill: the share of the ill; found: of these, alarmed; false: of the healthy, alarmed.
    """
    return ill * found / (ill * found + (1 - ill) * false)


def false_positive_rate(cases, precision, missed):
    """What follows for the healthy from the share of cases, the precision and what is missed."""
    return cases / (1 - cases) * (1 - precision) / precision * (1 - missed)


def worst_change(x, y, weights, amount):
    """X changed by amount an entry so that logistic loss rises most; y: -1 or 1."""
    return x - amount * y * np.sign(weights)


def private_sum(gradients, limit, noise):
    """The noisy sum of per-example gradients (examples, weights), each cut to the norm limit.

    noise: standard normal (weights,), scaled by the limit.
    """
    norms = np.linalg.norm(gradients, axis=1, keepdims=True)
    return (gradients * np.minimum(1, limit / norms)).sum(axis=0) + limit * noise


def _town(ill, found, false):
    table = np.array(
        [[ill * found, ill * (1 - found)], [(1 - ill) * false, (1 - ill) * (1 - false)]]
    )
    return table[0, 0] / table[:, 0].sum()


def _solved(cases, precision, missed):
    from scipy import optimize

    hit = cases * (1 - missed)

    def gap(alarmed):
        return hit - precision * (hit + (1 - cases) * alarmed)

    return optimize.brentq(gap, 0, 1e6, xtol=1e-13)


def _climbed(x, y, weights, amount):
    rise = slope(lambda a, w: torch.nn.functional.softplus(-y * (a @ w)), x, weights)
    return x + amount * np.sign(rise)


def _summed(gradients, limit, noise):
    total = tensor(noise) * limit
    for one in gradients:
        p = torch.zeros(len(one), dtype=torch.float64, requires_grad=True)
        p.grad = tensor(one)
        torch.nn.utils.clip_grad_norm_([p], limit)
        size = float(np.linalg.norm(one))
        exact = tensor(one) * (limit / size if size > limit else 1.0)
        assert p.grad is not None
        assert torch.allclose(p.grad, exact, atol=1e-4)  # torch adds 1e-6 to the norm
        total = total + exact
    return total


STEPS = (
    Step(
        answer=true_alarms,
        section="Who is counted, and how",
        ask="The same test in two towns. What does an alarm mean in each?",
        draw=lambda r: tuple(r.uniform(0.05, 0.95, 3)),
        truth=_town,
        mistakes={
            "That is the share of the ill that are found": lambda i, f, a: f,
            "How many are ill matters": lambda i, f, a: f / (f + a),
            "That is the share of alarms that are false": lambda i, f, a: (
                (1 - i) * a / (i * f + (1 - i) * a)
            ),
            "The healthy are all who aren't ill": lambda i, f, a: i * f / (i * f + a),
        },
        hint="Write down the four cells of the table and divide one by its column.",
    ),
    Step(
        answer=false_positive_rate,
        section="Who is counted, and how",
        ask="Derive the identity by which two fair demands collide.",
        draw=lambda r: tuple(r.uniform(0.1, 0.9, 3)),
        truth=_solved,
        mistakes={
            "The odds of being a case are upside down": lambda c, p, m: (
                (1 - c) / c * (1 - p) / p * (1 - m)
            ),
            "What counts is what is found, not what is missed": lambda c, p, m: (
                c / (1 - c) * (1 - p) / p * m
            ),
            "The odds of a true alarm are upside down": lambda c, p, m: (
                c / (1 - c) * p / (1 - p) * (1 - m)
            ),
            "The shares of cases and others are missing": lambda c, p, m: (1 - p) / p * (1 - m),
        },
        hint="Write precision by the two kinds of alarms and solve for the false ones.",
    ),
    Step(
        answer=private_sum,
        section="What a network gives away",
        ask="No single example may change the outcome by much: cut, add up, add noise.",
        draw=lambda r: (r.normal(size=(5, 3)), r.uniform(0.5, 2), r.normal(size=3)),
        truth=_summed,
        mistakes={
            "Cutting the sum doesn't bound what one example does": lambda g, c, e: (
                g.sum(0) * min(1, c / np.linalg.norm(g.sum(0))) + c * e
            ),
            "Small gradients are made larger": lambda g, c, e: (
                (g * c / np.linalg.norm(g, axis=1, keepdims=True)).sum(0) + c * e
            ),
            "The noise must be as large as what it hides": lambda g, c, e: (
                (g * np.minimum(1, c / np.linalg.norm(g, axis=1, keepdims=True))).sum(0) + e
            ),
            "A norm is of the whole gradient, not of each entry": lambda g, c, e: (
                np.clip(g, -c, c).sum(0) + c * e
            ),
        },
        hint="Three things in this order; the limit stands in two of them.",
    ),
    Step(
        answer=worst_change,
        section="Small changes, chosen",
        ask="The fast gradient sign, for logistic regression, where it is exact.",
        draw=lambda r: (
            r.normal(size=5),
            int(r.choice([-1, 1])),
            r.normal(size=5),
            r.uniform(0.05, 0.5),
        ),
        truth=_climbed,
        mistakes={
            "That makes the loss fall": lambda x, y, w, a: x + a * y * np.sign(w),
            "It depends on the class": lambda x, y, w, a: x - a * np.sign(w),
            "Every entry may change by the whole amount": lambda x, y, w, a: (
                x - a * y * w / np.linalg.norm(w)
            ),
            "Only the change is given; what is asked is the changed x": lambda x, y, w, a: (
                -a * y * np.sign(w)
            ),
        },
        hint="Which way does the score move, and which way is worse for this class?",
    ),
)
