"""Tanh against the logistic function: how much sooner, and whether centring is why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

    from nna.training.in_memory import Tensors

TRAIN, BATCH, WIDTH = 1000, 50, 64
MOST, EVERY, REACHED = 20, 5, 90  # epochs; steps between looks; percent right
RATES = (0.01, 0.03, 0.1, 0.3, 1.0)
KINDS = {
    "sigmoid": "logistic",
    "tanh": "tanh",
    "centred": "logistic less one half",
    "steep": "logistic of 4z",
}
OTHERS = tuple(KINDS)[1:]


def measure(seed: int, quick: bool) -> dict[str, float]:
    """The least epochs of each kind over the rates, and how many times the logistic one's."""
    from nna.lab.pictures import digits

    parts = digits(seed, 100 if quick else TRAIN)
    epochs = {
        kind: min(needed(kind, rate, seed, parts, 1 if quick else MOST) for rate in RATES)
        for kind in KINDS
    }
    return {**epochs, **{f"{kind}_ratio": epochs[kind] / epochs["sigmoid"] for kind in OTHERS}}


def needed(kind: str, rate: float, seed: int, parts: tuple[Tensors, Tensors], most: int) -> float:
    """Epochs until 90 % of the test digits are right; the most where that never happens."""
    import torch

    from nna.lab.learn import steps_until
    from nna.lab.pictures import accuracy
    from nna.spec import Recipe

    train, test = parts

    torch.manual_seed(seed)
    model = network(kind)
    recipe = Recipe(
        objective="cross_entropy",
        epochs=most,
        optimiser="sgd",
        learning_rate=rate,
        batch_size=BATCH,
    )
    steps = steps_until(
        lambda: accuracy(model, test) >= REACHED, EVERY, model, recipe, train, seed=seed
    )
    return float(most) if steps is None else steps * BATCH / TRAIN


def network(kind: str) -> nn.Sequential:
    """Two hidden layers with one of the four activations, from Glorot's start."""
    import torch
    from torch import nn

    from nna.lab.dense import dense

    class Activation(nn.Module):
        def forward(self, z: Tensor) -> Tensor:
            return torch.sigmoid(z) - 0.5 if kind == "centred" else torch.sigmoid(4 * z)

    model = dense((64, WIDTH, WIDTH, 10), "tanh" if kind == "tanh" else "sigmoid", "glorot")
    if kind in ("centred", "steep"):
        for layer in list(model)[1:-1]:
            layer[1] = Activation()  # type: ignore[index]
    return model


def figure(columns: Columns) -> Figure:
    """Epochs of each kind at its best rate, and how many times the logistic function's."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(9, 2.8, 2)
    colours = dict(zip(KINDS, (ORANGE, BLUE, GREY, GREY), strict=True))
    runs(left, [(columns[kind], colours[kind]) for kind in KINDS])
    left.set_yticks(range(len(KINDS)), KINDS.values())
    left.set(
        xlabel=f"epochs until {REACHED} % of the test digits are right,\n"
        "a dot a run, at its best rate",
        title="How long it takes",
        xlim=(0, None),
    )
    runs(right, [(columns[f"{kind}_ratio"], colours[kind]) for kind in OTHERS])
    right.axvline(0.7, color=GREY, linestyle=":", linewidth=1)
    right.set_yticks(range(len(OTHERS)), [KINDS[kind] for kind in OTHERS])
    right.set(
        xlabel="times the epochs of the logistic function,\nsame seed; dotted: the claim's bound",
        title="Against the logistic function",
        xlim=(0, None),
    )
    return drawing


EXPERIMENT = Experiment(
    title="Tanh and the logistic function",
    scope="on 1,000 digits of 8x8, 400 steps at most",
    claims=(
        Claim(
            row="NEU-08",
            says="In hidden layers tanh learns faster than the logistic function, because its "
            "answers are centred on zero.",
            by=(
                "LeCun, Bottou, Orr, Müller (1998). Efficient backprop. In: Neural Networks: "
                "Tricks of the Trade, Springer",
                "Common in introductions to activations",
            ),
            conditions=(
                Condition(
                    says="epochs with tanh over epochs with the logistic function",
                    of="tanh_ratio",
                    at_most=0.7,
                ),
                Condition(
                    says="centring does it alone: epochs with the logistic function less one half",
                    of="centred_ratio",
                    at_most=0.7,
                    limit=True,
                ),
                Condition(
                    says="the slope doesn't do it alone: epochs with the logistic function of 4z, "
                    "as steep as tanh, not centred",
                    of="steep_ratio",
                    at_least=0.7,
                    limit=True,
                ),
            ),
            rather="Tanh is the logistic function, centred, and four times as steep: 2 s(2z) - 1. "
            "Here centring alone, and steepness alone, each save more than half of the epochs, and "
            "both together still more.",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits as it is, 8 x 8 pixels from 0 to 1: 1,000 to train on and 797 to "
        "test on, split by the seed.",
        models=f"64-{WIDTH}-{WIDTH}-10 with the logistic function s(z), tanh, s(z) - 1/2 (centred, "
        "as steep as s) or s(4z) (as steep as tanh, not centred); the same Gaussian weights of "
        "Glorot's variance, biases zero.",
        training="Cross-entropy, gradient descent with momentum 0.9, batches of 50, 20 epochs (400 "
        "steps) at most; rates 0.01, 0.03, 0.1, 0.3 and 1, and for each kind and seed the best of "
        "them.",
        measured=f"Epochs until {REACHED} % of the test digits are right, looked at every five "
        "steps; 20 where that is never reached.",
        quick="100 digits, one epoch, no look.",
    ),
    quantities={
        **{
            kind: Quantity(about=f"epochs at the best rate, {label}", unit="epochs")
            for kind, label in KINDS.items()
        },
        **{
            f"{kind}_ratio": Quantity(
                about=f"epochs, {KINDS[kind]} over logistic function", unit="times"
            )
            for kind in OTHERS
        },
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
    redrawn=797 / 1000,  # of the split, for each seed
)
