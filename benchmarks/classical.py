"""Classical networks beside scikit-learn's and minisom's, in one run; printed as ratios.

Each pair does the same work on the same digits, standardised for the perceptron and the map:

- a multilayer perceptron, trained by Adam until it names 96 % of the held-out digits rightly:
  scikit-learn's MLPClassifier, asked after each epoch as nna is;
- a self-organising map of 12 x 8 units: minisom by its rule, nna by the batch map, both until the
  quantisation error that minisom reaches after ten epochs;
- a restricted Boltzmann machine, as many epochs of persistent contrastive divergence: BernoulliRBM;
- 600 random hidden units and their read-out: nna's extreme learning machine, and scikit-learn's
  ridge on the same hidden layer.

Times are processor seconds of one thread; rounds are interleaved, each with its own seed.
"""

from __future__ import annotations

import contextlib
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from minisom import MiniSom
from sklearn.datasets import load_digits
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import train_test_split
from sklearn.neural_network import BernoulliRBM, MLPClassifier
from torch.nn import functional

import nna
from nna import objectives
from nna.spec import Recipe
from nna.training import devices
from nna.training.in_memory import Tensors
from nna.training.loop import Training

ROUNDS, REACH, MOST, LOOKS = 5, 0.96, 60, 50

pictures, labels = load_digits(return_X_y=True)
ink = (pictures / 16).astype(np.float32)
scaled = ((pictures - pictures.mean()) / pictures.std()).astype(np.float32)
parts = train_test_split(scaled, labels, test_size=360, random_state=0, stratify=labels)
x, x_test, y, y_test = parts
bits = torch.tensor(ink > 0.5, dtype=torch.float32)

Found = tuple[float, float]  # processor seconds, and the figure reached


class _Reached(Exception):  # noqa: N818 - it is no error
    """The figure asked for."""


class _Asker:
    """Asks after each epoch whether to go on."""

    def __init__(self, figure: Callable[[], float], enough: Callable[[float], bool]) -> None:
        self.figure, self.enough, self.last = figure, enough, float("nan")

    def step(self, done: int, total: int) -> None:
        """Nothing to ask."""

    def epoch(self, done: int, total: int, figures: object) -> None:
        """Ask."""
        self.last = self.figure()
        if self.enough(self.last):
            raise _Reached


def train(
    model: torch.nn.Module, recipe: Recipe, data: Tensors, seed: int, asker: _Asker | None = None
) -> float:
    """Train by nna's loop; the processor seconds it took."""
    extra = {} if asker is None else {"watcher": asker}
    training = Training(
        model,
        objectives.get(recipe.objective),
        recipe,
        data,
        None,
        devices.fabric(),
        seed=seed,
        **extra,
    )
    started = time.process_time()
    with contextlib.suppress(_Reached):
        training.run()
    return time.process_time() - started


def mlp_nna(seed: int) -> Found:
    """One hidden layer of 100 units."""
    torch.manual_seed(seed)
    model = nna.build("mlp", features=64, hidden=(100,), classes=10)
    tested = torch.tensor(x_test)

    def right() -> float:
        model.eval()
        with torch.no_grad():
            share = (model(tested).argmax(1).numpy() == y_test).mean()
        model.train()
        return float(share)

    asker = _Asker(right, lambda share: share >= REACH)
    recipe = Recipe(objective="cross_entropy", epochs=MOST, learning_rate=1e-3, batch_size=64)
    return train(
        model, recipe, Tensors.pair(torch.tensor(x), torch.tensor(y)), seed, asker
    ), asker.last


def mlp_sklearn(seed: int) -> Found:
    """The same, by `partial_fit`."""
    model = MLPClassifier(100, batch_size=64, learning_rate_init=1e-3, random_state=seed, alpha=0)
    share, started = 0.0, time.process_time()
    for _ in range(MOST):
        model.partial_fit(x, y, classes=np.arange(10))
        share = float(model.score(x_test, y_test))
        if share >= REACH:
            break
    return time.process_time() - started, share


def distance(codebook: np.ndarray) -> float:
    """The quantisation error of a map."""
    return float(torch.cdist(torch.tensor(x), torch.tensor(codebook)).amin(1).mean())


def som_minisom(seed: int) -> Found:
    """Ten epochs of Kohonen's rule."""
    model = MiniSom(12, 8, 64, sigma=6.0, learning_rate=0.5, random_seed=seed)
    model.random_weights_init(x)
    started = time.process_time()
    model.train(x, 10, use_epochs=True, random_order=True)
    seconds = time.process_time() - started
    return seconds, distance(model.get_weights().reshape(96, 64).astype(np.float32))


def som_nna(seed: int, reach: float) -> Found:
    """The batch map in 5, 10, 20, ... steps, until minisom's error is reached; all are counted."""
    seconds, error, steps = 0.0, float("inf"), 5
    while error > reach and steps <= 160:
        torch.manual_seed(seed)
        model = nna.build("som")
        recipe = Recipe(objective="batch_map", epochs=steps, batch_size=0)
        seconds += train(model, recipe, Tensors.pair(torch.tensor(x), None), seed)
        error, steps = distance(model.get_parameter("codebook").detach().numpy()), 2 * steps
    return seconds, error


def nats(weight: np.ndarray, visible: np.ndarray, hidden: np.ndarray) -> float:
    """Minus the mean log-likelihood of the bitmaps, exactly: all states of 16 hidden units."""
    w, b, c = (
        torch.tensor(np.asarray(part), dtype=torch.float64) for part in (weight, visible, hidden)
    )
    states = torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=torch.float64)] * len(c))
    normal = torch.logsumexp(states @ c + functional.softplus(states @ w + b).sum(1), 0)
    x = bits.double()
    return float((normal - x @ b - functional.softplus(x @ w.T + c).sum(1)).mean())


def rbm_nna(seed: int) -> Found:
    """16 hidden units, persistent contrastive divergence."""
    torch.manual_seed(seed)
    model = nna.build("rbm")
    recipe = Recipe(
        objective="persistent_contrastive_divergence",
        epochs=LOOKS,
        learning_rate=0.05,
        batch_size=64,
    )
    seconds = train(model, recipe, Tensors.pair(bits, None), seed)
    parts = [p.detach().numpy() for p in model.parameters()]
    return seconds, nats(*parts)


def rbm_sklearn(seed: int) -> Found:
    """The same by BernoulliRBM."""
    model = BernoulliRBM(16, learning_rate=0.05, batch_size=64, n_iter=LOOKS, random_state=seed)
    started = time.process_time()
    model.fit(bits.numpy())
    seconds = time.process_time() - started
    return seconds, nats(model.components_, model.intercept_visible_, model.intercept_hidden_)


def elm_nna(seed: int) -> Found:
    """600 random units, read out by the pseudo-inverse."""
    torch.manual_seed(seed)
    model = nna.build("elm", features=64, hidden=600, classes=10)
    recipe = Recipe(objective="pseudo_inverse", epochs=1, batch_size=0)
    data = Tensors.pair(torch.tensor(x), torch.tensor(y))
    seconds = train(model, recipe, data, seed)
    with torch.no_grad():
        share = (model.eval()(torch.tensor(x_test)).argmax(1).numpy() == y_test).mean()
    return seconds, float(share)


def elm_ridge(seed: int) -> Found:
    """Scikit-learn's ridge on as many random units."""
    rng = np.random.default_rng(seed)
    weight, bias = rng.uniform(-1, 1, (64, 600)), rng.uniform(-1, 1, 600)
    started = time.process_time()
    model = RidgeClassifier(alpha=1e-3).fit(1 / (1 + np.exp(-x @ weight - bias)), y)
    seconds = time.process_time() - started
    return seconds, float(model.score(1 / (1 + np.exp(-x_test @ weight - bias)), y_test))


def main() -> None:
    """Run all, print the ratios."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    pairs = {
        "a perceptron to 96 % (accuracy)": (mlp_nna, mlp_sklearn, "MLPClassifier"),
        "a Boltzmann machine, 50 epochs (nats)": (rbm_nna, rbm_sklearn, "BernoulliRBM"),
        "600 random units, read out (accuracy)": (elm_nna, elm_ridge, "RidgeClassifier"),
    }
    lines = [
        "# Classical networks beside their peers, in one run",
        "",
        f"`make bench`, one thread, torch {torch.__version__}; {ROUNDS} interleaved rounds, each "
        "with its own seed: the median of the rounds' ratios of processor seconds, the mean of the "
        "figures reached.",
        "",
        "| work | peer | peer's time, times nna's | nna reached | the peer reached |",
        "|---|---|---|---|---|",
    ]
    for work, (ours, theirs, peer) in pairs.items():
        rounds = [(ours(seed), theirs(seed)) for seed in range(ROUNDS)]
        lines.append(row(work, peer, rounds))
    rounds = []
    for seed in range(ROUNDS):
        peer = som_minisom(seed)
        rounds.append((som_nna(seed, peer[1]), peer))
    lines.append(row("a map of 12 x 8 (quantisation error)", "minisom", rounds))
    text = "\n".join(lines) + "\n"
    print(text)
    Path("docs/benchmark-classical.md").write_text(text, encoding="utf-8")


def row(work: str, peer: str, rounds: list[tuple[Found, Found]]) -> str:
    """One line of the table."""
    ratio = np.median([theirs[0] / ours[0] for ours, theirs in rounds])
    reached = [np.mean([pair[side][1] for pair in rounds]) for side in (0, 1)]
    return f"| {work} | {peer} | {ratio:.2f} | {reached[0]:.4g} | {reached[1]:.4g} |"


if __name__ == "__main__":
    main()
