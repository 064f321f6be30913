"""Structural claims about autoencoders."""

from __future__ import annotations

from collections.abc import Iterator

from nna.lab.check import Fact, check, right, text


@check(
    row="AE-08",
    says="A denoising autoencoder can't be sampled from.",
    right="Spoiling an example and drawing what it may have been, over and over, is a Markov chain "
    "whose long-run distribution is that of the data, where the second step is learnt perfectly. "
    "And the best guess points uphill: what it changes, over the noise's variance, is the gradient "
    "of the log density of spoilt data, which diffusion models follow.",
    source="Bengio, Yao, Alain, Vincent (2013), arXiv:1305.6663; Alain, Bengio (2014), JMLR 15, "
    "https://jmlr.org/papers/v15/alain14a.html",
    verdict="fails",
)
def walk_back() -> Iterator[Fact]:
    """Two heaps on a line: the chain's long run on a grid, and the best guess in closed form."""
    import numpy as np

    means, shares, own, noise = np.array([-2.0, 1.5]), np.array([0.3, 0.7]), 0.5, 0.8

    def bell(z: np.ndarray, spread: float) -> np.ndarray:
        return np.exp(-((z / spread) ** 2) / 2) / (spread * np.sqrt(2 * np.pi))

    grid = np.linspace(-5, 5, 81)
    data = (shares * bell(grid[:, None] - means, own)).sum(1)
    data /= data.sum()
    spoil = bell(grid[:, None] - grid, noise)
    spoil /= spoil.sum(1, keepdims=True)  # from a clean place to spoilt ones
    clean = (spoil * data[:, None]).T
    clean /= clean.sum(1, keepdims=True)  # and back, by Bayes's rule: the perfect denoiser
    chain, long_run = spoil @ clean, np.full(len(grid), 1 / len(grid))
    for _ in range(5_000):
        long_run = long_run @ chain
    off = float(np.abs(long_run - data).max())
    yield text("what it draws in the long run is not the data's", off > 1e-6, f"{off:.0e} off")

    def score(x: np.ndarray) -> np.ndarray:
        """The gradient of the log density of spoilt data, by central differences."""
        wide, step = np.hypot(own, noise), 1e-5
        up, down = (
            np.log((shares * bell(x[:, None] + d - means, wide)).sum(1)) for d in (step, -step)
        )
        return (up - down) / (2 * step)

    weight = shares * bell(grid[:, None] - means, np.hypot(own, noise))
    weight /= weight.sum(1, keepdims=True)  # which heap a spoilt number came from
    pull = own**2 / (own**2 + noise**2)
    guess = (weight * (means + pull * (grid[:, None] - means))).sum(1)
    apart = float(np.abs((guess - grid) / noise**2 - score(grid)).max())
    yield right("the best guess follows the gradient", apart < 1e-6, f"{apart:.0e} apart")
