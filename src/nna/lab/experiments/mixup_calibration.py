"""Mixup and calibration: how far stated probabilities lie from what comes true."""

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

TRAIN, HELD, TESTED, HIDDEN, BATCH, RATE = 1000, 300, 597, (128, 128), 50, 1e-3
ALPHA, BINS = 0.4, 15
STEPS, FEWER = 1500, 500
KINDS = {"none": "without", "mixup": "mixup"}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing."""
    from nna.lab.pictures import clothes

    return compared(*clothes(seed, TRAIN + HELD, side=14), seed, 5 if quick else STEPS)


def on_digits(seed: int, quick: bool) -> dict[str, float]:
    """Digits, fewer of them: they are easier."""
    from nna.lab.pictures import digits

    return compared(*digits(seed, 600, tested=TESTED), seed, 5 if quick else STEPS)


def fewer_steps(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing, a third of the steps."""
    from nna.lab.pictures import clothes

    return compared(*clothes(seed, TRAIN + HELD, side=14), seed, 5 if quick else FEWER)


def compared(both: Tensors, test: Tensors, seed: int, steps: int) -> dict[str, float]:
    """Accuracy and calibration with mixup and without, and of the latter at a temperature."""
    import torch

    assert both.target is not None
    assert test.target is not None
    x, y, new = both.x.flatten(1), both.target, test.x.flatten(1)
    few = len(x) - HELD
    numbers: dict[str, float] = {}
    for kind in KINDS:
        model = trained(x[:few], y[:few], kind == "mixup", seed, steps)
        with torch.no_grad():
            said, held = model(new), model(x[few:])
        numbers[kind] = 100 * float((said.argmax(1) == test.target).float().mean())
        numbers[f"{kind}_error"] = error(said, test.target)
        if kind == "none":
            numbers["scaled_error"] = error(said / temperature(held, y[few:]), test.target)
    return numbers


def trained(x: Tensor, y: Tensor, mixed: bool, seed: int, steps: int) -> nn.Module:
    """The same network from the same start; with mixup on pairs of pictures and of labels."""
    import numpy as np
    import torch
    from torch.nn.functional import cross_entropy

    from nna import registry
    from nna.lab.learn import seeded

    draw, shares = seeded(seed, "order"), np.random.default_rng(seed)
    torch.manual_seed(seed)
    model = registry.build("mlp", features=x.shape[1], hidden=HIDDEN, classes=10)
    optimiser = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)
    for _ in range(steps):
        rows = torch.randint(len(x), (BATCH,), generator=draw)
        other = rows[torch.randperm(BATCH, generator=draw)]
        share = float(shares.beta(ALPHA, ALPHA)) if mixed else 1.0
        said = model(share * x[rows] + (1 - share) * x[other])
        loss = share * cross_entropy(said, y[rows]) + (1 - share) * cross_entropy(said, y[other])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return model.eval()


def error(scores: Tensor, y: Tensor) -> float:
    """The expected calibration error in points, over bins of equal width."""
    import torch

    sure, said = scores.softmax(1).max(1)
    right = (said == y).float()
    bins = (sure * BINS).long().clamp(max=BINS - 1)
    gap = torch.zeros(BINS).index_add(0, bins, right - sure)
    return 100 * float(gap.abs().sum()) / len(y)


def temperature(scores: Tensor, y: Tensor) -> float:
    """What scores are divided by so that the loss on pictures held back is least, of a grid."""
    import torch
    from torch.nn.functional import cross_entropy

    tried = torch.logspace(-1, 1.5, 101)
    losses = torch.stack([cross_entropy(scores / t, y) for t in tried])
    return float(tried[losses.argmin()])


def figure(columns: Columns) -> Figure:
    """Calibration errors and accuracies of every run."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(9, 2.6, 2)
    rows = (("none", ORANGE), ("mixup", BLUE), ("scaled", GREY))
    runs(left, [(columns[f"{kind}_error"], colour) for kind, colour in rows])
    left.set_yticks(range(3), [*KINDS.values(), "without, at a temperature"])
    left.set(xlim=(0, None), xlabel="calibration error (points), a dot a run", title="Calibration")
    runs(right, [(columns[kind], colour) for kind, colour in rows[:2]])
    right.set_yticks((0, 1), list(KINDS.values()))
    right.set(xlabel="test pictures right (%), a dot a run", title="Accuracy")
    return drawing


EXPERIMENT = Experiment(
    title="Mixup and honest probabilities",
    scope="on 1,000 pictures of Fashion-MNIST, 1,500 steps",
    claims=(
        Claim(
            row="LOSS-11",
            says="Networks trained with mixup state probabilities that are better calibrated.",
            by=(
                "Thulasidasan, Chennupati, Bilmes, Bhattacharya, Michalak (2019). On mixup "
                "training: improved calibration and predictive uncertainty for deep neural "
                "networks. NeurIPS, arXiv:1905.11001",
            ),
            conditions=(
                Condition(
                    says="points that the calibration error falls by",
                    of="none_error",
                    minus="mixup_error",
                    at_least=1,
                    no_effect=0,
                ),
                Condition(
                    says="points of accuracy gained, or half a one lost at most",
                    of="mixup",
                    minus="none",
                    at_least=-0.5,
                    limit=True,
                ),
                Condition(
                    says="it is calibrated as well as without, at a temperature fitted on pictures "
                    "held back",
                    of="mixup_error",
                    minus="scaled_error",
                    at_most=0,
                    limit=True,
                ),
            ),
            rather="It is where networks are too sure, as they are after long training on few "
            "examples; by how much hangs on the training. A single number, the temperature that "
            "scores are divided by, fitted on examples held back, does that for any network "
            "afterwards: Guo, Pleiss, Sun, Weinberger (2017), On calibration of modern neural "
            "networks, ICML, arXiv:1706.04599.",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset fashion_mnist_part at 14 x 14: {TRAIN:,} of its training part to train "
        f"on and {HELD} to fit the temperature by, drawn by the seed, the 2,000 of its test part "
        f"to test on. Second bed: the dataset digits, 8 x 8: 300 and {HELD}, drawn by the seed, "
        f"{TESTED} others, the same for every seed.",
        models="The architecture mlp, 196-128-128-10 with ReLU (64 inputs on digits), from the "
        "same start with mixup and without.",
        training=f"Cross-entropy, Adam at rate 0.001, batches of {BATCH} drawn with replacement, "
        f"{STEPS:,} steps ({FEWER} as the second budget). Mixup: pictures and labels of a batch "
        f"mixed with those of the batch in another order, by a share drawn from Beta({ALPHA}, "
        f"{ALPHA}) for each step.",
        measured="The share of test pictures right, and the expected calibration error: test "
        f"pictures in {BINS} bins of equal width by the probability of what is said, the distance "
        "of its mean from the share right, weighted by the pictures in the bin. Without mixup also "
        "at the temperature, of 101 from 0.1 to 32, at which the loss on pictures held back is "
        "least.",
        quick="Five steps.",
    ),
    quantities={
        **{
            kind: Quantity(about=f"test pictures right, {text}", unit="%", step=0.05)
            for kind, text in KINDS.items()
        },
        **{
            f"{kind}_error": Quantity(about=f"calibration error, {text}", unit="points")
            for kind, text in (*KINDS.items(), ("scaled", "without, at a temperature"))
        },
    },
    seeds=10,
    minutes=1,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(scope="on 300 digits of 8x8, 1,500 steps", measure=on_digits),
        "budget": Elsewhere(
            scope="on 1,000 pictures of Fashion-MNIST, 500 steps", measure=fewer_steps
        ),
    },
)
