"""Random labels: what a network that generalises learns by heart when nothing can be learnt."""

from __future__ import annotations

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
    from torch import Tensor

    from nna.training.in_memory import Tensors

TRAIN, TESTED, HIDDEN, BATCH, RATE = 500, 597, 512, 50, 2e-3
EPOCHS, FEWER = 120, 60
KINDS = {"true": "true labels", "random": "random labels"}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing."""
    from nna.lab.pictures import clothes

    return compared(*clothes(seed, TRAIN, side=14), seed, 2 if quick else EPOCHS)


def on_digits(seed: int, quick: bool) -> dict[str, float]:
    """Digits."""
    from nna.lab.pictures import digits

    return compared(*digits(seed, TRAIN, tested=TESTED), seed, 2 if quick else EPOCHS)


def fewer_epochs(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing, half of the epochs."""
    from nna.lab.pictures import clothes

    return compared(*clothes(seed, TRAIN, side=14), seed, 2 if quick else FEWER)


def compared(train: Tensors, test: Tensors, seed: int, epochs: int) -> dict[str, float]:
    """Learn the true labels, then labels drawn without a look at the pictures."""
    import torch

    from nna.lab.learn import seeded

    assert train.target is not None
    drawn = torch.randint(10, train.target.shape, generator=seeded(seed, "labels"))
    numbers: dict[str, float] = {}
    for kind, label in (("true", train.target), ("random", drawn)):
        numbers |= {f"{kind}_{k}": v for k, v in fit(train, label, test, seed, epochs).items()}
    return numbers | {"longer": ratio(numbers["random_epoch"], numbers["true_epoch"])}


def fit(train: Tensors, label: Tensor, test: Tensors, seed: int, epochs: int) -> dict[str, float]:
    """Accuracy in training and in the test at the end; the first epoch with all of them right."""
    import torch
    from torch.nn.functional import cross_entropy

    from nna import registry
    from nna.lab.learn import seeded
    from nna.lab.pictures import accuracy
    from nna.training.in_memory import Tensors

    x, draw = train.x.flatten(1), seeded(seed, "order")
    learnt, new = Tensors.pair(x, label), Tensors.pair(test.x.flatten(1), test.target)
    torch.manual_seed(seed)
    model = registry.build("mlp", features=x.shape[1], hidden=(HIDDEN,), classes=10)
    optimiser = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)
    first: float = Censored(epochs, "not all were ever right", "above")
    for epoch in range(1, epochs + 1):
        model.train()
        for rows in torch.randperm(TRAIN, generator=draw).split(BATCH):
            optimiser.zero_grad()
            cross_entropy(model(x[rows]), label[rows]).backward()
            optimiser.step()
        if isinstance(first, Censored) and accuracy(model, learnt) == 100:
            first = float(epoch)
    return {"train": accuracy(model, learnt), "test": accuracy(model, new), "epoch": first}


def figure(columns: Columns) -> Figure:
    """Accuracy in training and in the test, with either kind of labels."""
    from nna.lab.drawing import BLUE, ORANGE, new, runs

    drawing, axes = new(8.2, 2.4, 2)
    for axis, part, title in zip(axes, ("train", "test"), ("Training", "Test"), strict=True):
        colours = (BLUE, ORANGE)
        rows = [columns[f"{kind}_{part}"] for kind in KINDS]
        runs(axis, list(zip(rows, colours, strict=True)))
        axis.set_yticks((0, 1), list(KINDS.values()))
        axis.set(xlim=(-2, 102), xlabel="right (%), a dot a run", title=title)
    return drawing


_ZHANG = (
    "Zhang, Bengio, Hardt, Recht, Vinyals (2017). Understanding deep learning requires rethinking "
    "generalization. ICLR, arXiv:1611.03530"
)

EXPERIMENT = Experiment(
    title="Labels that mean nothing",
    scope="on 500 pictures of Fashion-MNIST, 120 epochs",
    claims=(
        Claim(
            row="REG-34",
            says="A network that generalises from true labels can learn random labels of the same "
            "pictures by heart, in the same training.",
            by=(_ZHANG,),
            conditions=(
                Condition(
                    says="training pictures right, labels random",
                    of="random_train",
                    at_least=99,
                ),
                Condition(
                    says="test pictures right, labels true: it generalises",
                    of="true_test",
                    at_least=70,
                ),
                Condition(
                    says="times the epochs until all are right: random labels take little longer",
                    of="longer",
                    at_most=3,
                    limit=True,
                ),
            ),
            rather="What keeps it from learning by heart is not that it couldn't. Arpit and others "
            "(2017), A closer look at memorization in deep networks, ICML, arXiv:1706.05394: true "
            "labels are learnt sooner than random ones, simple patterns before exceptions.",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset fashion_mnist_part at 14 x 14: {TRAIN} of its training part, drawn by "
        "the seed, the 2,000 of its test part to test on. Labels: the true ones, or one of ten "
        "drawn for each picture. Second bed: the dataset digits, 8 x 8, "
        f"{TRAIN} drawn by the seed, {TESTED} others, the same for every seed.",
        models=f"The architecture mlp, 196-{HIDDEN}-10 with ReLU (64-{HIDDEN}-10 on digits), from "
        "the same start for either kind of labels.",
        training=f"Cross-entropy, Adam at rate 0.002, batches of {BATCH}, {EPOCHS} epochs ({FEWER} "
        "as the second budget), without any penalty.",
        measured="After the last epoch the share of training pictures right, by the labels "
        "learnt, and of test pictures, by the true ones; the first epoch after which all training "
        "pictures are right, flagged where there is none.",
        quick="Two epochs.",
    ),
    quantities={
        **{
            f"{kind}_{part}": Quantity(about=f"right, {text}, {name}", unit="%", step=step)
            for kind, text in KINDS.items()
            for part, name, step in (("train", "training", 100 / TRAIN), ("test", "test", 0.05))
        },
        **{
            f"{kind}_epoch": Quantity(about=f"epochs until all are right, {text}", unit="epochs")
            for kind, text in KINDS.items()
        },
        "longer": Quantity(about="epochs, random labels over true ones", unit="times"),
    },
    seeds=10,
    minutes=1,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(scope="on 500 digits of 8x8, 120 epochs", measure=on_digits),
        "budget": Elsewhere(
            scope="on 500 pictures of Fashion-MNIST, 60 epochs", measure=fewer_epochs
        ),
    },
)
