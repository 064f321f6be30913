"""Radial units and dimension: how many centres a hill takes, and a curve along one direction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import (
    Censored,
    Claim,
    Columns,
    Condition,
    Elsewhere,
    Experiment,
    Protocol,
    Quantity,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.figure import Figure
    from torch import Generator, Tensor, nn

DIMENSIONS = (1, 2, 3, 4)
CENTRES = (2, 4, 8, 16, 32, 64, 128, 256)
UNITS = (2, 4, 8, 16, 32, 64)
TRAIN, TEST, STEPS, LONGER, GOAL = 1000, 500, 600, 1800, 0.1
KINDS = {"rbf": "radial units", "mlp": "units of a perceptron"}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """The least number of units, of those tried, at each dimension, and its growth: a hill."""
    return needed(seed, quick, hill, 20 if quick else STEPS)


def along_one_direction(seed: int, quick: bool) -> dict[str, float]:
    """The same for a curve along one direction."""
    return needed(seed, quick, curve, 20 if quick else STEPS)


def longer(seed: int, quick: bool) -> dict[str, float]:
    """The same for a hill, the perceptron trained for three times as long."""
    return needed(seed, quick, hill, 20 if quick else LONGER)


def hill(x: Tensor, draw: Generator) -> Tensor:
    """exp(-|x|²)."""
    return x.square().sum(dim=1, keepdim=True).neg().exp()


def curve(x: Tensor, draw: Generator) -> Tensor:
    """The sine of three times the input along a direction."""
    import torch

    along = torch.randn(x.shape[1], generator=draw)
    return torch.sin(3 * x @ (along / along.norm()))[:, None]


def needed(
    seed: int, quick: bool, target: Callable[[Tensor, Generator], Tensor], steps: int
) -> dict[str, float]:
    """Units of either kind that a target takes at each dimension."""
    import torch

    from nna.lab.learn import seeded

    def trained(x: Tensor, y: Tensor, units: int) -> nn.Module:
        return perceptron(x, y, units, steps)

    numbers: dict[str, float] = {}
    for d in DIMENSIONS:
        draw = seeded(seed, f"points in {d}")
        x = torch.randn(100 if quick else TRAIN + TEST, d, generator=draw)
        y = target(x, draw)
        for kind, fit, tried in (("rbf", radial, CENTRES), ("mlp", trained, UNITS)):
            torch.manual_seed(seed)
            numbers[f"{kind}_{d}"] = least(fit, x, y, tried[:2] if quick else tried)
    return numbers | {f"{kind}_growth": growth(kind, numbers) for kind in KINDS}


def growth(kind: str, numbers: Mapping[str, float]) -> float:
    """The slope of the logarithm of the units; at least that, where only the last was cut off."""
    import numpy as np

    found = [numbers[f"{kind}_{d}"] for d in DIMENSIONS]
    slope = float(np.polyfit(DIMENSIONS, np.log(found), 1)[0])
    cut = [place for place, number in enumerate(found) if isinstance(number, Censored)]
    if not cut:
        return slope
    rising = 2 * min(cut) >= len(found)  # more units there only raise the slope
    return Censored(slope, "the most units tried were too few", "above" if rising else "unknown")


def least(
    fit: Callable[[Tensor, Tensor, int], nn.Module], x: Tensor, y: Tensor, tried: tuple[int, ...]
) -> float:
    """The first size that leaves a tenth of the variance or less; else the largest, cut off."""
    import torch

    train = 2 * len(x) // 3
    for size in tried:
        model = fit(x[:train], y[:train], size).eval()
        with torch.no_grad():
            left = (model(x[train:]) - y[train:]).square().mean() / y[train:].var()
        if left <= GOAL:
            return float(size)
    return Censored(tried[-1], f"{tried[-1]} units, the most tried, were too few", "above")


def radial(x: Tensor, y: Tensor, units: int) -> nn.Module:
    """Centres by k-means, widths by neighbours, the rest solved for."""
    from nna import registry
    from nna.lab.learn import learn
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    model = registry.build("rbfn", features=x.shape[1], units=units, classes=1)
    learn(
        model, Recipe(objective="radial_basis", epochs=1, batch_size=0), Tensors.pair(x, y), seed=0
    )
    return model


def perceptron(x: Tensor, y: Tensor, units: int, steps: int) -> nn.Module:
    """Tanh units, by Adam on all examples."""
    import torch

    from nna import registry

    model = registry.build(
        "mlp", features=x.shape[1], hidden=(units,), classes=1, activation="tanh"
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(steps):
        optimiser.zero_grad()
        (model(x) - y).square().mean().backward()
        optimiser.step()
    return model


def figure(columns: Columns) -> Figure:
    """Units by dimension."""
    from nna.lab.drawing import BLUE, ORANGE, curves, new

    drawing, (axis,) = new(6.5, 3.6)
    curves(
        axis,
        DIMENSIONS,
        [
            (label, [columns[f"{kind}_{d}"] for d in DIMENSIONS], colour, "-")
            for (kind, label), colour in zip(KINDS.items(), (BLUE, ORANGE), strict=True)
        ],
    )
    axis.set(
        yscale="log",
        xticks=DIMENSIONS,
        xlabel="inputs; bands: 95 % interval",
        ylabel="units needed",
        title="A hill",
    )
    return drawing


EXPERIMENT = Experiment(
    title="How many centres a dimension costs",
    scope="on a hill, exp(-|x|²), of one to four inputs",
    claims=(
        Claim(
            row="FF-23",
            says="Radial basis networks need exponentially more centres as inputs are added, "
            "where multilayer perceptrons don't need more units.",
            by=(
                "Poggio, Girosi (1990). Networks for approximation and learning. Proceedings of "
                "the IEEE 78, 1481-1497 (the curse of dimension)",
            ),
            conditions=(
                Condition(
                    says="growth of the logarithm of the centres by each dimension",
                    of="rbf_growth",
                    at_least=0.5,
                ),
                Condition(
                    says="growth of the logarithm of a perceptron's units",
                    of="mlp_growth",
                    at_most=0.25,
                ),
            ),
            rather="It hangs on the target. A curve along one direction is made for a perceptron, "
            "whose units look along one each; a hill, alike from all sides, takes more of either "
            "kind with every input. What is proven: for functions whose Fourier transform has a "
            "finite first moment the squared error of one sigmoidal layer falls as one over its "
            "units in any dimension d, that of fixed functions, at worst, only as one over their "
            "number to the power of 2/d: Barron (1993), Universal approximation bounds for "
            "superpositions of a sigmoidal function, IEEE Transactions on Information Theory "
            "39(3).",
        ),
    ),
    protocol=Protocol(
        data="One to four inputs from the standard normal distribution; the target is a hill, "
        "exp(-|x|²), as any dimension has it. 1,000 examples to train on, 500 to test on. Second "
        "bed: the sine of three times the input along one direction, which the seed draws, so that "
        "the same curve is asked for in each dimension.",
        models="The architecture rbfn with 2, 4, 8 and so on up to 256 units; the architecture mlp "
        "with one layer of 2, 4 and so on up to 64 tanh units.",
        training="rbfn: centres by k-means, widths by neighbours, the rest by ridge regression. "
        f"mlp: squared error, Adam at rate 0.03, {STEPS} steps on all examples ({LONGER:,} as the "
        "second budget).",
        measured="The first number of units with which a tenth of the test variance or less is "
        "left, and the largest one tried where none does, flagged as cut off; the slope of its "
        "logarithm over the number of inputs.",
        quick="100 examples, two sizes, 20 steps.",
    ),
    quantities={
        **{
            f"{kind}_{d}": Quantity(about=f"{label}, {d} inputs", unit="units")
            for kind, label in KINDS.items()
            for d in DIMENSIONS
        },
        **{
            f"{kind}_growth": Quantity(about=f"growth, {label}", unit="log units a dimension")
            for kind, label in KINDS.items()
        },
    },
    seeds=10,
    minutes=8,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(
            scope="on a curve along one direction of one to four inputs",
            measure=along_one_direction,
        ),
        "budget": Elsewhere(
            scope="on the hill, perceptrons trained for 1,800 steps", measure=longer
        ),
    },
)
