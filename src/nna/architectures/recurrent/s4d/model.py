"""S4D: a state space with a diagonal matrix, run as one long convolution or step by step.

Gu, Gupta, Goel, Re. On the Parameterization and Initialization of Diagonal State Space Models.
NeurIPS 2022, arXiv:2206.11893, sections 3 and 4 and listing 1. The state-space layer: Gu, Goel,
Re. Efficiently Modeling Long Sequences with Structured State Spaces (S4). ICLR 2022,
arXiv:2111.00396.

Answers: a recurrent network computes a series step after step, and forgets over hundreds of them;
attention compares every step with every other. Here each channel drives a linear system of its own,
x' = A x + B u, y = C x + D u. What a linear system answers is a convolution, as long as the series
and computed by Fourier transforms; with A diagonal its kernel is a sum of damped waves.

Departs from the paper: all parameters learn at one rate (there A and the steps at a lower one);
blocks are normed before, not behind; nothing is dropped.

Shapes: b examples, t steps, channels numbers a step, hidden channels of the stream (H), n pairs of
states (N / 2): of a complex state and its conjugate one is kept.
"""

import math

import torch
from jaxtyping import Complex, Float
from torch import Tensor, nn
from torch.nn import functional

from nna.architectures.recurrent.s4d.spec import Config


def kernel(
    a: Complex[Tensor, "n hidden"],
    c: Complex[Tensor, "n hidden"],
    dt: Float[Tensor, " hidden"],
    steps: int,
) -> Float[Tensor, "hidden t"]:
    """What the system answers to a single 1, step by step: K_l = 2 Re sum over n of C B' A'^l."""
    written = c * (torch.exp(dt * a) - 1) / a  # C B', of a zero-order hold with B = 1
    powers = torch.exp((dt * a)[..., None] * torch.arange(steps, device=a.device))  # A'^l
    return 2 * torch.einsum("nh,nhl->hl", written, powers).real


def convolve(
    u: Float[Tensor, "b t hidden"], k: Float[Tensor, "hidden t"]
) -> Float[Tensor, "b t hidden"]:
    """Each channel with its kernel, from its first step on; twice as long, so that none wraps."""
    steps = u.shape[1]
    freq = torch.fft.rfft(u, n=2 * steps, dim=1) * torch.fft.rfft(k.T, n=2 * steps, dim=0)
    return torch.fft.irfft(freq, n=2 * steps, dim=1)[:, :steps]


class StateSpace(nn.Module):
    """A linear system a channel; what is learnt is continuous, and a step of time for each."""

    def __init__(self, hidden: int, states: int) -> None:
        super().__init__()
        n = states // 2
        low, high = math.log(0.001), math.log(0.1)
        self.log_dt = nn.Parameter(torch.empty(hidden).uniform_(low, high))
        self.log_a_real = nn.Parameter(torch.full((n, hidden), math.log(0.5)))
        waves = math.pi * torch.arange(n)[:, None]  # S4D-Lin: A_n = -1/2 + i pi n
        self.a_imag = nn.Parameter(waves.repeat(1, hidden))
        self.c = nn.Parameter(torch.empty(n, hidden, 2).normal_(std=0.5**0.5))
        self.d = nn.Parameter(torch.empty(hidden).normal_())

    def system(self) -> tuple[Tensor, Tensor, Tensor]:
        """A, of negative real part; C; and the step of time."""
        a = torch.complex(-torch.exp(self.log_a_real), self.a_imag)
        return a, torch.view_as_complex(self.c), torch.exp(self.log_dt)

    def step(
        self, u: Float[Tensor, "b hidden"], state: Complex[Tensor, "b n hidden"]
    ) -> tuple[Float[Tensor, "b hidden"], Complex[Tensor, "b n hidden"]]:
        """One step of the recurrence: x <- A' x + B' u, y = 2 Re C x + D u."""
        a, c, dt = self.system()
        kept = torch.exp(dt * a)
        state = kept * state + (kept - 1) / a * u[:, None]
        return 2 * (c * state).sum(1).real + self.d * u, state

    def forward(self, u: Float[Tensor, "b t hidden"]) -> Float[Tensor, "b t hidden"]:
        """All steps at once."""
        return convolve(u, kernel(*self.system(), u.shape[1])) + self.d * u


class Block(nn.Module):
    """Norm, state space, GELU, a map that mixes channels behind a gate; added to what came in."""

    def __init__(self, hidden: int, states: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(hidden)
        self.ssm = StateSpace(hidden, states)
        self.mix = nn.Linear(hidden, 2 * hidden)

    def forward(self, x: Float[Tensor, "b t hidden"]) -> Float[Tensor, "b t hidden"]:
        y = functional.gelu(self.ssm(self.norm(x)))
        return x + functional.glu(self.mix(y), dim=-1)


class S4D(nn.Module):
    """Blocks over the series; a linear head on the mean of all steps."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if min(config.channels, config.hidden, config.classes, config.layers) < 1:
            raise ValueError("channels, hidden, classes and layers must each be at least 1")
        if config.states % 2 or not 2 <= config.states <= 64:
            raise ValueError(f"states must be an even number from 2 to 64, not {config.states}")
        self.encoder = nn.Linear(config.channels, config.hidden)
        blocks = (Block(config.hidden, config.states) for _ in range(config.layers))
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(config.hidden, config.classes)

    def forward(self, series: Float[Tensor, "b t channels"]) -> Float[Tensor, "b classes"]:
        return self.head(self.blocks(self.encoder(series)).mean(1))
