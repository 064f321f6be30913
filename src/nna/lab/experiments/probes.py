"""Probes by depth: what a linear reader finds in each layer, and how far classes lie apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

    from nna.training.in_memory import Tensors

TRAIN, BATCH, MAPS, LAYERS, EPOCHS = 1000, 50, 12, 4, 5
STATES = {"trained": "trained", "fresh": "untrained"}
RIDGE = 1e-2  # of the mean square of the features


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Probe every layer of a network before and after training."""
    import torch

    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy, digits
    from nna.spec import Recipe

    train, test = digits(seed, 100 if quick else TRAIN)
    torch.manual_seed(seed)
    model = network()
    numbers = probed(model, "fresh", train, test)
    recipe = Recipe(
        objective="cross_entropy",
        epochs=1 if quick else EPOCHS,
        learning_rate=3e-3,
        batch_size=BATCH,
    )
    learn(model, recipe, train, seed=seed)
    return {**numbers, **probed(model, "trained", train, test), "right": accuracy(model, test)}


def network() -> nn.Sequential:
    """Four 3 x 3 convolutions at full resolution, the mean over 4 x 4 fields, a linear head."""
    from itertools import pairwise

    from torch import nn

    from nna.blocks.convolution import conv_norm

    sizes = (1, *[MAPS] * LAYERS)
    convolutions = (
        nn.Sequential(conv_norm(c_in, c_out, 3), nn.ReLU()) for c_in, c_out in pairwise(sizes)
    )
    head = nn.Sequential(nn.AvgPool2d(2), nn.Flatten(), nn.Linear(MAPS * 16, 10))
    return nn.Sequential(*convolutions, head)


def probed(model: nn.Sequential, state: str, train: Tensors, test: Tensors) -> dict[str, float]:
    """For each layer the probe's accuracy and the power of ten of the Fisher ratio."""
    import torch

    assert train.target is not None
    assert test.target is not None
    numbers: dict[str, float] = {}
    model.eval()
    with torch.no_grad():
        seen, unseen = train.x, test.x
        for layer, convolution in enumerate(list(model)[:-1], 1):
            seen, unseen = convolution(seen), convolution(unseen)
            parts = features(seen), features(unseen)
            right = read(*parts, train.target) == test.target
            numbers[f"probe_{state}_{layer}"] = 100 * right.float().mean().item()
            numbers[f"fisher_{state}_{layer}"] = fisher(parts[1], test.target)
    for what in ("probe", "fisher"):
        for layer in range(2, LAYERS + 1):
            now, before = (numbers[f"{what}_{state}_{n}"] for n in (layer, layer - 1))
            numbers[f"{what}_{state}_gain_{layer}"] = now - before
    return numbers


def features(maps: Tensor) -> Tensor:
    """As many numbers at every depth: each map's means over 2 x 2 pixels."""
    from torch.nn import functional

    return functional.avg_pool2d(maps, 2).flatten(1).double()


def read(seen: Tensor, unseen: Tensor, digit: Tensor) -> Tensor:
    """Classes told by ridge regression on the classes' indicators."""
    import torch
    from torch.nn import functional

    middle = seen.mean(0)
    a, b = seen - middle, functional.one_hot(digit, 10).double()
    ridge = RIDGE * a.square().sum() / a.shape[1] * torch.eye(a.shape[1], dtype=a.dtype)
    weight = torch.linalg.solve(a.T @ a + ridge, a.T @ (b - b.mean(0)))
    return ((unseen - middle) @ weight + b.mean(0)).argmax(1)


def fisher(x: Tensor, digit: Tensor) -> float:
    """Variance between the classes' means over that within classes, all features together."""
    import torch

    means = torch.stack([x[digit == k].mean(0) for k in range(10)])[digit]
    ratio = (means - x.mean(0)).square().sum() / (x - means).square().sum()
    return ratio.log10().item()


def figure(columns: Columns) -> Figure:
    """Probe accuracy and Fisher ratio by depth, before and after training."""
    from nna.lab.drawing import BLUE, GREY, curves, new

    drawing, (left, right) = new(9, 3, 2)
    depths = range(1, LAYERS + 1)
    for axis, what in ((left, "probe"), (right, "fisher")):
        curves(
            axis,
            depths,
            [
                (label, [columns[f"{what}_{state}_{n}"] for n in depths], colour, "-")
                for (state, label), colour in zip(STATES.items(), (BLUE, GREY), strict=True)
            ],
        )
        axis.set(xlabel="convolution; bands: 95 % intervals", xticks=depths)
    left.set(ylabel="test digits right (%)", title="Linear probe")
    right.set(ylabel="power of ten", title="Variance between over within classes")
    return drawing


def _steps(what: str, says: str) -> tuple[Condition, ...]:
    return tuple(
        Condition(says=f"{says}, layer {n} over {n - 1}", of=f"{what}_trained_gain_{n}", at_least=0)
        for n in range(2, LAYERS + 1)
    )


EXPERIMENT = Experiment(
    title="What layers hold, by depth",
    scope="on 1,000 digits of 8x8, 100 steps",
    claims=(
        Claim(
            row="NEU-23",
            says="Features grow more abstract from layer to layer.",
            by=(
                "Alain, Bengio (2016). Understanding intermediate layers using linear classifier "
                "probes. arXiv:1610.01644",
                "Goodfellow, Bengio, Courville (2016). Deep Learning. MIT Press, chapter 1",
            ),
            conditions=(
                *_steps("probe", "a linear probe tells more test digits right"),
                *_steps("fisher", "the classes lie further apart (power of ten)"),
                Condition(
                    says="learning does it: the last layer's probe, trained over untrained",
                    of=f"probe_trained_{LAYERS}",
                    minus=f"probe_fresh_{LAYERS}",
                    at_least=0,
                ),
            ),
            rather="From the third layer to the fourth a linear probe gains nothing that 40 runs "
            "could show. What grows measurably with depth is how well the classes trained for can "
            "be told apart, linearly. That first layers hold edges and the next parts is another "
            "claim, about large networks on photographs (Zeiler, Fergus, 2014, Visualizing and "
            "understanding convolutional networks, arXiv:1311.2901).",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits as it is, 8 x 8 pixels from 0 to 1: 1,000 to train on and 797 to "
        "test on, split by the seed.",
        models=f"{LAYERS} 3 x 3 convolutions of {MAPS} maps at full resolution, batch norm and "
        "ReLU after each, means over 2 x 2 pixels, a linear head.",
        training=f"Cross-entropy, Adam at rate 0.003, batches of {BATCH}, {EPOCHS} epochs (100 "
        "steps).",
        measured=f"After each convolution, before training and after it, from the maps' means over "
        f"2 x 2 pixels ({MAPS * 16} numbers at every depth): the share of test digits right by "
        "ridge regression on the training digits, penalty 0.01 of the mean square; and on the test "
        "digits the variance between the classes' means over that within classes, all numbers "
        "together, as a power of ten.",
        quick="100 digits and one epoch.",
    ),
    quantities={
        "right": Quantity(about="test digits right, the network itself", unit="points"),
        **{
            f"{what}_{state}_{n}": Quantity(about=f"{text}, layer {n}, {label}", unit=unit)
            for state, label in STATES.items()
            for what, text, unit in (
                ("probe", "test digits that a linear probe tells right", "points"),
                ("fisher", "variance between over within classes", "power of ten"),
            )
            for n in range(1, LAYERS + 1)
        },
        **{
            f"{what}_{state}_gain_{n}": Quantity(
                about=f"{text}, layer {n} over {n - 1}, {label}", unit=unit
            )
            for state, label in STATES.items()
            for what, text, unit in (
                ("probe", "gain of the probe", "points"),
                ("fisher", "gain of variance between over within classes", "powers of ten"),
            )
            for n in range(2, LAYERS + 1)
        },
    },
    seeds=40,
    minutes=0.6,
    measure=measure,
    figure=figure,
    redrawn=797 / 1000,  # of the split, for each seed
)
