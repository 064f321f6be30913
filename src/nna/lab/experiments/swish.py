"""Swish against ReLU in networks of 4 and 16 hidden layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import (
    Claim,
    Columns,
    Condition,
    Elsewhere,
    Experiment,
    Protocol,
    Quantity,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from nna.training.in_memory import Tensors

TRAIN, TESTED, BATCH, WIDTH, EPOCHS, LONGER = 1000, 597, 50, 64, 10, 30
DEPTHS = (4, 16)
KINDS = {"silu": "Swish", "relu": "ReLU"}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing, a quarter of their pixels."""
    from nna.lab.pictures import clothes

    both = clothes(seed, 100 if quick else TRAIN, side=14)
    return compared(*both, seed, 1 if quick else EPOCHS)


def on_digits(seed: int, quick: bool) -> dict[str, float]:
    """Digits of 8 x 8."""
    from nna.lab.pictures import digits

    both = digits(seed, 100 if quick else TRAIN, tested=TESTED)
    return compared(*both, seed, 1 if quick else EPOCHS)


def longer(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing, three times as many steps."""
    from nna.lab.pictures import clothes

    both = clothes(seed, 100 if quick else TRAIN, side=14)
    return compared(*both, seed, 1 if quick else LONGER)


def compared(train: Tensors, test: Tensors, seed: int, epochs: int) -> dict[str, float]:
    """Train both kinds at each depth on the same pictures in the same order."""
    import torch

    from nna.lab.dense import dense
    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy
    from nna.spec import Recipe

    recipe = Recipe(
        objective="cross_entropy",
        epochs=epochs,
        learning_rate=3e-3,
        batch_size=BATCH,
        schedule="cosine",
    )
    features = train.x[0].numel()
    numbers = {}
    for depth in DEPTHS:
        for kind in KINDS:
            torch.manual_seed(seed)
            model = dense((features, *[WIDTH] * depth, 10), kind, "he", norm=True)
            learn(model, recipe, train, seed=seed)
            numbers[f"{kind}_{depth}"] = accuracy(model, test)
    return numbers


def figure(columns: Columns) -> Figure:
    """Accuracy by depth, and what Swish gains in pairs of runs."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, curves, new, runs

    drawing, (left, right) = new(9, 3, 2)
    curves(
        left,
        DEPTHS,
        [
            (label, [columns[f"{kind}_{depth}"] for depth in DEPTHS], colour, "-")
            for (kind, label), colour in zip(KINDS.items(), (BLUE, ORANGE), strict=True)
        ],
    )
    left.set(
        xlabel="hidden layers; bands: 95 % intervals",
        ylabel="test pictures right (%)",
        xticks=DEPTHS,
        title="Accuracy",
    )
    gains = [
        [a - b for a, b in zip(columns[f"silu_{d}"], columns[f"relu_{d}"], strict=True)]
        for d in DEPTHS
    ]
    runs(right, [(gain, BLUE) for gain in gains])
    right.axvline(0, color=GREY, linestyle=":", linewidth=1)
    right.set_yticks(range(len(DEPTHS)), [f"{depth} layers" for depth in DEPTHS])
    right.set(xlabel="points gained by Swish, same seed;\na dot a run", title="Gain over ReLU")
    return drawing


EXPERIMENT = Experiment(
    title="Swish in deeper networks",
    scope="on 1,000 pictures of Fashion-MNIST, 200 steps",
    claims=(
        Claim(
            row="NEU-16",
            says="Swish does slightly better than ReLU in deeper networks.",
            by=(
                "Ramachandran, Zoph, Le (2017). Searching for activation functions. "
                "arXiv:1710.05941",
            ),
            conditions=(
                Condition(
                    says="points gained by Swish in 16 layers",
                    of="silu_16",
                    minus="relu_16",
                    at_least=0,
                ),
                Condition(
                    says="points gained by Swish in 4 layers, which are not deep",
                    of="silu_4",
                    minus="relu_4",
                    at_least=0,
                    limit=True,
                ),
            ),
            rather="That of plain networks without shortcuts, at one rate for both. In the paper "
            "the networks are residual ones or of separable convolutions, on photographs, where "
            "it gained 0.6 to 0.9 points of accuracy.",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset fashion_mnist_part at 14 x 14: {TRAIN:,} of its training part, drawn by "
        "the seed, the 2,000 of its test part to test on. Second bed: the dataset digits, 8 x 8 "
        f"pixels from 0 to 1: {TRAIN:,} drawn by the seed, {TESTED} others to test on, the same "
        "for every seed.",
        models=f"Plain networks of 4 and 16 hidden layers of {WIDTH} units, batch norm before "
        "each activation, Swish z s(z) or ReLU, the same weights at first, by He.",
        training=f"Cross-entropy, Adam at rate 0.003 falling as a cosine, batches of {BATCH}, "
        f"{EPOCHS} epochs ({LONGER} as the second budget); for both the same.",
        measured="The share of test pictures right after the last step.",
        quick="100 pictures and one epoch.",
    ),
    quantities={
        f"{kind}_{depth}": Quantity(
            about=f"test pictures right, {label}, {depth} layers", unit="%", step=0.05
        )
        for kind, label in KINDS.items()
        for depth in DEPTHS
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(scope="on 1,000 digits of 8x8, 200 steps", measure=on_digits),
        "budget": Elsewhere(scope="on 1,000 pictures of Fashion-MNIST, 600 steps", measure=longer),
    },
)
