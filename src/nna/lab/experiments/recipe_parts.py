"""The recipe for deep networks: all subsets of five ingredients, and what each is worth."""

from __future__ import annotations

from itertools import product
from math import factorial
from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

TRAIN, BATCH, WIDTH, EPOCHS, DEPTH = 1000, 100, 32, 5, 40
DROPPED = 0.05  # share of units dropped in each hidden layer
PARTS = {
    "relu": "ReLU with He's start",
    "norm": "batch norm",
    "skip": "shortcuts",
    "drop": "dropout",
    "adam": "Adam",
}
SUBSETS = tuple(
    tuple(part for part, taken in zip(PARTS, chosen, strict=True) if taken)
    for chosen in product((False, True), repeat=len(PARTS))
)


def name(subset: tuple[str, ...]) -> str:
    """The quantity that a subset's accuracy is kept as."""
    return "_".join(("right", *subset)) if subset else "right_none"


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train with each subset; share the gain of all over none among the ingredients."""
    from contextlib import suppress

    import torch

    from nna.errors import UserError
    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy, digits
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    train, test = digits(seed, TRAIN)
    if quick:
        assert train.target is not None
        train = test = Tensors.pair(train.x[:20], train.target[:20])
    right: dict[tuple[str, ...], float] = {}
    for subset in SUBSETS:
        torch.manual_seed(seed)
        model = network(subset)
        adam = "adam" in subset
        recipe = Recipe(
            objective="cross_entropy",
            epochs=1 if quick else EPOCHS,
            optimiser="adam" if adam else "sgd",
            learning_rate=3e-3 if adam else 0.05,
            momentum=0.9 if adam else 0,
            batch_size=BATCH,
        )
        with suppress(UserError):  # the loss was no longer finite
            learn(model, recipe, train, seed=seed)
        right[subset] = accuracy(model, test)
    return {
        **{name(subset): value for subset, value in right.items()},
        **{f"worth_{part}": worth(part, right) for part in PARTS},
    }


def network(subset: tuple[str, ...]) -> nn.Sequential:
    """Forty hidden layers with what the subset names; the logistic function in ReLU's place."""
    import torch
    from torch import nn

    from nna.lab.dense import started

    start = "he" if "relu" in subset else "glorot"
    activation = torch.relu if "relu" in subset else torch.sigmoid

    class Layer(nn.Module):
        def __init__(self, n_in: int) -> None:
            super().__init__()
            self.linear = started(nn.Linear(n_in, WIDTH), start)
            self.norm = nn.BatchNorm1d(WIDTH) if "norm" in subset else nn.Identity()
            self.drop = nn.Dropout(DROPPED) if "drop" in subset else nn.Identity()
            self.skip = "skip" in subset and n_in == WIDTH

        def forward(self, x: Tensor) -> Tensor:
            y = self.drop(activation(self.norm(self.linear(x))))
            return x + y if self.skip else y

    layers = (Layer(n_in) for n_in in (64, *[WIDTH] * (DEPTH - 1)))
    return nn.Sequential(nn.Flatten(), *layers, started(nn.Linear(WIDTH, 10), "glorot"))


def worth(part: str, right: dict[tuple[str, ...], float]) -> float:
    """The Shapley value of an ingredient: what it adds on average over all orders of adding."""
    total, count = 0.0, len(PARTS)
    for subset, value in right.items():
        if part not in subset:
            more = tuple(p for p in PARTS if p in subset or p == part)
            orders = factorial(len(subset)) * factorial(count - len(subset) - 1)
            total += orders / factorial(count) * (right[more] - value)
    return total


def figure(columns: Columns) -> Figure:
    """What each ingredient is worth, and the accuracy of every subset, best first."""
    import numpy as np

    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(11, 3.4, 2)
    runs(left, [(columns[f"worth_{part}"], BLUE) for part in PARTS])
    left.set_yticks(range(len(PARTS)), PARTS.values())
    left.axvline(0, color=GREY, linestyle=":", linewidth=1)
    left.set(xlabel="points, Shapley value, a dot a run", title="What each is worth")
    means = sorted(((np.mean(columns[name(s)]), s) for s in SUBSETS), reverse=True)
    marks = {"relu": "R", "norm": "N", "skip": "S", "drop": "D", "adam": "A"}
    for place, (mean, subset) in enumerate(means):
        colour = ORANGE if subset in ((), tuple(PARTS)) else GREY
        right.bar(place, mean, color=colour)
    right.set_xticks(
        range(len(means)),
        ["\n".join(marks[p] if p in s else "·" for p in PARTS) for _, s in means],
        fontsize=7,
    )
    right.set(
        xlabel="ReLU, norm, shortcuts, dropout, Adam; orange: all, and none",
        ylabel="test digits right (%)",
        title="Every subset, mean of the runs",
    )
    return drawing


def _without(part: str) -> Condition:
    rest = tuple(p for p in PARTS if p != part)
    return Condition(
        says=f"all do better than all but {PARTS[part]}",
        of=name(tuple(PARTS)),
        minus=name(rest),
        at_least=0,
        limit=True,
    )


EXPERIMENT = Experiment(
    title="Ingredients of the recipe for deep networks",
    scope="on 1,000 digits of 8x8, 50 steps",
    claims=(
        Claim(
            row="REG-29",
            says="ReLU with He's start, batch norm, shortcuts, dropout and Adam together make deep "
            "networks trainable.",
            by=("Common in introductions to deep learning",),
            conditions=(
                Condition(
                    says="all five, 40 layers: test digits right",
                    of=name(tuple(PARTS)),
                    at_least=90,
                ),
                Condition(says="none of them: chance", of="right_none", at_most=20),
                *map(_without, PARTS),
            ),
            rather="Not all are for this: dropout is there against overfitting (Srivastava and "
            "others, 2014, JMLR 15:1929). The Shapley values say what each is worth here.",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits as it is, 8 x 8 pixels from 0 to 1: 1,000 to train on and 797 to "
        "test on, split by the seed.",
        models=f"{DEPTH} hidden layers of {WIDTH} units, biases zero, with every one of the 32 "
        "subsets of: ReLU and He's start (else the logistic function and Glorot's); batch norm "
        "before the activation; a shortcut past every hidden layer but the first; dropout of "
        f"{DROPPED:g} after each activation; Adam (else plain gradient descent).",
        training=f"Cross-entropy, batches of {BATCH}, {EPOCHS} epochs (50 steps), Adam at rate "
        "0.003 or gradient descent without momentum at 0.05.",
        measured="Test digits right after the last step for each subset, or as it was when its "
        "loss stopped being finite. For each ingredient its "
        "Shapley value: the points that it adds, averaged over all orders of adding the five.",
        quick="20 digits, one step, tested on the same.",
    ),
    quantities={
        **{
            name(subset): Quantity(
                about="test digits right: "
                + (", ".join(PARTS[part] for part in subset) or "none of the five"),
                unit="points",
            )
            for subset in SUBSETS
        },
        **{
            f"worth_{part}": Quantity(about=f"Shapley value of {label}", unit="points")
            for part, label in PARTS.items()
        },
    },
    seeds=10,
    minutes=5,
    measure=measure,
    figure=figure,
    redrawn=797 / 1000,  # of the split, for each seed
)
