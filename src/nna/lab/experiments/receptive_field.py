"""Receptive fields: how far a unit can see, how far it does see, and what dilation adds."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

DEPTHS = (1, 2, 4, 8, 16)
MAPS, PICTURES = 8, 16
DILATIONS = {"plain": (1, 1, 1), "dilated": (1, 2, 4)}
TRAIN, SIDE, CANVAS, LAYERS = 1000, 16, 24, 8  # of the trained network
TRAINED = (2, 4, 6, 8)  # its layers that are looked at


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Stacks as they start, on noise; one network on digits, before and after it learns."""
    import torch

    from nna.lab.learn import seeded

    numbers: dict[str, float] = {}
    for depth in DEPTHS:
        torch.manual_seed(seed)
        noise = torch.randn(PICTURES, 1, 2 * depth + 1, 2 * depth + 1, generator=seeded(seed, "x"))
        numbers[f"seen_{depth}"] = spread(influence(stack((1,) * depth)[:-1], noise))
    numbers["growth"] = min(
        numbers[f"seen_{b}"] / numbers[f"seen_{a}"] for a, b in pairwise(DEPTHS)
    )
    numbers["share_16"] = numbers["seen_16"] / 33
    noise = torch.randn(PICTURES, 1, 21, 21, generator=seeded(seed, "x"))
    for name, dilations in DILATIONS.items():
        torch.manual_seed(seed)
        by = influence(stack(dilations)[:-1], noise)
        numbers |= {f"reach_{name}": reach(by), f"seen_{name}": spread(by)}
    return numbers | trained(seed, quick)


def trained(seed: int, quick: bool) -> dict[str, float]:
    """What units in the middle of the maps of a classifier see, layer by layer."""
    import torch
    from torch import nn

    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy, digits
    from nna.spec import Recipe

    train, test = digits(seed, 100 if quick else TRAIN, SIDE, CANVAS)
    torch.manual_seed(seed)
    layers = stack((1,) * LAYERS, norm=True).eval()
    head = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(MAPS, 10))
    seen = {
        f"fresh_{depth}": spread(influence(layers[: 2 * depth - 1], test.x[:PICTURES]))
        for depth in TRAINED
    }
    model = nn.Sequential(layers, *head)
    learn(
        model,
        Recipe(
            objective="cross_entropy",
            epochs=1 if quick else 12,
            learning_rate=5e-3,
            batch_size=50,
            schedule="cosine",
        ),
        train,
        seed=seed,
    )
    right = accuracy(model, test)
    for depth in TRAINED:
        by = influence(layers[: 2 * depth - 1], test.x[:PICTURES])
        seen[f"learnt_{depth}"] = spread(by)
    growth = [seen[f"learnt_{b}"] / seen[f"learnt_{a}"] for a, b in pairwise(TRAINED)]
    seen["whole"] = seen[f"learnt_{LAYERS}"] / (2 * LAYERS + 1)
    return {**seen, "learnt_growth": min(growth), "right": right}


def stack(dilations: tuple[int, ...], norm: bool = False) -> nn.Sequential:
    """3 x 3 convolutions of eight maps that keep the resolution, ReLU after each; He's start."""
    from torch import nn

    from nna.blocks.convolution import conv_norm, he_start

    layers = nn.Sequential()
    for number, dilation in enumerate(dilations):
        c_in = MAPS if number else 1
        layers.append(
            conv_norm(c_in, MAPS, 3, dilation=dilation)
            if norm
            else nn.Conv2d(c_in, MAPS, 3, padding=dilation, dilation=dilation)
        )
        layers.append(nn.ReLU())
    he_start(layers)
    return layers


def influence(layers: nn.Module, pictures: Tensor) -> Tensor:
    """How much each pixel moves the units in the middle: squared gradients, added, `(h, w)`.

    Of units before their ReLU, so that none is silent.
    """
    import torch

    x = pictures.clone().requires_grad_()
    maps = layers(x)
    middle = maps[:, :, maps.shape[2] // 2, maps.shape[3] // 2]
    total = torch.zeros(x.shape[2:], dtype=torch.float64)
    for unit in range(middle.shape[1]):
        (gradient,) = torch.autograd.grad(middle[:, unit].sum(), x, retain_graph=True)
        total += gradient.double().square().sum(dim=(0, 1))
    return total


def spread(influence: Tensor) -> float:
    """The side, in pixels, of the evenly filled square with the same variance along its sides.

    An even square of n pixels a side has the variance (n^2 - 1) / 12, so that a field that uses
    all it can see has the side of its theoretical receptive field.
    """
    import torch

    total, variance = influence.sum(), 0.0
    for along in (0, 1):
        weight = influence.sum(dim=1 - along) / total
        place = torch.arange(len(weight), dtype=torch.float64)
        middle = (weight * place).sum()
        variance += (weight * (place - middle).square()).sum().item() / 2
    return (12 * variance + 1) ** 0.5


def reach(influence: Tensor) -> float:
    """The side, in pixels, of the square outside which no pixel has any influence."""
    rows = influence.sum(dim=1).nonzero()
    columns = influence.sum(dim=0).nonzero()
    return float(max(part.max() - part.min() for part in (rows, columns)) + 1)


def figure(columns: Columns) -> Figure:
    """Seen against possible: by depth, in a trained network, and by dilation."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, curves, new, runs

    drawing, (left, middle, right) = new(12, 3.4, 3)
    theory = [2 * depth + 1 for depth in DEPTHS]
    left.plot(DEPTHS, theory, ":", color=GREY, label="theoretical")
    seen = [columns[f"seen_{depth}"] for depth in DEPTHS]
    curves(left, DEPTHS, [("effective", seen, BLUE, "-")])
    left.set(
        xlabel="3 x 3 layers", ylabel="side (pixels)", title="At the start, on noise", xticks=DEPTHS
    )
    middle.plot(TRAINED, [2 * depth + 1 for depth in TRAINED], ":", color=GREY, label="theoretical")
    rows = [
        (label, [columns[f"{name}_{depth}"] for depth in TRAINED], colour, style)
        for name, label, colour, style in (
            ("learnt", "effective, trained", BLUE, "-"),
            ("fresh", "effective, at the start", BLUE, "--"),
        )
    ]
    curves(middle, TRAINED, rows)
    middle.set(
        xlabel="layer", ylabel="side (pixels)", title="A classifier of digits", xticks=TRAINED
    )
    runs(right, [(columns["seen_plain"], ORANGE), (columns["seen_dilated"], BLUE)])
    for place, (name, colour) in enumerate((("plain", ORANGE), ("dilated", BLUE))):
        right.plot(columns[f"reach_{name}"][0], place, "|", color=colour, markersize=28)
    right.set_yticks((0, 1), ["dilations 1, 1, 1", "dilations 1, 2, 4"])
    right.set(
        xlabel="side (pixels): effective, a dot a run, a bar their mean;\ntheoretical, a thin line",
        title="Three layers, 1,248 weights",
    )
    return drawing


EXPERIMENT = Experiment(
    title="How far a unit sees",
    scope="on noise and 1,000 enlarged digits, 240 steps",
    claims=(
        Claim(
            row="CNN-48",
            says="The receptive field grows with depth: early layers see little of a picture, late "
            "ones nearly all of it.",
            by=("Goodfellow, Bengio, Courville (2016). Deep Learning. MIT Press, section 9.2",),
            conditions=(
                Condition(
                    says="what a unit sees, each depth over the last, the least, at the start",
                    of="growth",
                    at_least=1,
                ),
                Condition(
                    says="the same layer by layer in a trained network",
                    of="learnt_growth",
                    at_least=1,
                ),
                Condition(
                    says="of what it could see, a unit sees after 16 layers at the start",
                    of="share_16",
                    at_least=0.8,
                    limit=True,
                ),
                Condition(
                    says="of what it could see, a unit sees after 8 layers that were trained",
                    of="whole",
                    at_least=0.8,
                    limit=True,
                ),
            ),
            rather="What a layer could see grows with the number of layers, what it does see only "
            "with about its root, as a bell in the middle: Luo, Li, Urtasun, Zemel (2016), "
            "Understanding the effective receptive field in deep convolutional neural networks, "
            "NIPS, arXiv:1701.04128.",
        ),
        Claim(
            row="CNN-37",
            says="Dilation widens the receptive field without more weights or lower resolution.",
            by=(
                "Yu, Koltun (2016). Multi-scale context aggregation by dilated convolutions. "
                "ICLR, arXiv:1511.07122, section 2",
            ),
            conditions=(
                Condition(
                    says="pixels a side that have any influence, dilations 1, 2, 4",
                    of="reach_dilated",
                    at_least=15,
                ),
                Condition(
                    says="the same for as many weights without dilation",
                    of="reach_plain",
                    at_most=7,
                ),
                Condition(
                    says="the effective side is wider by",
                    of="seen_dilated",
                    minus="seen_plain",
                    at_least=4,
                ),
            ),
        ),
    ),
    protocol=Protocol(
        data="Noise, 16 pictures drawn by the seed, as large as the receptive field. For the "
        "trained network the dataset digits, enlarged to 16 x 16 pixels in the middle of an empty "
        "canvas of 24 x 24; 1,000 to train on and 797 to test on, drawn by the seed.",
        models="Stacks of 1 to 16 convolutions of 3 x 3, eight maps, at full resolution with "
        "ReLU, He's start; three of them with dilations 1, 1, 1 and 1, 2, 4; and a classifier of "
        "eight of them with batch norm, the mean of each map, and a linear layer.",
        training="The classifier alone: cross-entropy, Adam at rate 0.005 falling as a cosine, "
        "batches of 50, 12 epochs (240 steps).",
        measured="The squared gradients of the units in the middle, before their ReLU, by each "
        "pixel, added over units and 16 pictures. The effective side is that of the evenly filled "
        "square of the same variance, which equals the theoretical one where all pixels count "
        "alike; the theoretical side is that of the square outside which no pixel has influence.",
        quick="100 digits and one epoch.",
    ),
    quantities={
        **{
            f"seen_{depth}": Quantity(about=f"effective side, {depth} layers", unit="pixels")
            for depth in DEPTHS
        },
        "growth": Quantity(about="effective side, each depth over the last, least", unit="times"),
        "share_16": Quantity(about="effective over theoretical side, 16 layers", unit="times"),
        **{
            name: quantity
            for kind in DILATIONS
            for name, quantity in (
                (f"seen_{kind}", Quantity(about=f"effective side, {kind}", unit="pixels")),
                (f"reach_{kind}", Quantity(about=f"theoretical side, {kind}", unit="pixels")),
            )
        },
        **{
            f"{when}_{depth}": Quantity(
                about=f"effective side of layer {depth}, {when}", unit="pixels"
            )
            for when in ("fresh", "learnt")
            for depth in TRAINED
        },
        "learnt_growth": Quantity(
            about="effective side, each layer over the last, trained, least", unit="times"
        ),
        "whole": Quantity(about="effective over theoretical side, layer 8, trained", unit="times"),
        "right": Quantity(about="test digits right", unit="points"),
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
)
