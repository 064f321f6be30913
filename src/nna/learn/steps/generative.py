"""Steps of the chapter on generative networks: what each of them learns by."""

from __future__ import annotations

import numpy as np
import torch

from nna.learn.derive import slope, tensor
from nna.learn.step import Step


def flow_log_density(x, mean, log_scale):
    """The log density of x, when x = mean + exp(log_scale) z and z is standard normal."""
    z = (x - mean) * np.exp(-log_scale)
    return np.sum(-(z**2) / 2 - np.log(2 * np.pi) / 2 - log_scale)


def best_discriminator(data, made):
    """What the best discriminator answers, where data and samples have these densities."""
    return data / (data + made)


def generator_slope(logit):
    """The derivative of the generator's loss -log D by the logit of D."""
    return -1 / (1 + np.exp(logit))


def noised(x, noise, betas):
    """A picture after all steps with these betas at once; noise: standard normal."""
    kept = np.prod(1 - betas)
    return np.sqrt(kept) * x + np.sqrt(1 - kept) * noise


def guessed(noisy, noise, kept):
    """The clean picture that a network's answer about the noise implies; kept: alpha bar."""
    return (noisy - np.sqrt(1 - kept) * noise) / np.sqrt(kept)


def score(noise, kept):
    """The gradient of the log density of the noisy picture by itself, given the clean one."""
    return -noise / np.sqrt(1 - kept)


def _transformed(x, mean, log_scale):
    base = torch.distributions.Normal(torch.zeros(len(x)).double(), torch.ones(len(x)).double())
    affine = torch.distributions.AffineTransform(tensor(mean), torch.exp(tensor(log_scale)))
    made = torch.distributions.TransformedDistribution(base, [affine])
    return made.log_prob(tensor(x)).sum()


def _argued(data, made):
    from scipy import optimize

    def best(p, q):
        return optimize.brentq(lambda d: p / d - q / (1 - d), 1e-12, 1 - 1e-12, xtol=1e-15)

    return np.array([best(p, q) for p, q in zip(data, made, strict=True)])


def _stepwise(x, noise, betas):
    mean, variance = x, 0.0
    for beta in betas:
        mean, variance = (1 - beta) ** 0.5 * mean, (1 - beta) * variance + beta
    return mean + variance**0.5 * noise


def _normal_slope(noise, kept):
    def density(noisy):
        return torch.distributions.Normal(torch.zeros(()).double(), (1 - kept) ** 0.5).log_prob(
            noisy
        )

    return slope(density, noise * (1 - kept) ** 0.5)  # the clean picture is 0: only the gap counts


def _undone(noisy, noise, kept):
    from scipy import optimize

    return np.array(
        [
            optimize.brentq(
                lambda x, a=a, b=b: kept**0.5 * x + (1 - kept) ** 0.5 * b - a, -99, 99, xtol=1e-13
            )
            for a, b in zip(noisy, noise, strict=True)
        ]
    )


def _z(x, m, s):
    return (x - m) * np.exp(-s)


def _normal(z):
    return -(z**2) / 2 - np.log(2 * np.pi) / 2


STEPS = (
    Step(
        answer=flow_log_density,
        section="The probability, through a change of variables",
        ask="One layer of a flow: the density of noise, and how much space is stretched.",
        draw=lambda r: (r.normal(size=4), r.normal(size=4), r.normal(size=4)),
        truth=_transformed,
        mistakes={
            "Where space is stretched the density falls": lambda x, m, s: np.sum(
                _normal(_z(x, m, s)) + s
            ),
            "The stretch is missing": lambda x, m, s: np.sum(_normal(_z(x, m, s))),
            "The stretch is wanted as a logarithm": lambda x, m, s: np.sum(
                _normal(_z(x, m, s)) - np.exp(s)
            ),
            "Go back to the noise first: x isn't standard normal": lambda x, m, s: np.sum(
                _normal(x) - s
            ),
        },
        hint="Invert the map, then take the log density there, then the determinant.",
    ),
    Step(
        answer=best_discriminator,
        section="A game instead of a probability",
        ask="At one point, which answer maximises $p \\log D + q \\log (1 - D)$?",
        draw=lambda r: (r.uniform(0.1, 2, 4), r.uniform(0.1, 2, 4)),
        truth=_argued,
        mistakes={
            "That is how sure it is of a sample, not of data": lambda p, q: q / (p + q),
            "It is a probability: it can't exceed one": lambda p, q: p / q,
            "It isn't all or nothing: both occur there": lambda p, q: (p > q).astype(float),
            "Densities weigh as they are, not squared": lambda p, q: p**2 / (p**2 + q**2),
        },
        hint="Set the derivative by D to zero.",
    ),
    Step(
        answer=generator_slope,
        section="A game instead of a probability",
        ask="Why the generator ascends $\\log D$: its slope when the discriminator is sure.",
        draw=lambda r: (r.normal(scale=4, size=6),),
        truth=lambda z: slope(lambda x: -torch.nn.functional.logsigmoid(x), z),
        mistakes={
            "That is the slope of log(1 - D), which fades when the discriminator is sure": (
                lambda z: -1 / (1 + np.exp(-z))
            ),
            "The loss falls as the logit rises": lambda z: 1 / (1 + np.exp(z)),
            "That is the slope by D itself; go on to the logit": lambda z: -(1 + np.exp(-z)),
            "That is the loss": lambda z: np.log1p(np.exp(-z)),
        },
        hint="By the chain rule through the logistic function, most of it cancels.",
    ),
    Step(
        answer=noised,
        section="Noise, taken away in small steps",
        ask="All steps of noise in one.",
        draw=lambda r: (r.normal(size=4), r.normal(size=4), r.uniform(0.01, 0.3, 10)),
        truth=_stepwise,
        mistakes={
            "Variances sum to one, so sizes are roots": lambda x, e, b: (
                np.prod(1 - b) * x + (1 - np.prod(1 - b)) * e
            ),
            "All steps have acted, not the last alone": lambda x, e, b: (
                np.sqrt(1 - b[-1]) * x + np.sqrt(b[-1]) * e
            ),
            "Picture and noise are exchanged": lambda x, e, b: (
                np.sqrt(1 - np.prod(1 - b)) * x + np.sqrt(np.prod(1 - b)) * e
            ),
            "What is kept is multiplied from step to step, not added up": lambda x, e, b: (
                np.sqrt(np.abs(1 - b.sum())) * x + np.sqrt(b.sum()) * e
            ),
        },
        hint="Follow mean and variance through two steps.",
    ),
    Step(
        answer=guessed,
        section="Noise, taken away in small steps",
        ask="From the noise that the network tells, what is the picture?",
        draw=lambda r: (r.normal(size=4), r.normal(size=4), r.uniform(0.1, 0.9)),
        truth=_undone,
        mistakes={
            "The picture was shrunk as well": lambda x, e, k: x - np.sqrt(1 - k) * e,
            "Sizes are roots of variances": lambda x, e, k: (x - (1 - k) * e) / k,
            "The noise is to be taken off": lambda x, e, k: (x + np.sqrt(1 - k) * e) / np.sqrt(k),
            "How much noise was added isn't heeded": lambda x, e, k: (x - e) / np.sqrt(k),
        },
        hint="Solve the equation of the step before for the picture.",
    ),
    Step(
        answer=score,
        section="Noise, taken away in small steps",
        ask="The network's answer is a score in disguise. How do they belong together?",
        draw=lambda r: (r.normal(size=4), r.uniform(0.1, 0.9)),
        truth=_normal_slope,
        mistakes={
            "It points away from where data are denser": lambda e, k: e / np.sqrt(1 - k),
            "One power of the deviation too many": lambda e, k: -e / (1 - k),
            "It depends on how much noise there is": lambda e, k: -e,
            "With little noise the density is steep, not flat": lambda e, k: -e * np.sqrt(1 - k),
        },
        hint="Differentiate the log of a normal density, then write the gap by the noise.",
    ),
)
