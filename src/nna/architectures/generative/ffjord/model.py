"""FFJORD: a flow along a field of any form, whose density is followed by the field's trace.

Grathwohl, Chen, Bettencourt, Sutskever, Duvenaud. FFJORD: Free-form Continuous Dynamics for
Scalable Reversible Generative Models. ICLR 2019, arXiv:1810.01367. The change of density is that of
Chen, Rubanova, Bettencourt, Duvenaud. Neural Ordinary Differential Equations. NeurIPS 2018,
arXiv:1806.07366, theorem 1.

Answers: a flow of layers has the density of its examples by the determinants of its layers, and so
must be built of layers whose determinants are cheap. Along a differential equation the logarithm
of the density changes by minus the trace of the field's Jacobian, and a trace is cheap for a field
of any form; by Hutchinson's estimator it costs one product with the Jacobian.

Departs from the paper: even steps of the classical Runge-Kutta formula, not adaptive ones, and
gradients through the steps, not by the adjoint; the field is the authors' plain one, layers that
read the time as one more number, with softplus between them.

Shapes: b examples of d numbers.
"""

from collections.abc import Callable
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.generative.ffjord.spec import Config

Moving = tuple[Tensor, Tensor]  # points, and how much the logarithm of the density changed so far

Field = Callable[[float, Tensor], Moving]  # velocities of both, at a time


class Dynamics(nn.Module):
    """f(z, t): the velocity of every point at a time."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        sizes = (config.features, *config.hidden, config.features)
        self.layers = nn.ModuleList(nn.Linear(c_in + 1, c_out) for c_in, c_out in pairwise(sizes))

    def forward(self, time: float, z: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        clock = torch.full_like(z[:, :1], time)
        for number, layer in enumerate(self.layers):
            z = layer(torch.cat([clock, z if number == 0 else F.softplus(z)], dim=1))
        return z


def trace(
    velocity: Float[Tensor, "b d"], z: Float[Tensor, "b d"], probe: Float[Tensor, "b d"] | None
) -> Float[Tensor, " b"]:
    """tr(df/dz) exactly, d products with the Jacobian; or e . (df/dz) e with a probe e, one.

    The estimate's mean over probes of independent signs is the trace: Hutchinson (1990).
    """
    if probe is not None:
        (product,) = torch.autograd.grad(velocity, z, probe, create_graph=True)
        return (product * probe).sum(1)
    rows = (torch.autograd.grad(one.sum(), z, create_graph=True)[0] for one in velocity.unbind(1))
    return torch.stack([row[:, i] for i, row in enumerate(rows)]).sum(0)


class FFJORD(nn.Module):
    """Examples flow to a standard normal distribution from time 0 to 1; samples flow back."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.solver_steps < 1:
            raise ValueError(f"solver_steps must be at least 1, not {config.solver_steps}")
        self.features, self.solver_steps = config.features, config.solver_steps
        self.dynamics = Dynamics(config)

    def forward(self, table: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        return self.flow(table, 0.0, 1.0)

    def flow(self, z: Float[Tensor, "b d"], start: float, end: float) -> Float[Tensor, "b d"]:
        """Where points are at `end` that were at `z` at `start`; to flow back, end before it."""
        nothing = z.new_zeros(len(z))
        return self._follow((z, nothing), start, end, lambda t, z: (self.dynamics(t, z), nothing))[
            0
        ]

    def log_density(
        self, table: Float[Tensor, "b d"], probe: Float[Tensor, "b d"] | None = None
    ) -> Float[Tensor, " b"]:
        """Logarithm of the density of examples; with a probe an estimate that is right on average.

        log p(x) = log N(z(1)) + the integral of tr(df/dz) along the way: theorem 1 of Chen (2018).
        """

        def field(time: float, z: Tensor) -> Moving:
            with torch.enable_grad():  # also where nothing is learnt, the trace is a derivative
                z = z if z.requires_grad else z.detach().requires_grad_()
                velocity = self.dynamics(time, z)
                change = trace(velocity, z, probe)
            return (velocity, change) if learning else (velocity.detach(), change.detach())

        learning = torch.is_grad_enabled()
        z, change = self._follow((table, table.new_zeros(len(table))), 0.0, 1.0, field)
        return change + torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1)

    def _follow(self, state: Moving, start: float, end: float, field: Field) -> Moving:
        """From one time to another in even steps."""
        step = (end - start) / self.solver_steps
        for i in range(self.solver_steps):
            state = runge_kutta(state, start + i * step, step, field)
        return state


def runge_kutta(state: Moving, at: float, step: float, field: Field) -> Moving:
    """One step of the classical formula: four velocities, the middle two counting twice."""

    def moved(by: float, velocity: Moving) -> Tensor:
        return state[0] + by * velocity[0]

    one = field(at, state[0])
    two = field(at + step / 2, moved(step / 2, one))
    three = field(at + step / 2, moved(step / 2, two))
    four = field(at + step, moved(step, three))
    slopes = zip(one, two, three, four, strict=True)
    x, change = (step / 6 * (a + 2 * b + 2 * c + d) for a, b, c, d in slopes)
    return state[0] + x, state[1] + change
