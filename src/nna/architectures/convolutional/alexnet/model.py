"""AlexNet: LeNet's layers at the scale of photographs, with ReLU, dropout and two towers.

Krizhevsky, Sutskever, Hinton. ImageNet Classification with Deep Convolutional Neural Networks.
NIPS 25, 2012, doi:10.1145/3065386. Variant "one": Krizhevsky. One weird trick for parallelizing
convolutional neural networks. 2014, arXiv:1404.5997.

Answers: networks of LeNet's kind read digits, but sigmoid units saturate and learn slowly, and
nobody had trained a large one on a million photographs. ReLU doesn't saturate, dropout keeps 60
million weights from learning by heart, and two graphics cards hold a tower each.

Departs from the paper: 224 pixels get a rim of two, which makes the 55 x 55 places of figure 2
(without it they don't come out; others take 227). Response normalisation sums over maps of both
towers, as its formula says. Weights start as He (2015) derives for ReLU: the paper's spread of
0.01 and biases of one belong to its sizes, and from them the desk size learns late. Variant "one"
has the widths of torchvision, and neither towers nor response normalisation.

Shapes: b examples, c channels, h and w pixels, k classes.
"""

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.alexnet.spec import Config

RIM = 2  # pixels around the picture


def response_norm(window: int) -> nn.Module:
    """b_i = a_i / (2 + 1e-4 sum of a_j^2)^0.75 over `window` adjacent maps (section 3.3).

    PyTorch takes the mean where the paper takes the sum.
    """
    if not window:
        return nn.Identity()
    return nn.LocalResponseNorm(window, alpha=window * 1e-4, beta=0.75, k=2.0)


def pool() -> nn.MaxPool2d:
    """Windows of three, two apart: they overlap (section 3.4)."""
    return nn.MaxPool2d(3, stride=2)


def grid(side: int, kernel: int, stride: int) -> int:
    """Side of the last maps, after the first convolution and three times pooling.

    Raises:
        ValueError: nothing is left of a picture so small.
    """
    places = (side + 2 * RIM - kernel) // stride + 1
    for _ in range(3):
        places = (places - 3) // 2 + 1
    if places < 1:
        raise ValueError(f"nothing is left of {side} pixels after a stride of {stride} and pooling")
    return places


class AlexNet(nn.Module):
    """Five convolutions and three fully connected layers (figure 2)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.side = config.side
        one, two, three, four, five = config.widths
        kernel = 2 * config.stride + 3
        self.body = nn.Sequential()
        for name, layer in {
            "conv1": nn.Conv2d(config.channels, one, kernel, config.stride, padding=RIM),
            "relu1": nn.ReLU(),
            "norm1": response_norm(config.window),
            "pool1": pool(),
            "conv2": nn.Conv2d(one, two, 5, padding=2, groups=config.groups),
            "relu2": nn.ReLU(),
            "norm2": response_norm(config.window),
            "pool2": pool(),
            "conv3": nn.Conv2d(two, three, 3, padding=1),  # here the towers meet
            "relu3": nn.ReLU(),
            "conv4": nn.Conv2d(three, four, 3, padding=1, groups=config.groups),
            "relu4": nn.ReLU(),
            "conv5": nn.Conv2d(four, five, 3, padding=1, groups=config.groups),
            "relu5": nn.ReLU(),
            "pool5": pool(),
        }.items():
            self.body.add_module(name, layer)
        self.head = nn.Sequential()
        for name, layer in {
            "flatten": nn.Flatten(),
            "fc6": nn.Linear(five * grid(config.side, kernel, config.stride) ** 2, config.hidden),
            "relu6": nn.ReLU(),
            "drop6": nn.Dropout(0.5),
            "fc7": nn.Linear(config.hidden, config.hidden),
            "relu7": nn.ReLU(),
            "drop7": nn.Dropout(0.5),
            "fc8": nn.Linear(config.hidden, config.classes),
        }.items():
            self.head.add_module(name, layer)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]

    def forward(self, image: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k"]:
        if image.shape[2:] != (self.side, self.side):
            shape = tuple(image.shape[2:])
            raise ValueError(f"this network takes {self.side} x {self.side} pixels, not {shape}")
        return self.head(self.body(image))
