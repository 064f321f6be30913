"""A network from rays to what is seen along them."""

from torch import Tensor, nn

from .spec import Config


class Field(nn.Module):
    """Gives several things."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(6, config.width),
            nn.Tanh(),
            nn.Linear(config.width, config.width),
            nn.Tanh(),
            nn.Linear(config.width, 3),
        )
        self.rest = nn.Linear(3, 2, bias=False)

    def forward(self, rays: Tensor) -> dict[str, Tensor]:
        """Colour `(b, 3)`, depth `(b,)`, opacity `(b,)`."""
        seen = self.body(rays.flatten(1))
        depth, opacity = self.rest(seen).unbind(1)
        return {"colour": seen.sigmoid(), "depth": depth, "opacity": opacity.sigmoid()}
