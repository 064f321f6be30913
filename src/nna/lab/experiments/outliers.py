"""Squared and absolute error: what outliers do to a fit, and how the descent ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

EXAMPLES, BUMPS, STEPS, RATE, LAST = 200, 12, 20_000, 0.2, 100


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Fit the same bumps to the same spoilt sine by either loss."""
    import numpy as np

    draw = np.random.default_rng(seed)
    x = draw.uniform(-np.pi, np.pi, EXAMPLES)
    y = np.sin(x) + 0.1 * draw.standard_normal(EXAMPLES)
    y[draw.permutation(EXAMPLES)[: EXAMPLES // 10]] *= 20
    grid = np.linspace(-np.pi, np.pi, 400)
    numbers: dict[str, float] = {}
    for loss in ("squared", "absolute"):
        weights, wander = descend(bumps(x), y, loss, 200 if quick else STEPS)
        numbers[f"error_{loss}"] = float(np.abs(bumps(grid) @ weights - np.sin(grid)).mean())
        numbers[f"wander_{loss}"] = wander
    return {**numbers, "ratio": numbers["error_squared"] / numbers["error_absolute"]}


def bumps(x: np.ndarray) -> np.ndarray:
    """Gaussian bumps over the range, and a constant: `(n, 13)`."""
    import numpy as np

    centres = np.linspace(-np.pi, np.pi, BUMPS)
    width = centres[1] - centres[0]
    features = np.exp(-(((x[:, None] - centres) / width) ** 2) / 2)
    return np.column_stack([features, np.ones(len(x))])


def descend(h: np.ndarray, y: np.ndarray, loss: str, steps: int) -> tuple[np.ndarray, float]:
    """Weights after plain gradient descent, and how far they still wander in the last steps."""
    import numpy as np

    weights, last = np.zeros(h.shape[1]), []
    for step in range(steps):
        off = h @ weights - y
        slope = off if loss == "squared" else np.sign(off)
        weights = weights - RATE * h.T @ slope / len(y)
        if step >= steps - LAST:
            last.append(weights)
    return weights, float(np.std(last, axis=0).mean())


def figure(columns: Columns) -> Figure:
    """Errors on the clean sine, and how the weights end."""
    from nna.lab.drawing import BLUE, ORANGE, new, runs

    drawing, (left, right) = new(9, 2.4, 2)
    for axis, key in ((left, "error"), (right, "wander")):
        runs(axis, [(columns[f"{key}_squared"], ORANGE), (columns[f"{key}_absolute"], BLUE)])
        axis.set_yticks((0, 1), ["squared error", "absolute error"])
        axis.set_xlim(0, None)
    left.set(xlabel="mean distance from the clean sine", title="A tenth of the targets spoilt")
    right.set(
        xlabel="standard deviation of a weight\nover the last 100 steps", title="Near the optimum"
    )
    return drawing


EXPERIMENT = Experiment(
    title="Squared against absolute error",
    scope="on 200 generated points, 20,000 steps",
    claims=(
        Claim(
            row="LOSS-02",
            says="Squared error is hurt by outliers and absolute error is not; but absolute error "
            "is unsteady near its optimum, because its gradient doesn't shrink there.",
            by=(
                "Huber (1964). Robust estimation of a location parameter. Annals of Mathematical "
                "Statistics 35",
            ),
            conditions=(
                Condition(
                    says="error by squared over error by absolute error", of="ratio", at_least=2
                ),
                Condition(
                    says="the weights wander more under absolute error at the same rate",
                    of="wander_absolute",
                    minus="wander_squared",
                    at_least=0,
                ),
            ),
        ),
    ),
    protocol=Protocol(
        data="200 points of a sine over one period with Gaussian noise of 0.1; a tenth of the "
        "targets are multiplied by 20.",
        models="A constant and twelve weighted Gaussian bumps, as wide as they lie apart.",
        training="Plain gradient descent over all examples at once, rate 0.2, 20,000 steps from "
        "zero, on half the squared error or the absolute error; the rate doesn't fall.",
        measured="The mean distance from the clean sine on a grid of 400; the standard deviation "
        "of each weight over the last 100 steps, a mean over the weights.",
        quick="200 steps.",
    ),
    quantities={
        **{
            f"error_{loss}": Quantity(about=f"distance from the sine, {loss} error", unit="")
            for loss in ("squared", "absolute")
        },
        **{
            f"wander_{loss}": Quantity(about=f"wandering of the weights, {loss} error", unit="")
            for loss in ("squared", "absolute")
        },
        "ratio": Quantity(about="distance from the sine, squared over absolute", unit="times"),
    },
    seeds=10,
    minutes=0.4,
    measure=measure,
    figure=figure,
)
