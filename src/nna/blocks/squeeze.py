"""Squeeze and excitation: weigh each channel by what the whole picture shows.

Hu, Shen, Sun (2018), Squeeze-and-Excitation Networks, section 3, figure 2.
"""

from jaxtyping import Float
from torch import Tensor, nn


class SqueezeExcitation(nn.Module):
    """x * gate(W2 f(W1 mean(x))): equations 2 to 4.

    Args:
        channels: of the maps to be weighed.
        squeezed: units of the bottleneck between; `channels / 16` in the paper.
        activation: f, after the first layer.
        gate: after the second: the weights.
    """

    def __init__(
        self,
        channels: int,
        squeezed: int,
        activation: type[nn.Module] = nn.ReLU,
        gate: type[nn.Module] = nn.Sigmoid,
    ) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.activation = activation()
        self.excite = nn.Conv2d(squeezed, channels, 1)
        self.gate = gate()

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Maps of the same shape, each scaled."""
        mean = x.mean(dim=(2, 3), keepdim=True)
        return x * self.gate(self.excite(self.activation(self.squeeze(mean))))
