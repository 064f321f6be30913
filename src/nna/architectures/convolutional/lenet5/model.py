"""LeNet-5: local detectors, shared over the picture, alternate with coarser and coarser maps.

LeCun, Bottou, Bengio, Haffner. Gradient-Based Learning Applied to Document Recognition.
Proceedings of the IEEE 86(11), 1998, doi:10.1109/5.726791.

Answers: a fully connected network on pixels has a weight for each pixel of each unit, and must
learn a stroke anew at every place. LeNet-5 slides small detectors over the picture (weights
shared), then lowers the resolution, so that features may move a little without harm.

Departs from the paper: the target bitmaps are drawn anew (figure 3 shows the original ones, no
table prints them); with other than ten classes they are random +-1 codes, which section II.B
names as an alternative. Scores are negated penalties, so that the highest wins.

Shapes: b examples, c channels, h and w pixels, k classes.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from nna.architectures.convolutional.lenet5.spec import Config
from nna.blocks.prototypes import squared_distance

# Table I: the maps of S2 that each map of C3 reads.
TABLE = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5), (0, 1, 2, 3, 4, 5),
)  # fmt: skip

# Figure 3's idea: each class's target state of F6 is its digit, 7 pixels wide and 12 high. A row
# is a number from 0 to 127, its bits the pixels.
DIGITS = (
    (0, 28, 54, 99, 99, 99, 99, 99, 99, 54, 28, 0),
    (0, 12, 28, 60, 12, 12, 12, 12, 12, 12, 63, 0),
    (0, 62, 99, 99, 3, 6, 12, 24, 48, 96, 127, 0),
    (0, 62, 99, 3, 3, 30, 3, 3, 3, 99, 62, 0),
    (0, 6, 14, 30, 54, 102, 102, 127, 6, 6, 6, 0),
    (0, 127, 96, 96, 126, 3, 3, 3, 3, 99, 62, 0),
    (0, 30, 48, 96, 96, 126, 99, 99, 99, 99, 62, 0),
    (0, 127, 3, 3, 6, 6, 12, 12, 24, 24, 24, 0),
    (0, 62, 99, 99, 99, 62, 99, 99, 99, 99, 62, 0),
    (0, 62, 99, 99, 99, 63, 3, 3, 6, 12, 56, 0),
)


class ScaledTanh(nn.Module):
    """A tanh(S a) with A = 1.7159 and S = 2/3, so that +-1 maps to +-1 (equation 6)."""

    def forward(self, a: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
        return 1.7159 * torch.tanh(2 / 3 * a)


class TrainedSubsampling(nn.Module):
    """S2 and S4: each map's 2x2 sums, times one weight, plus one bias."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(maps, 1, 1))
        self.bias = nn.Parameter(torch.zeros(maps, 1, 1))
        nn.init.uniform_(self.weight, -2.4 / 4, 2.4 / 4)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h2 w2"]:
        return 4 * functional.avg_pool2d(x, 2) * self.weight + self.bias


class PartialConvolution(nn.Module):
    """C3: a 5x5 convolution whose maps each read some of the maps below (table I)."""

    reader: Tensor
    read: Tensor

    def __init__(self, table: tuple[tuple[int, ...], ...]) -> None:
        super().__init__()
        pairs = torch.tensor([(i, j) for i, maps in enumerate(table) for j in maps])
        self.register_buffer("reader", pairs[:, 0], persistent=False)
        self.register_buffer("read", pairs[:, 1], persistent=False)
        self.weight = nn.Parameter(torch.empty(len(pairs), 5, 5))
        self.bias = nn.Parameter(torch.zeros(len(table)))
        fan_in = torch.tensor([25.0 * len(maps) for maps in table for _ in maps])
        with torch.no_grad():
            self.weight.uniform_(-2.4, 2.4).div_(fan_in[:, None, None])

    def forward(self, x: Float[Tensor, "b 6 h w"]) -> Float[Tensor, "b 16 h2 w2"]:
        kernel = self.weight.new_zeros(len(self.bias), x.shape[1], 5, 5)
        kernel = kernel.index_put((self.reader, self.read), self.weight)
        return functional.conv2d(x, kernel, self.bias)


class GaussianOutput(nn.Module):
    """Penalty y_i = |x - w_i|^2 for the fixed bitmap w_i of class i (equation 7), negated."""

    bitmaps: Tensor

    def __init__(self, classes: int) -> None:
        super().__init__()
        rows = torch.tensor(DIGITS)
        pixels = (rows[:, :, None] >> torch.arange(6, -1, -1)) & 1
        codes = torch.randint(2, (classes, 84), generator=torch.Generator().manual_seed(1998))
        chosen = pixels.flatten(1) if classes == len(DIGITS) else codes
        self.register_buffer("bitmaps", 2.0 * chosen - 1)

    def forward(self, x: Float[Tensor, "b 84"]) -> Float[Tensor, "b k"]:
        return -squared_distance(x, self.bitmaps)


class LeNet5(nn.Module):
    """C1 S2 C3 S4 C5 F6 and the output, as in figure 2."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        activation = {"tanh": ScaledTanh, "relu": nn.ReLU}[config.activation]

        def subsample(maps: int) -> nn.Module:
            if config.subsampling == "trained":
                return nn.Sequential(TrainedSubsampling(maps), activation())
            return {"average": nn.AvgPool2d, "max": nn.MaxPool2d}[config.subsampling](2)

        c3 = PartialConvolution(TABLE) if config.connections == "table" else nn.Conv2d(6, 16, 5)
        self.body = nn.Sequential()
        self.body.add_module("c1", nn.Sequential(nn.Conv2d(config.channels, 6, 5), activation()))
        self.body.add_module("s2", subsample(6))
        self.body.add_module("c3", nn.Sequential(c3, activation()))
        self.body.add_module("s4", subsample(16))
        self.body.add_module("c5", nn.Sequential(nn.Conv2d(16, 120, 5), activation()))
        self.f6 = nn.Sequential(nn.Linear(120, 84), activation())
        linear = config.output == "linear"
        self.head = nn.Linear(84, config.classes) if linear else GaussianOutput(config.classes)
        if config.activation == "tanh":
            self._start_as_printed()

    def _start_as_printed(self) -> None:
        """Uniform in +-2.4 / fan-in (appendix A), so that it starts in its linear part."""
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                bound = 2.4 / module.weight[0].numel()
                nn.init.uniform_(module.weight, -bound, bound)
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]

    def forward(self, image: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k"]:
        features = self.body(image)
        if features.shape[2:] != (1, 1):
            raise ValueError(f"LeNet-5 takes 32 x 32 pixels, not {tuple(image.shape[2:])}")
        return self.head(self.f6(features.flatten(1)))
