"""VQ-VAE: every place of the code is the nearest vector of a learnt codebook.

van den Oord, Vinyals, Kavukcuoglu. Neural Discrete Representation Learning. NIPS 2017,
arXiv:1711.00937.

Answers: a variational autoencoder's codes are real numbers held near a normal distribution, and a
decoder strong enough to do without them lets them collapse. Here the code is a small map of words
out of a codebook; no term of the loss pays for a code that says less, and models of sequences can
learn to write it. The loss is in `objective.py`; the prior over codes is another network's affair.

Departs from the paper: a 1x1 convolution makes the encoder's maps as long as the codebook's
vectors, and a 3x3 one reads them, as in the authors' code; the output is the mean of a Gaussian.

Shapes: b images of c channels, h x w pixels; maps of h/4 x w/4 places, d numbers each, out of k
vectors.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.autoencoders.vq_vae.spec import Config


class Residual(nn.Module):
    """x + conv1x1(relu(conv3x3(relu(x)))): section 4.1."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.conv2 = nn.Conv2d(width, width, 1, bias=False)

    def forward(self, x: Float[Tensor, "b width h w"]) -> Float[Tensor, "b width h w"]:
        return x + self.conv2(F.relu(self.conv1(F.relu(x))))


def encoder(config: Config) -> nn.Sequential:
    """Two convolutions of stride 2, residual blocks, and down to the vectors' length."""
    width = config.width
    net = nn.Sequential(nn.Conv2d(config.channels, width, 4, stride=2, padding=1), nn.ReLU())
    net.append(nn.Conv2d(width, width, 4, stride=2, padding=1))
    net.extend(Residual(width) for _ in range(config.blocks))
    net.extend((nn.ReLU(), nn.Conv2d(width, config.code, 1)))
    return net


def decoder(config: Config) -> nn.Sequential:
    """Residual blocks and two transposed convolutions of stride 2."""
    width = config.width
    net = nn.Sequential(nn.Conv2d(config.code, width, 3, padding=1))
    net.extend(Residual(width) for _ in range(config.blocks))
    net.extend((nn.ReLU(), nn.ConvTranspose2d(width, width, 4, stride=2, padding=1), nn.ReLU()))
    net.append(nn.ConvTranspose2d(width, config.channels, 4, stride=2, padding=1))
    return net


class VQVAE(nn.Module):
    """Encoder, codebook, decoder; forward gives the image back from codes alone."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.side % 4:
            raise ValueError(f"side {config.side} must be a multiple of 4")
        self.encoder, self.decoder = encoder(config), decoder(config)
        self.codebook = nn.Parameter(torch.empty(config.codebook, config.code))
        nn.init.uniform_(self.codebook, -((3 / config.code) ** 0.5), (3 / config.code) ** 0.5)

    def forward(self, image: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        z_e = self.encoder(image)
        z_q = self.vectors(self.codes(z_e))
        return self.decoder(
            z_e + (z_q - z_e).detach()
        )  # straight-through: dz_q / dz_e is taken as 1

    def codes(self, z_e: Float[Tensor, "b d h w"]) -> Int[Tensor, "b h w"]:
        """argmin_j || z_e - e_j ||, at every place: equation 1."""
        flat = z_e.movedim(1, -1)
        squared = (  # |z|^2 would be the same for all j
            self.codebook.square().sum(1) - 2 * flat @ self.codebook.T
        )
        return squared.argmin(-1)

    def vectors(self, codes: Int[Tensor, "b h w"]) -> Float[Tensor, "b d h w"]:
        """z_q = e_k: the codebook's vectors by their numbers: equation 2."""
        return F.embedding(codes, self.codebook).movedim(-1, 1)

    def decode(self, codes: Int[Tensor, "b i j"]) -> Float[Tensor, "b c h w"]:
        """Images of codes, wherever these come from."""
        return self.decoder(self.vectors(codes))
