"""What learning costs: radial units in closed form against a perceptron of about the same error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

COUNTS = (500, 1500, 5000)
HIDDEN, BATCH, EPOCHS, TEST = 64, 50, 60, 1000
ROUNDS = 20  # of k-means
NEAR = 1.2  # times the radial units' error is near enough


def measure(seed: int, quick: bool) -> dict[str, float]:
    """The power of ten of a perceptron's multiply-adds over those of radial units."""
    numbers: dict[str, float] = {}
    for count in COUNTS:
        many = count // 10 if quick else count
        x, y = points(many + TEST, seed)
        error, cost = radial(x, y, many, seed)
        dearer, reached = perceptron(x, y, many, seed, NEAR**2 * error, 1 if quick else EPOCHS)
        numbers[f"ratio_{count}"] = dearer - cost
        numbers[f"error_{count}"] = error**0.5
        numbers[f"reached_{count}"] = reached
    return numbers


def points(many: int, seed: int) -> tuple[Tensor, Tensor]:
    """Friedman's first function of five inputs from -1 to 1; mean 0 and spread 1, noise of 0.1."""
    import torch

    from nna.lab.learn import seeded

    draw = seeded(seed, f"{many} points")
    x = 2 * torch.rand(many, 5, generator=draw) - 1
    a, b, c, d, e = ((column + 1) / 2 for column in x.T)
    y = 10 * torch.sin(torch.pi * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e
    y = (y - y.mean()) / y.std() + 0.1 * torch.randn(many, generator=draw)
    return x, y[:, None]


def radial(x: Tensor, y: Tensor, many: int, seed: int) -> tuple[float, float]:
    """Test error of a tenth as many units as examples, and the power of ten of multiply-adds.

    Counted are rounds of k-means, one matrix of distances, half a symmetric product and Cholesky.
    """
    import math

    import torch
    from sklearn.cluster import KMeans

    from nna import registry
    from nna.learning.models import Hiding, having

    units = many // 10
    means = KMeans(units, random_state=seed, max_iter=ROUNDS).fit(x[:many].numpy())
    model = registry.build("rbfn", features=x.shape[1], units=units, classes=1).double()
    with torch.no_grad():
        centres = torch.as_tensor(means.cluster_centers_).double()
        model.get_parameter("centres").copy_(centres)
        apart = torch.cdist(centres, centres).topk(5, largest=False).values[:, 1:]
        model.get_parameter("widths").copy_(2 * apart.mean(1))
        fed = having(model, Hiding).hidden(x.double())
        fed = torch.cat([fed, torch.ones(len(fed), 1)], dim=1)
        normal = fed[:many].T @ fed[:many] + 1e-6 * many * torch.eye(units + 1)
        weights = torch.linalg.solve(normal, fed[:many].T @ y[:many].double())
        error = (fed[many:] @ weights - y[many:]).square().mean().item()
    distances = (means.n_iter_ + 1) * many * units * x.shape[1]
    return error, math.log10(distances + many * units**2 / 2 + units**3 / 6)


def perceptron(  # noqa: PLR0913 - data, seed, and when to stop
    x: Tensor, y: Tensor, many: int, seed: int, goal: float, most: int
) -> tuple[float, float]:
    """The power of ten of multiply-adds until the test error is low enough, or of all epochs.

    An answer and two gradients, each as dear, an example and epoch.
    """
    import math

    import torch

    from nna import registry
    from nna.lab.learn import seeded

    torch.manual_seed(seed)
    model = registry.build(
        "mlp", features=x.shape[1], hidden=(HIDDEN,), classes=1, activation="tanh"
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    order, epoch, reached = seeded(seed, "order"), 0, False
    while epoch < most and not reached:
        for rows in torch.randperm(many, generator=order).split(BATCH):
            optimiser.zero_grad()
            (model(x[rows]) - y[rows]).square().mean().backward()
            optimiser.step()
        with torch.no_grad():
            reached = bool((model(x[many:]) - y[many:]).square().mean() <= goal)
        epoch += 1
    return math.log10(3 * epoch * many * HIDDEN * (x.shape[1] + 1)), float(reached)


def figure(columns: Columns) -> Figure:
    """The ratio along the number of examples."""
    from nna.lab.drawing import BLUE, GREY, curves, new

    drawing, (axis,) = new(6.5, 3.6)
    curves(axis, COUNTS, [("mean", [columns[f"ratio_{n}"] for n in COUNTS], BLUE, "-")])
    axis.axhline(0, color=GREY, linestyle=":", linewidth=1)
    axis.set(
        xscale="log",
        xlabel="training examples; a tenth as many radial units; bands: 95 % interval",
        ylabel="power of ten",
        title="Multiply-adds, perceptron over radial units",
    )
    axis.set_xticks(COUNTS, [f"{count:,}" for count in COUNTS])
    axis.minorticks_off()
    return drawing


EXPERIMENT = Experiment(
    title="What radial units cost to train",
    scope="on 500 to 5,000 generated examples, 60 epochs at most",
    claims=(
        Claim(
            row="FF-24",
            says="Radial basis networks train faster than multilayer perceptrons.",
            by=(
                "Moody, Darken (1989). Fast learning in networks of locally-tuned processing "
                "units. Neural Computation 1, 281-294",
            ),
            conditions=tuple(
                Condition(
                    says="power of ten of a perceptron's multiply-adds to about the same error "
                    f"over those of radial units, {count:,} examples",
                    of=f"ratio_{count}",
                    at_least=0,
                )
                for count in COUNTS
            ),
            rather="With few examples they do. Where centres grow in number with the examples, "
            "here a tenth as many, solving for the weights costs as the cube of that number: at "
            "1,500 examples both cost about the same, at 5,000 the perceptron a tenth.",
        ),
    ),
    protocol=Protocol(
        data="Friedman's first function of five inputs, with noise of a tenth of its spread: 500, "
        "1,500 or 5,000 examples to train on, 1,000 to test on, drawn by the seed.",
        models="The architecture rbfn with a tenth as many units as examples; the architecture mlp "
        "with 64 tanh units.",
        training="rbfn: centres by k-means in 20 rounds at most, widths twice the mean distance to "
        "the four nearest centres, output weights by ridge regression, penalty a "
        "millionth an example. mlp: squared error, Adam at rate 0.01, batches of 50, until the "
        "test error is within a fifth of the radial units', 60 epochs at most.",
        measured="Multiply-adds, counted. Radial units: distances in each round of k-means and "
        "once more, half a symmetric product, its Cholesky factor. Perceptron: three passes an "
        "example and epoch; where it never gets as low, those of all epochs, which is then too "
        "few. Seconds are not compared, since they depend on the machine.",
        quick="A tenth of the examples, one epoch.",
    ),
    quantities={
        f"{name}_{count}": Quantity(about=f"{what}, {count:,} examples", unit=unit)
        for count in COUNTS
        for name, what, unit in (
            ("ratio", "multiply-adds, perceptron over radial units", "powers of ten"),
            ("error", "root mean squared error of radial units", "spreads of y"),
            ("reached", "the perceptron gets as low (1) or not (0)", "of the runs"),
        )
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
)
