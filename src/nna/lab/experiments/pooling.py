"""Pooling: against strides and against neither, the maximum against the mean, overlapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

SIDE, CANVAS, TRAIN = 16, 20, 1000
MODELS = {
    "maximum": "maximum, 2 x 2",
    "mean": "mean, 2 x 2",
    "overlap": "maximum, 3 x 3",
    "stride": "strides",
    "neither": "neither",
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train every network on the same digits; compare its scores before and after a shift."""
    import torch

    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy, digits, scores, shifted
    from nna.spec import Recipe

    train, test = digits(seed, 100 if quick else TRAIN, SIDE, CANVAS)
    recipe = Recipe(
        objective="cross_entropy",
        epochs=1 if quick else 20,
        learning_rate=5e-3,
        batch_size=50,
        schedule="cosine",
    )
    numbers: dict[str, float] = {}
    for name in MODELS:
        torch.manual_seed(seed)
        model = build(name)
        learn(model, recipe, train, seed=seed)
        numbers[f"{name}_right"] = accuracy(model, test)
        still = scores(model, test.x)
        for shift in (1, 2):
            ways = ((shift, 0), (-shift, 0), (0, shift), (0, -shift))
            moved = [change(still, scores(model, shifted(test.x, *way))) for way in ways]
            numbers[f"{name}_change_{shift}"] = sum(moved) / len(moved)
    return numbers


def build(name: str) -> nn.Module:
    """Two convolutions that end in 16 maps of 5 x 5; 5,282 parameters, whatever the name."""
    from torch import nn

    from nna.blocks.convolution import conv_norm

    class EveryFourth(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x[..., ::4, ::4]

    lower = {
        "maximum": lambda: nn.MaxPool2d(2),
        "mean": lambda: nn.AvgPool2d(2),
        "overlap": lambda: nn.MaxPool2d(3, stride=2, padding=1),
    }.get(name, nn.Identity)
    stride = 2 if name == "stride" else 1
    return nn.Sequential(
        *(conv_norm(1, 8, 3, stride), nn.ReLU(), lower()),
        *(conv_norm(8, 16, 3, stride), nn.ReLU(), lower()),
        EveryFourth() if name == "neither" else nn.Identity(),
        nn.Flatten(),
        nn.Linear(16 * (CANVAS // 4) ** 2, 10),
    )


def change(before: Tensor, after: Tensor) -> float:
    """How far scores move, in percent of their length; what all classes share doesn't count."""
    before, after = (s - s.mean(dim=1, keepdim=True) for s in (before, after))
    return 100 * ((after - before).norm(dim=1) / before.norm(dim=1)).mean().item()


def figure(columns: Columns) -> Figure:
    """How far the scores move, and how many digits are right, in every run."""
    from nna.lab.drawing import BLUE, ORANGE, new, runs

    colours = [BLUE] * 3 + [ORANGE] * 2
    drawing, axes = new(10, 3, 3)
    panels = (
        ("change_1", "Shifted by 1 pixel", "change of the scores (%),\na dot a run"),
        ("change_2", "Shifted by 2 pixels", "change of the scores (%)"),
        ("right", "Not shifted", "test digits right (%)"),
    )
    for axis, (quantity, title, label) in zip(axes, panels, strict=True):
        rows = [columns[f"{name}_{quantity}"] for name in MODELS]
        runs(axis, list(zip(rows, colours, strict=True)))
        axis.set(title=title, xlabel=label, yticks=[])
    axes[0].set_yticks(range(len(MODELS)), list(MODELS.values()))
    return drawing


EXPERIMENT = Experiment(
    title="What pooling gives",
    scope="on 1,000 enlarged digits, 400 steps",
    claims=(
        Claim(
            row="CNN-08",
            says="Pooling makes a network's answer robust to small shifts.",
            by=(
                "Goodfellow, Bengio, Courville (2016). Deep Learning. MIT Press, section 9.3",
                "LeCun, Bottou, Bengio, Haffner (1998). Gradient-based learning applied to "
                "document recognition. Proc. IEEE 86(11), section II.A",
            ),
            conditions=(
                *(
                    Condition(
                        says=f"with a maximum, scores move less than with {other}, at {shift} px",
                        of=f"maximum_change_{shift}",
                        minus=f"{against}_change_{shift}",
                        at_most=0,
                    )
                    for against, other in (("stride", "strides"), ("neither", "neither"))
                    for shift in (1, 2)
                ),
                *(
                    Condition(
                        says=f"with a mean, scores move less than with strides, at {shift} px",
                        of=f"mean_change_{shift}",
                        minus=f"stride_change_{shift}",
                        at_most=0,
                        limit=True,
                    )
                    for shift in (1, 2)
                ),
            ),
        ),
        Claim(
            row="CNN-09",
            says="Maximum pooling classifies better than mean pooling.",
            by=(
                "Scherer, Mueller, Behnke (2010). Evaluation of pooling operations in "
                "convolutional architectures for object recognition. ICANN",
                "Boureau, Ponce, LeCun (2010). A theoretical analysis of feature pooling in "
                "visual recognition. ICML",
            ),
            conditions=(
                Condition(
                    says="more test digits right with the maximum",
                    of="maximum_right",
                    minus="mean_right",
                    at_least=0,
                ),
            ),
            rather="Here the two lie within a third of a point. Which is better depends on how "
            "many places are pooled and how finely, among others: Boureau, Ponce, LeCun (2010).",
        ),
        Claim(
            row="CNN-23",
            says="Overlapping pooling, 3 x 3 at stride 2, classifies slightly better than 2 x 2.",
            by=(
                "Krizhevsky, Sutskever, Hinton (2012). ImageNet classification with deep "
                "convolutional neural networks. NIPS, section 3.4 (by 0.4 points of top-1 error)",
            ),
            conditions=(
                Condition(
                    says="more test digits right with overlap",
                    of="overlap_right",
                    minus="maximum_right",
                    at_least=0,
                ),
            ),
            rather="The 0.4 points are ImageNet's. On these digits the two lie within about a "
            "third of a point, and which is ahead can't be told.",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits, enlarged to 16 x 16 pixels in the middle of an empty canvas of "
        "20 x 20: 1,000 to train on and 797 to test on, drawn by the seed.",
        models="Two 3 x 3 convolutions of 8 and 16 maps with batch norm and ReLU and a linear "
        "layer on the flattened maps of 5 x 5. Each convolution is followed by a maximum or mean "
        "over 2 x 2 or a maximum over 3 x 3, at stride 2; or has stride 2 itself; or neither, and "
        "every fourth row and column of the last maps are kept. 5,282 parameters each.",
        training="Cross-entropy, Adam at rate 0.005 falling as a cosine, batches of 50, 20 epochs "
        "(400 steps); for all networks the same.",
        measured="The share of test digits right; and how far the ten scores of a test digit, less "
        "their mean, move when it is moved by 1 or 2 pixels, in percent of their length: the mean "
        "over digits and over up, down, left and right.",
        quick="100 digits and one epoch.",
    ),
    quantities={
        name: quantity
        for model, label in MODELS.items()
        for name, quantity in (
            (f"{model}_right", Quantity(about=f"{label}: test digits right", unit="points")),
            (f"{model}_change_1", Quantity(about=f"{label}: change at 1 pixel", unit="points")),
            (f"{model}_change_2", Quantity(about=f"{label}: change at 2 pixels", unit="points")),
        )
    },
    seeds=10,
    minutes=3,
    measure=measure,
    figure=figure,
    redrawn=797 / 1000,  # of the split, for each seed
)
