"""Compound scaling: depth, width and side together, against each by itself at equal cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Generator, Tensor, nn

SCENE, TRAIN, TEST, NOISE = 48, 1000, 600, 0.4
SHAPES = ("disc", "square", "triangle", "cross", "ring", "bar")
# layers of each stage, maps of the first, side of the picture; all but the base cost about 1.92^2
# times what it does, compound by 1.2^2 times the depth, 1.1^2 the width, 1.15^2 the side
SIZES = {
    "base": ((2, 2, 2), 6, 14),
    "deeper": ((7, 6, 6), 6, 14),
    "wider": ((2, 2, 2), 12, 14),
    "larger": ((2, 2, 2), 6, 27),
    "compound": ((3, 3, 3), 7, 18),
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train the network in every size on the same scenes in the same order."""
    import torch
    from torch.nn import functional

    from nna.lab.learn import learn, seeded
    from nna.lab.pictures import accuracy, multiply_adds
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    kept = 60 if quick else TRAIN
    x, y = scenes(kept + (60 if quick else TEST), seeded(seed, "scenes"))
    recipe = Recipe(
        objective="cross_entropy",
        epochs=1 if quick else 10,
        learning_rate=5e-3,
        batch_size=25,
        schedule="cosine",
    )
    numbers: dict[str, float] = {}
    for name, (depths, width, side) in SIZES.items():
        seen = functional.interpolate(x, size=(side, side), mode="area")
        torch.manual_seed(seed)
        model = build(depths, width)
        numbers[f"macs_{name}"] = multiply_adds(model, seen) / 1e6
        learn(model, recipe, Tensors.pair(seen[:kept], y[:kept]), seed=seed)
        numbers[name] = accuracy(model, Tensors.pair(seen[kept:], y[kept:]))
    return numbers


def scenes(count: int, draw: Generator) -> tuple[Tensor, Tensor]:
    """Pictures `(count, 1, 48, 48)` of one shape each, of any size, place and turn, in noise."""
    import torch

    def between(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(count, 1, 1, generator=draw)

    y = torch.randint(len(SHAPES), (count,), generator=draw)
    radius, angle = between(6, 14), between(0, 2 * torch.pi)
    middle = [radius + 1 + (SCENE - 2 * radius - 2) * between(0, 1) for _ in range(2)]
    rows, columns = torch.meshgrid(torch.arange(SCENE), torch.arange(SCENE), indexing="ij")
    down, along = (rows - middle[0]) / radius, (columns - middle[1]) / radius
    u, v = (
        along * angle.cos() + down * angle.sin(),
        down * angle.cos() - along * angle.sin(),
    )
    far, thin, flat = (u**2 + v**2).sqrt(), u.abs() < 0.3, v.abs() < 0.3
    inside = torch.stack(
        [
            far < 0.9,
            torch.maximum(u.abs(), v.abs()) < 0.75,
            (v > -0.6) & (u.abs() < 0.6 * (1 - v)),
            (thin & (v.abs() < 1)) | (flat & (u.abs() < 1)),
            (far > 0.5) & (far < 1),
            thin & (v.abs() < 1),
        ]
    )
    shape = inside[y, torch.arange(count)].float()
    return (shape + NOISE * torch.randn(shape.shape, generator=draw))[:, None], y


def build(depths: tuple[int, ...], width: int) -> nn.Module:
    """A 3 x 3 convolution, three stages of them, each later one at half the side; mean; head."""
    from torch import nn

    from nna.blocks.convolution import conv_norm

    layers, c_in = [conv_norm(1, width, 3), nn.ReLU()], width
    for stage, depth in enumerate(depths):
        c_out = width * 2**stage
        for number in range(depth):
            stride = 2 if number == 0 and stage > 0 else 1
            layers += [conv_norm(c_in, c_out, 3, stride), nn.ReLU()]
            c_in = c_out
    return nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c_in, len(SHAPES))
    )


def figure(columns: Columns) -> Figure:
    """The accuracy of every run, and how far the compound scaling is ahead in pairs of runs."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(9, 3, 2)
    colours = dict.fromkeys(SIZES, ORANGE) | {"base": GREY, "compound": BLUE}
    runs(left, [(columns[name], colour) for name, colour in colours.items()])
    left.set_yticks(
        range(len(SIZES)), [f"{name}: {columns[f'macs_{name}'][0]:.2f} M" for name in SIZES]
    )
    left.set(
        xlabel="test shapes right (%),\na dot a run, a bar their mean",
        title="Accuracy (M: million multiply-adds)",
    )
    others = ("deeper", "wider", "larger")
    ahead = [
        [a - b for a, b in zip(columns["compound"], columns[name], strict=True)] for name in others
    ]
    runs(right, [(numbers, ORANGE) for numbers in ahead])
    right.axvline(0, color=GREY, linestyle=":", linewidth=1)
    right.set_yticks(range(len(others)), [f"over {name}" for name in others])
    right.set(xlabel="points that compound scaling is ahead\n(same seed)", title="Gain")
    return drawing


EXPERIMENT = Experiment(
    title="Compound scaling against depth, width or side alone",
    scope="on 1,000 generated scenes, 400 steps",
    claims=(
        Claim(
            row="CNN-42",
            says="For the same cost, scaling depth, width and resolution together is better than "
            "scaling any one of them.",
            by=(
                "Tan, Le (2019). EfficientNet: Rethinking model scaling for convolutional neural "
                "networks. ICML, arXiv:1905.11946, sections 3.2 and 6, figure 8",
            ),
            conditions=tuple(
                Condition(
                    says=f"compound scaling gets more shapes right than {what}",
                    of="compound",
                    minus=name,
                    at_least=0,
                )
                for name, what in (
                    ("deeper", "depth alone"),
                    ("wider", "width alone"),
                    ("larger", "resolution alone"),
                )
            ),
            rather="Figure 8 shows it for one network on ImageNet, with a ratio found by a search "
            "for that network. What a network lacks most, another task decides: where the picture "
            "was made too coarse, resolution alone may be best.",
        ),
    ),
    protocol=Protocol(
        data=f"Generated scenes of {SCENE} x {SCENE} pixels: one bright shape of six "
        f"({', '.join(SHAPES)}), radius 6 to 14 pixels, anywhere, turned at random, in Gaussian "
        f"noise of {NOISE} (the shape is 1); {TRAIN:,} to train on and {TEST} to test on, drawn by "
        "the seed; averaged down to the side that the network takes.",
        models="A 3 x 3 convolution and three stages of them, each later stage at half the side "
        "with twice the maps, batch norm and ReLU after every convolution, mean, linear head. "
        "Base: two convolutions a stage, 6 maps, 14 pixels a side. At 3.5 to 3.9 times its "
        "multiply-adds: 7, 6 and 6 convolutions; or 12 maps; or 27 pixels; or, near the rule of "
        "the paper at phi = 2, three convolutions a stage, 7 maps and 18 pixels.",
        training="Cross-entropy, Adam at rate 0.005 falling as a cosine, batches of 25, 10 epochs "
        "(400 steps); for all the same.",
        measured="The share of test shapes right after the last step; multiply-adds for one "
        "picture.",
        quick="60 scenes and one epoch.",
    ),
    quantities={
        name: quantity
        for size in SIZES
        for name, quantity in (
            (size, Quantity(about=f"test shapes right: {size}", unit="points")),
            (
                f"macs_{size}",
                Quantity(about=f"multiply-adds: {size}", unit="million a picture"),
            ),
        )
    },
    seeds=10,
    minutes=6,
    measure=measure,
    figure=figure,
)
