"""Adversarial autoencoder (AAE): a judge of codes makes their spread that of a chosen prior.

Makhzani, Shlens, Jaitly, Goodfellow, Frey. Adversarial Autoencoders. 2015, arXiv:1511.05644.

Answers: a variational autoencoder holds the code of every example near the prior by a divergence
that must be known in closed form. Here only draws of the prior are needed: a discriminator learns
to tell them from codes, and the encoder to fool it, so that all codes together fill the prior. The
three losses are in `objective.py`.

Departs from the paper: weights start as Glorot's; the prior is the standard normal distribution,
where the paper takes several; the encoder is its deterministic one.

Shapes: b examples, d features, k numbers a code.
"""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.autoencoders.aae.spec import Config


def layers(*sizes: int) -> nn.Sequential:
    """Affine layers from the first size to the last, rectified but for the last."""
    net = nn.Sequential()
    for c_in, c_out in pairwise(sizes):
        affine = nn.Linear(c_in, c_out)
        nn.init.xavier_uniform_(affine.weight)
        nn.init.zeros_(affine.bias)
        net.extend((affine, nn.ReLU()))
    return nn.Sequential(*[*net][:-1])


class AAE(nn.Module):
    """Encoder, decoder, and the discriminator of codes, which training alone needs."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        sizes = (config.features, *config.hidden, config.code)
        if min(*sizes, *config.discriminator_hidden, 1) < 1:
            raise ValueError("features, code and hidden layers need at least one unit each")
        self.code = config.code
        encoder, decoder = layers(*sizes), layers(*reversed(sizes))
        if config.output == "logistic":
            decoder.append(nn.Sigmoid())
        self.autoencoder = nn.ModuleDict({"encoder": encoder, "decoder": decoder})
        self.discriminator = layers(config.code, *config.discriminator_hidden, 1)

    @property
    def encoder(self) -> nn.Module:
        """q(z|x), a point for each example."""
        return self.autoencoder["encoder"]

    @property
    def decoder(self) -> nn.Module:
        """p(x|z), of which it gives the mean."""
        return self.autoencoder["decoder"]

    def forward(self, table: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        code: Float[Tensor, "b k"] = self.encoder(table)
        return self.decoder(code)
