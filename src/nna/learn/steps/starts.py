"""Steps of the chapter on initial weights and norms: keeping signals level."""

from __future__ import annotations

import numpy as np
import torch

from nna.learn.derive import tensor
from nna.learn.step import Step


def he_deviation(inputs):
    """The standard deviation of weights that keep signals level between rectifiers."""
    return np.sqrt(2 / inputs)


def glorot_bound(inputs, outputs):
    """The a of a uniform distribution from -a to a that has Glorot's variance."""
    return np.sqrt(6 / (inputs + outputs))


def batch_norm(x, gain, shift, eps):
    """Batch normalisation in training; x: (examples, units), gain and shift: (units,)."""
    return gain * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + shift


def layer_norm(x, eps):
    """Layer normalisation of each example, without gain and shift; x: (examples, units)."""
    centred = x - x.mean(axis=1, keepdims=True)
    return centred / np.sqrt(x.var(axis=1, keepdims=True) + eps)


def rms_norm(x, eps):
    """Each example divided by its root mean square; x: (examples, units)."""
    return x / np.sqrt((x**2).mean(axis=1, keepdims=True) + eps)


def branch_scale(blocks, growth):
    """What each block's branch is multiplied by so that all together raise the variance by growth.

    The branch F(x) has the variance of x and is independent of it.
    """
    return np.sqrt(growth ** (1 / blocks) - 1)


def _half(inputs):
    from scipy import integrate, stats

    kept, _ = integrate.quad(lambda z: z**2 * stats.norm.pdf(z), 0, 40)  # E relu(z)^2
    return (1 / (inputs * kept)) ** 0.5


def _found(inputs, outputs):
    from scipy import optimize, stats

    variance = 2 / (inputs + outputs)
    return optimize.brentq(
        lambda a: stats.uniform(-a, 2 * a).var() - variance, 1e-9, 10, xtol=1e-14
    )


def _grown(blocks, growth):
    def ends(scale):
        variance = 1.0
        for _ in range(blocks):
            variance += scale**2 * variance
        return variance - growth

    from scipy import optimize

    return optimize.brentq(ends, 0, growth, xtol=1e-14)


def _normed(x, gain, shift, eps):
    return torch.nn.functional.batch_norm(
        tensor(x), None, None, tensor(gain), tensor(shift), training=True, eps=eps
    )


def _batch(r):
    return r.normal(size=(4, 4)), r.normal(size=4), r.normal(size=4), 0.1


STEPS = (
    Step(
        answer=he_deviation,
        section="How large",
        ask="A rectifier passes half of a signal's power. How large must weights be behind it?",
        draw=lambda r: (int(r.integers(2, 2000)),),
        truth=_half,
        mistakes={
            "That is the variance; the deviation is asked": lambda n: 2 / n,
            "Half of the power is lost in the rectifier: make up for it": lambda n: np.sqrt(1 / n),
            "What is lost is half of the power, not of the size": lambda n: 2 / np.sqrt(n),
            "That makes the signal fall by half once more": lambda n: np.sqrt(1 / (2 * n)),
        },
        hint="Write the variance of a sum of independent products, and demand that it stay.",
    ),
    Step(
        answer=glorot_bound,
        section="How large",
        ask="Glorot's variance is the harmonic compromise between forwards and backwards.",
        draw=lambda r: (int(r.integers(2, 900)), int(r.integers(2, 900))),
        truth=_found,
        mistakes={
            "That is the deviation: an evenly drawn number reaches further": lambda n, m: np.sqrt(
                2 / (n + m)
            ),
            "The variance of an even distribution isn't a half of the squared bound": (
                lambda n, m: np.sqrt(4 / (n + m))
            ),
            "Backwards the outputs count as well": lambda n, m: np.sqrt(6 / n),
            "It is the mean of both widths that counts, not their sum": lambda n, m: np.sqrt(
                3 / (n + m)
            ),
        },
        hint="What is the variance of an even distribution from -a to a?",
    ),
    Step(
        answer=batch_norm,
        section="Keeping it there",
        ask="As in training, with the statistics of this batch.",
        draw=_batch,
        truth=_normed,
        mistakes={
            "Statistics are of a unit over the examples, here they are of an example": (
                lambda x, a, b, eps: (
                    a * (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + eps) + b
                )
            ),
            "Divide by the number of examples: the batch is all there is": (
                lambda x, a, b, eps: a * (x - x.mean(0)) / np.sqrt(x.var(0, ddof=1) + eps) + b
            ),
            "Where does eps stand? It keeps the variance from being zero": (
                lambda x, a, b, eps: a * (x - x.mean(0)) / (x.std(0) + eps) + b
            ),
            "The shift comes last and isn't scaled": lambda x, a, b, eps: (
                a * ((x - x.mean(0)) / np.sqrt(x.var(0) + eps) + b)
            ),
        },
        hint="Centre, scale, then gain and shift; mind the axis.",
    ),
    Step(
        answer=layer_norm,
        section="Keeping it there",
        ask="The same, over the other axis.",
        draw=lambda r: (r.normal(size=(4, 4)), 0.1),
        truth=lambda x, eps: torch.nn.functional.layer_norm(tensor(x), x.shape[1:], eps=eps),
        mistakes={
            "That is batch norm: no example should look at another": lambda x, eps: (
                (x - x.mean(0)) / np.sqrt(x.var(0) + eps)
            ),
            "Divide by the number of units, not by one fewer": lambda x, eps: (
                (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, ddof=1, keepdims=True) + eps)
            ),
            "The mean of each example must go": lambda x, eps: (
                x / np.sqrt(x.var(1, keepdims=True) + eps)
            ),
            "eps goes to the variance, before the root": lambda x, eps: (
                (x - x.mean(1, keepdims=True)) / (x.std(1, keepdims=True) + eps)
            ),
        },
        hint="The mean and the variance are those of one row.",
    ),
    Step(
        answer=rms_norm,
        section="Keeping it there",
        ask="What language models put in its place: no mean is taken off.",
        draw=lambda r: (r.normal(size=(4, 4)) + 1, 0.1),
        truth=lambda x, eps: torch.nn.functional.rms_norm(tensor(x), x.shape[1:], eps=eps),
        mistakes={
            "The mean isn't taken off, not even in the divisor": lambda x, eps: (
                x / np.sqrt(x.var(1, keepdims=True) + eps)
            ),
            "It is the mean of the squares, not their sum": lambda x, eps: (
                x / np.sqrt((x**2).sum(1, keepdims=True) + eps)
            ),
            "Each example has its own size": lambda x, eps: x / np.sqrt((x**2).mean() + eps),
            "That is layer norm": lambda x, eps: (
                (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + eps)
            ),
        },
        hint="Read the name backwards: square, mean, root.",
    ),
    Step(
        answer=branch_scale,
        section="Blocks that start as nothing",
        ask="How small must branches be for a deep stack to grow no more than is wanted?",
        draw=lambda r: (int(r.integers(2, 200)), r.uniform(1.5, 6)),
        truth=_grown,
        mistakes={
            "A factor scales the variance by its square": lambda n, g: g ** (1 / n) - 1,
            "Growth is compounded: shares don't simply add up": lambda n, g: np.sqrt((g - 1) / n),
            "That is what a block multiplies by; x itself passes unscaled": lambda n, g: np.sqrt(
                g ** (1 / n)
            ),
            "The branch adds to the variance, x's own part stays": lambda n, g: (
                np.sqrt(g) ** (1 / n) - 1
            ),
        },
        hint="By what factor does one block raise the variance? All blocks have the same.",
    ),
)
