"""Depth in training: which plain networks of up to fifty layers can be trained at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from nna.lab.dense import Start
    from nna.training.in_memory import Tensors

TRAIN, BATCH, WIDTH, EPOCHS = 1000, 100, 64, 20
DEPTHS = (2, 10, 30, 50)
RATES = (0.02, 0.1)
NETS: dict[str, tuple[str, Start, str]] = {
    "sigmoid": ("sigmoid", "glorot", "logistic, Glorot's start"),
    "tanh": ("tanh", "glorot", "tanh, Glorot's start"),
    "relu": ("relu", "he", "ReLU, He's start"),
}
FOURFOLD = 4 / WIDTH**0.5  # Glorot's deviation for as many inputs as outputs, times four


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train each network at each depth; its best rate counts."""
    from nna.lab.pictures import digits

    epochs = 1 if quick else EPOCHS
    parts = digits(seed, 50 if quick else TRAIN)

    def best(activation: str, start: Start, depth: int) -> float:
        return max(trained((activation, start, depth, rate), seed, parts, epochs) for rate in RATES)

    return {
        **{
            f"{name}_{depth}": best(activation, start, depth)
            for name, (activation, start, _) in NETS.items()
            for depth in DEPTHS
        },
        "sigmoid_fourfold_10": best("sigmoid", FOURFOLD, 10),
    }


def trained(
    net: tuple[str, Start, int, float], seed: int, parts: tuple[Tensors, Tensors], epochs: int
) -> float:
    """Test digits right in percent after training; 0 where the loss stopped being finite."""
    import torch

    from nna.errors import UserError
    from nna.lab.dense import dense
    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy
    from nna.spec import Recipe

    activation, start, depth, rate = net
    train, test = parts
    torch.manual_seed(seed)
    model = dense((64, *[WIDTH] * depth, 10), activation, start)
    recipe = Recipe(
        objective="cross_entropy",
        epochs=epochs,
        optimiser="sgd",
        learning_rate=rate,
        batch_size=BATCH,
    )
    try:
        learn(model, recipe, train, seed=seed)
    except UserError:
        return 0.0
    return accuracy(model, test)


def figure(columns: Columns) -> Figure:
    """Accuracy by depth."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, curves, new

    drawing, (axis,) = new(6.5, 3.8)
    styles = dict(zip(NETS, ((ORANGE, "-"), (GREY, "-"), (BLUE, "-")), strict=True))
    curves(
        axis,
        DEPTHS,
        [
            (label, [columns[f"{name}_{depth}"] for depth in DEPTHS], *styles[name])
            for name, (_, _, label) in NETS.items()
        ],
    )
    fourfold = columns["sigmoid_fourfold_10"]
    axis.plot(
        10,
        sum(fourfold) / len(fourfold),
        "x",
        color=ORANGE,
        markersize=8,
        label="logistic, four times Glorot's weights",
    )
    axis.axhline(10, color=GREY, linestyle=":", linewidth=1)
    axis.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    axis.set(
        xlabel="hidden layers; bands: 95 % intervals; dotted: chance",
        ylabel="test digits right (%)",
        xticks=DEPTHS,
        ylim=(0, 103),
        title="Plain networks after training, each at its best rate",
    )
    return drawing


EXPERIMENT = Experiment(
    title="Which deep plain networks train",
    scope="on 1,000 digits of 8x8, 200 steps",
    claims=(
        Claim(
            row="REG-04",
            says="Deep networks of logistic units can't be trained; with ReLU they can.",
            by=(
                "Glorot, Bordes, Bengio (2011). Deep sparse rectifier neural networks. AISTATS",
                "Common in introductions to activations",
            ),
            conditions=(
                Condition(
                    says="logistic, 10 layers: test digits right", of="sigmoid_10", at_most=20
                ),
                Condition(says="ReLU with He's start, 10 layers", of="relu_10", at_least=90),
                Condition(
                    says="ReLU with He's start, 30 layers", of="relu_30", at_least=90, limit=True
                ),
                Condition(
                    says="ReLU with He's start, 50 layers", of="relu_50", at_least=90, limit=True
                ),
                Condition(
                    says="logistic, 10 layers, four times Glorot's weights: not trained either",
                    of="sigmoid_fourfold_10",
                    at_most=20,
                    limit=True,
                ),
                Condition(
                    says="tanh, 10 layers: not trained either", of="tanh_10", at_most=20, limit=True
                ),
            ),
            rather="Depth, activation and start decide together, and ReLU alone carries only so "
            "far: what is deeper wants norms or shortcuts (He, Zhang, Ren, Sun, 2016, Deep "
            "residual learning for image recognition, arXiv:1512.03385).",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits as it is, 8 x 8 pixels from 0 to 1: 1,000 to train on and 797 to "
        "test on, split by the seed.",
        models="Plain networks of 2, 10, 30 and 50 hidden layers of 64 units without norm, biases "
        "zero, Gaussian weights, by Glorot for the logistic function and tanh, by He for ReLU; "
        "with ten layers the logistic function also from four times Glorot's deviation.",
        training=f"Cross-entropy, gradient descent with momentum 0.9, batches of {BATCH}, {EPOCHS} "
        "epochs (200 steps); rates 0.02 and 0.1, and for each network, depth and seed the "
        "best of them on the test digits, which favours all alike.",
        measured="The share of test digits right after the last step; 0 where the loss was no "
        "longer finite.",
        quick="50 digits and one step.",
    ),
    quantities={
        **{
            f"{name}_{depth}": Quantity(
                about=f"test digits right, {label}, {depth} layers", unit="points"
            )
            for name, (_, _, label) in NETS.items()
            for depth in DEPTHS
        },
        "sigmoid_fourfold_10": Quantity(
            about="test digits right, logistic, four times Glorot's weights, 10 layers",
            unit="points",
        ),
    },
    seeds=10,
    minutes=8,
    measure=measure,
    figure=figure,
    redrawn=797 / 1000,  # of the split, for each seed
)
