"""Dropout, weight decay and shifted copies: what each gains on few digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

    from nna.training.in_memory import Tensors

TRAIN, CANVAS, HIDDEN = 300, 10, (256, 256)
EPOCHS, BATCH, RATE = 60, 50, 0.1
DROPOUT, WRONG, MASKS = 0.5, 0.3, 100
NAMES = {
    "none": "nothing",
    "dropout": "dropout 0.5",
    "decay3": "weight decay 0.001",
    "decay2": "weight decay 0.01",
    "shifts": "shifts by a pixel",
    "flips": "mirror images",
    "noisy_none": "nothing, 30 % labels wrong",
    "noisy_decay2": "weight decay 0.01, 30 % labels wrong",
}
MOVES = tuple((down, right) for down in (-1, 0, 1) for right in (-1, 0, 1))


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train the same network from the same start on the same digits in every way."""
    import torch

    from nna import registry
    from nna.lab.learn import seeded
    from nna.lab.pictures import accuracy, digits, shifted
    from nna.training.in_memory import Tensors

    train, test = digits(seed, TRAIN, canvas=CANVAS)
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
        model = registry.build(
            "mlp",
            features=CANVAS**2,
            hidden=HIDDEN,
            classes=10,
            dropout=DROPOUT if name == "dropout" else 0.0,
        )
        decay = {"decay3": 1e-3, "decay2": 1e-2}.get(name.removeprefix("noisy_"), 0.0)
        copies = {
            "shifts": [shifted(train.x, *by) for by in MOVES],
            "flips": [train.x, train.x.flip(-1)],
        }.get(name, [train.x])
        label = noisy if name.startswith("noisy") else train.target
        fit(model, torch.stack(copies).flatten(2), label, decay, 2 if quick else EPOCHS)
        numbers[name] = accuracy(model, flat)
        if name in ("none", "shifts"):
            numbers[f"moved_{name}"] = accuracy(model, moved)
        if name == "dropout":
            numbers |= ensemble(model, flat, 5 if quick else MASKS)
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


def ensemble(model: nn.Module, test: Tensors, masks: int) -> dict[str, float]:
    """The mean answer of many thinned networks beside that of the whole one, weights scaled."""
    import torch

    with torch.no_grad():
        whole = model.eval()(test.x).log_softmax(1)
        model.train()
        mean = torch.stack([model(test.x).softmax(1) for _ in range(masks)]).mean(0)
        single = 100 * (model(test.x).argmax(1) == test.target).float().mean()
    model.eval()
    right = 100 * (mean.argmax(1) == test.target).float().mean()
    apart = 100 * (whole.argmax(1) == test.target).float().mean() - right
    divergence = (mean * (mean.clamp_min(1e-12).log() - whole)).sum(1).mean()
    return {
        "masks": float(right),
        "apart": abs(float(apart)),
        "divergence": float(divergence),
        "single": float(single),
    }


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
    title="Dropout, weight decay and shifted copies on few digits",
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
                Condition(says="points gained by shifts", of="shifts", minus="none", at_least=1),
                Condition(
                    says="points gained by shifts on shifted digits",
                    of="moved_shifts",
                    minus="moved_none",
                    at_least=15,
                ),
                Condition(
                    says="points gained by mirror images, which are no digits",
                    of="flips",
                    minus="none",
                    at_most=0,
                ),
            ),
            rather="It teaches which changes don't matter: with shifts a network reads shifted "
            "digits, and gains nothing on digits that lie as those it learnt from. It helps as "
            "far as the changes are those of the examples to come.",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits in the middle of a canvas of 10 x 10: 300 to train on, drawn by "
        "the seed, 1,497 to test on, as they are or each moved by at most a pixel.",
        models="The architecture mlp, 100-256-256-10 with ReLU.",
        training="Cross-entropy, gradient descent with momentum 0.9 at rate 0.1 falling as a "
        "cosine, batches of 50, 60 epochs; from the same start with nothing, dropout of 0.5 after "
        "each hidden layer, weight decay (in the gradient), each digit at each step as one of its "
        "nine shifts by at most a pixel, or as it is or mirrored; and with 30 % of the labels "
        "replaced by wrong ones, with and without decay.",
        measured="The share of test digits right at the end; for dropout also of the mean "
        "probabilities over 100 draws of masks, and the divergence of the whole network's from it.",
        quick="Two epochs and five masks.",
    ),
    quantities={
        **{
            name: Quantity(about=f"test digits right: {text}", unit="points")
            for name, text in NAMES.items()
        },
        "moved_none": Quantity(about="shifted test digits right: nothing", unit="points"),
        "moved_shifts": Quantity(about="shifted test digits right: shifts", unit="points"),
        "masks": Quantity(about="test digits right: mean of 100 thinned networks", unit="points"),
        "single": Quantity(about="test digits right: one thinned network", unit="points"),
        "apart": Quantity(about="points between whole network and mean", unit="points"),
        "divergence": Quantity(about="of the whole network from the mean", unit="nats"),
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
    redrawn=1497 / 300,  # of the split, for each seed
)
