"""The machine beside scikit-learn's restricted one, and beside sums over all states."""

from itertools import combinations, product

import numpy as np
import torch
from sklearn.neural_network import BernoulliRBM
from torch import nn

from nna import agreement
from nna.architectures.generative.boltzmann_machine.model import BoltzmannMachine
from nna.architectures.generative.boltzmann_machine.objective import Boltzmann
from nna.architectures.generative.boltzmann_machine.spec import Config
from nna.learning.base import Batch, Turn

RATE, STEPS = 0.3, 3
SHAPES = (Config(features=4, hidden=3), Config(features=5, hidden=0), Config(features=3, hidden=5))


def _built(config: Config) -> BoltzmannMachine:
    """Seeded, with weights and biases large enough to matter."""
    torch.manual_seed(0)
    model = BoltzmannMachine(config)
    for parameter in model.parameters():
        nn.init.normal_(parameter)
    return model


def scikit_learn() -> dict[str, float]:
    """Free energies and hidden probabilities, all links within a layer being cut."""
    gaps: dict[str, float] = {}
    for config in SHAPES[::2]:
        model, v = _built(config).double(), config.features
        one, other = model.pairs
        x = torch.bernoulli(torch.full((20, v), 0.4)).double()
        theirs = BernoulliRBM(config.hidden, n_iter=1, random_state=0).fit(x.numpy())
        with torch.no_grad():
            model.weight.mul_((one < v) & (other >= v))
            theirs.components_ = model.links()[v:, :v].numpy()
            theirs.intercept_visible_ = model.bias[:v].numpy()
            theirs.intercept_hidden_ = model.bias[v:].numpy()
            state = torch.cat([x, torch.zeros(len(x), config.hidden)], dim=1)
            on = [model.on(state, unit, model.links()) for unit in range(v, model.units)]
            pairs = {
                "free energies": (-model(x)[:, 0], theirs._free_energy(x.numpy())),
                "hidden probabilities": (torch.stack(on, dim=1), theirs.transform(x.numpy())),
            }
        found = {quantity: agreement.gap(*pair) for quantity, pair in pairs.items()}
        gaps = agreement.worst(gaps, found)
    return gaps


def _weight(p: dict[str, np.ndarray], state: tuple[float, ...]) -> float:
    """Exp(-energy) of one state, pair by pair."""
    total = sum(b * s for b, s in zip(p["bias"], state, strict=True))
    for w, (i, j) in zip(p["weight"], combinations(range(len(state)), 2), strict=True):
        total += w * state[i] * state[j]
    return float(np.exp(total))


def enumeration() -> dict[str, float]:
    """Log p of visible states, their sum, a unit's chance given the others, and learning."""
    gaps: dict[str, float] = {}
    for config in SHAPES:
        model = _built(config)

        def naive(
            p: dict[str, np.ndarray], table: np.ndarray, config: Config = config
        ) -> np.ndarray:
            hidden = list(product((0.0, 1.0), repeat=config.hidden))
            masses = [sum(_weight(p, (*row, *h)) for h in hidden) for row in table]
            return np.log(masses)[:, None]

        every = torch.tensor([*product((0.0, 1.0), repeat=config.features)])
        found = agreement.equations(model, naive, {"table": every[:9]})
        params = {k: v.detach().double().numpy() for k, v in model.state_dict().items()}
        with torch.no_grad():
            total = (model(every)[:, 0] - model.log_partition()).double().exp().sum()
            state = every[3:4].new_ones(1, model.units)
            chance = float(model.on(state, 1, model.links())[0])
        found["sum of all probabilities, less one,"] = agreement.gap(total, 1.0)
        ones = [1.0] * model.units
        up, down = _weight(params, tuple(ones)), _weight(params, (1.0, 0.0, *ones[2:]))
        found["chance of a unit"] = agreement.gap(chance, up / (up + down))
        gaps = agreement.worst(gaps, found, _learnt(model, every[1::2]))
    return gaps


def _learnt(model: BoltzmannMachine, data: torch.Tensor) -> dict[str, float]:
    """Steps of the rule beside loops over pairs, from the same random numbers."""
    p = {k: v.detach().double().numpy().copy() for k, v in model.state_dict().items()}
    chains, visible, units = p["chains"], data.shape[1], model.units
    torch.manual_seed(1)
    for step in range(STEPS):
        turn = Turn(lambda *_: None, RATE, step / STEPS)
        Boltzmann().step(model, {}, Batch({"table": data}), turn)
    torch.manual_seed(1)
    for _ in range(STEPS):
        coins = torch.rand(len(data), units - visible).numpy() < 0.5
        awake = np.concatenate([data.numpy(), coins], axis=1).astype(np.float64)
        for _ in range(Boltzmann().clamped_sweeps):
            _drawn(p, awake, range(visible, units))
        for _ in range(Boltzmann().free_sweeps):
            _drawn(p, chains, range(units))
        for k, (i, j) in enumerate(combinations(range(units), 2)):
            both = (awake[:, i] * awake[:, j]).mean() - (chains[:, i] * chains[:, j]).mean()
            p["weight"][k] += RATE * both
        p["bias"] += RATE * (awake.mean(0) - chains.mean(0))
    return {
        "learnt weights": agreement.gap(model.weight, p["weight"]),
        "learnt biases": agreement.gap(model.bias, p["bias"]),
        "chains": agreement.gap(model.chains, chains),
    }


def _drawn(p: dict[str, np.ndarray], states: np.ndarray, units: range) -> None:
    for unit in units:
        noise = torch.rand(len(states)).numpy()
        for row, state in enumerate(states):
            state[unit] = 1
            up = _weight(p, tuple(state))
            state[unit] = 0
            down = _weight(p, tuple(state))
            states[row, unit] = noise[row] < up / (up + down)
