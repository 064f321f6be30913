"""Batch size: how noisy the gradient is, and what batches cost in steps and in examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Generator, Tensor

    from nna.training.in_memory import Tensors

TRAIN, HIDDEN = 1000, 32
NOISY = (1, 4, 16, 64, 256)
SIZES = (1, 4, 16, 64, 256, TRAIN)
RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
GOAL, EPOCHS = 90, 100  # percent of the test digits; the most
LOOK = 32  # examples, or one step where that is more
DRAWS = 400


def measure(seed: int, quick: bool) -> dict[str, float]:
    """The gradient's variance, and steps to the goal, at each batch size."""
    import numpy as np
    import torch

    from nna import registry
    from nna.lab.learn import seeded
    from nna.lab.pictures import digits
    from nna.training.in_memory import Tensors

    train, test = (Tensors.pair(part.x.flatten(1), part.target) for part in digits(seed, TRAIN))
    torch.manual_seed(seed)
    model = registry.build("mlp", features=64, hidden=(HIDDEN,), classes=10)
    start = [p.detach() for p in model.parameters()]
    draw = seeded(seed, "batches")
    noise = variances(start, train, 40 if quick else DRAWS, draw)
    numbers = {f"noise_{size}": value / noise[1] for size, value in noise.items()}
    logs = np.log([numbers[f"noise_{size}"] for size in NOISY])
    numbers["slope"] = float(np.polyfit(np.log(NOISY), logs, 1)[0])
    numbers["slope_off"] = abs(numbers["slope"] + 1)
    for size in SIZES:
        steps = reach(start, size, train, test, 0.1 if quick else EPOCHS, draw)
        numbers |= {f"steps_{size}": float(steps), f"examples_{size}": float(steps * size)}
    numbers["single_steps"] = numbers["steps_1"] / numbers["steps_16"]
    numbers["full_examples"] = numbers[f"examples_{TRAIN}"] / numbers["examples_16"]
    numbers["single_examples"] = numbers["examples_1"] / numbers["examples_16"]
    return numbers


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
    start: list[Tensor], size: int, train: Tensors, test: Tensors, epochs: float, draw: Generator
) -> int:
    """Steps until the goal at the best of all rates, which run side by side; the most if never."""
    import torch

    assert train.target is not None
    rates = torch.tensor(RATES)
    weights = [p.expand(len(rates), *p.shape).clone().requires_grad_() for p in start]
    scale = [rates.reshape(-1, *[1] * (p.dim() - 1)) for p in weights]
    most, every = max(1, int(epochs * TRAIN / size)), max(1, LOOK // size)
    order = torch.empty(0, dtype=torch.long)
    for step in range(1, most + 1):
        if len(order) < size:
            order = torch.randperm(TRAIN, generator=draw)
        batch, order = order[:size], order[size:]
        found = gradients(weights, train.x[batch], train.target[batch])
        with torch.no_grad():
            for weight, rate, gradient in zip(weights, scale, found, strict=True):
                weight -= rate * gradient
            if step % every == 0:
                right = scores(weights, test.x).argmax(-1) == test.target
                if 100 * right.float().mean(dim=1).max() >= GOAL:
                    return step
    return most


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
    scope="on 1,000 digits of 8x8, 100 epochs at most",
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
                    says="the power of the batch size in the variance is off -1 by",
                    of="slope_off",
                    at_most=0.1,
                ),
                Condition(
                    says="steps with single examples over those with batches of 16",
                    of="single_steps",
                    at_least=2,
                ),
                Condition(
                    says="examples used with all at once over those with batches of 16",
                    of="full_examples",
                    at_least=2,
                ),
                Condition(
                    says="examples used with single ones over those with batches of 16: batches "
                    "pay even where nothing is computed side by side",
                    of="single_examples",
                    at_least=1,
                    limit=True,
                ),
            ),
            rather="Batches save steps, not examples: single ones reach the goal with fewer of "
            "them. Batches pay where a machine computes many examples at once, up to a size "
            "beyond which they save less and less: Shallue, Lee, Antognini, Sohl-Dickstein, "
            "Frostig, Dahl (2019), Measuring the effects of data parallelism on neural network "
            "training, JMLR 20, arXiv:1811.03600.",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset digits as it is, 8 x 8 pixels: {TRAIN:,} to train on, drawn by the "
        "seed, the other 797 to look at.",
        models="The architecture mlp 64-32-10 with ReLU, from one start for all batch sizes.",
        training="Cross-entropy, plain gradient descent, batches in an order drawn anew for each "
        "epoch; rates 0.01, 0.03, 0.1, 0.3, 1 and 3, for each size and seed the best of them; 100 "
        "epochs at most.",
        measured="At the start: the mean squared distance of a batch's gradient from that of all "
        f"examples, {DRAWS} batches drawn without replacement for each size, over that of single "
        "examples. Steps until 90 % of the test digits are right, looked at every 32 examples or "
        "every step, and the examples in them. No clock: steps are what a machine waits for that "
        "computes a batch side by side, examples what one computes that can't.",
        quick="40 batches for each variance, a tenth of an epoch.",
    ),
    quantities={
        "slope": Quantity(about="power of the batch size in the variance", unit="power"),
        "slope_off": Quantity(about="how far the power is from -1", unit="power"),
        **{
            f"noise_{size}": Quantity(
                about=f"variance of the gradient, batches of {size}", unit="of that of one example"
            )
            for size in NOISY
        },
        **{
            f"{what}_{size}": Quantity(about=f"{what} to the goal, batches of {size}", unit=what)
            for size in SIZES
            for what in ("steps", "examples")
        },
        "single_steps": Quantity(about="steps, single examples over batches of 16", unit="times"),
        "full_examples": Quantity(about="examples, all at once over batches of 16", unit="times"),
        "single_examples": Quantity(about="examples, single ones over batches of 16", unit="times"),
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
    redrawn=797 / 1000,  # of the split, for each seed
)
