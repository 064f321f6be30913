"""Layer norm over the channels of each pixel.

Ba, Kiros, Hinton (2016), Layer Normalization, equations 3 and 4; for maps as in Liu (2022), A
ConvNet for the 2020s, section 2.6. Batch, instance, group and local response norm are PyTorch's.
"""

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class ChannelNorm(nn.LayerNorm):
    """Mean 0 and spread 1 over the channels, at each pixel by itself, then scale and shift."""

    def __init__(self, channels: int, eps: float = 1e-6) -> None:
        super().__init__(channels, eps)

    def forward(self, input: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Maps of the same shape."""
        last = input.permute(0, 2, 3, 1)
        normed = functional.layer_norm(
            last, self.normalized_shape, self.weight, self.bias, self.eps
        )
        return normed.permute(0, 3, 1, 2)
