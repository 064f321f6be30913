"""Sparse autoencoder: a code of many units, nearly all of them silent for any one example.

Ng. Sparse autoencoder. CS294A lecture notes, Stanford University, 2011,
https://web.stanford.edu/class/cs294a/sparseAutoencoder.pdf.

Answers: an autoencoder's code is some basis of what varies in the data, the causes mixed in every
number of it, and one wider than the data copies. Here every unit may be on for a small share of the
examples only, so that a unit pays where it stands for something that recurs. The network is the
plain one with logistic units; what makes it sparse is in `objective.py`.

Departs from the paper: minibatches, so the mean activation is that of a batch, where the notes pass
over all examples before each step; weight decay is the recipe's, none at desk size.

Shapes: b examples, d features, k numbers a code.
"""

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.autoencoders.sparse_autoencoder.spec import Config


def affine(c_in: int, c_out: int) -> nn.Linear:
    """Affine layer that starts as the exercise's: within sqrt(6 / (c_in + c_out + 1))."""
    layer, bound = nn.Linear(c_in, c_out), (6 / (c_in + c_out + 1)) ** 0.5
    nn.init.uniform_(layer.weight, -bound, bound)
    nn.init.zeros_(layer.bias)
    return layer


class SparseAutoencoder(nn.Module):
    """Encoder to logistic units, decoder back; it gives the code beside the reconstruction."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if min(config.features, config.code) < 1:
            raise ValueError("features and code must each be at least 1")
        self.encoder = nn.Sequential(affine(config.features, config.code), nn.Sigmoid())
        self.decoder = nn.Sequential(affine(config.code, config.features))
        if config.output == "logistic":
            self.decoder.append(nn.Sigmoid())

    def forward(self, table: Float[Tensor, "b d"]) -> dict[str, Tensor]:
        code: Float[Tensor, "b k"] = self.encoder(table)  # a(2) = f(W(1) x + b(1))
        return {"output": self.decoder(code), "code": code}  # h(x) = f(W(2) a(2) + b(2))
