"""Autoencoder: squeeze through a narrow code, give back the input, and so learn what matters.

Bourlard, Kamp. Auto-association by multilayer perceptrons and singular value decomposition.
Biological Cybernetics 59, 1988, doi:10.1007/BF00332918. Deep, as in Hinton, Salakhutdinov.
Reducing the dimensionality of data with neural networks. Science 313, 2006,
doi:10.1126/science.1127647.

Answers: a multilayer perceptron needs labels, and principal components describe data only by a
flat subspace. Here the input is its own target, and layers around the code bend that subspace.

Departs from the paper: with no hidden layers it is the network of 1988, whose units around a
linear output may as well be linear; with them it is that of 2006, but starts from Glorot's
random weights, not from a stack of restricted Boltzmann machines.

Shapes: b examples, d features, k numbers a code.
"""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.autoencoders.autoencoder.spec import Config

ACTIVATIONS = {"logistic": nn.Sigmoid, "relu": nn.ReLU}


def layers(*sizes: int, activation: str) -> nn.Sequential:
    """Affine layers from the first size to the last, the activation between them."""
    stack = nn.Sequential()
    for c_in, c_out in pairwise(sizes):
        if stack:
            stack.append(ACTIVATIONS[activation]())
        affine = nn.Linear(c_in, c_out)
        nn.init.xavier_uniform_(affine.weight)
        nn.init.zeros_(affine.bias)
        stack.append(affine)
    return stack


class Autoencoder(nn.Module):
    """Encoder down to a linear code, decoder its mirror image with weights of its own."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        sizes = (config.features, *config.hidden, config.code)
        if min(sizes) < 1:
            raise ValueError(f"layers of {sizes} units: each needs at least one")
        self.encoder = layers(*sizes, activation=config.activation)
        self.decoder = layers(*reversed(sizes), activation=config.activation)
        if config.output == "logistic":
            self.decoder.append(nn.Sigmoid())

    def forward(self, table: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        code: Float[Tensor, "b k"] = self.encoder(table)
        return self.decoder(code)
