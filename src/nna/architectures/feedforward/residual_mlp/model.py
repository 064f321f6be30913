"""Residual MLP: perceptrons of one hidden layer, each added to what came into it.

Gorishniy, Rubachev, Khrulkov, Babenko. Revisiting Deep Learning Models for Tabular Data.
NeurIPS 2021, arXiv:2106.11959; there called ResNet (section 3.2).

Answers: for tables, multilayer perceptrons were the usual baseline, two or three layers deep: more
of them learn worse. Shortcuts, which let residual networks for pictures grow deep, are put around
pairs of dense layers, with the norm in front, so that from first to last there is a straight way.

Departs from the paper: dropout at the end of each branch, a second rate to tune, is left out;
categories enter as the table's columns are prepared, not through embeddings; weights start as He
et al. 2015 advise.

Shapes: b examples, features numbers each, w units of the stream, m hidden units of a block.
"""

from collections import OrderedDict

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.feedforward.residual_mlp.spec import Config


class Block(nn.Module):
    """x + linear(dropout(relu(linear(norm(x)))))."""

    def __init__(self, width: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            OrderedDict(
                norm=nn.BatchNorm1d(width),
                fc1=nn.Linear(width, hidden),
                relu=nn.ReLU(),
                drop=nn.Dropout(dropout),
                fc2=nn.Linear(hidden, width),
            )
        )

    def forward(self, x: Float[Tensor, "b w"]) -> Float[Tensor, "b w"]:
        return x + self.branch(x)


class ResidualMLP(nn.Module):
    """A linear layer, blocks of one shape, and norm, ReLU and linear layer at the end."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.depth < 1:
            raise ValueError(f"there has to be a block; got depth {config.depth}")
        hidden = config.mlp_ratio * config.width
        self.stem = nn.Linear(config.features, config.width)
        blocks = [Block(config.width, hidden, config.dropout) for _ in range(config.depth)]
        self.body = nn.Sequential(*blocks)
        self.norm = nn.BatchNorm1d(config.width)
        self.relu = nn.ReLU()
        self.head = nn.Linear(config.width, config.classes)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.kaiming_normal_(module.weight)
                nn.init.zeros_(module.bias)

    def forward(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b classes"]:
        return self.head(self.relu(self.norm(self.body(self.stem(table)))))
