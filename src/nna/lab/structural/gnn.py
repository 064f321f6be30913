"""Structural claims about networks on graphs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nna.lab.check import Fact, check, right, text

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

STEPS, KEPT = 64, 0.1  # propagations; share of the first features that is kept at each


def _club() -> tuple[Tensor, Tensor, Tensor]:
    """The karate club: its matrix of propagation, its degrees with self, its communities."""
    import torch

    from nna.architectures.hybrid.gcn.model import propagate
    from nna.data import catalog

    data = catalog.load("karate")
    edges, community = torch.as_tensor(data.edges), torch.as_tensor(data.y)
    spread = propagate(torch.eye(len(community)).double(), edges)
    return spread, torch.bincount(edges[1]) + 1, community


def _cosines(x: Tensor) -> Tensor:
    """How alike the rows are: cosines of the angles between them."""
    import torch

    x = torch.nn.functional.normalize(x, dim=1)
    return x @ x.T


def _apart(x: Tensor) -> float:
    """Mean cosine distance between two nodes."""
    n = len(x)
    return float((1 - _cosines(x)).sum() / (n * (n - 1)))


def _walk(kept: float) -> list[Tensor]:
    """Features after 0, 1, 2, ... propagations, a share of the first ones kept at each."""
    import torch

    spread, _, _ = _club()
    x = start = torch.eye(len(spread)).double()
    found = [x]
    for _ in range(STEPS):
        x = (1 - kept) * spread @ x + kept * start
        found.append(x)
    return found


def _smoothing() -> Figure:
    """Distance between members by the number of propagations, and who is like whom."""
    from nna.lab.drawing import BLUE, ORANGE, new

    _, _, community = _club()
    plain, kept = _walk(0.0), _walk(KEPT)
    drawing, (left, middle, right) = new(11, 3.3, 3)
    for found, label, colour in (
        (plain, "plain", ORANGE),
        (kept, "a tenth of the start kept", BLUE),
    ):
        left.plot([_apart(x) for x in found], color=colour, label=label)
    left.set(
        xlabel="propagations", ylabel="mean cosine distance", title="How far members are apart"
    )
    left.set_yscale("log")
    left.grid(alpha=0.3)
    left.legend(frameon=False, fontsize=8)
    order = community.argsort(stable=True)
    for axis, steps in ((middle, 2), (right, STEPS)):
        shown = _cosines(plain[steps])[order][:, order]
        axis.imshow(shown.numpy(), vmin=0, vmax=1, cmap="Blues")
        axis.set(xlabel="member, by community", title=f"Likeness after {steps}")
        axis.set_xticks([])
        axis.set_yticks([])
    return drawing


@check(
    row="GNN-05",
    says="Many graph convolutions in a row make the nodes of a graph alike.",
    right="As said of the propagation alone: what is left of a node is the root of its degree, "
    "and the rest shrinks at each step by the second largest eigenvalue. Keeping a share of the "
    "first features at every step stops it.",
    source="Li, Han, Wu (2018), arXiv:1801.07606; keeping a share: Gasteiger, Bojchevski, "
    "Günnemann (2019), arXiv:1810.05997",
    verdict="holds",
    figure=_smoothing,
)
def smoothing() -> Iterator[Fact]:
    """The propagation of the graph convolutional network on the karate club, without weights."""
    import torch

    spread, degree, _ = _club()
    plain, kept = _walk(0.0), _walk(KEPT)
    begun, ended, held = _apart(plain[0]), _apart(plain[-1]), _apart(kept[-1])
    values = torch.linalg.eigvalsh(spread)
    v = degree.double().sqrt() / degree.double().sum().sqrt()
    rest = [float((x - v[:, None] * v).norm()) for x in plain[-2:]]
    found = f"from {begun:.2f} to {ended:.0e}"
    yield text(f"after {STEPS} steps the distance is below a hundredth", ended < begun / 100, found)
    yield right("the largest eigenvalue is one", abs(float(values[-1]) - 1) < 1e-9)
    yield right(
        "a row ends at a multiple of the roots of the degrees",
        torch.allclose(plain[-1], v[:, None] * v, atol=1e-2),
    )
    rate = rest[1] / rest[0]
    second = abs(rate - float(values[-2])) < 1e-3
    yield right("a step leaves the share of the second", second, f"{rate:.3f}")
    yield right("with a tenth kept they stay apart", held > 0.2, f"{held:.2f}")


@check(
    row="GNN-07",
    says="Whether neighbours are added, averaged or the greatest is taken makes no difference to "
    "what a graph network can tell apart.",
    right="It does: a mean can't tell one neighbour from two like it, the greatest can't tell "
    "{a, a, b} from {a, b, b}; the sum tells all of these.",
    source="Xu, Hu, Leskovec, Jegelka (2019), arXiv:1810.00826, section 5",
    verdict="fails",
)
def aggregators() -> Iterator[Fact]:
    """Three ways to put neighbours together, on two pairs of neighbourhoods."""
    import torch

    a, b = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
    pairs = {
        "one or two alike": (torch.stack([a]), torch.stack([a, a])),
        "which of two is doubled": (torch.stack([a, a, b]), torch.stack([a, b, b])),
    }
    ways = {"sum": torch.sum, "mean": torch.mean, "greatest": torch.amax}
    told = {
        (way, pair): not torch.equal(*(put(found, dim=0) for found in both))
        for way, put in ways.items()
        for pair, both in pairs.items()
    }
    for pair in pairs:
        found = ", ".join(way for way in ways if told[way, pair])
        yield text(f"all tell {pair}", all(told[way, pair] for way in ways), f"told by: {found}")
    yield right("the sum tells both", all(told["sum", pair] for pair in pairs))
    yield right("the mean tells the second only", told["mean", "which of two is doubled"])
    yield right("the greatest tells neither", not any(told["greatest", pair] for pair in pairs))
