"""Losses of numbers: by how far an answer is off."""

from __future__ import annotations

from nna.lab.blocks.entry import Code, Fact, Loss
from nna.lab.blocks.facts import slope, value
from nna.spec import Paper

SQUARED = Code("nna.lab.blocks.formulas.squared")
ABSOLUTE = Code("nna.lab.blocks.formulas.absolute")
HUBER = Code("nna.lab.blocks.formulas.huber")
OUTLIERS = {  # a trial where a tenth of the targets are far off
    "data": "diabetes",
    "train": 300,
    "outliers": 0.1,
    "measured": "rmse",
    "depth": 1,
    "epochs": 30,
    "optimiser": Code("torch.optim.Adam", {"lr": 0.003}),
}


def _best_constant(of: Code) -> float:
    """The constant that minimises the loss of the targets 0, 0, 0, 1 and 99, on a fine grid."""
    import torch

    targets = torch.tensor([0.0, 0.0, 0.0, 1.0, 99.0], dtype=torch.float64)
    grid = torch.linspace(-1, 100, 10_101, dtype=torch.float64)
    return float(grid[of(grid[:, None] - targets).sum(1).argmin()])


BLOCKS = (
    Loss(
        name="squared_error",
        told=lambda spec: "squared_error" in spec.objectives,
        also=("mse", "l2_loss"),
        title="Squared error",
        paper=Paper(
            title="Nouvelles méthodes pour la détermination des orbites des comètes",
            authors="Legendre",
            year=1805,
            venue="Firmin Didot, Paris",
            url="https://books.google.com/books?id=FRcOAAAAQAAJ",
        ),
        formula=r"L = (y - t)^2",
        symbols="y: what the network says; t: the target",
        use="For numbers to be hit. Its best constant is the mean; it is the likelihood of "
        "Gaussian noise.",
        limits="An outlier counts by its square and drags the answer along. Behind a sigmoid or "
        "softmax its gradient fades where the answer is most wrong.",
        where=("torch.nn.MSELoss",),
        curve=SQUARED,
        argument="error y - t",
        span=(-3.0, 3.0),
        train=Code("nna.lab.blocks.formulas.squared_error"),
        facts=(
            value(SQUARED, 3.0, 9.0),
            slope(SQUARED, 3.0, 6.0),
            Fact(
                "best constant for 0, 0, 0, 1, 99",
                20.0,
                lambda: _best_constant(SQUARED),
                within=0.01,
            ),
        ),
        rival="absolute_error",
        trial=OUTLIERS,
    ),
    Loss(
        name="absolute_error",
        also=("mae", "l1_loss"),
        title="Absolute error",
        paper=Paper(
            title="Regression Quantiles",
            authors="Koenker, Bassett",
            year=1978,
            venue="Econometrica",
            url="https://www.jstor.org/stable/1913643",
        ),
        formula=r"L = |y - t|",
        symbols="y: what the network says; t: the target",
        use="For numbers among which some are far off: every error pulls alike. Its best constant "
        "is the median. The cited paper has it as the middle one of all quantiles; the idea is "
        "of the 18th century.",
        limits="The pull doesn't fade near the target, so the rate must; and at zero there is no "
        "derivative.",
        where=("torch.nn.L1Loss",),
        curve=ABSOLUTE,
        argument="error y - t",
        span=(-3.0, 3.0),
        train=Code("torch.nn.functional.l1_loss"),
        facts=(
            slope(ABSOLUTE, 3.0, 1.0),
            slope(ABSOLUTE, 0.0, 0.0, "slope at 0, as torch takes it"),
            Fact(
                "best constant for 0, 0, 0, 1, 99",
                0.0,
                lambda: _best_constant(ABSOLUTE),
                within=0.01,
            ),
        ),
        rival="squared_error",
        trial=OUTLIERS,
    ),
    Loss(
        name="huber",
        also=("smooth_l1",),
        title="Huber's loss",
        paper=Paper(
            title="Robust Estimation of a Location Parameter",
            authors="Huber",
            year=1964,
            venue="Annals of Mathematical Statistics",
            doi="10.1214/aoms/1177703732",
        ),
        formula=r"L = \frac{e^2}{2} \text{ for } |e| \le \delta, \text{ else } "
        r"\delta \left(|e| - \frac{\delta}{2}\right)",
        symbols=r"e = y - t: error; \delta: where the square ends, here 1",
        use="Square near the target, straight far out: outliers pull no harder than delta, and "
        "the pull fades on arrival. Boxes of detectors are learnt with it.",
        limits="Delta is in the units of the target: standardise that first.",
        where=("torch.nn.HuberLoss", "torch.nn.SmoothL1Loss"),
        marks=("huber_loss", "smooth_l1_loss"),
        curve=HUBER,
        argument="error y - t",
        span=(-3.0, 3.0),
        train=Code("torch.nn.functional.huber_loss"),
        facts=(
            value(HUBER, 0.5, 0.125),
            value(HUBER, 3.0, 2.5),
            slope(HUBER, 0.5, 0.5),
            slope(HUBER, 3.0, 1.0),
        ),
        rival="squared_error",
        trial=OUTLIERS,
    ),
)
