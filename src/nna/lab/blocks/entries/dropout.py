"""Dropout and its kin: what is left out at random, in training."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nna.lab.blocks.entry import Code, Dropout, Fact
from nna.lab.blocks.facts import seeded
from nna.spec import Paper

if TYPE_CHECKING:
    from torch import Tensor

UNITS = Code("torch.nn.Dropout")
MAPS = Code("torch.nn.Dropout2d")
BRANCH = Code("nna.blocks.stochastic_depth.StochasticDepth")
WEIGHTS = Code("nna.lab.blocks.formulas.DropConnect")


def _ask(
    layer: Code, shape: tuple[int, ...], of: Callable[[Tensor], Tensor]
) -> Callable[[], float]:
    """What torch gives of many ones, a quarter dropped."""

    def measure() -> float:
        import torch

        return float(of(layer(0.25)(torch.ones(shape))))

    return seeded(measure)


def _answers(layer: Code) -> Callable[[], float]:
    """How much the layer changes where nothing is learnt."""

    def measure() -> float:
        import torch

        x = torch.randn(3, 4, 5, 5)
        return float((layer(0.25).eval()(x) - x).abs().max())

    return seeded(measure)


def _facts(layer: Code, shape: tuple[int, ...], what: str) -> tuple[Fact, ...]:
    """Of a quarter dropped: the share, the scale of the rest, and that answers are untouched."""

    def dropped(y: Tensor) -> Tensor:
        return (y == 0).double().mean()

    def pieces(y: Tensor) -> Tensor:
        """How many of the pieces are neither whole nor gone."""
        flat = y.flatten(2) if what == "maps" else y.flatten(1)
        return ((flat == 0).any(-1) & (flat != 0).any(-1)).double().sum()

    facts = [
        Fact("share that is dropped, of 0.25", 0.25, _ask(layer, shape, dropped), 0.01),
        Fact("what is left of a 1, at 0.25", 4 / 3, _ask(layer, shape, lambda y: y.max())),
        Fact("change where it answers", 0.0, _answers(layer)),
    ]
    if what != "units":
        facts.append(Fact(f"{what} that are dropped in part", 0.0, _ask(layer, shape, pieces)))
    return tuple(facts)


def _connections() -> float:
    """The share of an identity's weights that one example of many doesn't see."""
    import torch

    layer = WEIGHTS(0.25, 100, 100)
    with torch.no_grad():
        layer.linear.weight.copy_(torch.eye(100))
        layer.linear.bias.zero_()
        return float((layer(torch.ones(500, 100)) == 0).double().mean())


BLOCKS = (
    Dropout(
        name="dropout",
        title="Dropout",
        paper=Paper(
            title="Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
            authors="Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov",
            year=2014,
            venue="Journal of Machine Learning Research",
            url="https://jmlr.org/papers/v15/srivastava14a.html",
        ),
        formula=r"y = \frac{m \odot x}{1 - p}, \quad m_i \sim \text{Bernoulli}(1 - p)",
        symbols="x, y: units before and after; p: the share dropped; m: a mask, drawn anew for "
        "each example",
        use="No unit can rely on another being there, so features are learnt that help by "
        "themselves. Good against learning few examples by heart.",
        limits="Training takes longer and its loss is noisy; beside batch norm it shifts the "
        "variance between training and answering. The paper's p is the share that is kept.",
        where=("torch.nn.Dropout",),
        marks=("Dropout",),
        layer=UNITS,
        facts=_facts(UNITS, (200, 500), "units"),
    ),
    Dropout(
        name="dropconnect",
        title="DropConnect",
        paper=Paper(
            title="Regularization of Neural Networks using DropConnect",
            authors="Wan, Zeiler, Zhang, LeCun, Fergus",
            year=2013,
            venue="International Conference on Machine Learning",
            url="https://proceedings.mlr.press/v28/wan13.html",
        ),
        formula=r"y = \frac{(M \odot W) x}{1 - p} + b, \quad M_{ij} \sim \text{Bernoulli}(1 - p)",
        symbols="x, y: what goes into and comes out of a dense layer; W, b: its weights and "
        "biases; M: a mask, drawn anew for each example; p: the share dropped",
        use="Leaves out weights where dropout leaves out units: a finer noise, of many more "
        "thinned networks.",
        limits="A mask as large as the weights for every example: dear in time and memory. "
        "Neither PyTorch nor Keras has a layer of it.",
        where=("nna.lab.blocks.formulas.DropConnect",),
        layer=WEIGHTS,
        on="weights",
        facts=(Fact("share of weights dropped, of 0.25", 0.25, seeded(_connections), 0.01),),
        trial={"width": 64, "epochs": 30},
    ),
    Dropout(
        name="spatial_dropout",
        also=("dropout2d",),
        title="Spatial dropout",
        paper=Paper(
            title="Efficient Object Localization Using Convolutional Networks",
            authors="Tompson, Goroshin, Jain, LeCun, Bregler",
            year=2015,
            venue="Conference on Computer Vision and Pattern Recognition",
            arxiv="1411.4280",
        ),
        formula=r"y_{ncij} = \frac{m_{nc} \, x_{ncij}}{1 - p}, "
        r"\quad m_{nc} \sim \text{Bernoulli}(1 - p)",
        symbols="x, y: pixel ij of map c of picture n, before and after; p: the share dropped; m: "
        "one draw a map",
        use="Neighbouring pixels of a map say nearly the same, so dropping single ones hides "
        "nothing; this drops whole maps.",
        limits="Of few maps, losing some is a heavy blow: the share must stay small.",
        where=("torch.nn.Dropout2d",),
        marks=("Dropout2d",),
        layer=MAPS,
        on="maps",
        facts=_facts(MAPS, (200, 100, 3, 3), "maps"),
        trial={
            "maps": True,
            "depth": 2,
            "width": 24,
            "share": 0.2,
            "epochs": 30,
            "optimiser": Code("torch.optim.Adam", {"lr": 0.01}),
        },
    ),
    Dropout(
        name="stochastic_depth",
        also=("drop_path", "droppath"),
        title="Stochastic depth",
        paper=Paper(
            title="Deep Networks with Stochastic Depth",
            authors="Huang, Sun, Liu, Sedra, Weinberger",
            year=2016,
            venue="European Conference on Computer Vision",
            arxiv="1603.09382",
        ),
        formula=r"y = x + \frac{m}{1 - p} F(x), \quad m \sim \text{Bernoulli}(1 - p)",
        symbols="x, y: what goes into and comes out of a residual block; F: its branch; p: the "
        "share of examples that skip it; m: one draw an example",
        use="Trains shallower networks in expectation, drawn anew at every step, and answers with "
        "the whole depth. Usual in deep residual networks and vision transformers.",
        limits="Only where a shortcut carries the signal past the block; in shallow networks it "
        "just takes capacity away.",
        where=("nna.blocks.stochastic_depth.StochasticDepth",),
        marks=("StochasticDepth",),
        layer=BRANCH,
        on="branch",
        facts=_facts(BRANCH, (20_000, 3), "examples"),
        trial={"depth": 8, "width": 64, "shortcuts": True, "fill": None, "share": 0.2},
    ),
)
