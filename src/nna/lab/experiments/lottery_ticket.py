"""Lottery tickets: the largest weights kept with their first values, or others."""

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
    from torch import Generator, Tensor

    from nna.training.in_memory import Tensors

TRAIN, TESTED, HIDDEN, BATCH, RATE = 1000, 597, (128, 64), 50, 2e-3
KEPT, ROUNDS = 0.15, 3  # share of the weights left; prunings on the way to it
STEPS, LONGER = 300, 900
KINDS = {
    "dense": "all weights",
    "ticket": "largest kept, first values",
    "fresh": "largest kept, fresh values",
    "random": "others kept, first values",
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing."""
    from nna.lab.pictures import clothes

    return compared(*clothes(seed, TRAIN, side=14), seed, 5 if quick else STEPS)


def on_digits(seed: int, quick: bool) -> dict[str, float]:
    """Digits."""
    from nna.lab.pictures import digits

    return compared(*digits(seed, TRAIN, tested=TESTED), seed, 5 if quick else STEPS)


def longer(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing, three times as many steps."""
    from nna.lab.pictures import clothes

    return compared(*clothes(seed, TRAIN, side=14), seed, 5 if quick else LONGER)


def compared(train: Tensors, test: Tensors, seed: int, steps: int) -> dict[str, float]:
    """Prune by rounds, each from the first values, then train what is left in three ways."""
    import torch

    from nna.lab.learn import seeded

    sizes = (train.x[0].numel(), *HIDDEN, 10)
    first, fresh = (start(sizes, seeded(seed, name)) for name in ("first", "fresh"))
    masks = [torch.ones_like(weight) for weight in first]
    numbers: dict[str, float] = {}
    for turn in range(1, ROUNDS + 1):
        learnt, right = trained(first, masks, train, test, seed, steps)
        if turn == 1:
            numbers["dense"] = right
        masks = largest(learnt, masks, KEPT ** (turn / ROUNDS))
    draw = seeded(seed, "others")
    others = [
        mask.flatten()[torch.randperm(mask.numel(), generator=draw)].view_as(mask) for mask in masks
    ]
    for kind, values, kept in (
        ("ticket", first, masks),
        ("fresh", fresh, masks),
        ("random", first, others),
    ):
        numbers[kind] = trained(values, kept, train, test, seed, steps)[1]
    return numbers


def start(sizes: tuple[int, ...], draw: Generator) -> list[Tensor]:
    """First weights of each layer, by He."""
    from itertools import pairwise

    import torch

    return [torch.randn(a, b, generator=draw) * (2 / a) ** 0.5 for a, b in pairwise(sizes)]


def largest(learnt: list[Tensor], masks: list[Tensor], share: float) -> list[Tensor]:
    """Of each layer that share of all weights, the largest of those left; of the last one twice."""
    import torch

    found = []
    for place, (weight, mask) in enumerate(zip(learnt, masks, strict=True)):
        of_it = min(1.0, share * (2 if place == len(learnt) - 1 else 1))
        count = max(1, round(of_it * weight.numel()))
        size = (weight.abs() * mask - (1 - mask)).flatten()  # what is cut already stays so
        new = torch.zeros(weight.numel())
        new[size.topk(count).indices] = 1.0
        found.append(new.view_as(weight))
    return found


def trained(  # noqa: PLR0913 - from where, what of it, on what, how long
    values: list[Tensor],
    masks: list[Tensor],
    train: Tensors,
    test: Tensors,
    seed: int,
    steps: int,
) -> tuple[list[Tensor], float]:
    """The weights after training, what is cut held at zero, and the share of the test right."""
    import torch
    from torch.nn.functional import cross_entropy

    from nna.lab.learn import seeded

    assert train.target is not None
    weights = [(v * m).requires_grad_() for v, m in zip(values, masks, strict=True)]
    biases = [torch.zeros(w.shape[1], requires_grad=True) for w in weights]

    def scores(x: Tensor) -> Tensor:
        for place, (w, m, b) in enumerate(zip(weights, masks, biases, strict=True)):
            x = x @ (w * m) + b
            x = x if place == len(weights) - 1 else x.relu()
        return x

    x, draw = train.x.flatten(1), seeded(seed, "order")
    optimiser = torch.optim.Adam([*weights, *biases], lr=RATE, fused=True)
    for _ in range(steps):
        rows = torch.randint(len(x), (BATCH,), generator=draw)
        optimiser.zero_grad()
        cross_entropy(scores(x[rows]), train.target[rows]).backward()
        optimiser.step()
    with torch.no_grad():
        right = (scores(test.x.flatten(1)).argmax(1) == test.target).float().mean()
    return [w.detach() for w in weights], 100 * float(right)


def figure(columns: Columns) -> Figure:
    """Accuracy of every run in every way."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (axis,) = new(7.5, 2.6)
    colours = (GREY, BLUE, ORANGE, ORANGE)
    runs(axis, [(columns[kind], c) for kind, c in zip(KINDS, colours, strict=True)])
    axis.set_yticks(range(len(KINDS)), list(KINDS.values()))
    axis.set(
        xlabel="test pictures right (%), a dot a run",
        title=f"{100 * KEPT:.0f} % of the weights, and all of them",
    )
    return drawing


EXPERIMENT = Experiment(
    title="A seventh of the weights",
    scope="on 1,000 pictures of Fashion-MNIST, 300 steps",
    claims=(
        Claim(
            row="COMP-15",
            says="Dense networks contain sparse ones, found by pruning, which trained alone from "
            "their first values come to the same accuracy, and which fresh values or weights "
            "chosen at random don't.",
            by=(
                "Frankle, Carbin (2019). The lottery ticket hypothesis: finding sparse, trainable "
                "neural networks. ICLR, arXiv:1803.03635",
            ),
            conditions=(
                Condition(
                    says="points of accuracy against all weights, one lost at most",
                    of="ticket",
                    minus="dense",
                    at_least=-1,
                ),
                Condition(
                    says="points that it is better than as many weights chosen at random",
                    of="ticket",
                    minus="random",
                    at_least=1,
                    no_effect=0,
                ),
                Condition(
                    says="points that its first values are better than fresh ones",
                    of="ticket",
                    minus="fresh",
                    at_least=1,
                    limit=True,
                    no_effect=0,
                ),
            ),
            rather="Which weights are kept matters; whether their first values do hangs on the "
            "training: Liu, Sun, Zhou, Huang, Darrell (2019), Rethinking the value of network "
            "pruning, ICLR, arXiv:1810.05270, found none of the advantage in larger networks at "
            "usual rates.",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset fashion_mnist_part at 14 x 14: {TRAIN:,} of its training part, drawn by "
        f"the seed, the 2,000 of its test part to test on. Second bed: the dataset digits, 8 x 8: "
        f"{TRAIN:,} drawn by the seed, {TESTED} others, the same for every seed.",
        models="196-128-64-10 with ReLU (64 inputs on digits), weights by He, biases zero.",
        training=f"Cross-entropy, Adam at rate 0.002, {STEPS} steps on batches of {BATCH} "
        f"({LONGER} as the second budget), in the same order for all. {ROUNDS} times: trained from "
        "the first values, then of each layer the largest weights kept (of the last layer twice "
        f"the share), in the end {100 * KEPT:.0f} %. What is left is trained from the first "
        "values; from fresh ones; and as many weights of each layer at random from the first "
        "values.",
        measured="The share of test pictures right after the last step.",
        quick="Five steps.",
    ),
    quantities={
        kind: Quantity(about=f"test pictures right, {text}", unit="%", step=0.05)
        for kind, text in KINDS.items()
    },
    seeds=10,
    minutes=1,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(scope="on 1,000 digits of 8x8, 300 steps", measure=on_digits),
        "budget": Elsewhere(scope="on 1,000 pictures of Fashion-MNIST, 900 steps", measure=longer),
    },
)
