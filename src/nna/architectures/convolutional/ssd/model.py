"""SSD: name and place all things in one look, from maps of several resolutions.

Liu, Anguelov, Erhan, Szegedy, Reed, Fu, Berg. SSD: Single Shot MultiBox Detector. ECCV 2016,
arXiv:1512.02325.

Answers: detectors of two stages first propose boxes and then look into each, which is slow. SSD
lays a fixed set of default boxes over maps of falling resolution, and small convolutions on each
map say of every box, at once, what is in it and how to shift it.

Departs from the paper: pictures of any side are taken; the default boxes' sizes follow the side.
The head of each map starts as Glorot has it.

Shapes: b pictures, c channels, h and w pixels, n default boxes, k classes.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from nna.architectures.convolutional.ssd.spec import Config
from nna.blocks.convolution import he_start, vgg_stage


class Scaled(nn.Module):
    """Each pixel's channels brought to length one, then to a learnt scale (section 3.1)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.full((channels,), 20.0))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        return functional.normalize(x) * self.scale[:, None, None]


def extra(c_in: int, middle: int, c_out: int, stride: int) -> nn.Sequential:
    """A 1x1 and a 3x3 convolution: halves the map, or takes a pixel off each side (figure 2)."""
    second = nn.Conv2d(middle, c_out, 3, stride, padding=stride - 1)
    return nn.Sequential(nn.Conv2d(c_in, middle, 1), nn.ReLU(), second, nn.ReLU())


def default_boxes(
    maps: list[Tensor],
    side: tuple[int, int],
    scales: tuple[float, ...],
    ratios: tuple[tuple[int, ...], ...],
) -> Float[Tensor, "n 4"]:
    """Left, top, right, bottom in pixels, for every place of every map (section 2.2).

    None is wider or taller than the picture; near the rim they reach beyond it.

    Args:
        maps: each `(b, c, rows, columns)`.
        side: of the picture, height and width.
        scales: of the square boxes as shares of the side, one a map and one more.
        ratios: further aspect ratios of each map; every one also stands for its inverse.
    """
    boxes = []
    for number, here in enumerate(maps):
        rows, columns = here.shape[2:]
        scale, next_scale = scales[number], scales[number + 1]
        sizes = [(scale, scale), ((scale * next_scale) ** 0.5,) * 2]
        for ratio in ratios[number]:
            long, short = scale * ratio**0.5, scale / ratio**0.5
            sizes += [(long, short), (short, long)]  # width, height
        half = here.new_tensor(sizes).clamp_max(1) / 2
        y = (torch.arange(rows, device=here.device) + 0.5) / rows
        x = (torch.arange(columns, device=here.device) + 0.5) / columns
        centres = torch.cartesian_prod(y, x).flip(1)[:, None]
        boxes.append(torch.cat([centres - half, centres + half], dim=2).flatten(0, 1))
    height, width = side
    return torch.cat(boxes) * boxes[0].new_tensor([width, height, width, height])


class SSD(nn.Module):
    """VGG's stages, its dense layers as convolutions, extra maps; on six maps a head (figure 2)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        widths = (config.channels, *config.widths)
        self.body = nn.ModuleList(
            vgg_stage(c_in, c_out, depth)
            for c_in, c_out, depth in zip(widths[:-1], widths[1:], config.depths, strict=True)
        )
        self.scaled = Scaled(config.widths[-2])
        self.dense = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1),
            nn.Conv2d(config.widths[-1], config.hidden, 3, padding=6, dilation=6),
            nn.ReLU(),
            nn.Conv2d(config.hidden, config.hidden, 1),
            nn.ReLU(),
        )
        read = [config.widths[-2], config.hidden]
        self.extras = nn.ModuleList()
        for middle, c_out, stride in config.extras:
            self.extras.append(extra(read[-1], middle, c_out, stride))
            read.append(c_out)
        boxes = [2 + 2 * len(ratios) for ratios in config.aspect_ratios]
        pairs = [*zip(read, boxes, strict=True)]
        self.place = nn.ModuleList(nn.Conv2d(c, 4 * n, 3, padding=1) for c, n in pairs)
        scores = config.classes + 1
        self.name = nn.ModuleList(nn.Conv2d(c, scores * n, 3, padding=1) for c, n in pairs)
        he_start(self)
        for head in (*self.place, *self.name):
            nn.init.xavier_uniform_(head.get_parameter("weight"))

    def maps(self, image: Float[Tensor, "b c h w"]) -> list[Tensor]:
        """What the heads read, from fine to coarse."""
        x, found = image, []
        for number, layers in enumerate(self.body):
            if number > 0:  # the third pool rounds up, as in the paper's 75 pixels to 38
                x = functional.max_pool2d(x, 2, ceil_mode=True)
            x = layers(x)
            if number == len(self.body) - 2:
                found.append(self.scaled(x))
        found.append(self.dense(x))
        for layers in self.extras:
            found.append(layers(found[-1]))
        return found

    def forward(self, image: Float[Tensor, "b c h w"]) -> Float[Tensor, "b n outputs"]:
        maps = self.maps(image)
        side = (image.shape[2], image.shape[3])
        defaults = default_boxes(maps, side, self.config.anchor_sizes, self.config.aspect_ratios)
        offsets = torch.cat(
            [rows(place(x), 4) for place, x in zip(self.place, maps, strict=True)], dim=1
        )
        scores = torch.cat(
            [
                rows(name(x), self.config.classes + 1)
                for name, x in zip(self.name, maps, strict=True)
            ],
            dim=1,
        )
        return torch.cat([defaults.expand(len(image), -1, -1), offsets, scores], dim=2)


def rows(x: Float[Tensor, "b nk h w"], k: int) -> Float[Tensor, "b n k"]:
    """A head's channels as one row a box: places first by row, then by column, then boxes."""
    return x.unflatten(1, (-1, k)).permute(0, 3, 4, 1, 2).flatten(1, 3)
