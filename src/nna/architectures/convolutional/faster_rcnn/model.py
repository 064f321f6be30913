"""Faster R-CNN: one network proposes regions, and names what is in them.

Ren, He, Girshick, Sun. Faster R-CNN: Towards Real-Time Object Detection with Region Proposal
Networks. NIPS 2015, arXiv:1506.01497 (sections by its third version).

Answers: Fast R-CNN reads every region from one shared map, but selective search tells it where to
look, and takes longer than the whole network. A region proposal network, a small convolution
slid over that same map, says at each place which of a few reference boxes ("anchors") hold
something and how to shift them: proposals cost next to nothing, and learn.

Departs from the paper: a region is read at points between pixels (RoIAlign: He 2017, Mask R-CNN,
section 3), not as maxima of bins rounded to pixels. It gets one set of offsets for all classes, as
in R-FCN (Dai 2016). Anchors that reach beyond the picture take part in training, and training sees
as many proposals as evaluation.

Shapes: b pictures, c channels, h and w pixels, a anchors, n proposals, k classes.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from nna.architectures.convolutional.faster_rcnn.spec import Config
from nna.blocks.boxes import overlap, shifted
from nna.blocks.convolution import he_start, vgg_stage

RATIOS = (0.5, 1.0, 2.0)  # of an anchor's height to its width (section 3.1.1)
BEFORE = 6000  # best-scored boxes among which copies are suppressed
COPY = 0.7  # overlap from which a proposal is a copy of a better one (section 3.3)


def anchors(
    shared: Float[Tensor, "b c rows columns"], stride: int, scales: tuple[int, ...]
) -> Float[Tensor, "a 4"]:
    """Left, top, right, bottom in pixels: at each place of the map, every ratio of every scale.

    Args:
        shared: the map.
        stride: pixels of the picture between two places of it.
        scales: sides of the square anchors; the others have the same areas (section 3.1.1).
    """
    sizes = [(scale / ratio**0.5, scale * ratio**0.5) for ratio in RATIOS for scale in scales]
    half = shared.new_tensor(sizes) / 2  # width, height
    y, x = (torch.arange(n, device=shared.device) + 0.5 for n in shared.shape[2:])
    centres = stride * torch.cartesian_prod(y, x).flip(1)[:, None]
    return torch.cat([centres - half, centres + half], dim=2).flatten(0, 1)


class RegionProposals(nn.Module):
    """A 3x3 convolution, then for each anchor offsets and two scores: nothing, something (3.1)."""

    def __init__(self, channels: int, kinds: int) -> None:
        super().__init__()
        self.slide = nn.Conv2d(channels, channels, 3, padding=1)
        self.place = nn.Conv2d(channels, 4 * kinds, 1)
        self.score = nn.Conv2d(channels, 2 * kinds, 1)

    def forward(self, shared: Float[Tensor, "b c h w"]) -> Float[Tensor, "b a 6"]:
        x = functional.relu(self.slide(shared))
        by, scores = (
            head.unflatten(1, (-1, width)).permute(0, 3, 4, 1, 2).flatten(1, 3)
            for head, width in ((self.place(x), 4), (self.score(x), 2))
        )
        return torch.cat([by, scores], dim=2)


def within(boxes: Float[Tensor, "b a 4"], side: tuple[int, int]) -> Float[Tensor, "b a 4"]:
    """Boxes cut off at the rim of a picture of some height and width, none thinner than a pixel."""
    limits = boxes.new_tensor([side[1], side[0]])
    low = boxes[..., :2].clamp_min(0).minimum(limits - 1)
    high = boxes[..., 2:].minimum(limits).maximum(low + 1)
    return torch.cat([low, high], dim=-1)


def chosen(
    boxes: Float[Tensor, "b a 4"], scores: Float[Tensor, "b a"], count: int
) -> Float[Tensor, "b n 4"]:
    """Non-maximum suppression: the best box, without its copies; then the next (section 3.3).

    Where nothing is left, the best stands in again.
    """
    scores, order = scores.topk(min(BEFORE, scores.shape[1]))
    boxes = boxes.gather(1, order[..., None].expand(-1, -1, 4))
    found = []
    for _ in range(count):
        place = scores.argmax(1)[:, None, None].expand(-1, 1, 4)
        found.append(boxes.gather(1, place))
        copies = overlap(found[-1], boxes)[:, 0] > COPY
        scores = scores.masked_fill(copies, float("-inf"))
    return torch.cat(found, dim=1)


def read(
    shared: Float[Tensor, "b c h w"], regions: Float[Tensor, "b n 4"], stride: int, side: int
) -> Float[Tensor, "b n c side side"]:
    """What the map holds in each region, on a grid: the mean of 2x2 points a cell (RoIAlign)."""
    steps = (torch.arange(2 * side, device=shared.device) + 0.5) / (2 * side)
    low, high = regions[..., None, :2], regions[..., None, 2:]
    points = (low + steps[:, None] * (high - low)) / stride  # (b, n, 2 side, 2), in places of it
    x, y = (2 * points / points.new_tensor(shared.shape[:1:-1]) - 1).unbind(-1)
    grid = torch.stack(torch.broadcast_tensors(x[:, :, None, :], y[:, :, :, None]), dim=-1)
    found = functional.grid_sample(
        shared, grid.flatten(1, 2), padding_mode="border", align_corners=False
    )
    return functional.avg_pool2d(found, 2).unflatten(2, (-1, side)).transpose(1, 2)


class FasterRCNN(nn.Module):
    """VGG's stages, region proposals on their map, two dense layers on each region (figure 2).

    In training it gives a tuple: the rows of the proposals, then those of the anchors.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.stride = 2 ** (len(config.widths) - 1)
        self.body = nn.Sequential()
        c_in = config.channels
        for number, (width, depth) in enumerate(zip(config.widths, config.depths, strict=True)):
            if number > 0:
                self.body.append(nn.MaxPool2d(2))
            self.body.append(vgg_stage(c_in, width, depth))
            c_in = width
        self.propose = RegionProposals(c_in, len(RATIOS) * len(config.anchor_sizes))
        self.dense = nn.Sequential(
            nn.Linear(c_in * config.roi_size**2, config.hidden),
            nn.ReLU(),
            nn.Linear(config.hidden, config.hidden),
            nn.ReLU(),
        )
        self.place = nn.Linear(config.hidden, 4)
        self.name = nn.Linear(config.hidden, config.classes + 1)
        he_start(self)
        for layer in (self.dense[0], self.dense[2]):
            nn.init.kaiming_normal_(layer.get_parameter("weight"))
        for head in (self.propose.place, self.propose.score, self.place, self.name):
            nn.init.normal_(head.weight, std=0.01)

    def stages(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """The rows of both stages, the second's first."""
        shared = self.body(image)
        laid = anchors(shared, self.stride, self.config.anchor_sizes).expand(len(image), -1, -1)
        first = torch.cat([laid, self.propose(shared)], dim=2)
        with torch.no_grad():  # proposals are taken as they are (section 3.2, approximate joint)
            by, (nothing, something) = first[..., 4:8], first[..., 8:].unbind(-1)
            boxes = within(shifted(laid, by), (image.shape[2], image.shape[3]))
            regions = chosen(boxes, something - nothing, self.config.proposals)
        x = self.dense(read(shared, regions, self.stride, self.config.roi_size).flatten(2))
        return torch.cat([regions, self.place(x), self.name(x)], dim=2), first

    def forward(
        self, image: Float[Tensor, "b channels h w"]
    ) -> Float[Tensor, "b n outputs"] | tuple[Float[Tensor, "b n outputs"], ...]:
        second, first = self.stages(image)
        return (second, first) if self.training else second
