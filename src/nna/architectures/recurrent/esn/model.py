"""Echo state network: leave the recurrent layer to chance, and learn to read it.

Jaeger. The "Echo State" Approach to Analysing and Training Recurrent Neural Networks. GMD Report
148, German National Research Center for Information Technology, 2001.

Answers: to train a recurrent network, errors are sent back through all steps, where they vanish or
explode. If the recurrent weights are drawn so that the state forgets where it began (it is then an
echo of the inputs), they can stay as they are: a large reservoir holds many nonlinear memories of
what it was fed, and those that are wanted are found by linear regression.

Departs from the report: units may leak, as its sequel has it; the outputs aren't fed back; the
readout sees the last state and no input; its weights are shrunk (ridge regression), the report's
are those of least squares; each series begins from a state of zeros, so that the first steps of a
series are what is washed out.

Shapes: b examples, t steps, channels numbers a step, hidden units of the reservoir, classes scores.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.recurrent.esn.spec import Config


class ESN(nn.Module):
    """A reservoir of tanh units, drawn and kept; a linear readout of its last state."""

    weight_in: Tensor
    weight: Tensor
    bias: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        if min(config.channels, config.hidden, config.classes) < 1:
            raise ValueError("channels, hidden and classes must each be at least 1")
        if not (0 < config.leak <= 1 and 0 < config.density <= 1 and config.spectral_radius > 0):
            raise ValueError("leak and density must be above 0 and at most 1, the radius above 0")
        n, s, self.leak = config.hidden, config.input_scale, config.leak
        self.register_buffer("weight_in", torch.empty(n, config.channels).uniform_(-s, s))
        self.register_buffer("bias", torch.empty(n).uniform_(-s, s))
        self.register_buffer("weight", reservoir(n, config.spectral_radius, config.density))
        self.linear = nn.Linear(n, config.classes)  # all that is learnt

    def step(
        self, x: Float[Tensor, "b channels"], state: Float[Tensor, "b hidden"]
    ) -> Float[Tensor, "b hidden"]:
        """The next state: s <- (1 - a) s + a tanh(W_in x + W s + b)."""
        new = torch.tanh(x @ self.weight_in.T + state @ self.weight.T + self.bias)
        return (1 - self.leak) * state + self.leak * new

    def hidden(self, series: Float[Tensor, "b t channels"]) -> Float[Tensor, "b hidden"]:
        """The state after the last step, from a state of zeros."""
        state = series.new_zeros(len(series), len(self.bias))
        for x in series.unbind(1):
            state = self.step(x, state)
        return state

    def forward(self, series: Float[Tensor, "b t channels"]) -> Float[Tensor, "b classes"]:
        return self.linear(self.hidden(series))


def reservoir(units: int, radius: float, density: float) -> Float[Tensor, "units units"]:
    """Weights drawn from (-1, 1), some of them kept, all scaled to one spectral radius."""
    weight, kept = torch.empty(units, units).uniform_(-1, 1), torch.empty(units, units).uniform_()
    weight = torch.where(kept < density, weight, 0.0)
    greatest = torch.linalg.eigvals(weight.double()).abs().max()
    # where chance left no loop at all (few units, few links) there is nothing to scale
    return torch.where(greatest > 0, weight * (radius / greatest), weight).to(weight.dtype)
