"""ReLU against tanh and the logistic function: epochs to fit digits, each at its best rate."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nna.lab.experiment import (
    Censored,
    Claim,
    Columns,
    Condition,
    Elsewhere,
    Experiment,
    Protocol,
    Quantity,
    ratio,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import nn

    from nna.training.in_memory import Tensors

TRAIN, BATCH = 500, 25
MOST, CAP, EVERY = 20, 2.5, 10  # epochs for ReLU; times those for the others; steps between looks
FITTED, FURTHER, CLOTHES = 95, 99, 85  # percent of the training pictures right
RATES = (0.03, 0.01, 0.1, 0.3)  # the likeliest first
KINDS = {"relu": "ReLU", "tanh": "tanh", "sigmoid": "logistic"}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Digits."""
    from nna.lab.pictures import digits

    return compared(digits(seed, TRAIN)[0], FITTED, seed, 1 if quick else MOST)


def on_clothes(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing at 8 x 8, as small as the digits."""
    from nna.lab.pictures import clothes

    return compared(clothes(seed, TRAIN, side=8)[0], CLOTHES, seed, 1 if quick else MOST)


def further(seed: int, quick: bool) -> dict[str, float]:
    """Digits, until nearly all are right."""
    from nna.lab.pictures import digits

    return compared(digits(seed, TRAIN)[0], FURTHER, seed, 1 if quick else MOST)


def compared(train: Tensors, goal: float, seed: int, most: int) -> dict[str, float]:
    """The least epochs of each kind; the others may take two and a half times those of ReLU."""
    epochs = {"relu": best("relu", train, goal, seed, most)}
    cap = min(most, math.ceil(CAP * epochs["relu"]))
    epochs |= {kind: best(kind, train, goal, seed, cap) for kind in KINDS if kind != "relu"}
    return {
        **epochs,
        "tanh_ratio": ratio(epochs["tanh"], epochs["relu"]),
        "sigmoid_ratio": ratio(epochs["sigmoid"], epochs["relu"]),
    }


def best(kind: str, train: Tensors, goal: float, seed: int, most: int) -> float:
    """The least epochs over the rates; no rate is tried for longer than the best so far."""
    found: float | None = None
    for rate in RATES:
        reached = fit(kind, rate, seed, train, goal, most if found is None else math.ceil(found))
        if reached is not None and (found is None or reached < found):
            found = reached
    return Censored(most, "the most epochs were too few", "above") if found is None else found


def fit(  # noqa: PLR0913 - what is trained, on what, how far
    kind: str, rate: float, seed: int, train: Tensors, goal: float, most: int
) -> float | None:
    """Epochs until so many of the training pictures are right; None where that never happens."""
    import torch

    from nna.lab.learn import steps_until
    from nna.lab.pictures import accuracy
    from nna.spec import Recipe

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
        lambda: accuracy(model, train) >= goal, EVERY, model, recipe, train, seed=seed
    )
    return None if steps is None else steps * BATCH / TRAIN


def network(kind: str) -> nn.Module:
    """Four 3 x 3 convolutions of 16 maps and a linear layer; 7,770 parameters.

    Each kind starts uniform within Glorot's bounds times its own gain: root 2, 5/3, 1.
    """
    from torch import nn

    activation, gain = {
        "relu": (nn.ReLU, 2**0.5),
        "tanh": (nn.Tanh, 5 / 3),
        "sigmoid": (nn.Sigmoid, 1.0),
    }[kind]
    layers = nn.Sequential()
    for number in range(4):
        conv = nn.Conv2d(16 if number else 1, 16, 3, padding=1)
        nn.init.xavier_uniform_(conv.weight, gain)
        nn.init.zeros_(conv.bias)  # type: ignore[arg-type]
        layers.extend((conv, activation()))
        if number in (1, 3):
            layers.append(nn.MaxPool2d(2))
    return nn.Sequential(layers, nn.Flatten(), nn.Linear(64, 10))


def figure(columns: Columns) -> Figure:
    """Epochs of each kind at its best rate, and how many times ReLU's they are."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(9, 2.6, 2)
    colours = {"relu": BLUE, "tanh": ORANGE, "sigmoid": ORANGE}
    runs(left, [(columns[kind], colours[kind]) for kind in KINDS])
    left.set_yticks(range(len(KINDS)), list(KINDS.values()))
    left.set(
        xlabel="epochs until 95 % of the training digits are right,\na dot a run, at its best rate",
        title="How long it takes",
    )
    runs(right, [(columns[f"{kind}_ratio"], ORANGE) for kind in ("tanh", "sigmoid")])
    right.axvline(2, color=GREY, linestyle=":", linewidth=1)
    right.set_yticks((0, 1), ["tanh", "logistic"])
    right.set(
        xlabel="times the epochs of ReLU with the same seed;\ndotted: the claim's bound",
        title="Against ReLU",
        xlim=(0, None),
    )
    return drawing


EXPERIMENT = Experiment(
    title="How much faster ReLU learns",
    scope="on 500 digits of 8x8, until 95 % of them are right",
    claims=(
        Claim(
            row="CNN-22",
            says="With ReLU a convolutional network learns several times as fast as with tanh or "
            "the logistic function.",
            by=(
                "Krizhevsky, Sutskever, Hinton (2012). ImageNet classification with deep "
                "convolutional neural networks. NIPS, section 3.1 and figure 1 (six times, to "
                "25 % training error on CIFAR-10)",
            ),
            conditions=(
                Condition(
                    says="epochs with tanh over epochs with ReLU",
                    of="tanh_ratio",
                    at_least=2,
                    no_effect=1,
                ),
                Condition(
                    says="epochs with the logistic function over epochs with ReLU",
                    of="sigmoid_ratio",
                    at_least=2,
                    no_effect=1,
                ),
            ),
            rather="Several times as fast as the logistic function, so it is here; but tanh, as "
            "well started and tuned, is no slower than ReLU. The six times are those of one "
            "network on CIFAR-10, to one training error (Krizhevsky 2012, figure 1).",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset digits as it is, 8 x 8 pixels: {TRAIN} to train on, drawn by the seed. "
        f"Second bed: {TRAIN} of the training part of the dataset fashion_mnist_part, at 8 x 8.",
        models="Four 3 x 3 convolutions of 16 maps, a maximum over 2 x 2 after the second and the "
        "fourth, and a linear layer (7,770 parameters), with ReLU, tanh or the logistic function; "
        "weights uniform within Glorot's bounds, times root 2, 5/3 and 1.",
        training=f"Cross-entropy, gradient descent with momentum 0.9, batches of {BATCH}, for ReLU "
        f"{MOST} epochs at most, for the others {CAP:g} times as many as it took; rates 0.01, "
        "0.03, 0.1 and 0.3, and for each network and seed the best of them.",
        measured=f"Epochs until {FITTED} % of the training pictures are right ({CLOTHES} % on the "
        f"second bed, {FURTHER} % as the second budget), looked at every {EVERY} steps; the most "
        "where that is never reached, flagged as cut off.",
        quick="One epoch.",
    ),
    quantities={
        **{
            kind: Quantity(
                about=f"epochs at the best rate, {label}", unit="epochs", step=EVERY * BATCH / TRAIN
            )
            for kind, label in KINDS.items()
        },
        **{
            f"{kind}_ratio": Quantity(about=f"epochs, {KINDS[kind]} over ReLU", unit="times")
            for kind in ("tanh", "sigmoid")
        },
    },
    seeds=10,
    minutes=5,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(
            scope="on 500 pictures of Fashion-MNIST at 8x8, until 85 % are right",
            measure=on_clothes,
        ),
        "budget": Elsewhere(
            scope="on 500 digits of 8x8, until 99 % of them are right", measure=further
        ),
    },
)
