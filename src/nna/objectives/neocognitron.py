"""Fukushima's rule: the cell that answers loudest in its neighbourhood learns what it sees.

In every S-column (all planes, places near one another) the loudest cell is a candidate; each plane
takes its loudest candidate as representative at place n, and all its cells learn with it:
a += q c(v) u(n + v), b += q / 2 v(n). Fukushima (1980), section 3, equations 7 and 8. Layers learn
one after another, each from a finished one; in the last stretch the planes are given names.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from nna.objectives.base import Batch, Quantities, Turn, WithoutGradient, error_rate

FIRST, LATER = 1.0, 16.0  # q of the first layer and of the others (section 5)


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


class Neocognitron(WithoutGradient):
    """For models with `layers()`, pairs of S- and C-cells, `prepare`, and a buffer `votes`.

    S-cells have `excitation` `(k, c, s, s)`, `inhibition` `(k,)`, `patches(u)`, `nearby` c(v) and
    `column`.
    """

    kind = "rule"
    tasks = ("classification",)
    watch = None  # layers learn one after another: no figure along the way tells when to stop

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Show the batch's pictures to the layer whose turn it is, one after another."""
        layers = model.layers()  # type: ignore[operator]
        u = model.prepare(batch.x)  # type: ignore[operator]
        now = int(turn.progress * (len(layers) + 1))
        for s, c in layers[:now]:
            u = c(s(u))
        if now == len(layers):
            votes = model.get_buffer("votes")
            loudest, plane = u.flatten(1).max(1)
            heard = loudest > 0
            at = (batch.target[heard], plane[heard])
            votes.index_put_(at, torch.ones_like(loudest[heard]), accumulate=True)
            return {"representatives": torch.zeros(())}  # of each picture; now nobody learns
        q = turn.learning_rate * (LATER if now else FIRST)
        taught = sum(reinforce(layers[now][0], one, q) for one in u)
        return {"representatives": torch.tensor(taught / len(u))}

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """The share of pictures whose loudest last cell bears another class's name."""
        return {"error": error_rate(model(**batch.inputs), batch.target)}


def reinforce(s: nn.Module, u: Tensor, q: float) -> int:
    """Let the representatives of one picture learn; how many there were.

    Args:
        s: the layer of S-cells.
        u: what they see, `(c, h, w)`.
        q: strength of reinforcement.
    """
    place = representatives(s(u[None])[0], s.column)  # type: ignore[arg-type]
    planes = (place >= 0).nonzero().flatten()
    seen = s.patches(u[None])[0, :, place[planes]].T  # type: ignore[operator]
    seen = seen.unflatten(1, s.excitation.shape[1:])  # type: ignore[union-attr]
    near = s.nearby  # type: ignore[assignment]
    s.excitation[planes] += q * near * seen  # type: ignore[index]
    s.inhibition[planes] += q / 2 * (near * seen.square()).sum((1, 2, 3)).sqrt()  # type: ignore[index]
    return len(planes)


OBJECTIVE = Neocognitron()
