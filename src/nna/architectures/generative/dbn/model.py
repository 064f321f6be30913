"""Deep belief network (DBN): machines in a stack, each learning what the one below makes of data.

Hinton, Osindero, Teh. A Fast Learning Algorithm for Deep Belief Nets. Neural Computation 18, 2006,
doi:10.1162/neco.2006.18.7.1527.

Answers: one layer of hidden units is shallow; many, started at random, were hard to learn. Here a
restricted Boltzmann machine learns the data, a second one the hidden units of the first, and so on;
the top one learns hidden units and labels together, an associative memory of both.

Departs from the paper: weights up and down stay tied, as the greedy algorithm leaves them. The
paper unties them afterwards and tunes all layers together by its up-down algorithm (section 5);
that is not built here, so that nothing tunes the stack as a model of the data.

Shapes: b examples, v visible and h hidden units of a layer, n units below the top, c classes.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import softplus

from nna.architectures.generative.dbn.spec import Config
from nna.errors import UserError


class Layer(nn.Module):
    """A restricted Boltzmann machine; of its last visible units, `labels`, exactly one is on."""

    def __init__(self, visible: int, hidden: int, labels: int = 0) -> None:
        super().__init__()
        self.groups = [visible, labels]
        self.weight = nn.Parameter(torch.empty(hidden, visible + labels))
        self.visible_bias = nn.Parameter(torch.zeros(visible + labels))
        self.hidden_bias = nn.Parameter(torch.zeros(hidden))
        nn.init.normal_(self.weight, std=0.01)

    def hidden_given(self, visible: Float[Tensor, "b v"]) -> Float[Tensor, "b h"]:
        """Probabilities that hidden units are on."""
        return torch.sigmoid(visible @ self.weight.T + self.hidden_bias)

    def visible_given(self, hidden: Float[Tensor, "b h"]) -> Float[Tensor, "b v"]:
        """Probabilities that visible units are on; those of the labels sum to one."""
        inputs = hidden @ self.weight + self.visible_bias
        units, labels = inputs.split(self.groups, dim=1)
        return torch.cat([torch.sigmoid(units), torch.softmax(labels, dim=1)], dim=1)


class DBN(nn.Module):
    """Scores are minus the free energy of each label in the top machine, but for a common term.

    Their softmax is p(label | units below the top), exactly; those units are given by their
    probabilities, layer by layer from the data up.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        if len(config.widths) < 2 or min(config.features, config.classes, *config.widths) < 1:
            raise UserError(
                "a deep belief network needs units in every layer and two hidden layers at least, "
                f"such as --set widths=100,300; asked for was {config.widths}"
            )
        *below, top = config.widths
        self.classes = config.classes
        self.layers = nn.ModuleList(
            [Layer(visible, hidden) for visible, hidden in pairwise([config.features, *below])]
        )
        self.layers.append(Layer(below[-1], top, labels=config.classes))

    def up(self, table: Float[Tensor, "b v"]) -> Float[Tensor, "b n"]:
        """Probabilities of the units below the top machine, each layer given the one below."""
        for layer in self.layers[:-1]:
            table = layer.hidden_given(table)  # type: ignore[operator]
        return table

    def forward(self, table: Float[Tensor, "b v"]) -> Float[Tensor, "b c"]:
        top = self.layers[-1]
        assert isinstance(top, Layer)
        of_units, of_labels = top.weight.split(top.groups, dim=1)
        inputs = self.up(table) @ of_units.T + top.hidden_bias
        each = inputs[:, None] + of_labels.T  # (b, c, h): the label's own weight, and no other's
        return top.visible_bias[-self.classes :] + softplus(each).sum(2)
