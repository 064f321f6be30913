"""Denoising autoencoder (DAE): give back the clean example of a spoilt one.

Vincent, Larochelle, Bengio, Manzagol. Extracting and Composing Robust Features with Denoising
Autoencoders. ICML 2008, doi:10.1145/1390156.1390294; more of it in Vincent, Larochelle, Lajoie,
Bengio, Manzagol. Stacked Denoising Autoencoders. JMLR 11, 2010.

Answers: an autoencoder whose code is wide enough learns to copy, and so learns nothing. Here what
comes in is spoilt and what must come out is clean: a copy is wrong, and to mend an example one has
to know where clean ones lie. The network is the plain one; what is new is in `objective.py`.

Departs from the paper: encoder and decoder have weights of their own, where it may tie them; the
decoder is linear with the squared error, as the paper of 2010 has it for numbers without bounds,
never logistic with the cross-entropy.

Shapes: b examples, d features, k numbers a code.
"""

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.autoencoders.denoising_autoencoder.spec import Config

ACTIVATIONS = {"linear": nn.Identity, "logistic": nn.Sigmoid, "relu": nn.ReLU}


def affine(c_in: int, c_out: int) -> nn.Linear:
    """Affine layer with Glorot's weights and no bias at first."""
    layer = nn.Linear(c_in, c_out)
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


class DenoisingAutoencoder(nn.Module):
    """One hidden layer, the code, and a linear decoder; the code may be wider than the data."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if min(config.features, config.code) < 1:
            raise ValueError("features and code must each be at least 1")
        self.encoder = affine(config.features, config.code)
        self.activation = ACTIVATIONS[config.activation]()
        self.decoder = affine(config.code, config.features)

    def forward(self, table: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        code: Float[Tensor, "b k"] = self.activation(self.encoder(table))  # y = s(W x~ + b)
        return self.decoder(code)  # z = W' y + b'
