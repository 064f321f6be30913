"""The update beside torch's attention kernel, and beside sums in NumPy."""

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from nna import agreement
from nna.architectures.recurrent.modern_hopfield.model import ModernHopfield
from nna.architectures.recurrent.modern_hopfield.spec import VARIANTS, Config

SHARP = Config(features=7, memory=11, beta=0.8, iterations=3)


class Attention(nn.Module):
    """Cues ask; memories are both keys and values."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.memories = nn.Parameter(torch.randn(config.memory, config.features))

    def forward(self, state: Tensor) -> Tensor:
        """As many looks as the network makes updates."""
        memories = self.memories[None]
        for _ in range(self.config.iterations):
            asked = scaled_dot_product_attention(
                state[None], memories, memories, scale=self.config.beta
            )
            state = asked[0]
        return state


def _worst(of: Callable[[Config, dict[str, Tensor]], dict[str, float]]) -> dict[str, float]:
    gaps: dict[str, float] = {}
    for config in (*(variant.config for variant in VARIANTS.values()), SHARP):
        torch.manual_seed(0)
        found = of(config, {"table": torch.randn(6, config.features)})
        gaps = agreement.worst(gaps, found)
    return gaps


def attention() -> dict[str, float]:
    """Outputs, and gradients by cues and memories."""
    return _worst(lambda config, x: agreement.modules(ModernHopfield(config), Attention(config), x))


def equations() -> dict[str, float]:
    """The update and the energy."""
    return _worst(_written_out)


def _written_out(config: Config, inputs: dict[str, Tensor]) -> dict[str, float]:
    def naive(parameters: dict[str, np.ndarray], table: np.ndarray) -> np.ndarray:
        memories, out = parameters["memories"], table.copy()
        for row in range(len(out)):
            for _ in range(config.iterations):
                pulls = np.array([math.exp(config.beta * (x @ out[row])) for x in memories])
                blend = sum(pull * x for pull, x in zip(pulls, memories, strict=True))
                out[row] = blend / pulls.sum()
        return out

    def energies(memories: np.ndarray, table: np.ndarray) -> np.ndarray:
        longest = max(float(x @ x) for x in memories)
        total = [sum(math.exp(config.beta * (x @ state)) for x in memories) for state in table]
        squares = [float(state @ state) for state in table]
        return np.array(
            [
                (square + longest) / 2 + (math.log(len(memories)) - math.log(mass)) / config.beta
                for square, mass in zip(squares, total, strict=True)
            ]
        )

    model = ModernHopfield(config)
    gaps = agreement.equations(model, naive, inputs)
    model.double()
    state = inputs["table"].double()
    with torch.no_grad():
        expected = energies(model.memories.numpy(), state.numpy())
        gaps["energies"] = agreement.gap(model.energy(state), expected)
    return gaps
