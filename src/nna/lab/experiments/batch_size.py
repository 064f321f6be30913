"""Batch size: how noisy the gradient is, and what batches cost in steps and in examples."""

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
    from torch import Generator, Tensor

    from nna.training.in_memory import Tensors

TRAIN, HELD, TESTED, HIDDEN = 1000, 200, 597, 32
NOISY = (1, 4, 16, 64, 256)
SIZES = (1, 4, 16, 64, 256, TRAIN)
RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
GOAL, HIGHER, CLOTHES, EPOCHS = 90, 95, 75, 100  # percent of the pictures right; the most
LOOK = 32  # examples, or one step where that is more
DRAWS = 400


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Digits."""
    from nna.lab.pictures import digits

    return compared(*digits(seed, TRAIN + HELD, tested=TESTED), GOAL, seed, quick)


def on_clothes(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing, a quarter of their pixels."""
    from nna.lab.pictures import clothes

    return compared(*clothes(seed, TRAIN + HELD, side=14), CLOTHES, seed, quick)


def further(seed: int, quick: bool) -> dict[str, float]:
    """Digits, to a higher goal."""
    from nna.lab.pictures import digits

    return compared(*digits(seed, TRAIN + HELD, tested=TESTED), HIGHER, seed, quick)


def compared(both: Tensors, test: Tensors, goal: float, seed: int, quick: bool) -> dict[str, float]:
    """The gradient's variance, and steps to the goal, at each batch size."""
    import numpy as np
    import torch

    from nna import registry
    from nna.lab.learn import seeded
    from nna.training.in_memory import Tensors

    assert both.target is not None
    test = Tensors.pair(test.x.flatten(1), test.target)
    x, target = both.x.flatten(1), both.target
    train, held = (
        Tensors.pair(x[rows], target[rows]) for rows in (slice(TRAIN), slice(TRAIN, None))
    )
    torch.manual_seed(seed)
    model = registry.build("mlp", features=x.shape[1], hidden=(HIDDEN,), classes=10)
    start = [p.detach() for p in model.parameters()]
    draw = seeded(seed, "batches")
    noise = variances(start, train, 40 if quick else DRAWS, draw)
    numbers = {f"noise_{size}": value / noise[1] for size, value in noise.items()}
    logs = np.log([numbers[f"noise_{size}"] for size in NOISY])
    numbers["slope"] = float(np.polyfit(np.log(NOISY), logs, 1)[0])
    steps = {
        size: reach(start, size, (train, held, test), goal, 0.1 if quick else EPOCHS, draw)
        for size in SIZES
    }
    for size, count in steps.items():
        numbers |= {f"steps_{size}": count, f"examples_{size}": times(count, size)}
    numbers["single_steps"] = ratio(steps[1], steps[16])
    numbers["single_examples"] = ratio(numbers["examples_1"], numbers["examples_16"])
    full = numbers[f"examples_{TRAIN}"]
    return numbers | {"full_examples": ratio(full, numbers["examples_16"])}


def times(count: float, size: int) -> float:
    """Examples in so many steps; flagged as the steps are."""
    found = count * size
    return Censored(found, count.why, count.side) if isinstance(count, Censored) else found


def scores(weights: list[Tensor], x: Tensor) -> Tensor:
    """An mlp's scores `(r, b, classes)` of `x` `(b, features)`; r sets of weights side by side."""
    import torch

    into, bias, out, last = weights
    hidden = torch.relu(x @ into.transpose(1, 2) + bias[:, None])
    return hidden @ out.transpose(1, 2) + last[:, None]


def gradients(weights: list[Tensor], x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
    """Of the mean cross-entropy over `(b, features)`, for each of r sets of weights apart."""
    import torch
    from torch.nn import functional

    said = scores(weights, x).flatten(0, 1)
    many = len(weights[0])
    loss = many * functional.cross_entropy(said, y.repeat(many))
    return torch.autograd.grad(loss, weights)


def variances(start: list[Tensor], train: Tensors, draws: int, draw: Generator) -> dict[int, float]:
    """The mean squared distance of a batch's gradient from that of all examples.

    Batches are drawn without replacement, as the order of an epoch draws them.
    """
    import torch
    from torch.nn import functional

    assert train.target is not None
    weights = [p[None] for p in start]

    def loss(weights: list[Tensor], x: Tensor, y: Tensor) -> Tensor:
        return functional.cross_entropy(scores(weights, x[None])[0], y[None])

    each_alone = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0, 0))
    found_each = each_alone(weights, train.x, train.target)
    each = torch.cat([gradient.flatten(1) for gradient in found_each], dim=1).double()
    each -= each.mean(dim=0)
    found: dict[int, float] = {}
    for size in NOISY:
        picked = torch.rand(draws, TRAIN, generator=draw).argsort(dim=1) < size
        means = picked.double() @ each / size
        found[size] = means.square().sum(dim=1).mean().item()
    return found


def reach(  # noqa: PLR0913 - where from, on what, how far
    start: list[Tensor],
    size: int,
    parts: tuple[Tensors, Tensors, Tensors],
    goal: float,
    epochs: float,
    draw: Generator,
) -> float:
    """Steps until the goal in the test, at the rate that is the first to reach it in validation.

    All rates run side by side; the most steps where it isn't reached.
    """
    import torch

    train, held, test = parts
    assert train.target is not None
    rates = torch.tensor(RATES)
    weights = [p.expand(len(rates), *p.shape).clone().requires_grad_() for p in start]
    scale = [rates.reshape(-1, *[1] * (p.dim() - 1)) for p in weights]
    most, every = max(1, int(epochs * TRAIN / size)), max(1, LOOK // size)
    order = torch.empty(0, dtype=torch.long)
    chosen, reached = None, torch.zeros(len(rates))  # step at which each rate reached it, in test
    for step in range(1, most + 1):
        if len(order) < size:
            order = torch.randperm(TRAIN, generator=draw)
        batch, order = order[:size], order[size:]
        found = gradients(weights, train.x[batch], train.target[batch])
        with torch.no_grad():
            for weight, rate, gradient in zip(weights, scale, found, strict=True):
                weight -= rate * gradient
            if step % every == 0:
                reached[(reached == 0) & (right(weights, test) >= goal)] = step
                validated = right(weights, held)
                if chosen is None and validated.max() >= goal:
                    chosen = int(validated.argmax())
                if chosen is not None and reached[chosen]:
                    return float(reached[chosen])
    return Censored(most, "the goal was not reached", "above")


def right(weights: list[Tensor], part: Tensors) -> Tensor:
    """Percent of the examples right, for each of r sets of weights."""
    return 100 * (scores(weights, part.x).argmax(-1) == part.target).float().mean(dim=1)


def figure(columns: Columns) -> Figure:
    """Variance, steps and examples along the batch size."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, curves, new

    drawing, (left, middle, right) = new(12, 3.6, 3)
    noise = [columns[f"noise_{size}"] for size in NOISY]
    curves(left, NOISY, [("measured", noise, BLUE, "-")])
    left.plot(NOISY, [1 / size for size in NOISY], ":", color=GREY, label="one over the batch size")
    left.legend(frameon=False, fontsize=8)
    left.set(ylabel="times that of one example", title="Variance of the gradient")
    for axis, what, colour in ((middle, "steps", ORANGE), (right, "examples", BLUE)):
        curves(axis, SIZES, [(what, [columns[f"{what}_{s}"] for s in SIZES], colour, "-")])
        axis.set(ylabel=what, title=f"{what.capitalize()} to {GOAL} % of the test digits")
    for axis in (left, middle, right):
        axis.set(xscale="log", yscale="log", xlabel="examples a batch")
    return drawing


EXPERIMENT = Experiment(
    title="The size of a batch",
    scope="on 1,000 digits of 8x8, to 90 % of the test digits",
    claims=(
        Claim(
            row="OPT-06",
            says="A batch's gradient is less noisy, its variance falling as one over the batch "
            "size, and a middling size trains at less cost than single examples or all at once.",
            by=(
                "Bottou, Curtis, Nocedal (2018). Optimization methods for large-scale machine "
                "learning. SIAM Review 60(2), doi:10.1137/16M1080173",
                "Goodfellow, Bengio, Courville (2016). Deep Learning. MIT Press, chapter 8",
            ),
            conditions=(
                Condition(
                    says="steps with single examples over those with batches of 16: at least half "
                    "of the sixteen times that noise alone would cost",
                    of="single_steps",
                    at_least=8,
                    no_effect=1,
                ),
                Condition(
                    says="examples used with all at once over those with batches of 16",
                    of="full_examples",
                    at_least=8,
                    no_effect=1,
                ),
                Condition(
                    says="examples used with single ones over those with batches of 16: batches "
                    "pay even where nothing is computed side by side",
                    of="single_examples",
                    at_least=1,
                    limit=True,
                ),
            ),
            rather="That the variance falls as one over the size is arithmetic, wherever one is. "
            "Batches save steps, not examples: single ones reach the goal with fewer of them. "
            "Batches pay where a machine computes many examples at once, up to a size beyond which "
            "they save less and less: Shallue, Lee, Antognini, Sohl-Dickstein, Frostig, Dahl "
            "(2019), Measuring the effects of data parallelism on neural network training, JMLR "
            "20, arXiv:1811.03600.",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset digits as it is, 8 x 8 pixels: {TRAIN:,} to train on and {HELD} to "
        f"validate, drawn by the seed, {TESTED} others to test on, the same for every seed. Second "
        "bed: as many of the training part of the dataset fashion_mnist_part, at 14 x 14, and the "
        "2,000 of its test part.",
        models=f"The architecture mlp 64-{HIDDEN}-10 with ReLU (196-{HIDDEN}-10 on the second "
        "bed), from one start for all batch sizes.",
        training="Cross-entropy, plain gradient descent, batches in an order drawn anew for each "
        "epoch; rates 0.01, 0.03, 0.1, 0.3, 1 and 3, for each size and seed the one that is the "
        "first to reach the goal in validation; 100 epochs at most.",
        measured="At the start: the mean squared distance of a batch's gradient from that of all "
        f"examples, {DRAWS} batches drawn without replacement for each size, over that of single "
        f"examples. Steps until {GOAL} % of the test pictures are right ({CLOTHES} % on the second "
        f"bed; {HIGHER} % as the second budget), looked at every {LOOK} examples or every step, "
        "and the examples in them; flagged as cut off where that isn't reached. No clock: steps "
        "are what a machine waits for that computes a batch side by side, examples what one "
        "computes that can't.",
        quick="40 batches for each variance, a tenth of an epoch.",
    ),
    quantities={
        "slope": Quantity(about="power of the batch size in the variance", unit="power"),
        **{
            f"noise_{size}": Quantity(
                about=f"variance of the gradient, batches of {size}", unit="of that of one example"
            )
            for size in NOISY
        },
        **{
            f"{what}_{size}": Quantity(
                about=f"{what} to the goal, batches of {size}", unit=what, step=step
            )
            for size in SIZES
            for what, step in (("steps", 1), ("examples", size))
        },
        "single_steps": Quantity(about="steps, single examples over batches of 16", unit="times"),
        "full_examples": Quantity(about="examples, all at once over batches of 16", unit="times"),
        "single_examples": Quantity(about="examples, single ones over batches of 16", unit="times"),
    },
    seeds=12,
    minutes=2,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(
            scope="on 1,000 pictures of Fashion-MNIST, to 75 % of the test", measure=on_clothes
        ),
        "budget": Elsewhere(
            scope="on 1,000 digits of 8x8, to 95 % of the test digits", measure=further
        ),
    },
)
