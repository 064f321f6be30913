"""Convolutions that mend a picture."""

from torch import Tensor, nn

from .spec import Config


class Restorer(nn.Module):
    """What is wrong with a picture, taken from it."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(config.channels, config.width, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(config.width, config.width, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(config.width, config.channels, 1),
        )
        nn.init.zeros_(self.get_parameter("body.4.bias"))

    def forward(self, image: Tensor) -> Tensor:
        """A picture of the same size."""
        return image - self.body(image)
