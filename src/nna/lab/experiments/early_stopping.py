"""Wrong labels: what a network learns first, what later, and what stopping early saves."""

from __future__ import annotations

from itertools import pairwise
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
    from torch import Tensor, nn

    from nna.training.in_memory import Tensors

TRAIN, VALIDATION, TESTED, WRONG = 500, 200, 597, 0.3
HIDDEN, BATCH, RATE = 256, 50, 1e-3
EPOCHS, FEWER = 100, 25
SHOWN = (1, 2, 5, 10, 25, 50, 100)  # epochs


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Digits."""
    from nna.lab.pictures import digits

    both, test = digits(seed, TRAIN + VALIDATION, tested=TESTED)
    return compared(both, test, seed, 2 if quick else EPOCHS)


def on_clothes(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing, a quarter of their pixels."""
    from nna.lab.pictures import clothes

    both, test = clothes(seed, TRAIN + VALIDATION, side=14)
    return compared(both, test, seed, 2 if quick else EPOCHS)


def fewer_epochs(seed: int, quick: bool) -> dict[str, float]:
    """Digits, a quarter of the epochs."""
    from nna.lab.pictures import digits

    both, test = digits(seed, TRAIN + VALIDATION, tested=TESTED)
    return compared(both, test, seed, 2 if quick else FEWER)


def compared(both: Tensors, test: Tensors, seed: int, epochs: int) -> dict[str, float]:
    """Train on spoilt labels, then on the true ones; look at every epoch."""
    import torch

    from nna.lab.learn import seeded

    draw = seeded(seed, "labels")
    assert both.target is not None
    wrong = torch.rand(len(both.target), generator=draw) < WRONG
    other = (both.target + torch.randint(1, 10, both.target.shape, generator=draw)) % 10
    looks = watched(both, torch.where(wrong, other, both.target), test, seed, epochs)
    true = watched(both, both.target, test, seed, epochs)
    losses = [at["validation_loss"] for at in looks]
    fall = [later["train_loss"] < at["train_loss"] for at, later in pairwise(looks)]
    return {
        **ends(looks, ""),
        **ends(true, "true_"),
        "epoch": losses.index(min(losses)) + 1,
        "falls": 100 * sum(fall) / len(fall),
        "rise": losses[-1] - min(losses),
        **{
            f"{part}_{epoch}": looks[min(epoch, len(looks)) - 1][f"{part}_loss"]
            for part in ("train", "validation")
            for epoch in SHOWN
        },
    }


def ends(looks: list[dict[str, float]], kind: str) -> dict[str, float]:
    """Test accuracy where the validation loss was least, at the end, and at its best."""
    losses, right = ([at[key] for at in looks] for key in ("validation_loss", "test_right"))
    return {
        f"{kind}stopped": right[losses.index(min(losses))],
        f"{kind}final": right[-1],
        f"{kind}best": max(right),
    }


def watched(
    both: Tensors, label: Tensor, test: Tensors, seed: int, epochs: int
) -> list[dict[str, float]]:
    """Losses and accuracies after each epoch."""
    import torch
    from torch.nn.functional import cross_entropy

    from nna import registry
    from nna.lab.learn import seeded

    draw, x = seeded(seed, "order"), both.x.flatten(1)
    assert test.target is not None
    parts = {
        "train": (x[:TRAIN], label[:TRAIN]),
        "validation": (x[TRAIN:], label[TRAIN:]),
        "test": (test.x.flatten(1), test.target),
    }
    torch.manual_seed(seed)
    model = registry.build("mlp", features=x.shape[1], hidden=(HIDDEN,), classes=10)
    optimiser = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)
    looks: list[dict[str, float]] = []
    for _ in range(epochs):
        for rows in torch.randperm(TRAIN, generator=draw).split(BATCH):
            optimiser.zero_grad()
            cross_entropy(model(x[rows]), label[rows]).backward()
            optimiser.step()
        looks.append(
            {key: value for part, of in parts.items() for key, value in look(model, *of, part)}
        )
    return looks


def look(model: nn.Module, x: Tensor, y: Tensor, part: str) -> list[tuple[str, float]]:
    """Loss and percentage right, without learning."""
    import torch
    from torch.nn.functional import cross_entropy

    with torch.no_grad():
        scores = model(x)
    right = 100 * (scores.argmax(1) == y).float().mean()
    return [(f"{part}_loss", float(cross_entropy(scores, y))), (f"{part}_right", float(right))]


def figure(columns: Columns) -> Figure:
    """The two losses along training, and what stopping saves."""
    from nna.lab.drawing import BLUE, ORANGE, curves, new, runs

    drawing, (left, right) = new(9, 2.8, 2)
    rows = (("train", BLUE), ("validation", ORANGE))
    curves(
        left,
        SHOWN,
        [
            (f"{part} loss", [columns[f"{part}_{epoch}"] for epoch in SHOWN], colour, "-")
            for part, colour in rows
        ],
    )
    left.set(xlabel="epochs", title="Loss, 30 % of the labels wrong", xscale="log", ylim=(0, None))
    left.set_xticks(SHOWN, [str(epoch) for epoch in SHOWN])
    left.minorticks_off()
    runs(right, [(columns["stopped"], BLUE), (columns["final"], ORANGE)])
    right.set_yticks((0, 1), ["stopped early", f"after {EPOCHS} epochs"])
    right.set(xlabel="test digits right (%), true labels, a dot a run", title="What stopping saves")
    return drawing


EXPERIMENT = Experiment(
    title="Early stopping under wrong labels",
    scope="on 500 digits of 8x8, 30 % of the labels wrong, 100 epochs",
    claims=(
        Claim(
            row="REG-21",
            says="Stopping early, by the validation loss, prevents overfitting.",
            by=("Prechelt (1998). Early stopping, but when? Neural Networks: Tricks of the Trade",),
            conditions=(
                Condition(
                    says="points gained on true labels by stopping",
                    of="stopped",
                    minus="final",
                    at_least=1,
                    no_effect=0,
                ),
                Condition(
                    says="points that the best epoch, seen from the test, is better than the one "
                    "it stopped at",
                    of="best",
                    minus="stopped",
                    at_most=2,
                ),
                Condition(
                    says="points gained by stopping where all labels are true",
                    of="true_stopped",
                    minus="true_final",
                    at_least=1,
                    limit=True,
                ),
            ),
            rather="It does where there is noise to learn by heart, and the more the longer one "
            "would train otherwise: what it gains is no number of its own. Where the labels are "
            "true there was little to prevent. It costs the examples set aside; a rule that waits "
            "longer gains a little more for several times the training (Prechelt 1998: about 4 % "
            "for four times).",
        ),
        Claim(
            row="REG-24",
            says="A training loss that falls while the validation loss rises signals overfitting.",
            by=("Goodfellow, Bengio, Courville (2016). Deep Learning. MIT Press, section 7.8",),
            conditions=(
                Condition(
                    says="epochs after which the training loss is lower (%)",
                    of="falls",
                    at_least=90,
                ),
                Condition(
                    says="the validation loss at the end over its least", of="rise", at_least=0.1
                ),
                Condition(
                    says=f"epochs until the validation loss is least, of {EPOCHS}",
                    of="epoch",
                    at_most=0.75 * EPOCHS,
                ),
                Condition(
                    says="points lost on true labels from there to the end",
                    of="stopped",
                    minus="final",
                    at_least=1,
                ),
            ),
            rather="Of the loss. Accuracy may go on rising while the validation loss does too, for "
            "the loss also weighs how sure the network is: Guo, Pleiss, Sun, Weinberger (2017), On "
            "calibration of modern neural networks, ICML, arXiv:1706.04599, section 3.",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset digits: {TRAIN} to train on and {VALIDATION} to validate, drawn by the "
        "seed, each label replaced by a wrong one with probability 0.3; "
        f"{TESTED} others with true labels to test on, the same for every seed. Second bed: as "
        "many of the training part of the dataset fashion_mnist_part, at 14 x 14, and the 2,000 of "
        "its test part.",
        models=f"The architecture mlp, 64-{HIDDEN}-10 with ReLU (196-{HIDDEN}-10 on the second "
        "bed).",
        training=f"Cross-entropy, Adam at rate 0.001, batches of {BATCH}, {EPOCHS} epochs ({FEWER} "
        "as the second budget); from the same start once more with all labels true.",
        measured="After every epoch the losses, and the share of test pictures right; stopping "
        "takes the epoch of the least validation loss.",
        quick="Two epochs.",
    ),
    quantities={
        **{
            f"{kind}{what}": Quantity(about=f"test digits right, {text}{labels}", unit="%")
            for kind, labels in (("", ""), ("true_", ", labels true"))
            for what, text in (
                ("stopped", "stopped early"),
                ("final", "after all epochs"),
                ("best", "after the best epoch"),
            )
        },
        "epoch": Quantity(about="epoch of the least validation loss", unit="epochs", step=1),
        "falls": Quantity(
            about="epochs after which the training loss is lower",
            unit="%",
            step=100 / (EPOCHS - 1),
        ),
        "rise": Quantity(about="validation loss at the end less its least", unit="nats"),
        **{
            f"{part}_{epoch}": Quantity(about=f"{part} loss after {epoch} epochs", unit="nats")
            for part in ("train", "validation")
            for epoch in SHOWN
        },
    },
    seeds=12,
    minutes=1,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(
            scope="on 500 pictures of Fashion-MNIST, 30 % wrong, 100 epochs", measure=on_clothes
        ),
        "budget": Elsewhere(
            scope="on 500 digits, 30 % of the labels wrong, 25 epochs", measure=fewer_epochs
        ),
    },
)
