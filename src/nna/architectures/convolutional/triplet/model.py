"""Triplet network (FaceNet): an anchor lies nearer to its like than to all else, by a margin.

Schroff, Kalenichenko, Philbin. FaceNet: A Unified Embedding for Face Recognition and Clustering.
CVPR 2015, arXiv:1503.03832. Here is its network NN1, Zeiler and Fergus's with 1x1 convolutions.

Answers: a Siamese network trained by pairs asks that all pairs of one class fall together, and
that every other pair keep one fixed distance, though classes differ in how wide they are. Of three
examples at a time only an order is asked for: which of two is nearer.

Departs from the paper: it gives no constants for its response normalisation; AlexNet's stand here.
The first convolution is 2 stride + 3 wide, which is the paper's 7 at its stride of 2.

Shapes: b examples, c channels, h and w pixels; embedding numbers.
"""

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.convolutional.triplet.spec import Config


def response_norm() -> nn.LocalResponseNorm:
    """Over five adjacent maps (Krizhevsky 2012, section 3.3); PyTorch takes the mean, not the sum.

    Returns:
        a module that keeps its input's shape.
    """
    return nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)


def pool() -> nn.MaxPool2d:
    """Windows of three, two apart, with a rim of one: a side of n becomes (n + 1) // 2."""
    return nn.MaxPool2d(3, stride=2, padding=1)


def mixed(c_in: int, c_out: int) -> nn.Sequential:
    """A 1x1 convolution that mixes channels, then a 3x3 one (conv2a and conv2 of table 1)."""
    mix, look = nn.Conv2d(c_in, c_in, 1), nn.Conv2d(c_in, c_out, 3, padding=1)
    return nn.Sequential(mix, nn.ReLU(), look, nn.ReLU())


class Maxout(nn.Module):
    """Each unit is the greater of two weighted sums ("maxout p=2" of table 1; Goodfellow 2013)."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.sums = nn.Linear(n_in, 2 * n_out)

    def forward(self, x: Float[Tensor, "b n_in"]) -> Float[Tensor, "b n_out"]:
        return self.sums(x).unflatten(1, (2, -1)).amax(1)


class Triplet(nn.Module):
    """Stem, stages that each halve the side, two maxout layers, and a point on the unit sphere."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.side = config.side
        kernel = 2 * config.stride + 3
        conv = nn.Conv2d(config.channels, config.stem, kernel, config.stride, kernel // 2)
        self.stem = nn.Sequential(conv, nn.ReLU(), pool(), response_norm())
        self.body = nn.Sequential()
        c_in, side = config.stem, (-(-config.side // config.stride) + 1) // 2
        for number, stage in enumerate(config.widths):
            layers = nn.Sequential()
            for width in stage:
                layers.append(mixed(c_in, width))
                c_in = width
            if number == 0:
                layers.append(response_norm())
            self.body.append(layers.append(pool()))
            side = (side + 1) // 2
        self.head = nn.Sequential(
            nn.Flatten(),
            Maxout(c_in * side**2, config.hidden),
            Maxout(config.hidden, config.hidden),
            nn.Linear(config.hidden, config.embedding),
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]

    def forward(self, image: Float[Tensor, "b c h w"]) -> Float[Tensor, "b embedding"]:
        if image.shape[2:] != (self.side, self.side):
            shape = tuple(image.shape[2:])
            raise ValueError(f"this network takes {self.side} x {self.side} pixels, not {shape}")
        return F.normalize(self.head(self.body(self.stem(image))), dim=1)
