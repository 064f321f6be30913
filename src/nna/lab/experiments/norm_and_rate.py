"""Batch norm: how far learning rates and starting weights may stray with it and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from nna.training.in_memory import Tensors

RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
SCALES = (0.1, 0.3, 1.0, 3.0)
MIDDLE = 0.1  # the rate at which starts are compared
KINDS = {"plain": "none", "norm": "batch norm"}
WIDTH, DEPTH, MANY, BATCH, EPOCHS = 100, 6, 1000, 50, 12
WORKS = 80  # test digits right (%)


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Test digits right for every rate and every scale of the start, and what follows from them."""
    from nna.lab.pictures import digits

    parts = digits(seed, MANY)
    epochs = 1 if quick else EPOCHS
    numbers: dict[str, float] = {}
    for kind in KINDS:
        by_rate = {rate: right(kind, rate, 1.0, seed, parts, epochs) for rate in RATES}
        by_scale = {
            scale: right(kind, MIDDLE, scale, seed, parts, epochs) for scale in SCALES if scale != 1
        }
        by_scale[1.0] = by_rate[MIDDLE]
        numbers |= {f"{kind}_rate_{rate:g}": by_rate[rate] for rate in RATES}
        numbers |= {f"{kind}_start_{scale:g}": by_scale[scale] for scale in SCALES}
        numbers[f"{kind}_span"] = span(by_rate)
        numbers[f"{kind}_starts"] = sum(by_scale[scale] > WORKS for scale in SCALES)
    return numbers


def right(  # noqa: PLR0913 - one argument a choice
    kind: str, rate: float, scale: float, seed: int, parts: tuple[Tensors, Tensors], epochs: int
) -> float:
    """Test digits right (%); those by chance where the training ran off."""
    import torch
    from torch import nn

    from nna.errors import UserError
    from nna.lab.dense import dense
    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy
    from nna.spec import Recipe

    train, test = parts
    torch.manual_seed(seed)
    model = dense((64, *[WIDTH] * DEPTH, 10), "relu", "he", norm=kind == "norm")
    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, nn.Linear):
                layer.weight.mul_(scale)
    recipe = Recipe(
        objective="cross_entropy",
        epochs=epochs,
        optimiser="sgd",
        momentum=0.0,
        learning_rate=rate,
        batch_size=BATCH,
    )
    try:
        learn(model, recipe, train, seed=seed)
    except UserError:  # the loss is no number any more
        return 10.0
    return accuracy(model, test)


def span(by_rate: dict[float, float]) -> float:
    """Powers of ten between the least and the greatest of neighbouring rates that all work."""
    import math

    best, begun = 0.0, None
    for rate, share in by_rate.items():
        begun = (begun or rate) if share > WORKS else None
        if begun is not None:
            best = max(best, math.log10(rate / begun))
    return best


def figure(columns: Columns) -> Figure:
    """Test digits right by rate, and by the scale of the start."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, curves, new

    drawing, (left, right_) = new(9, 3.2, 2)
    for axis, points, what in ((left, RATES, "rate"), (right_, SCALES, "start")):
        rows = [
            (KINDS[kind], [columns[f"{kind}_{what}_{point:g}"] for point in points], colour, "-")
            for kind, colour in (("plain", ORANGE), ("norm", BLUE))
        ]
        curves(axis, points, rows)
        axis.set_xscale("log")
        axis.axhline(WORKS, color=GREY, linestyle=":", linewidth=1)
    left.set(xlabel="rate; dotted: the bound", ylabel="test digits right (%)", title="Rates")
    right_.set(xlabel="starting weights, times He's", title="Starts, at rate 0.1")
    return drawing


EXPERIMENT = Experiment(
    title="Batch norm, rates and starts",
    scope="on 1,000 digits of 8x8, 240 steps",
    claims=(
        Claim(
            row="REG-07",
            says="Batch norm allows far higher learning rates and makes the start matter less.",
            by=(
                "Ioffe, Szegedy (2015). Batch normalization: Accelerating deep network training by "
                "reducing internal covariate shift. ICML, arXiv:1502.03167",
            ),
            conditions=(
                Condition(
                    says="powers of ten over which rates work with batch norm",
                    of="norm_span",
                    at_least=1.5,
                ),
                Condition(
                    says="powers of ten more than without",
                    of="norm_span",
                    minus="plain_span",
                    at_least=0,
                ),
                Condition(
                    says="of four starts, those that work with batch norm",
                    of="norm_starts",
                    at_least=4,
                ),
                Condition(says="those that work without", of="plain_starts", at_most=3),
            ),
        ),
    ),
    protocol=Protocol(
        data="The dataset digits, split by the seed: 1,000 to train on, 797 to test on.",
        models="Six hidden layers of 100 ReLU units, with batch norm before each ReLU and without; "
        "He's start, times 0.1, 0.3, 1 or 3.",
        training="Cross-entropy, plain gradient descent in batches of 50, 12 epochs; rates from "
        "0.003 to 3 at He's start, and each start at rate 0.1.",
        measured="Test digits right; a training whose loss becomes no number counts as chance, "
        "10 %. A rate or start works where more than 80 % are right; the span is that of "
        "neighbouring rates which all work.",
        quick="One epoch.",
    ),
    quantities={
        **{
            f"{kind}_rate_{rate:g}": Quantity(
                about=f"test digits right at rate {rate:g}, {said}", unit="%"
            )
            for kind, said in KINDS.items()
            for rate in RATES
        },
        **{
            f"{kind}_start_{scale:g}": Quantity(
                about=f"test digits right with He's start times {scale:g}, {said}", unit="%"
            )
            for kind, said in KINDS.items()
            for scale in SCALES
        },
        **{
            f"{kind}_span": Quantity(about=f"span of rates that work, {said}", unit="powers of ten")
            for kind, said in KINDS.items()
        },
        **{
            f"{kind}_starts": Quantity(about=f"starts that work, {said}", unit="of four")
            for kind, said in KINDS.items()
        },
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
    redrawn=797 / 1000,  # of the split, for each seed
)
