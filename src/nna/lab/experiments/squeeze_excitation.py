"""Squeeze and excitation: what it adds to a small network, beyond its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import nn

CANVAS, TRAIN = 12, 1200
WIDTHS, WIDER = (12, 24, 24, 24), (13, 25, 25, 25)
REDUCTION = 4  # maps for each unit between squeeze and excitation
NOISE = 0.2  # standard deviation, where ink is 1
MODELS = {
    "plain": "without",
    "excited": "with squeeze and excitation",
    "wider": "without, wider: as many parameters",
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train the three networks on the same digits in the same order."""
    import torch

    from nna import contract
    from nna.lab.learn import learn, seeded
    from nna.lab.pictures import accuracy, digits, multiply_adds, scattered
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    draw = seeded(seed, "places and noise")

    def spoilt(clean: Tensors) -> Tensors:
        placed = scattered(clean.x, CANVAS, draw)
        return Tensors.pair(
            placed + NOISE * torch.randn(placed.shape, generator=draw), clean.target
        )

    train, test = map(spoilt, digits(seed, 100 if quick else TRAIN))
    recipe = Recipe(
        objective="cross_entropy",
        epochs=1 if quick else 15,
        learning_rate=3e-3,
        batch_size=50,
        schedule="cosine",
    )
    numbers: dict[str, float] = {}
    for name in MODELS:
        torch.manual_seed(seed)
        model = build(name)
        learn(model, recipe, train, seed=seed)
        numbers |= {
            name: accuracy(model, test),
            f"params_{name}": contract.count_parameters(model),
            f"macs_{name}": multiply_adds(model, test.x) / 1e6,
        }
    return numbers


def build(name: str) -> nn.Module:
    """Four 3 x 3 convolutions, the second of stride 2, mean, linear head."""
    from torch import nn

    from nna.blocks.convolution import conv_norm
    from nna.blocks.squeeze import SqueezeExcitation

    widths = WIDER if name == "wider" else WIDTHS
    layers: list[nn.Module] = []
    for number, (c_in, c_out) in enumerate(zip((1, *widths), widths, strict=False)):
        layers += [conv_norm(c_in, c_out, 3, stride=2 if number == 1 else 1), nn.ReLU()]
        if name == "excited":
            layers.append(SqueezeExcitation(c_out, c_out // REDUCTION))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(widths[-1], 10))


def figure(columns: Columns) -> Figure:
    """The accuracy of every run, and what squeeze and excitation gain in pairs of runs."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(9, 2.8, 2)
    colours = dict(zip(MODELS, (GREY, BLUE, ORANGE), strict=True))
    runs(left, [(columns[name], colours[name]) for name in MODELS])
    left.set_yticks(
        range(len(MODELS)),
        [f"{text}\n({columns[f'params_{name}'][0]:,.0f})" for name, text in MODELS.items()],
    )
    left.set(
        xlabel="test digits right (%),\na dot a run, a bar their mean",
        title="Accuracy (in brackets: parameters)",
    )
    others = {"plain": "over none", "wider": "over the wider"}
    gains = {
        name: [a - b for a, b in zip(columns["excited"], columns[name], strict=True)]
        for name in others
    }
    runs(right, [(gains[name], colours[name]) for name in others])
    right.axvline(0, color=GREY, linestyle=":", linewidth=1)
    right.set_yticks(range(len(others)), others.values())
    right.set(xlabel="points gained by squeeze and excitation\n(same seed)", title="Gain")
    return drawing


EXPERIMENT = Experiment(
    title="Squeeze and excitation in a small network",
    scope="on 1,200 noisy digits anywhere, 360 steps",
    claims=(
        Claim(
            row="CNN-40",
            says="Squeeze and excitation improve a convolutional network at next to no cost.",
            by=(
                "Hu, Shen, Sun (2018). Squeeze-and-excitation networks. CVPR, arXiv:1709.01507, "
                "table 2",
            ),
            conditions=(
                Condition(
                    says="it gets more digits right than without",
                    of="excited",
                    minus="plain",
                    at_least=0,
                ),
                Condition(
                    says="and more than without, made wider to as many parameters",
                    of="excited",
                    minus="wider",
                    at_least=0,
                ),
            ),
            rather="The figures behind it are those of large networks: on ImageNet the top-1 error "
            "of ResNet-50 fell from 24.80 to 23.29 % for 10 % more parameters (Hu 2018, table 2 "
            "and section 4). They don't say that any network gains.",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits, each at a place of its own on an empty canvas of 12 x 12, with "
        f"Gaussian noise of standard deviation {NOISE} (ink is 1) on every pixel, so that some are "
        "missed: 1,200 to train on and 597 to test on, split, placed and spoilt by the seed.",
        models="Four 3 x 3 convolutions of 12, 24, 24 and 24 maps, the second of stride 2, batch "
        "norm and ReLU after each, the mean of each map, a linear head. The same with squeeze and "
        "excitation after every convolution, a quarter as many units as maps between; the same "
        "without, of 13, 25, 25 and 25 maps, which makes at least as many parameters.",
        training="Cross-entropy, Adam at rate 0.003 falling as a cosine, batches of 50, 15 epochs "
        "(360 steps); for all three the same.",
        measured="The share of test digits right after the last step.",
        quick="100 digits and one epoch.",
    ),
    quantities={
        name: quantity
        for model, text in MODELS.items()
        for name, quantity in (
            (model, Quantity(about=f"test digits right: {text}", unit="points")),
            (f"params_{model}", Quantity(about=f"parameters: {text}", unit="")),
            (f"macs_{model}", Quantity(about=f"multiply-adds: {text}", unit="million a picture")),
        )
    },
    seeds=15,
    minutes=3,
    measure=measure,
    figure=figure,
    redrawn=597 / 1200,  # of the split, for each seed
)
