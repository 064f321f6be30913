"""Shifted digits: what is left of a convolutional network's accuracy, and of a dense one's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import nn

SIDE, CANVAS, TRAIN = 16, 32, 1000
SHIFTS = (0, 1, 2, 3, 4)
MODELS = {
    "flatten": "convolutions, flattened",
    "mean": "convolutions, global mean",
    "mlp": "MLP of equal size",
    "large": "MLP seven times as large",
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train every model on centred digits; test it on shifted ones."""
    import torch

    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy, digits, shifted
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    train, test = digits(seed, 100 if quick else TRAIN, SIDE, CANVAS)
    recipe = Recipe(
        objective="cross_entropy",
        epochs=1 if quick else 30,
        learning_rate=5e-3,
        batch_size=50,
        schedule="cosine",
    )
    numbers: dict[str, float] = {}
    for name in MODELS:
        torch.manual_seed(seed)
        model = build(name)
        learn(model, recipe, train, seed=seed)
        for shift in SHIFTS:
            ways = ((shift, 0), (-shift, 0), (0, shift), (0, -shift)) if shift else ((0, 0),)
            right = [
                accuracy(model, Tensors.pair(shifted(test.x, *way), test.target)) for way in ways
            ]
            numbers[f"{name}_{shift}"] = sum(right) / len(right)
        numbers[f"{name}_worst"] = min(numbers[f"{name}_{shift}"] for shift in SHIFTS[1:])
    return numbers


def build(name: str) -> nn.Module:
    """A model by the name it has here: 26,434, 6,274, 26,920 and 186,310 parameters."""
    from torch import nn

    from nna.blocks.convolution import conv_norm

    if name in ("mlp", "large"):
        hidden = 26 if name == "mlp" else 180
        dense = (nn.Linear(CANVAS**2, hidden), nn.ReLU(), nn.Linear(hidden, 10))
        return nn.Sequential(nn.Flatten(), *dense)
    layers: list[nn.Module] = []
    for c_in, c_out in ((1, 8), (8, 16), (16, 32)):
        layers += [conv_norm(c_in, c_out, 3), nn.ReLU()]
        if c_out < 32:
            layers.append(nn.MaxPool2d(2))
    if name == "mean":
        return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(32 * (CANVAS // 4) ** 2, 10))


def figure(columns: Columns) -> Figure:
    """Accuracy by shift, and what each run loses at four pixels."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, curves, new, runs

    looks = {"flatten": (BLUE, "--"), "mean": (BLUE, "-"), "mlp": (ORANGE, "--")}
    looks["large"] = (ORANGE, "-")
    drawing, (left, right) = new(9, 3.4, 2)
    curves(
        left,
        SHIFTS,
        [
            (MODELS[name], [columns[f"{name}_{shift}"] for shift in SHIFTS], colour, style)
            for name, (colour, style) in looks.items()
        ],
    )
    left.set(
        xlabel="shift of the test digits (pixels)",
        ylabel="digits right (%)",
        title="Trained on centred digits",
        xticks=SHIFTS,
        ylim=(0, 102),
    )
    lost = {
        name: [a - b for a, b in zip(columns[f"{name}_0"], columns[f"{name}_worst"], strict=True)]
        for name in looks
    }
    runs(right, [(lost[name], colour) for name, (colour, _) in looks.items()])
    right.axvline(2, color=GREY, linestyle=":", linewidth=1)
    right.set_yticks(range(len(looks)), [MODELS[name] for name in looks])
    right.set(
        xlabel="accuracy lost at the worst of 1 to 4 pixels (points),\n"
        "a dot a run; dotted: the bound of invariance",
        title="What a shift costs",
        xlim=(0, None),
    )
    return drawing


EXPERIMENT = Experiment(
    title="Digits that are not where they were learnt",
    scope="on 1,000 enlarged digits, 600 steps",
    claims=(
        Claim(
            row="CNN-06",
            says="A convolutional network is invariant to translation.",
            by=(
                "Common in introductions. LeCun, Bottou, Bengio, Haffner (1998), Gradient-based "
                "learning applied to document recognition, Proc. IEEE 86(11), section II.A, say "
                "only that its architecture ensures some degree of it",
            ),
            conditions=(
                Condition(
                    says="with flattened maps it loses next to nothing at 4 pixels",
                    of="flatten_0",
                    minus="flatten_4",
                    at_most=2,
                ),
                Condition(
                    says="with a global mean it loses next to nothing at 4 pixels, as many as its "
                    "two poolings step over",
                    of="mean_0",
                    minus="mean_4",
                    at_most=2,
                ),
                Condition(
                    says="with a global mean it loses next to nothing at the worst of 1 to 4 "
                    "pixels",
                    of="mean_0",
                    minus="mean_worst",
                    at_most=2,
                ),
            ),
            rather="Its convolutions are equivariant: as the picture moves, so do the maps. What "
            "reads the maps decides about invariance, and subsampling breaks even a global mean's: "
            "Azulay, Weiss (2019), Why do deep convolutional networks generalize so poorly to "
            "small image transformations?, JMLR 20(184), arXiv:1805.12177; Zhang (2019), Making "
            "convolutional networks shift-invariant again, ICML, arXiv:1904.11486.",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits, enlarged to 16 x 16 pixels in the middle of an empty canvas of "
        "32 x 32: 1,000 to train on, in the middle always, and 797 to test on, drawn by the seed.",
        models="Three 3 x 3 convolutions of 8, 16 and 32 maps with batch norm and ReLU, a maximum "
        "over 2 x 2 after each of the first two, and a linear layer on the flattened maps (26,434 "
        "parameters) or on the mean of each map (6,274); MLPs with one hidden layer of 26 units "
        "(26,920) and of 180 (186,310). PyTorch's usual start.",
        training="Cross-entropy, Adam at rate 0.005 falling as a cosine, batches of 50, 30 epochs "
        "(600 steps); for all models the same.",
        measured="The share of test digits right as they are moved by 0 to 4 pixels, the mean of "
        "up, down, left and right. At 4 pixels every digit still lies whole on the canvas.",
        quick="100 digits and one epoch.",
    ),
    quantities={
        f"{name}_{shift}": Quantity(about=f"{label}: digits right, shift {shift}", unit="points")
        for name, label in MODELS.items()
        for shift in (*SHIFTS, "worst")
    },
    seeds=10,
    minutes=6,
    measure=measure,
    figure=figure,
    redrawn=797 / 1000,  # of the split, for each seed
)
