"""Neocognitron: cells that detect and cells that blur take turns, and learn without a teacher.

Fukushima. Neocognitron: A Self-organizing Neural Network Model for a Mechanism of Pattern
Recognition Unaffected by Shift in Position. Biological Cybernetics 36, 1980,
doi:10.1007/BF00344251.

Answers: a perceptron, and Fukushima's own cognitron of 1975, must learn a pattern anew
at every place. Here all cells of a plane share their input connections, C-cells answer wherever
near their place an S-cell of their plane does, and so layer by layer the place matters less.

Departs from the paper: connections start random where it gives them small preferred orientations,
and layers learn one after another. Brightness counts from a picture's darkest pixel, for cells
can't be negative. c(v) and d(v), which it only asks to fall with distance, are 0.9^|v|; rims,
which it doesn't print, are those that make its numbers of cells: 16, 10, 8, 6, 2 and 1 a side.
It has no classes: a last C-cell is named here after the class of most training pictures that it
answers loudest, and a class's score is that of its loudest cell.

Shapes: b examples, c planes that come in, k planes, h and w cells, n classes.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from nna.architectures.convolutional.neocognitron.spec import Config

SIDE = 16  # photoreceptors
SATURATION = 0.5  # alpha of the C-cells (section 5)
# Of each layer: the rim of its S-cells; side, stride and rim of its C-cells' areas; side of its
# S-columns (section 5).
LAYOUT = ((2, 5, 2, 4, 5), (1, 5, 2, 4, 5), (0, 2, 1, 0, 2))


def falling(side: int) -> Float[Tensor, "side side"]:
    """0.9^|v| around the middle, |v| the distance in cells."""
    axis = torch.arange(side) - (side - 1) / 2
    return 0.9 ** torch.hypot(axis[:, None], axis[None])


class SCells(nn.Module):
    """u = r phi((1 + sum a u) / (1 + 2r / (1 + r) b v) - 1), v the V-cell (equations 1 to 3).

    Args:
        c_in: planes of C-cells below.
        planes: of S-cells.
        selectivity: r; a trained cell answers what is similar to r / (1 + r) and more.
        rim: cells of silence around the planes below.
        column: side of the columns in which cells compete to learn.
    """

    nearby: Tensor

    def __init__(self, c_in: int, planes: int, selectivity: float, rim: int, column: int) -> None:
        super().__init__()
        self.selectivity, self.rim, self.column = selectivity, rim, column
        near = falling(5)
        self.register_buffer("nearby", near / (c_in * near.sum()), persistent=False)
        self.excitation = nn.Parameter(torch.rand(planes, c_in, 5, 5) * 0.01 / (25 * c_in))
        self.inhibition = nn.Parameter(torch.zeros(planes))

    def patches(self, u: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c25 places"]:
        """What the cells of each place see, in the order of `excitation`."""
        return functional.unfold(u, 5, padding=self.rim)

    def forward(self, u: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h2 w2"]:
        excited = functional.conv2d(u, self.excitation, padding=self.rim)
        power = functional.conv2d(
            u.square().sum(1, keepdim=True), self.nearby[None, None], padding=self.rim
        )
        v = power.clamp_min(1e-12).sqrt()  # the root has no slope at zero
        r = self.selectivity
        inhibited = 2 * r / (1 + r) * self.inhibition[:, None, None] * v
        return r * ((1 + excited) / (1 + inhibited) - 1).relu()


class CCells(nn.Module):
    """u = psi((1 + sum d u) / (1 + v) - 1), v the mean over planes (equations 4 to 6).

    psi(x) = x / (alpha + x), and zero below zero: a C-cell saturates.
    """

    spread: Tensor

    def __init__(self, side: int, stride: int, rim: int) -> None:
        super().__init__()
        self.stride, self.rim = stride, rim
        self.register_buffer("spread", falling(side)[None, None], persistent=False)

    def forward(self, u: Float[Tensor, "b k h w"]) -> Float[Tensor, "b k h2 w2"]:
        alone = u.flatten(0, 1)[:, None]
        excited = functional.conv2d(alone, self.spread, stride=self.stride, padding=self.rim)
        excited = excited[:, 0].unflatten(0, u.shape[:2])
        x = ((1 + excited) / (1 + excited.mean(1, keepdim=True)) - 1).relu()
        return x / (SATURATION + x)


class Neocognitron(nn.Module):
    """Three layers of S- and C-cells (figure 2); votes name the last C-cells."""

    votes: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.body = nn.Sequential()
        c_in = config.channels
        for planes, r, (rim, side, stride, margin, column) in zip(
            config.widths, config.inhibition, LAYOUT, strict=True
        ):
            self.body.append(SCells(c_in, planes, r, rim, column))
            self.body.append(CCells(side, stride, margin))
            c_in = planes
        self.register_buffer("votes", torch.zeros(config.classes, c_in))

    def layers(self) -> list[tuple[SCells, CCells]]:
        """The pairs of S- and C-cells, for the rule that trains them in turn."""
        s_cells = [layer for layer in self.body if isinstance(layer, SCells)]
        c_cells = [layer for layer in self.body if isinstance(layer, CCells)]
        return list(zip(s_cells, c_cells, strict=True))

    def prepare(self, image: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Brightness above the darkest pixel of the picture."""
        if image.shape[2:] != (SIDE, SIDE):
            raise ValueError(f"a neocognitron takes 16 x 16 pixels, not {tuple(image.shape[2:])}")
        return image - image.amin(dim=(1, 2, 3), keepdim=True)

    def forward(self, image: Float[Tensor, "b c h w"]) -> Float[Tensor, "b n"]:
        answers = self.body(self.prepare(image)).flatten(1)
        named = (self.votes == self.votes.amax(0)) & (self.votes > 0)
        return (answers[:, None] * named).amax(-1)
