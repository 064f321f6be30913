"""Prototypical networks: Snell, Swersky, Zemel (2017)."""

from torch import Tensor, nn
from torch.nn import functional

from .spec import Config


class Prototypes(nn.Module):
    """Names what is asked by the nearest mean of what is known."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.classes = config.classes
        self.embed = nn.Linear(config.features, config.embedding, bias=False)

    def forward(self, support: Tensor, label: Tensor, query: Tensor) -> Tensor:
        """Scores `(episodes, queries, classes)`: minus squared distances."""
        of = functional.one_hot(label, self.classes).to(support)
        count = of.sum(1).clamp_min(1)[..., None]
        centre = of.transpose(1, 2) @ self.embed(support) / count
        away = self.embed(query)[:, :, None] - centre[:, None]
        return -away.square().sum(-1)
