"""ResNeXt: many thin paths of one shape in each residual block.

Xie, Girshick, Dollár, Tu, He. Aggregated Residual Transformations for Deep Neural Networks. CVPR
2017, arXiv:1611.05431.

Answers: Inception's blocks split, transform and merge, and save computing by it, but each has
filter sizes chosen by hand; residual networks repeat one block, but know only depth and width.
Here a block sums C paths of the same shape ("cardinality"), which a single grouped convolution
computes.

Departs from the paper: nothing in the network. The head starts as PyTorch starts linear layers.

Shapes: b examples, c channels, h and w pixels.
"""

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.resnext.spec import Config
from nna.blocks.convolution import conv_norm, he_start


class Aggregated(nn.Module):
    """y = relu(skip(x) + sum over C paths of T_i(x)) (equation 3), in the form of figure 3c.

    Each path reduces the channels to d by a 1x1 convolution, convolves 3x3, and restores them.
    The C reductions are one convolution to C d channels, the C middle ones a grouped
    convolution, and the sum of the C restorations one convolution again.
    """

    def __init__(self, c_in: int, inner: int, c_out: int, stride: int, groups: int) -> None:
        super().__init__()
        same = c_in == c_out and stride == 1
        self.skip = nn.Identity() if same else conv_norm(c_in, c_out, 1, stride)
        self.branch = nn.Sequential(
            conv_norm(c_in, inner, 1),
            nn.ReLU(),
            conv_norm(inner, inner, 3, stride, groups),
            nn.ReLU(),
            conv_norm(inner, c_out, 1),
        )
        self.relu = nn.ReLU()

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h2 w2"]:
        return self.relu(self.skip(x) + self.branch(x))


class ResNeXt(nn.Module):
    """Stem (stride 4 or 1), stages (each but the first halves the side), mean, linear head.

    The first stage gives 256 channels; every further one doubles them, and those of a path
    (table 1).
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.stride not in (1, 4):
            raise ValueError(f"the stem's stride is 4 (table 1) or 1, not {config.stride}")
        c_in = 64
        if config.stride == 4:
            conv = conv_norm(config.channels, c_in, 7, stride=2)
            self.stem = nn.Sequential(conv, nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1))
        else:
            self.stem = nn.Sequential(conv_norm(config.channels, c_in, 3), nn.ReLU())
        self.body = nn.Sequential()
        for stage, depth in enumerate(config.depths):
            c_out, inner = 256 * 2**stage, config.groups * config.width * 2**stage
            blocks = nn.Sequential()
            for i in range(depth):
                stride = 2 if i == 0 and stage > 0 else 1
                blocks.append(Aggregated(c_in, inner, c_out, stride, config.groups))
                c_in = c_out
            self.body.append(blocks)
        self.head = nn.Linear(c_in, config.classes)
        he_start(self)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b classes"]:
        features = self.body(self.stem(image))
        return self.head(features.mean(dim=(2, 3)))
