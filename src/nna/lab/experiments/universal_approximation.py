"""Universal approximation: how the greatest error of one hidden layer falls with its width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

WIDTHS = (4, 16, 64, 256)
STEPS = 800
TARGETS = {  # name -> inputs, and what it is in words
    "sine": (1, "sin(2 pi x)"),
    "corner": (1, "|x|"),
    "bumps": (1, "two bells"),
    "franke": (2, "Franke's hills"),
    "checker": (2, "sin(pi x) sin(pi y)"),
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """The greatest error for each target and width."""
    steps, widths = (5, (4, 8, 12, 16)) if quick else (STEPS, WIDTHS)
    numbers: dict[str, float] = {}
    for inputs in (1, 2):
        names = [name for name, (n, _) in TARGETS.items() if n == inputs]
        errors = [errors_of(names, inputs, width, seed, steps) for width in widths]
        for place, name in enumerate(names):
            row = [float(found[place]) for found in errors]
            numbers |= {f"{name}_{w}": e for w, e in zip(WIDTHS, row, strict=True)}
            steps_down = zip(row[1:], row[:-1], strict=True)
            numbers[f"{name}_step"] = max(after / before for after, before in steps_down)
    return numbers


def grid(inputs: int, points: int) -> Tensor:
    """Points evenly over [-1, 1] to the power of `inputs`."""
    import torch

    line = torch.linspace(-1, 1, points)
    return line[:, None] if inputs == 1 else torch.cartesian_prod(line, line)


def values(name: str, x: Tensor) -> Tensor:
    """The target at x, `(points, inputs)`."""
    import torch

    pi = torch.pi
    if name == "sine":
        return torch.sin(2 * pi * x[:, 0])
    if name == "corner":
        return x[:, 0].abs()
    if name == "bumps":
        return sum(torch.exp(-30 * (x[:, 0] - c) ** 2) for c in (-0.4, 0.5))  # type: ignore[return-value]
    if name == "checker":
        return torch.sin(pi * x[:, 0]) * torch.sin(pi * x[:, 1])
    u, v = (9 * (x + 1) / 2).T  # Franke's function, on nine times the unit square
    return (
        0.75 * torch.exp(-((u - 2) ** 2 + (v - 2) ** 2) / 4)
        + 0.75 * torch.exp(-((u + 1) ** 2) / 49 - (v + 1) / 10)
        + 0.5 * torch.exp(-((u - 7) ** 2 + (v - 3) ** 2) / 4)
        - 0.2 * torch.exp(-((u - 4) ** 2) - (v - 7) ** 2)
    )


def errors_of(names: list[str], inputs: int, width: int, seed: int, steps: int) -> Tensor:
    """Train networks for all targets at once; the greatest error of each.

    The networks are stacked: a product of stacks of matrices computes them all.
    """
    import torch

    draw = torch.Generator().manual_seed(seed)
    nets = len(names)
    weights = [
        5 * torch.randn(nets, inputs, width, generator=draw),
        5 * (2 * torch.rand(nets, 1, width, generator=draw) - 1),
        torch.randn(nets, width, 1, generator=draw) / width,
        torch.zeros(nets, 1, 1),
    ]
    for weight in weights:
        weight.requires_grad_()

    def answers(x: Tensor) -> Tensor:
        slopes, shifts, heights, level = weights
        return (torch.tanh(x @ slopes + shifts) @ heights + level)[..., 0]

    x = grid(inputs, 65 if inputs == 1 else 17)
    y = torch.stack([values(name, x) for name in names])
    optimiser = torch.optim.Adam(weights, lr=0.02)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        optimiser.zero_grad()
        (answers(x) - y).square().mean(dim=1).sum().backward()
        optimiser.step()
        falling.step()
    between = grid(inputs, 1001 if inputs == 1 else 61)
    truth = torch.stack([values(name, between) for name in names])
    with torch.no_grad():
        return (answers(between) - truth).abs().amax(dim=1)


def figure(columns: Columns) -> Figure:
    """Greatest error by width, a line a target."""
    import numpy as np

    from nna.lab.drawing import BLUE, GREY, ORANGE, new

    drawing, (axis,) = new(6.5, 3.8)
    styles = ((BLUE, "-"), (BLUE, "--"), (BLUE, ":"), (ORANGE, "-"), (ORANGE, "--"))
    for (name, (_, text)), (colour, style) in zip(TARGETS.items(), styles, strict=True):
        rows = np.array([columns[f"{name}_{width}"] for width in WIDTHS])
        axis.plot(WIDTHS, rows.mean(axis=1), style, marker="o", color=colour, label=text)
        axis.fill_between(
            WIDTHS, rows.min(axis=1), rows.max(axis=1), color=colour, alpha=0.15, linewidth=0
        )
    axis.axhline(0.05, color=GREY, linestyle=":", linewidth=1)
    axis.set(
        xscale="log",
        yscale="log",
        xlabel="hidden units; bands: from the least to the greatest of the seeds;\n"
        "dotted: the bound at 256 units",
        ylabel="greatest error",
        title="One hidden layer, trained",
    )
    axis.set_xticks(WIDTHS, [str(width) for width in WIDTHS])
    axis.minorticks_off()
    axis.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    return drawing


EXPERIMENT = Experiment(
    title="One hidden layer comes close to continuous functions",
    scope="on five functions, 800 steps",
    claims=(
        Claim(
            row="FF-13",
            says="One hidden layer approximates any continuous function, given enough units: the "
            "error falls as the layer is widened.",
            by=(
                "Cybenko (1989). Approximation by superpositions of a sigmoidal function. "
                "Mathematics of Control, Signals and Systems 2",
                "Hornik, Stinchcombe, White (1989). Multilayer feedforward networks are universal "
                "approximators. Neural Networks 2",
            ),
            conditions=tuple(
                condition
                for name, (_, text) in TARGETS.items()
                for condition in (
                    Condition(
                        says=f"{text}: the error falls from 4 units to 256",
                        of=f"{name}_256",
                        minus=f"{name}_4",
                        at_most=0,
                    ),
                    Condition(
                        says=f"{text}: training gets the greatest error with 256 units that low",
                        of=f"{name}_256",
                        at_most=0.05,
                        limit=True,
                    ),
                )
            ),
            rather="The theorems say that good weights exist for every continuous function on a "
            "closed, bounded region, if the units aren't polynomials (Leshno, Lin, Pinkus, "
            "Schocken, 1993, Multilayer feedforward networks with a nonpolynomial activation "
            "function can approximate any function, Neural Networks 6). They say neither how many "
            "units it takes nor that training finds the weights; what is measured here is both at "
            "once, on five functions.",
        ),
    ),
    protocol=Protocol(
        data="Five functions on [-1, 1] or its square: sin(2 pi x); |x|; two bells, exp(-30 (x - "
        "c)^2) at c = -0.4 and 0.5; Franke's function; sin(pi x) sin(pi y). Without noise, on 65 "
        "points a line or 17 x 17, evenly.",
        models="One hidden layer of 4, 16, 64 or 256 tanh units and a linear output. Weights into "
        "the units Gaussian of spread 5, their biases uniform within 5, weights out of them "
        "Gaussian of spread 1 / units.",
        training=f"Squared error, Adam at rate 0.02 falling as a cosine, {STEPS} steps on all "
        "points at once.",
        measured="The greatest absolute error on 1,001 points or 61 x 61, most of them between "
        "those trained on. For each target also the greatest ratio of this error between one width "
        "and the next smaller.",
        quick="Five steps, and 4, 8, 12 and 16 units.",
    ),
    quantities={
        **{
            f"{name}_{width}": Quantity(about=f"{text}: greatest error, {width} units", unit="")
            for name, (_, text) in TARGETS.items()
            for width in WIDTHS
        },
        **{
            f"{name}_step": Quantity(about=f"{text}: worst ratio from width to width", unit="")
            for name, (_, text) in TARGETS.items()
        },
    },
    seeds=10,
    minutes=8,
    measure=measure,
    figure=figure,
)
