"""Swish against ReLU in networks of 4, 12 and 24 hidden layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TRAIN, BATCH, WIDTH, EPOCHS = 500, 50, 64, 15
DEPTHS = (4, 12, 24)
KINDS = {"silu": "Swish", "relu": "ReLU"}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train both kinds at each depth on the same digits in the same order."""
    import torch

    from nna.lab.dense import dense
    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy, digits
    from nna.spec import Recipe

    train, test = digits(seed, 100 if quick else TRAIN)
    recipe = Recipe(
        objective="cross_entropy",
        epochs=1 if quick else EPOCHS,
        learning_rate=3e-3,
        batch_size=BATCH,
        schedule="cosine",
    )
    numbers = {}
    for depth in DEPTHS:
        for kind in KINDS:
            torch.manual_seed(seed)
            model = dense((64, *[WIDTH] * depth, 10), kind, "he", norm=True)
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
        ylabel="test digits right (%)",
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
    scope="on 500 digits of 8x8, 150 steps",
    claims=(
        Claim(
            row="NEU-16",
            says="Swish does slightly better than ReLU in deeper networks.",
            by=(
                "Ramachandran, Zoph, Le (2017). Searching for activation functions. "
                "arXiv:1710.05941",
            ),
            conditions=(
                *(
                    Condition(
                        says=f"more test digits right than with ReLU, {depth} layers",
                        of=f"silu_{depth}",
                        minus=f"relu_{depth}",
                        at_least=0,
                    )
                    for depth in DEPTHS[1:]
                ),
                Condition(
                    says="in 4 layers, which are not deep, as well",
                    of="silu_4",
                    minus="relu_4",
                    at_least=0,
                    limit=True,
                ),
            ),
        ),
    ),
    protocol=Protocol(
        data="The dataset digits as it is, 8 x 8 pixels from 0 to 1: 500 to train on and 1,297 to "
        "test on, split by the seed.",
        models=f"Plain networks of 4, 12 and 24 hidden layers of {WIDTH} units, batch norm before "
        "each activation, Swish z s(z) or ReLU, the same weights at first, by He.",
        training=f"Cross-entropy, Adam at rate 0.003 falling as a cosine, batches of {BATCH}, "
        f"{EPOCHS} epochs (150 steps); for both the same.",
        measured="The share of test digits right after the last step.",
        quick="100 digits and one epoch.",
    ),
    quantities={
        f"{kind}_{depth}": Quantity(
            about=f"test digits right, {label}, {depth} layers", unit="points"
        )
        for kind, label in KINDS.items()
        for depth in DEPTHS
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
    redrawn=1297 / 500,  # of the split, for each seed
)
