"""Fukushima's rule: the cell that answers loudest in its neighbourhood learns what it sees.

In every S-column (all planes, places near one another) the loudest cell is a candidate; each plane
takes its loudest candidate as representative at place n, and all its cells learn with it:
a += q c(v) u(n + v), b += q / 2 v(n). Fukushima (1980), section 3, equations 7 and 8. Layers learn
one after another, each from a finished one; in the last stretch the planes are given names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.nn import functional

from nna.learning.base import Batch, Quantities, Turn, WithoutGradient
from nna.learning.losses import error_rate
from nna.learning.models import having
from nna.learning.settings import setting


@runtime_checkable
class SCells(Protocol):
    """A layer of S-cells."""

    excitation: Tensor  # (k, c, s, s)
    inhibition: Tensor  # (k,)
    nearby: Tensor  # c(v)
    column: int  # side of the S-columns

    def patches(self, u: Tensor) -> Tensor:
        """What each cell sees."""
        ...

    def __call__(self, u: Tensor) -> Tensor:
        """What the cells answer."""
        ...


@runtime_checkable
class Layered(Protocol):
    """Pairs of S- and C-cells, and votes of classes for the planes of the last."""

    votes: Tensor

    def layers(self) -> list[tuple[nn.Module, Callable[[Tensor], Tensor]]]:
        """S-cells and C-cells, from the input on."""
        ...

    def prepare(self, image: Tensor) -> Tensor:
        """A picture as the first layer sees it."""
        ...


def representatives(out: Tensor, column: int) -> Tensor:
    """The place of each plane's representative in `out` `(k, h, w)`, `(k,)`; -1 where none.

    Args:
        out: what the S-cells answer.
        column: side of the S-columns; as large as the plane: one column holds all.
    """
    loudest = out.amax(0, keepdim=True)
    if column >= out.shape[-1]:
        bar = loudest.amax().expand_as(loudest)
    else:  # of all columns that hold the place, the one with the lowest maximum
        rim = column // 2
        within = functional.max_pool2d(loudest, column, 1, rim)
        bar = -functional.max_pool2d(-within, column, 1, rim)
    answers = torch.where((out >= bar) & (out > 0), out, -1.0).flatten(1)
    best, place = answers.max(1)
    return torch.where(best > 0, place, -1)


@dataclass(frozen=True)
class Fukushima(WithoutGradient):
    """For models with `layers()`, pairs of S- and C-cells, `prepare`, and a buffer `votes`.

    S-cells have `excitation` `(k, c, s, s)`, `inhibition` `(k,)`, `patches(u)`, `nearby` c(v) and
    `column`.
    """

    first_rate: float = setting(1.0, 0)  # q of the first layer (section 5)
    later_rate: float = setting(16.0, 0)  # and of the others

    kind = "rule"
    tasks = ("classification",)
    watch = None  # layers learn one after another: no figure along the way tells when to stop

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Show the batch's pictures to the layer whose turn it is, one after another."""
        layered = having(model, Layered)
        layers, u = layered.layers(), layered.prepare(batch.x)
        now = int(turn.progress * (len(layers) + 1))
        for s, c in layers[:now]:
            u = c(s(u))
        if now == len(layers):
            loudest, plane = u.flatten(1).max(1)
            heard = loudest > 0
            at = (batch.target[heard], plane[heard])
            layered.votes.index_put_(at, torch.ones_like(loudest[heard]), accumulate=True)
            return {"representatives": torch.zeros(())}  # of each picture; now nobody learns
        q = turn.learning_rate * (self.later_rate if now else self.first_rate)
        taught = sum(reinforce(layers[now][0], one, q) for one in u)
        return {"representatives": torch.tensor(taught / len(u))}

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """The share of pictures whose loudest last cell bears another class's name."""
        return {"error": error_rate(model(**batch.inputs), batch.target)}


def reinforce(layer: nn.Module, u: Tensor, q: float) -> int:
    """Let the representatives of one picture learn; how many there were.

    Args:
        layer: of S-cells.
        u: what they see, `(c, h, w)`.
        q: strength of reinforcement.
    """
    s = having(layer, SCells)
    place = representatives(s(u[None])[0], s.column)
    planes = (place >= 0).nonzero().flatten()
    seen = s.patches(u[None])[0, :, place[planes]].T
    seen = seen.unflatten(1, s.excitation.shape[1:])
    s.excitation[planes] += q * s.nearby * seen
    s.inhibition[planes] += q / 2 * (s.nearby * seen.square()).sum((1, 2, 3)).sqrt()
    return len(planes)


OBJECTIVES = {"neocognitron": Fukushima}
