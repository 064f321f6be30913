"""Adam with a penalty or with decay apart: accuracy over a grid of rates and strengths."""

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
    from torch import Tensor

    from nna.training.in_memory import Tensors

TRAIN, HELD, TESTED, HIDDEN, BATCH, WRONG = 500, 300, 597, 64, 50, 0.3
STEPS, LONGER = 600, 1800
RATES = (0.003, 0.006, 0.012)
STRENGTHS = {
    "l2": (0.0, 0.003, 0.006, 0.01, 0.02, 0.03),
    "decay": (0.0, 0.3, 0.6, 1.0, 2.0, 3.0),
}
NAMES = {"l2": "penalty (Adam)", "decay": "decay apart (AdamW)"}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Digits, some labels wrong."""
    from nna.lab.pictures import digits

    return compared(*digits(seed, TRAIN + HELD, tested=TESTED), seed, 5 if quick else STEPS)


def on_clothes(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing, some labels wrong."""
    from nna.lab.pictures import clothes

    return compared(*clothes(seed, TRAIN + HELD, side=8), seed, 5 if quick else STEPS)


def longer(seed: int, quick: bool) -> dict[str, float]:
    """Digits, three times as many steps."""
    from nna.lab.pictures import digits

    return compared(*digits(seed, TRAIN + HELD, tested=TESTED), seed, 5 if quick else LONGER)


def compared(both: Tensors, test: Tensors, seed: int, steps: int) -> dict[str, float]:
    """The best of each grid in validation, in the test; and how the best strengths move."""
    import torch

    from nna.lab.learn import seeded

    assert both.target is not None
    draw = seeded(seed, "labels")
    wrong = torch.rand(len(both.target), generator=draw) < WRONG
    wrong[TRAIN:] = False  # what settings are chosen by
    other = (both.target + torch.randint(1, 10, both.target.shape, generator=draw)) % 10
    label = torch.where(wrong, other, both.target)
    numbers: dict[str, float] = {}
    for name in NAMES:
        held, tested = trained(both.x.flatten(1), label, test, name, seed, steps)
        numbers[name] = float(tested.flatten()[held.argmax()])
        at = held.argmax(dim=1)  # of each rate the strength that validates best
        numbers[f"{name}_moves"] = float(at.max() - at.min())
        if name == "l2":
            numbers["none"] = float(tested[held[:, 0].argmax(), 0])
    return numbers


def trained(  # noqa: PLR0913 - what on, how, how long
    x: Tensor, label: Tensor, test: Tensors, name: str, seed: int, steps: int
) -> tuple[Tensor, Tensor]:
    """Accuracy in validation and in the test of a copy a rate and strength, all side by side."""
    import torch
    from torch.nn.functional import cross_entropy

    from nna.lab.learn import seeded

    torch.manual_seed(seed)
    rate = torch.tensor(RATES).repeat_interleave(len(STRENGTHS[name]))[:, None, None]
    strength = torch.tensor(STRENGTHS[name]).repeat(len(RATES))[:, None, None]
    many, features = len(rate), x.shape[1]
    weights = [
        (torch.randn(features, HIDDEN) * (2 / features) ** 0.5).repeat(many, 1, 1),
        torch.zeros(many, 1, HIDDEN),
        (torch.randn(HIDDEN, 10) * (1 / HIDDEN) ** 0.5).repeat(many, 1, 1),
        torch.zeros(many, 1, 10),
    ]
    means, squares = ([torch.zeros_like(w) for w in weights] for _ in range(2))

    def scores(x: Tensor) -> Tensor:
        return (x @ weights[0] + weights[1]).relu() @ weights[2] + weights[3]

    draw = seeded(seed, "order")
    for weight in weights:
        weight.requires_grad_()
    for step in range(1, steps + 1):
        rows = torch.randint(TRAIN, (BATCH,), generator=draw)
        said = scores(x[rows]).flatten(0, 1)
        found = torch.autograd.grad(many * cross_entropy(said, label[rows].repeat(many)), weights)
        with torch.no_grad():
            for place, (weight, gradient) in enumerate(zip(weights, found, strict=True)):
                decayed = strength * weight if place in (0, 2) else torch.zeros_like(weight)
                pulled = gradient + decayed if name == "l2" else gradient
                means[place].lerp_(pulled, 0.1)
                squares[place].lerp_(pulled.square(), 0.001)
                root = (squares[place] / (1 - 0.999**step)).sqrt_().add_(1e-8)
                moved = means[place] / (1 - 0.9**step) / root
                weight -= rate * (moved if name == "l2" else moved + decayed)
    shape = (len(RATES), len(STRENGTHS[name]))
    with torch.no_grad():
        held = (scores(x[TRAIN:]).argmax(-1) == label[TRAIN:]).float().mean(dim=1)
        right = (scores(test.x.flatten(1)).argmax(-1) == test.target).float().mean(dim=1)
    return 100 * held.view(shape), 100 * right.view(shape)


def figure(columns: Columns) -> Figure:
    """Accuracy of each way, and how far the best strength moves with the rate."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(9, 2.6, 2)
    runs(
        left,
        [(columns["none"], GREY), (columns["l2"], ORANGE), (columns["decay"], BLUE)],
    )
    left.set_yticks(range(3), ["neither", *NAMES.values()])
    left.set(xlabel="test pictures right (%), a dot a run", title="At the best in validation")
    runs(right, [(columns["l2_moves"], ORANGE), (columns["decay_moves"], BLUE)])
    right.set_yticks((0, 1), ["", ""])
    right.set(
        xlabel="steps of the grid, over three rates, a dot a run",
        title="How far the best strength moves",
    )
    return drawing


EXPERIMENT = Experiment(
    title="A penalty in Adam, or decay apart from it",
    scope="on 500 digits of 8x8, 30 % of the labels wrong, 600 steps",
    claims=(
        Claim(
            row="OPT-17",
            says="With Adam, weight decay apart from the gradient (AdamW) generalises better than "
            "a squared penalty in the loss.",
            by=(
                "Loshchilov, Hutter (2019). Decoupled weight decay regularization. ICLR, "
                "arXiv:1711.05101",
            ),
            conditions=(
                Condition(
                    says="points that decay apart is better, each at its best rate and strength",
                    of="decay",
                    minus="l2",
                    at_least=1,
                    no_effect=0,
                ),
                Condition(
                    says="steps of the grid that the best strength moves less with the rate",
                    of="l2_moves",
                    minus="decay_moves",
                    at_least=0.5,
                    limit=True,
                    no_effect=0,
                ),
            ),
            rather="Where both are searched as thoroughly, either regularises. What the paper "
            "found, on larger networks and pictures, is also that decay apart has less to search, "
            "for its best strength hangs less on the rate.",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset digits, 8 x 8: {TRAIN} to train on and {HELD} to validate, drawn by the "
        "seed, each label trained on replaced by a wrong one with probability 0.3; "
        f"{TESTED} others to test on, the same for every seed. Second bed: as "
        "many of the training part of the dataset fashion_mnist_part, at 8 x 8, and the 2,000 of "
        "its test part.",
        models=f"A network 64-{HIDDEN}-10 with ReLU, all copies from the same start.",
        training=f"Cross-entropy, {STEPS} steps ({LONGER:,} as the second budget) of Adam (0.9, "
        f"0.999) on batches of {BATCH} drawn with replacement, rates 0.003, 0.006 and 0.012, "
        "constant. Penalty: 0, 0.003, 0.006, 0.01, 0.02 or 0.03 times each weight added to its "
        "gradient. Decay apart: after each step the rate times 0, 0.3, 0.6, 1, 2 or 3 times "
        "each weight taken off it. Biases aren't decayed.",
        measured="The share of test pictures right of the rate and strength that validate best; of "
        "each rate the strength that validates best, and by how many steps of the grid it differs "
        "over the three.",
        quick="Five steps.",
    ),
    quantities={
        "none": Quantity(about="test pictures right, neither", unit="%", step=0.05),
        **{
            name: Quantity(about=f"test pictures right, {text}", unit="%", step=0.05)
            for name, text in NAMES.items()
        },
        **{
            f"{name}_moves": Quantity(
                about=f"range of the best strengths, {text}", unit="steps of the grid", step=1
            )
            for name, text in NAMES.items()
        },
    },
    seeds=12,
    minutes=1,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(
            scope="on 500 pictures of Fashion-MNIST, 30 % wrong, 600 steps", measure=on_clothes
        ),
        "budget": Elsewhere(
            scope="on 500 digits, 30 % of the labels wrong, 1,800 steps", measure=longer
        ),
    },
)
