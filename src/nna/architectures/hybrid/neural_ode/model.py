"""Neural ODE (ODE-Net): layers so many that their number becomes time.

Chen, Rubanova, Bettencourt, Duvenaud. Neural Ordinary Differential Equations. NeurIPS 2018,
arXiv:1806.07366.

Answers: a residual network adds f(h) to h, layer by layer: Euler's steps along a curve. Each layer
has weights of its own, and all activations are kept for the gradient. Here one field f(h, t) moves
h along the curve, any solver follows it, and the gradient comes from a second equation, solved
backwards, that needs no activations kept.

Departs from the paper: it solves by an implicit Adams method; here by Runge-Kutta, in even steps or
in adaptive ones (Dormand-Prince), as the authors' torchdiffeq does. Layers are those of its example
odenet_mnist. The adjoint serves training; in evaluation gradients go through the solver's steps.

Shapes: b pictures of channels x h x w, c maps within.
"""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.hybrid.neural_ode.solver import RK4, Dopri5, Solver, solve, solve_adjoint
from nna.architectures.hybrid.neural_ode.spec import Config


class TimedConv(nn.Module):
    """A 3x3 convolution that reads the time as one further map."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width + 1, width, 3, padding=1)

    def forward(self, time: float, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        clock = torch.full_like(x[:, :1], time)
        return self.conv(torch.cat([clock, x], dim=1))


class Dynamics(nn.Module):
    """f(h, t): the velocity of the hidden state (equation 2), two convolutions with norms."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1, self.norm2, self.norm3 = norm(width), norm(width), norm(width)
        self.conv1, self.conv2 = TimedConv(width), TimedConv(width)

    def forward(self, time: float, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        hidden = self.conv1(time, F.relu(self.norm1(x)))
        return self.norm3(self.conv2(time, F.relu(self.norm2(hidden))))


def norm(width: int) -> nn.GroupNorm:
    """Group norm, two maps a group."""
    return nn.GroupNorm(width // 2, width)


def solver_of(name: Literal["rk4", "dopri5"], steps: int, tolerance: float) -> Solver:
    """How the curve is followed: in even steps, or in as many as a tolerance asks for."""
    return RK4(steps) if name == "rk4" else Dopri5(tolerance)


class NeuralODE(nn.Module):
    """Make the picture smaller, let it flow from time 0 to 1, and classify where it arrives."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.solver_steps < 1 or config.tolerance <= 0:
            raise ValueError("solver_steps must be at least 1, and tolerance above 0")
        if config.width % 2:
            raise ValueError(f"width {config.width} must be even: norms take two maps together")
        width = config.width
        self.solver = solver_of(config.solver, config.solver_steps, config.tolerance)
        self.stem = nn.Sequential(nn.Conv2d(config.channels, width, 3))
        for _ in range(config.subsampling):
            self.stem.extend((norm(width), nn.ReLU(), nn.Conv2d(width, width, 4, 2, padding=1)))
        self.dynamics = Dynamics(width)
        self.norm = norm(width)
        self.head = nn.Linear(width, config.classes)

    def flow(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """h(1) from h(0): the layers, all of them."""
        if self.training and torch.is_grad_enabled():
            return solve_adjoint(self.dynamics, x, self.solver)
        return solve(lambda t, state: (self.dynamics(t, state[0]),), (x,), self.solver)[0]

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        arrived = F.relu(self.norm(self.flow(self.stem(image))))
        return self.head(arrived.mean(dim=(2, 3)))
