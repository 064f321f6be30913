"""Tell the noise that was added: the mean squared error of it, at timesteps drawn evenly.

Ho, Jain, Abbeel (2020), equation 14 and algorithm 1; what is judged and kept is a moving average of
the weights (appendix B).
"""

import copy
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from nna.architectures.generative.ddpm.model import alpha_bars
from nna.learning.base import Batch, Gradient, Players, Quantities, Turn
from nna.learning.models import having
from nna.learning.settings import setting


class Timed(Protocol):
    """A network that tells noise at a timestep."""

    timesteps: int


@dataclass(frozen=True)
class NoisePrediction(Gradient):
    """For networks that tell the noise in pictures at a timestep, of so many `timesteps`."""

    ema_decay: float = setting(0.9999, 0, 1)  # of the average, a step; less over the first steps

    tasks = ("generation",)

    def initial_state(self, model: nn.Module) -> nn.Module:
        """The moving average of the weights."""
        return copy.deepcopy(model).requires_grad_(False)

    def evaluated(self, model: nn.Module) -> nn.Module:
        """The average."""
        assert self.state is not None, "no run has begun"
        return self.state

    def step(self, model: nn.Module, players: Players, batch: Batch, turn: Turn) -> Quantities:
        """Descend once, then let the average follow.

        Over the first steps it follows faster, as TensorFlow's own averages can: else a short
        training would keep little but its first weights.
        """
        quantities = super().step(model, players, batch, turn)
        keep = min(self.ema_decay, (1 + turn.step) / (10 + turn.step))
        with torch.no_grad():
            for mean, now in zip(
                self.evaluated(model).parameters(), model.parameters(), strict=True
            ):
                mean.lerp_(now, 1 - keep)
        return quantities

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """The mean squared error of the noise, at a timestep drawn for every picture."""
        timestep = torch.randint(timesteps(model), (len(batch), 1), device=batch.x.device)
        return _error(model, batch.x, timestep, torch.randn_like(batch.x)), {}

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """The same at timesteps evenly spread, with noise that is the same every time."""
        x, last = batch.x, timesteps(model)
        timestep = (torch.arange(len(x), device=x.device) * last // len(x))[:, None]
        noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(0), dtype=x.dtype)
        return {"loss": _error(model, x, timestep, noise.to(x.device))}


def timesteps(model: nn.Module) -> int:
    """How many the network knows."""
    return int(having(model, Timed).timesteps)


def _error(model: nn.Module, clean: Tensor, timestep: Tensor, noise: Tensor) -> Tensor:
    left = alpha_bars(timesteps(model)).to(clean.device)[timestep][..., None, None]
    noisy = left.sqrt().to(clean) * clean + (1 - left).sqrt().to(clean) * noise
    return (model(noisy, timestep) - noise).square().mean()


OBJECTIVES = {"noise_prediction": NoisePrediction}
