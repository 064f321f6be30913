"""Steps of the chapter on autoencoders: components, noise, and the bound."""

from __future__ import annotations

import numpy as np
import torch

from nna.learn.derive import tensor
from nna.learn.step import Step


def lost(x, kept):
    """The share of the variance that so many principal components lose; x: (rows, columns)."""
    power = np.linalg.svd(x - x.mean(axis=0), compute_uv=False) ** 2
    return power[kept:].sum() / power.sum()


def cleaned(noisy, examples, deviation):
    """The best answer of a denoiser under the squared error, for one noisy example.

    examples: (count, inputs), all equally likely; the noise is normal with that deviation.
    """
    fit = -((examples - noisy) ** 2).sum(axis=1) / (2 * deviation**2)
    shares = np.exp(fit - fit.max())
    return shares / shares.sum() @ examples


def drawn(mean, log_variance, noise):
    """A code drawn so that gradients reach mean and variance; noise: standard normal."""
    return mean + np.exp(log_variance / 2) * noise


def divergence(mean, log_variance):
    """KL of a normal distribution, its coordinates independent, from the standard normal one."""
    return np.sum(np.exp(log_variance) + mean**2 - 1 - log_variance) / 2


def bound(x, reconstruction, deviation, mean, log_variance):
    """The evidence lower bound of one example, by one drawn code.

    The decoder says: normal around the reconstruction, with that deviation in every coordinate.
    """
    error = np.sum((x - reconstruction) ** 2) / (2 * deviation**2)
    constant = len(x) * (np.log(deviation) + np.log(2 * np.pi) / 2)
    distance = np.sum(np.exp(log_variance) + mean**2 - 1 - log_variance) / 2
    return -error - constant - distance


def _explained(x, kept):
    from sklearn.decomposition import PCA

    return 1 - PCA(kept).fit(x).explained_variance_ratio_.sum()


def _posterior(noisy, examples, deviation):
    likely = [
        torch.distributions.Normal(tensor(one), deviation).log_prob(tensor(noisy)).sum()
        for one in examples
    ]
    return torch.softmax(torch.stack(likely), 0) @ tensor(examples)


def _kl(mean, log_variance):
    own = torch.distributions.Normal(tensor(mean), torch.exp(0.5 * tensor(log_variance)))
    standard = torch.distributions.Normal(torch.zeros(len(mean)), torch.ones(len(mean)))
    return torch.distributions.kl_divergence(own, standard).sum().numpy()


def _elbo(x, reconstruction, deviation, mean, log_variance):
    likely = torch.distributions.Normal(tensor(reconstruction), deviation).log_prob(tensor(x))
    return likely.sum().numpy() - _kl(mean, log_variance)


def _quantile(mean, log_variance, noise):
    from scipy import stats

    return stats.norm.ppf(stats.norm.cdf(noise), loc=mean, scale=np.sqrt(np.exp(log_variance)))


def _error(x, y, s):
    return np.sum((x - y) ** 2) / (2 * s**2)


def _softmax(scores):
    return np.exp(scores) / np.exp(scores).sum()


def _power(x):
    return np.linalg.svd(x - x.mean(0), compute_uv=False) ** 2


STEPS = (
    Step(
        answer=lost,
        section="A narrow code",
        ask="What a linear autoencoder loses at best.",
        draw=lambda r: (
            r.normal(size=(9, 4)) * r.uniform(0.3, 2, 4) + r.normal(size=4),
            int(r.integers(1, 4)),
        ),
        truth=_explained,
        mistakes={
            "The mean must be taken off first": lambda x, k: (
                (np.linalg.svd(x, compute_uv=False)[k:] ** 2).sum() / (x**2).sum()
            ),
            "That is what is kept": lambda x, k: _power(x)[:k].sum() / _power(x).sum(),
            "Variance is squared: singular values aren't yet": lambda x, k: (
                np.sqrt(_power(x))[k:].sum() / np.sqrt(_power(x)).sum()
            ),
            "A share is asked": lambda x, k: _power(x)[k:].sum() / len(x),
        },
        hint="Centre, decompose, and compare the parts behind the first ones with all.",
    ),
    Step(
        answer=cleaned,
        section="Noise",
        ask="A mean over all that it could have been, each weighted by how likely it is.",
        draw=lambda r: (r.normal(size=2), r.normal(size=(5, 2)), r.uniform(0.4, 1.5)),
        truth=_posterior,
        mistakes={
            "Others could have become this one too, not only the nearest": lambda x, e, s: e[
                ((e - x) ** 2).sum(1).argmin()
            ],
            "Near ones are more likely than far ones": lambda x, e, s: e.mean(0),
            "The squared distance is measured in variances of the noise": lambda x, e, s: (
                _softmax(-((e - x) ** 2).sum(1) / 2) @ e
            ),
            "The 2 in the normal distribution's exponent is missing": lambda x, e, s: (
                _softmax(-((e - x) ** 2).sum(1) / s**2) @ e
            ),
        },
        hint="Bayes: with equal priors the weights are the likelihoods, made to sum to one.",
    ),
    Step(
        answer=drawn,
        section="A code with a distribution",
        ask="Noise from outside, so that the gradient passes.",
        draw=lambda r: (r.normal(size=4), r.normal(size=4), r.normal(size=4)),
        truth=_quantile,
        mistakes={
            "What multiplies the noise is a deviation, not a variance": lambda m, v, e: (
                m + np.exp(v) * e
            ),
            "The encoder gives a logarithm": lambda m, v, e: m + v * e,
            "The mean is missing": lambda m, v, e: np.exp(v / 2) * e,
            "The deviation grows with the variance": lambda m, v, e: m + np.exp(-v / 2) * e,
        },
        hint="Take a variance of 4: by what is the noise multiplied?",
    ),
    Step(
        answer=divergence,
        section="A code with a distribution",
        ask="The second term of the bound has a closed form. Derive it.",
        draw=lambda r: (r.normal(size=4), r.normal(size=4)),
        truth=_kl,
        mistakes={
            "A half stands before all of it": lambda m, v: np.sum(np.exp(v) + m**2 - 1 - v),
            "It is zero for the standard normal one, and never negative": lambda m, v: (
                np.sum(1 + v - m**2 - np.exp(v)) / 2
            ),
            "Means away from zero cost something as well": lambda m, v: (
                np.sum(np.exp(v) - 1 - v) / 2
            ),
            "The variance is taken for the deviation": lambda m, v: (
                np.sum(np.exp(2 * v) + m**2 - 1 - 2 * v) / 2
            ),
        },
        hint="It is an expectation of the difference of two log densities; do one coordinate.",
    ),
    Step(
        answer=bound,
        section="A code with a distribution",
        ask="The whole bound of a variational autoencoder for one example.",
        draw=lambda r: (
            r.normal(size=5),
            r.normal(size=5),
            r.uniform(0.3, 2),
            r.normal(size=2),
            r.normal(size=2),
        ),
        truth=_elbo,
        mistakes={
            "That is the loss: a bound on the likelihood is to be raised": lambda x, y, s, m, v: (
                -bound(x, y, s, m, v)
            ),
            "The divergence lowers the bound": lambda x, y, s, m, v: (
                bound(x, y, s, m, v) + 2 * divergence(m, v)
            ),
            "A likelihood has its constant, which depends on the deviation": (
                lambda x, y, s, m, v: -_error(x, y, s) - divergence(m, v)
            ),
            "It is a sum over the coordinates, not a mean": lambda x, y, s, m, v: (
                (bound(x, y, s, m, v) + divergence(m, v)) / len(x) - divergence(m, v)
            ),
        },
        hint="First the log density of x under the decoder, then the divergence.",
    ),
)
