"""Storing, energy and recall beside loops over units and patterns."""

import numpy as np
import torch

from nna import agreement
from nna.architectures.recurrent.hopfield.model import Hopfield
from nna.architectures.recurrent.hopfield.objective import Hebb
from nna.architectures.recurrent.hopfield.spec import Config
from nna.learning.base import Batch, Turn


def _stored(patterns: np.ndarray) -> np.ndarray:
    units = patterns.shape[1]
    links = np.zeros((units, units))
    for pattern in patterns:
        for i in range(units):
            for j in range(units):
                if i != j:
                    links[i, j] += pattern[i] * pattern[j]
    return links


def _energy(links: np.ndarray, state: np.ndarray) -> float:
    total = 0.0
    for i in range(len(state)):
        for j in range(i):
            total -= links[i, j] * state[i] * state[j]
    return total


def _recalled(links: np.ndarray, cue: np.ndarray) -> np.ndarray:
    state, moved = cue.copy(), True
    while moved:
        moved = False
        for i in range(len(state)):
            drive = sum(links[i, j] * state[j] for j in range(len(state)))
            if drive * state[i] < 0:
                state[i], moved = -state[i], True
    return state


def loops() -> dict[str, float]:
    """Two sizes, below capacity and far above it, where the way to rest is long."""
    gaps: dict[str, float] = {}
    noise = torch.Generator().manual_seed(0)
    for units, memories in ((24, 3), (40, 30)):
        patterns = 2.0 * torch.randint(2, (memories, units), generator=noise) - 1
        cues = 2.0 * torch.randint(2, (12, units), generator=noise) - 1
        model = Hopfield(Config(features=units))
        batch = Batch({"table": patterns}, {"y": patterns})
        Hebb().step(model, {}, batch, Turn(lambda *_: None, learning_rate=1.0, progress=0.0))
        links = _stored(patterns.numpy())
        energies = np.array([_energy(links, cue) for cue in cues.numpy()])
        rest = np.stack([_recalled(links, cue) for cue in cues.numpy()])
        assert (rest != cues.numpy()).any(), "vacuous: no cue moved"
        with torch.no_grad():
            found = {
                "learnt links": model.links(),
                "energies": model.energy(cues),
                "recall": model(cues),
            }
        expected = {"learnt links": links, "energies": energies, "recall": rest}
        compared = {key: agreement.gap(ours, expected[key]) for key, ours in found.items()}
        gaps = agreement.worst(gaps, compared)
    return gaps
