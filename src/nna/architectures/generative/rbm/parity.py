"""The machine and its learning beside scikit-learn's, and beside sums over all states."""

from itertools import product

import numpy as np
import torch
from sklearn.neural_network import BernoulliRBM
from torch import nn

from nna import agreement
from nna.architectures.generative.rbm.model import RBM
from nna.architectures.generative.rbm.objective import PersistentContrastiveDivergence
from nna.architectures.generative.rbm.spec import Config
from nna.learning.base import Batch, Turn

RATE, STEPS = 0.3, 5
SHAPES = (Config(features=7, hidden=4), Config(features=3, hidden=6))


def _built(config: Config) -> RBM:
    """Seeded, with weights and biases large enough to matter."""
    torch.manual_seed(0)
    model = RBM(config)
    for parameter in model.parameters():
        nn.init.normal_(parameter)
    return model


class Draws:
    """Torch's random numbers, asked for in NumPy's way."""

    def uniform(self, size: tuple[int, ...]) -> np.ndarray:
        """As many numbers between 0 and 1, from torch's generator."""
        return torch.rand(size, dtype=torch.float64).numpy()


def scikit_learn() -> dict[str, float]:
    """Free energy, hidden probabilities, pseudo-likelihood, and five persistent updates."""
    gaps: dict[str, float] = {}
    for config in SHAPES:
        model = _built(config).double()
        chains = model.chains
        x = torch.bernoulli(torch.full((len(chains), config.features), 0.4)).double()
        theirs = BernoulliRBM(config.hidden, learning_rate=RATE, n_iter=1, random_state=0)
        theirs.fit(x.numpy())
        theirs.components_ = model.weight.detach().numpy().copy()
        theirs.intercept_visible_ = model.visible_bias.detach().numpy().copy()
        theirs.intercept_hidden_ = model.hidden_bias.detach().numpy().copy()
        theirs.h_samples_ = chains.numpy().copy()
        with torch.no_grad():
            rows = np.arange(len(x))
            at = np.random.RandomState(0).randint(0, config.features, len(x))
            flipped = x.clone()
            flipped[rows, at] = 1 - flipped[rows, at]
            pseudo = config.features * nn.functional.logsigmoid(model(x) - model(flipped))
            pairs = {
                "free energies": (-model(x)[:, 0], theirs._free_energy(x.numpy())),
                "hidden probabilities": (model.hidden_given(x), theirs.transform(x.numpy())),
                "pseudo-likelihood": (pseudo[:, 0], theirs.score_samples(x.numpy())),
            }
        _learn(model, x, theirs)
        pairs |= {
            "learnt weights": (model.weight, theirs.components_),
            "learnt visible biases": (model.visible_bias, theirs.intercept_visible_),
            "learnt hidden biases": (model.hidden_bias, theirs.intercept_hidden_),
            "chains": (chains, theirs.h_samples_),
        }
        found = {quantity: agreement.gap(*pair) for quantity, pair in pairs.items()}
        gaps = agreement.worst(gaps, found)
    return gaps


def _learn(model: RBM, x: torch.Tensor, theirs: BernoulliRBM) -> None:
    """The same steps on both sides, from the same random numbers."""
    torch.manual_seed(1)
    for step in range(STEPS):
        turn = Turn(lambda *_: None, RATE, step / STEPS)
        PersistentContrastiveDivergence().step(model, {}, Batch({"table": x}), turn)
    torch.manual_seed(1)
    for _ in range(STEPS):
        theirs._fit(x.numpy(), Draws())


def enumeration() -> dict[str, float]:
    """Log p of every visible state, from the energy of every state of both layers."""

    def naive(p: dict[str, np.ndarray], table: np.ndarray) -> np.ndarray:
        hidden = len(p["hidden_bias"])
        out = np.zeros((len(table), 1))
        for i, v in enumerate(table):
            for state in product((0, 1), repeat=hidden):
                h = np.array(state)
                out[i] += np.exp(v @ p["visible_bias"] + h @ p["hidden_bias"] + h @ p["weight"] @ v)
        return np.log(out)

    gaps: dict[str, float] = {}
    for config in SHAPES:
        model = _built(config)
        every = torch.tensor([*product((0.0, 1.0), repeat=config.features)])
        found = agreement.equations(model, naive, {"table": every[:9]})
        with torch.no_grad():
            total = (model(every)[:, 0] - model.log_partition()).double().exp().sum()
        found["sum of all probabilities, less one,"] = agreement.gap(total, 1.0)
        gaps = agreement.worst(gaps, found)
    return gaps
