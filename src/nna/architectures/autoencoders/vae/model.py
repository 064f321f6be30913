"""Variational autoencoder (VAE): codes are distributions, held near one that can be drawn from.

Kingma, Welling. Auto-Encoding Variational Bayes. ICLR 2014, arXiv:1312.6114.

Answers: an autoencoder doesn't say how its codes are spread, so a code drawn at random decodes to
nothing in particular. Here the encoder gives a mean and a variance, the decoder reads a code drawn
by them, and the loss (`objective.py`) holds all codes near the standard normal distribution.

Departs from the paper: weights start as Glorot's, the paper's normal with spread 0.01; a Gaussian
decoder has one deviation, a setting of the objective, the paper's says one for each number.

Shapes: b examples, d features, k numbers a code.
"""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.autoencoders.vae.spec import Config

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU}


def affine(c_in: int, c_out: int) -> nn.Linear:
    """Affine layer with Glorot's weights and no bias at first."""
    layer = nn.Linear(c_in, c_out)
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def bent(*sizes: int, activation: str) -> nn.Sequential:
    """Affine layers from the first size to the last, the activation behind each."""
    stack = nn.Sequential()
    for c_in, c_out in pairwise(sizes):
        stack.extend((affine(c_in, c_out), ACTIVATIONS[activation]()))
    return stack


def reparameterised(
    mean: Float[Tensor, "b k"], log_var: Float[Tensor, "b k"], eps: Float[Tensor, "b k"]
) -> Float[Tensor, "b k"]:
    """A draw of N(mean, variance) as a function of noise, so that gradients pass: section 2.4."""
    return mean + (0.5 * log_var).exp() * eps  # z = mu + sigma eps


class VAE(nn.Module):
    """Encoder to mean and log-variance, decoder its mirror image; forward decodes the mean."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if min(config.features, config.code, *config.hidden, 1) < 1:
            raise ValueError("features, code and hidden layers need at least one unit each")
        up = (config.features, *config.hidden)
        down = (config.code, *reversed(config.hidden))
        self.code, self.output = config.code, config.output
        self.encoder = bent(*up, activation=config.activation)
        self.mean, self.log_var = affine(up[-1], config.code), affine(up[-1], config.code)
        self.decoder = bent(*down, activation=config.activation)
        self.decoder.append(affine(down[-1], config.features))

    def encode(self, table: Float[Tensor, "b d"]) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of the code, each `(b, k)`."""
        hidden = self.encoder(table)
        return self.mean(hidden), self.log_var(hidden)

    def decode(self, code: Float[Tensor, "b k"]) -> Float[Tensor, "b d"]:
        """The mean of examples with this code; probabilities where the output is logistic."""
        out = self.decoder(code)
        return out.sigmoid() if self.output == "logistic" else out

    def forward(self, table: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        return self.decode(self.mean(self.encoder(table)))
