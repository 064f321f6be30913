"""Two towers."""

from torch import Tensor, nn

from .spec import Config


class TwoTower(nn.Module):
    """Scores of whether a user likes a thing: no, or yes by how alike their codes are."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.user = nn.Linear(config.features, config.code)
        self.thing = nn.Linear(config.columns, config.code)
        self.score = nn.Linear(config.code, config.classes)

    def forward(self, user: Tensor, thing: Tensor) -> Tensor:
        """Scores `(b, classes)`."""
        return self.score(self.user(user).tanh() * self.thing(thing).tanh())
