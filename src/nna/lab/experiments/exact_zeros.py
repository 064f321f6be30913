"""L1: which ways of minimising it reach exact zeros."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EXAMPLES, FEATURES, ACTIVE, PRICE, STEPS = 200, 100, 5, 0.2, 2000
WAYS = {
    "proximal": "L1, proximal steps",
    "subgradient": "L1, subgradient steps",
    "ridge": "L2, gradient steps",
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Minimise the same sums in three ways, from the same start."""
    import numpy as np

    draw = np.random.default_rng(seed)
    x = draw.standard_normal((EXAMPLES, FEATURES))
    truth = np.zeros(FEATURES)
    truth[:ACTIVE] = draw.choice([-1, 1], ACTIVE) * draw.uniform(1, 2, ACTIVE)
    y = x @ truth + 0.5 * draw.standard_normal(EXAMPLES)
    start = 0.1 * draw.standard_normal(FEATURES)
    rate = EXAMPLES / np.linalg.norm(x, 2) ** 2
    numbers: dict[str, float] = {}
    for way in WAYS:
        w = start
        for _ in range(20 if quick else STEPS):
            slope = x.T @ (x @ w - y) / EXAMPLES
            if way == "proximal":
                w = w - rate * slope
                w = np.sign(w) * np.maximum(np.abs(w) - rate * PRICE, 0)
            else:
                w = w - rate * (slope + PRICE * (np.sign(w) if way == "subgradient" else w))
        numbers[f"zeros_{way}"] = int((w == 0).sum())
        numbers[f"small_{way}"] = int((np.abs(w) < 0.05).sum())
    return numbers


def figure(columns: Columns) -> Figure:
    """Weights that are exactly zero, and those that are merely small."""
    from nna.lab.drawing import BLUE, ORANGE, new, runs

    drawing, (left, right) = new(9, 2.4, 2)
    colours = dict(zip(WAYS, (BLUE, ORANGE, ORANGE), strict=True))
    for axis, key in ((left, "zeros"), (right, "small")):
        runs(axis, [(columns[f"{key}_{way}"], colours[way]) for way in WAYS])
        axis.set_xlim(-4, 104)
    left.set_yticks(range(len(WAYS)), list(WAYS.values()))
    right.set_yticks(range(len(WAYS)), [""] * len(WAYS))
    left.set(xlabel="weights that are exactly zero, of 100", title="Zeros")
    right.set(xlabel="weights smaller than 0.05, of 100", title="Nearly zero")
    return drawing


EXPERIMENT = Experiment(
    title="Zeros by L1",
    scope="on 200 generated examples, 2,000 steps",
    claims=(
        Claim(
            row="REG-20",
            says="L1 regularisation drives many weights to exactly zero.",
            by=(
                "Tibshirani (1996). Regression shrinkage and selection via the lasso. Journal of "
                "the Royal Statistical Society B 58",
            ),
            conditions=(
                Condition(
                    says="zeros by proximal steps, of 95 useless weights",
                    of="zeros_proximal",
                    at_least=85,
                ),
                Condition(says="zeros under L2", of="zeros_ridge", at_most=0),
                Condition(
                    says="zeros by subgradient steps, as deep learning takes them",
                    of="zeros_subgradient",
                    at_least=1,
                    limit=True,
                ),
            ),
            rather="It holds of the exact minimiser, and of steps that end with a soft threshold "
            "(Daubechies, Defrise, De Mol, 2004, An iterative thresholding algorithm for linear "
            "inverse problems with a sparsity constraint, Communications on Pure and Applied "
            "Mathematics 57). Adding the sign of the weight to a gradient makes weights cross "
            "zero to and fro and never end there.",
        ),
    ),
    protocol=Protocol(
        data="200 examples of 100 normal numbers; the target depends linearly on five of them, "
        "with weights from 1 to 2 of either sign, and has Gaussian noise of 0.5.",
        models="A linear model without a constant.",
        training="Half the mean squared error and 0.2 times the sum of absolute weights, by "
        "proximal gradient steps or by subgradient steps; or half of 0.2 times their squares, by "
        "gradient steps: 2,000 steps at one over the largest curvature, from small normal weights.",
        measured="Weights that are exactly zero; weights smaller than 0.05.",
        quick="20 steps.",
    ),
    quantities={
        f"{key}_{way}": Quantity(about=f"{about}: {text}", unit="of 100")
        for way, text in WAYS.items()
        for key, about in (("zeros", "weights exactly zero"), ("small", "weights below 0.05"))
    },
    seeds=10,
    minutes=0.2,
    measure=measure,
    figure=figure,
)
