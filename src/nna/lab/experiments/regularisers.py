"""Weight decay and shifted copies: what each gains on few pictures."""

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
    from torch import Tensor, nn

    from nna.training.in_memory import Tensors

TRAIN, TESTED, HIDDEN = 300, 597, (256, 256)
EPOCHS, LONGER, BATCH, RATE, WRONG = 60, 180, 50, 0.1, 0.3
NAMES = {
    "none": "nothing",
    "decay3": "weight decay 0.001",
    "decay2": "weight decay 0.01",
    "shifts": "shifts by a pixel",
    "flips": "mirror images",
    "noisy_none": "nothing, 30 % labels wrong",
    "noisy_decay2": "weight decay 0.01, 30 % labels wrong",
}
MOVES = tuple((down, right) for down in (-1, 0, 1) for right in (-1, 0, 1))


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Digits in the middle of a canvas with a pixel more at each side."""
    from nna.lab.pictures import digits

    both = digits(seed, TRAIN, canvas=10, tested=TESTED)
    return compared(*both, seed, 2 if quick else EPOCHS)


def on_clothes(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing, a quarter of their pixels, on such a canvas."""
    from torch.nn.functional import pad

    from nna.lab.pictures import clothes
    from nna.training.in_memory import Tensors

    learnt, asked = (
        Tensors.pair(pad(part.x, (1, 1, 1, 1)), part.target)
        for part in clothes(seed, TRAIN, side=14)
    )
    return compared(learnt, asked, seed, 2 if quick else EPOCHS)


def longer(seed: int, quick: bool) -> dict[str, float]:
    """Digits, three times as many steps."""
    from nna.lab.pictures import digits

    both = digits(seed, TRAIN, canvas=10, tested=TESTED)
    return compared(*both, seed, 2 if quick else LONGER)


def compared(train: Tensors, test: Tensors, seed: int, epochs: int) -> dict[str, float]:
    """Train the same network from the same start on the same pictures in every way."""
    import torch

    from nna import registry
    from nna.lab.learn import seeded
    from nna.lab.pictures import accuracy, shifted
    from nna.training.in_memory import Tensors

    assert train.target is not None
    draw = seeded(seed, "labels and shifts")
    wrong = torch.rand(TRAIN, generator=draw) < WRONG
    other = (train.target + torch.randint(1, 10, (TRAIN,), generator=draw)) % 10
    noisy = torch.where(wrong, other, train.target)
    move = torch.randint(len(MOVES), (len(test.x),), generator=draw)
    every = torch.stack([shifted(test.x, *by) for by in MOVES])
    moved = Tensors.pair(every[move, torch.arange(len(move))].flatten(1), test.target)
    flat = Tensors.pair(test.x.flatten(1), test.target)

    numbers: dict[str, float] = {}
    for name in NAMES:
        torch.manual_seed(seed)
        model = registry.build("mlp", features=flat.x.shape[1], hidden=HIDDEN, classes=10)
        decay = {"decay3": 1e-3, "decay2": 1e-2}.get(name.removeprefix("noisy_"), 0.0)
        copies = {
            "shifts": [shifted(train.x, *by) for by in MOVES],
            "flips": [train.x, train.x.flip(-1)],
        }.get(name, [train.x])
        label = noisy if name.startswith("noisy") else train.target
        fit(model, torch.stack(copies).flatten(2), label, decay, epochs)
        numbers[name] = accuracy(model, flat)
        if name in ("none", "shifts"):
            numbers[f"moved_{name}"] = accuracy(model, moved)
    return numbers


def fit(model: nn.Module, copies: Tensor, y: Tensor, decay: float, epochs: int) -> None:
    """Cross-entropy by gradient descent with momentum, on a copy of each digit drawn at random.

    Args:
        model: trained in place.
        copies: `(copies, n, features)`.
        y: classes.
        decay: of the weights, in the gradient.
        epochs: passes over the digits.
    """
    import torch
    from torch.nn.functional import cross_entropy

    optimiser = torch.optim.SGD(model.parameters(), lr=RATE, momentum=0.9, weight_decay=decay)
    steps = epochs * -(-len(y) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(y)).split(BATCH):
            of = torch.randint(len(copies), (len(rows),))
            optimiser.zero_grad()
            cross_entropy(model(copies[of, rows]), y[rows]).backward()
            optimiser.step()
            schedule.step()


def figure(columns: Columns) -> Figure:
    """Accuracy of every run in every way."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (axis,) = new(7.5, 3.6)
    colours = {"flips": ORANGE, "none": GREY, "noisy_none": GREY}
    runs(axis, [(columns[name], colours.get(name, BLUE)) for name in NAMES])
    axis.set_yticks(range(len(NAMES)), list(NAMES.values()))
    axis.set(xlabel="test digits right (%), a dot a run", title="300 digits to learn from")
    return drawing


EXPERIMENT = Experiment(
    title="Weight decay and shifted copies on few digits",
    scope="on 300 digits of 8x8, 360 steps",
    claims=(
        Claim(
            row="REG-19",
            says="Weight decay improves generalisation.",
            by=("Krogh, Hertz (1991). A simple weight decay can improve generalization. NIPS 4",),
            conditions=(
                Condition(
                    says="points gained by decay 0.01 where 30 % of the labels are wrong",
                    of="noisy_decay2",
                    minus="noisy_none",
                    at_least=0.5,
                ),
                Condition(
                    says="points gained by decay 0.01 with right labels",
                    of="decay2",
                    minus="none",
                    at_least=0.5,
                    limit=True,
                ),
                Condition(
                    says="points gained by decay 0.001 with right labels",
                    of="decay3",
                    minus="none",
                    at_least=0.5,
                    limit=True,
                ),
            ),
            rather="It does where labels are wrong, by far; with right labels it gains nothing "
            "here. That it suppresses noise on the targets is what Krogh, Hertz (1991) say.",
        ),
        Claim(
            row="REG-22",
            says="Augmentation improves generalisation, where it keeps the label true.",
            by=(
                "Simard, Steinkraus, Platt (2003). Best practices for convolutional neural "
                "networks applied to visual document analysis. ICDAR",
            ),
            conditions=(
                Condition(
                    says="points gained by shifts on pictures that lie as those learnt from",
                    of="shifts",
                    minus="none",
                    at_least=1,
                    no_effect=0,
                ),
                Condition(
                    says="points gained by shifts on shifted pictures",
                    of="moved_shifts",
                    minus="moved_none",
                    at_least=15,
                    no_effect=0,
                ),
                Condition(
                    says="points gained by mirror images, which are no digits",
                    of="flips",
                    minus="none",
                    at_most=0,
                    limit=True,
                ),
            ),
            rather="It teaches which changes don't matter: with shifts a network reads shifted "
            "digits, and gains little on digits that lie as those it learnt from. It helps as far "
            "as the changes are those of the examples to come.",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset digits in the middle of a canvas of 10 x 10: {TRAIN} to train on, drawn "
        f"by the seed, {TESTED} others to test on, the same for every seed, as they are or each "
        "moved by at most a pixel. Second bed: the dataset fashion_mnist_part at 14 x 14 on a "
        f"canvas of 16 x 16, {TRAIN} of its training part and the 2,000 of its test part.",
        models="The architecture mlp, 100-256-256-10 with ReLU (256-256-256-10 on the second bed).",
        training="Cross-entropy, gradient descent with momentum 0.9 at rate 0.1 falling as a "
        f"cosine, batches of {BATCH}, {EPOCHS} epochs ({LONGER} as the second budget); from the "
        "same start with nothing, weight decay (in the gradient), each picture at each step as one "
        "of its nine shifts by at most a pixel, or as it is or mirrored; and with 30 % of the "
        "labels replaced by wrong ones, with and without decay.",
        measured="The share of test pictures right at the end.",
        quick="Two epochs.",
    ),
    quantities={
        **{
            name: Quantity(about=f"test pictures right: {text}", unit="%", step=0.05)
            for name, text in NAMES.items()
        },
        "moved_none": Quantity(about="shifted test pictures right: nothing", unit="%", step=0.05),
        "moved_shifts": Quantity(about="shifted test pictures right: shifts", unit="%", step=0.05),
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(scope="on 300 pictures of Fashion-MNIST, 360 steps", measure=on_clothes),
        "budget": Elsewhere(scope="on 300 digits of 8x8, 1,080 steps", measure=longer),
    },
)
