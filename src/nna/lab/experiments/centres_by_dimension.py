"""Radial units and dimension: how many centres it takes to follow one and the same curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure
    from torch import Tensor, nn

DIMENSIONS = (1, 2, 3, 4)
CENTRES = (2, 4, 8, 16, 32, 64, 128, 256, 512)
UNITS = (2, 4, 8, 16, 32, 64)
TRAIN, TEST, STEPS, GOAL = 2000, 1000, 600, 0.1
KINDS = {"rbf": "radial units", "mlp": "units of a perceptron"}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """The least number of units, of those tried, at each dimension, and its growth."""
    import numpy as np
    import torch

    from nna.lab.learn import seeded

    numbers: dict[str, float] = {}
    for d in DIMENSIONS:
        draw = seeded(seed, f"points in {d}")
        many = 100 if quick else TRAIN + TEST
        x = torch.randn(many, d, generator=draw)
        along = torch.randn(d, generator=draw)
        y = torch.sin(3 * x @ (along / along.norm()))[:, None]
        for kind, fit, tried in (("rbf", radial, CENTRES), ("mlp", perceptron, UNITS)):
            torch.manual_seed(seed)
            sizes = tried[:2] if quick else tried
            numbers[f"{kind}_{d}"] = least(fit, x, y, sizes)
    for kind in KINDS:
        logs = [np.log(numbers[f"{kind}_{d}"]) for d in DIMENSIONS]
        numbers[f"{kind}_growth"] = float(np.polyfit(DIMENSIONS, logs, 1)[0])
    return numbers


def least(
    fit: Callable[[Tensor, Tensor, int], nn.Module], x: Tensor, y: Tensor, tried: tuple[int, ...]
) -> float:
    """The first size that leaves a tenth of the variance or less; else the largest tried."""
    import torch

    train = 2 * len(x) // 3
    for size in tried:
        model = fit(x[:train], y[:train], size).eval()
        with torch.no_grad():
            left = (model(x[train:]) - y[train:]).square().mean() / y[train:].var()
        if left <= GOAL:
            return float(size)
    return float(tried[-1])


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


def perceptron(x: Tensor, y: Tensor, units: int) -> nn.Module:
    """Tanh units, by Adam on all examples."""
    import torch

    from nna import registry

    model = registry.build(
        "mlp", features=x.shape[1], hidden=(units,), classes=1, activation="tanh"
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(STEPS if len(x) > 100 else 20):
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
        ylabel=f"units needed ({CENTRES[-1]} at most)",
        title="One curve along one direction",
    )
    return drawing


EXPERIMENT = Experiment(
    title="How many centres a dimension costs",
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
            rather="For a curve along one direction, that is, and up to four inputs here. What is "
            "proven: for functions whose Fourier transform has a "
            "finite first moment the squared error of one sigmoidal layer falls as one over its "
            "units in any dimension d, that of fixed functions, at worst, only as one over their "
            "number to the power of 2/d: Barron (1993), Universal approximation bounds for "
            "superpositions of a sigmoidal function, IEEE Transactions on Information Theory "
            "39(3).",
        ),
    ),
    protocol=Protocol(
        data="One to four inputs from the standard normal distribution; the target is the sine of "
        "three times the input along one direction, which the seed draws, so that the same curve "
        "is asked for in each dimension. 2,000 examples to train on, 1,000 to test on.",
        models="The architecture rbfn with 2, 4, 8 and so on up to 512 units; the architecture mlp "
        "with one layer of 2, 4 and so on up to 64 tanh units.",
        training="rbfn: centres by k-means, widths by neighbours, the rest by ridge regression. "
        "mlp: squared error, Adam at rate 0.03, 600 steps on all examples.",
        measured="The first number of units with which a tenth of the test variance or less is "
        "left, and the largest one tried where none does, so that growth is rather underrated; "
        "the slope of its logarithm over the number of inputs.",
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
    minutes=1,
    measure=measure,
    figure=figure,
)
