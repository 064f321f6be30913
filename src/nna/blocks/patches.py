"""Cut a picture into squares side by side and make a vector of each.

Dosovitskiy et al. (2021), An Image is Worth 16x16 Words, equation 1, less the class token and the
codes of position; so in Tolstikhin (2021), Touvron (2021, ResMLP) and Liu (2021, gMLP).
"""

from jaxtyping import Float
from torch import Tensor, nn


class Patches(nn.Module):
    """One linear map for all patches: a convolution whose stride is its kernel's side.

    Raises:
        ValueError: the picture's side doesn't divide into patches.
    """

    def __init__(self, channels: int, width: int, side: int, patch: int) -> None:
        super().__init__()
        if patch < 1 or side % patch:
            raise ValueError(f"patches of side {patch} don't tile a picture of side {side}")
        self.count = (side // patch) ** 2
        self.conv = nn.Conv2d(channels, width, patch, stride=patch)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b n width"]:
        """Rows of patches one after the other, each from left to right."""
        return self.conv(image).flatten(2).mT
