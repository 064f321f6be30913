"""Maximum likelihood of a flow: its log-density exactly, or by Hutchinson's estimator.

Grathwohl and others (2019), algorithm 1; the probes are signs, drawn anew for each batch and kept
along the whole way of a point (section 3.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from nna.learning.base import Batch, Gradient, Quantities
from nna.learning.models import having
from nna.learning.settings import setting


@runtime_checkable
class Flow(Protocol):
    """A network that knows the density of examples."""

    def log_density(self, table: Tensor, probe: Tensor | None = None) -> Tensor:
        """Logarithm of the density of each example, `(b,)`."""
        ...


@dataclass(frozen=True)
class FlowLikelihood(Gradient):
    """Minus the mean log-density, in nats an example."""

    probes: int = setting(0, 0)  # of the estimator in training; 0: the exact trace

    tasks = ("generation",)

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """By probes in training alone: what is measured is exact."""
        flow, x = having(model, Flow), batch.x
        if not (self.probes and model.training):
            return -flow.log_density(x).mean(), {}
        estimates = [flow.log_density(x, signs(x)).mean() for _ in range(self.probes)]
        return -torch.stack(estimates).mean(), {}


def signs(x: Tensor) -> Tensor:
    """One or minus one, by a coin, of the shape of `x`."""
    return 2.0 * torch.randint_like(x, 2) - 1


OBJECTIVES: Mapping[str, type[Gradient]] = {"flow_likelihood": FlowLikelihood}
