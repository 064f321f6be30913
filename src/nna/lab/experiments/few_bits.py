"""Weights rounded to a few bits after training: what accuracy is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

BITS = (8, 6, 5, 4, 3, 2)
WAYS = {"row": "a scale for each unit", "whole": "one scale for a layer"}
TRAIN, WIDTHS = 1000, (64, 128, 64, 10)


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train a perceptron on digits, then round its weights."""
    import copy

    import torch
    from torch import nn

    from nna.lab.dense import dense
    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy, digits
    from nna.spec import Recipe

    train, test = digits(seed, TRAIN)
    torch.manual_seed(seed)
    model = dense(WIDTHS, "relu", "he")
    recipe = Recipe(
        objective="cross_entropy",
        epochs=1 if quick else 30,
        learning_rate=2e-3,
        batch_size=50,
        schedule="cosine",
    )
    learn(model, recipe, train, seed=seed)
    numbers = {"full": accuracy(model, test)}
    for way in WAYS:
        for bits in BITS:
            coarse = copy.deepcopy(model)
            for layer in coarse.modules():
                if isinstance(layer, nn.Linear):
                    layer.weight.data = rounded(layer.weight.data, bits, way == "row")
            numbers[f"{way}_{bits}"] = accuracy(coarse, test)
    return numbers


def rounded(weight: Tensor, bits: int, by_row: bool) -> Tensor:
    """The nearest of 2^bits - 1 evenly spaced values, zero among them, up to the greatest."""
    import torch

    steps = 2 ** (bits - 1) - 1  # on either side of zero
    greatest = weight.abs().amax(1, keepdim=True) if by_row else weight.abs().amax()
    scale = greatest.clamp_min(1e-12) / steps
    return torch.round(weight / scale) * scale


def figure(columns: Columns) -> Figure:
    """Accuracy by the bits of a weight."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, curves, new

    drawing, (axis,) = new(5.6, 3.4)
    full = sum(columns["full"]) / len(columns["full"])
    axis.axhline(full, color=GREY, linestyle=":", label="32 bits, as trained")
    rows = [
        (label, [columns[f"{way}_{bits}"] for bits in BITS], colour, "-")
        for (way, label), colour in zip(WAYS.items(), (BLUE, ORANGE), strict=True)
    ]
    curves(axis, BITS, rows)
    axis.invert_xaxis()
    axis.set(
        xlabel="bits a weight", ylabel="test accuracy (%)", title="Rounded after training", ylim=0
    )
    return drawing


EXPERIMENT = Experiment(
    title="Weights of a few bits",
    scope="on 1,000 digits of 8x8, 600 steps",
    claims=(
        Claim(
            row="COMP-02",
            says="Weights can be rounded to eight bits, and with care to four, at a negligible "
            "loss of accuracy.",
            by=(
                "Jacob et al. (2018). Quantization and training of neural networks for efficient "
                "integer-arithmetic-only inference. CVPR, arXiv:1712.05877",
            ),
            conditions=(
                Condition(
                    says="points lost by 8 bits, a scale for each unit",
                    of="full",
                    minus="row_8",
                    at_most=0.5,
                ),
                Condition(
                    says="points lost by 4 bits, a scale for each unit",
                    of="full",
                    minus="row_4",
                    at_most=2,
                ),
                Condition(
                    says="points lost by 4 bits, one scale for a layer",
                    of="full",
                    minus="whole_4",
                    at_most=2,
                    limit=True,
                ),
                Condition(
                    says="points lost by 2 bits, a scale for each unit",
                    of="full",
                    minus="row_2",
                    at_most=2,
                    limit=True,
                ),
            ),
            rather="To four bits, so it is here; with two, more than a third of the digits is "
            "lost. Here weights were rounded after training; the cited work trains with the "
            "rounding in place.",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits; 1,000 to train on and 797 to test on, drawn by the seed.",
        models="A multilayer perceptron of 64-128-64-10 rectified units.",
        training="Cross-entropy, Adam at rate 0.002 falling as a cosine, batches of 50, 30 epochs "
        "(600 steps); none after rounding.",
        measured="Test accuracy with all weights rounded to the nearest of 2^b - 1 evenly spaced "
        "values up to the greatest weight, of a unit or of a layer; biases and activations stay "
        "as they are.",
        quick="One epoch.",
    ),
    quantities={
        "full": Quantity(about="test digits right, 32 bits", unit="points"),
        **{
            f"{way}_{bits}": Quantity(
                about=f"test digits right, {bits} bits, {label}", unit="points"
            )
            for way, label in WAYS.items()
            for bits in BITS
        },
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
    redrawn=797 / 1000,  # of the split, for each seed
)
