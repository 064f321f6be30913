"""Generative adversarial network (GAN): forge until a judge can't tell, and train the judge too.

Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville, Bengio. Generative
Adversarial Nets. NIPS 2014, arXiv:1406.2661.

Answers: Boltzmann machines need Markov chains to sample and to learn; variational autoencoders
need a likelihood, and a Gaussian one blurs. Here a sample is one forward pass, and the loss is
itself learnt: a second network that tells samples from data.

Departs from the paper: hidden layers, which it doesn't print (section 5), are those of the authors'
code. Weights start as Glorot's, not uniformly within 0.05 (generator) and 0.005 (discriminator);
dropout spares the discriminator's inputs, of which the code drops a fifth.

Shapes: b examples, z numbers of noise, d features, u units of k pieces.
"""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.generative.gan.spec import Config


def affine(c_in: int, c_out: int) -> nn.Linear:
    """Affine layer with Glorot's weights and no bias at first."""
    layer = nn.Linear(c_in, c_out)
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


class Maxout(nn.Module):
    """Units that take the greatest of k affine pieces each (Goodfellow et al. 2013, section 3)."""

    def __init__(self, c_in: int, units: int, pieces: int) -> None:
        super().__init__()
        self.shape = (units, pieces)
        self.pieces = affine(c_in, units * pieces)

    def forward(self, x: Float[Tensor, "b c_in"]) -> Float[Tensor, "b u"]:
        return self.pieces(x).unflatten(1, self.shape).amax(dim=2)


def generator(config: Config) -> nn.Sequential:
    """G: rectified layers from noise to an example (section 5)."""
    net = nn.Sequential()
    for c_in, c_out in pairwise((config.noise, *config.hidden)):
        net.extend((affine(c_in, c_out), nn.ReLU()))
    net.append(affine(config.hidden[-1], config.features))
    if config.output == "logistic":
        net.append(nn.Sigmoid())
    return net


def discriminator(config: Config) -> nn.Sequential:
    """D: maxout layers with dropout from an example to the log-odds that it is real (section 5)."""
    net = nn.Sequential()
    for c_in, units in pairwise((config.features, *config.discriminator_hidden)):
        net.extend((Maxout(c_in, units, config.maxout_pieces), nn.Dropout(config.dropout)))
    net.append(affine(config.discriminator_hidden[-1], 1))
    return net


class GAN(nn.Module):
    """Both players; forward only forges, since the discriminator is needed for training alone."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if not config.hidden or not config.discriminator_hidden:
            raise ValueError("generator and discriminator need a hidden layer each")
        self.noise = config.noise
        self.generator = generator(config)
        self.discriminator = discriminator(config)

    def forward(self, noise: Float[Tensor, "b z"]) -> Float[Tensor, "b d"]:
        return self.generator(noise)
