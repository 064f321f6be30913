"""Scores beside a stack of scikit-learn's machines, and beside sums over all top states."""

from itertools import product

import numpy as np
import torch
from sklearn.neural_network import BernoulliRBM
from torch import nn

from nna import agreement
from nna.architectures.generative.dbn.model import DBN
from nna.architectures.generative.dbn.objective import GreedyContrastiveDivergence
from nna.architectures.generative.dbn.spec import VARIANTS, Config
from nna.learning.base import Batch, Turn

RATE, STEPS = 0.3, 6
SMALL = Config(features=6, widths=(5, 4, 7), classes=3)


def _built(config: Config) -> DBN:
    """Seeded, with weights large enough to matter and small enough that no unit is certain."""
    torch.manual_seed(0)
    model = DBN(config)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=2 * parameter.shape[-1] ** -0.5)
    return model


def _theirs(layer: nn.Module) -> BernoulliRBM:
    weight = layer.weight.detach().numpy()  # type: ignore[union-attr]
    made = BernoulliRBM(len(weight), n_iter=1, random_state=0)
    made.fit(np.zeros((2, weight.shape[1])))
    made.components_ = weight
    made.intercept_visible_ = layer.visible_bias.detach().numpy()  # type: ignore[union-attr]
    made.intercept_hidden_ = layer.hidden_bias.detach().numpy()  # type: ignore[union-attr]
    return made


def scikit_learn() -> dict[str, float]:
    """Each layer's probabilities from the data up, and the scores, at all published sizes."""
    gaps: dict[str, float] = {}
    for config in (SMALL, *(variant.config for variant in VARIANTS.values())):
        model = _built(config).double()
        x = torch.bernoulli(torch.full((5, config.features), 0.4)).double()
        *below, top = [_theirs(layer) for layer in model.layers]
        seen = x.numpy()
        for machine in below:
            seen = machine.transform(seen)
        scores = np.zeros((len(x), config.classes))
        for label, one_hot in enumerate(np.eye(config.classes)):
            joined = np.concatenate([seen, np.tile(one_hot, (len(x), 1))], axis=1)
            scores[:, label] = -top._free_energy(joined)
        scores -= (seen @ top.intercept_visible_[: seen.shape[1]])[:, None]
        with torch.no_grad():
            pairs = {"units below the top": (model.up(x), seen), "scores": (model(x), scores)}
        found = {quantity: agreement.gap(*pair) for quantity, pair in pairs.items()}
        gaps = agreement.worst(gaps, found)
    return gaps


def _chance(inputs: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-inputs))


def enumeration() -> dict[str, float]:
    """Scores from the energy of every state of the top units, and learning layer by layer."""
    model = _built(SMALL)

    def naive(p: dict[str, np.ndarray], table: np.ndarray) -> np.ndarray:
        out = np.zeros((len(table), SMALL.classes))
        for row, seen in enumerate(table):
            for k in range(2):
                seen = _chance(p[f"layers.{k}.weight"] @ seen + p[f"layers.{k}.hidden_bias"])
            weight, alone = p["layers.2.weight"], p["layers.2.visible_bias"]
            for label, one_hot in enumerate(np.eye(SMALL.classes)):
                joined = np.concatenate([seen, one_hot])
                for state in product((0.0, 1.0), repeat=SMALL.widths[-1]):
                    h = np.array(state)
                    energy = -h @ p["layers.2.hidden_bias"] - h @ weight @ joined
                    out[row, label] += np.exp(-energy + alone[len(seen) + label])
        return np.log(out)

    x = torch.bernoulli(torch.full((6, SMALL.features), 0.4))
    gaps = agreement.equations(model, naive, {"table": x}, (r"^layers\.[01]\.visible_bias$",))
    return gaps | _learnt(model.double(), x.double(), torch.arange(6) % 3)


def _learnt(model: DBN, x: torch.Tensor, label: torch.Tensor) -> dict[str, float]:
    """Two steps a layer beside sums over examples, from the same random numbers."""
    p = {k: v.detach().numpy().copy() for k, v in model.state_dict().items()}
    torch.manual_seed(1)
    for step in range(STEPS):
        turn = Turn(lambda *_: None, RATE, step / STEPS)
        GreedyContrastiveDivergence().step(model, {}, Batch({"table": x}, {"y": label}), turn)
    torch.manual_seed(1)
    for step in range(STEPS):
        now, seen = step * 3 // STEPS, x.numpy()
        for k in range(now):
            seen = _chance(seen @ p[f"layers.{k}.weight"].T + p[f"layers.{k}.hidden_bias"])
        if now == 2:
            seen = np.concatenate([seen, np.eye(SMALL.classes)[label.numpy()]], axis=1)
        w, a, b = (p[f"layers.{now}.{of}"] for of in ("weight", "visible_bias", "hidden_bias"))
        noise = torch.rand(len(x), len(b), dtype=torch.float64).numpy()
        changes = [np.zeros_like(of) for of in (w, a, b)]
        for row, v in enumerate(seen):
            h = _chance(w @ v + b)
            inputs = (noise[row] < h) @ w + a
            back = _chance(inputs)
            if now == 2:
                shares = np.exp(inputs[-SMALL.classes :])
                back[-SMALL.classes :] = shares / shares.sum()
            again = _chance(w @ back + b)
            found = (np.outer(h, v) - np.outer(again, back), v - back, h - again)
            changes = [c + f / len(seen) for c, f in zip(changes, found, strict=True)]
        for of, change in zip((w, a, b), changes, strict=True):
            of += RATE * change
    ours = model.state_dict()
    found = [{"learnt parameters": agreement.gap(ours[name], its)} for name, its in p.items()]
    return agreement.worst(*found)
