"""Minimal gated recurrent unit (minGRU): gates that see the input alone, steps that run at once.

Feng, Tung, Ahmed, Bengio, Hajimirsadeghi. Were RNNs All We Needed? 2024, arXiv:2410.01201,
section 3.1 and appendix B.

Answers: a GRU's gates and candidate read the last state, so that every step must wait for the one
before it, in training too. Here they read the input alone. What is left of the recurrence is
linear, h <- (1 - z) h + z c, and a parallel scan computes it for all steps together.

Departs from the paper: its code adds up logarithms over time, in which single precision loses
digits the longer a series is; here the scan doubles its reach round by round. No convolution before
a layer, no norms, no residual connections; states begin at zero; the head reads the last one only.

Shapes: b examples, t steps, channels numbers a step (I), hidden units (H).
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from nna.architectures.recurrent.min_gru.spec import Config


def g(x: Tensor) -> Tensor:
    """What a candidate passes: above zero everywhere."""
    return torch.where(x >= 0, x + 0.5, torch.sigmoid(x))


def scan(
    keep: Float[Tensor, "b t hidden"], write: Float[Tensor, "b t hidden"]
) -> Float[Tensor, "b t hidden"]:
    """All states of h <- keep h + write, from zero, in as many rounds as t has binary digits.

    After a round every step holds what twice as many steps, up to it, make of a state of zeros
    (`write`), and how much they keep of any other (`keep`).
    """
    reach = 1
    while reach < write.shape[1]:
        before, kept = (functional.pad(of[:, :-reach], (0, 0, reach, 0)) for of in (write, keep))
        write, keep = write + keep * before, keep * kept
        reach *= 2
    return write


class Layer(nn.Module):
    """A gate and a candidate for every unit, both of the input."""

    def __init__(self, inputs: int, hidden: int, gate_bias: float) -> None:
        super().__init__()
        self.gate = nn.Linear(inputs, hidden)
        self.candidate = nn.Linear(inputs, hidden)
        nn.init.constant_(self.gate.bias, gate_bias)

    def step(
        self, x: Float[Tensor, "b inputs"], h: Float[Tensor, "b hidden"]
    ) -> Float[Tensor, "b hidden"]:
        """One step, as it is taken where a series arrives piece by piece."""
        z = torch.sigmoid(self.gate(x))
        return (1 - z) * h + z * g(self.candidate(x))

    def forward(self, x: Float[Tensor, "b t inputs"]) -> Float[Tensor, "b t hidden"]:
        """All steps at once."""
        z = torch.sigmoid(self.gate(x))
        return scan(1 - z, z * g(self.candidate(x)))


class MinGRU(nn.Module):
    """Layers over the series; a linear head on the last state of the last of them."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if min(config.channels, config.hidden, config.classes, config.layers) < 1:
            raise ValueError("channels, hidden, classes and layers must each be at least 1")
        sizes = [config.channels] + [config.hidden] * (config.layers - 1)
        self.layers = nn.Sequential(
            *(Layer(size, config.hidden, config.gate_bias) for size in sizes)
        )
        self.head = nn.Linear(config.hidden, config.classes)

    def forward(self, series: Float[Tensor, "b t channels"]) -> Float[Tensor, "b classes"]:
        return self.head(self.layers(series)[:, -1])
