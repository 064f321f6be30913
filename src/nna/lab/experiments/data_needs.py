"""Data needs: how many digits each of four kinds of models takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

COUNTS = (50, 100, 200, 400, 800)
STEPS, BATCH = 1000, 25
ENOUGH = 85.0  # % of test digits right
NETS = {
    "vit": "small vision transformer",
    "cnn": "convolutional network",
    "mlp": "multilayer perceptron",
    "linear": "linear model",
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train each model on the first 50, 100, ... of the same digits, and find where 85 % is met."""
    import torch

    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy, digits
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    every, test = digits(seed, max(COUNTS))
    assert every.target is not None
    numbers: dict[str, float] = {}
    for name in NETS:
        for count in COUNTS:
            recipe = Recipe(
                objective="cross_entropy",
                epochs=1 if quick else STEPS * BATCH // count,
                optimiser="adamw",
                learning_rate=3e-3,
                batch_size=count if quick else BATCH,
                schedule="cosine",
                weight_decay=0.05,
            )
            torch.manual_seed(seed)
            model = build(name)
            learn(model, recipe, Tensors.pair(every.x[:count], every.target[:count]), seed=seed)
            numbers[f"{name}_{count}"] = accuracy(model, test)
        numbers[f"{name}_needs"] = needed([numbers[f"{name}_{count}"] for count in COUNTS])
    return numbers


def needed(row: list[float]) -> float:
    """How many doublings of 50 digits it takes to 85 %, along straight lines between the counts.

    0 where 50 suffice; as many as were tried, and no more, where none do.
    """
    from itertools import pairwise

    if row[0] >= ENOUGH:
        return 0.0
    for place, (before, after) in enumerate(pairwise(row)):
        if after >= ENOUGH:
            return place + (ENOUGH - before) / (after - before)
    return float(len(COUNTS) - 1)


def build(name: str) -> nn.Module:
    """The four models, for pictures of 8 x 8."""
    from torch import nn

    if name == "linear":
        return nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    if name == "mlp":
        return nn.Sequential(nn.Flatten(), nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
    if name == "vit":
        return transformer()
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(128, 10),
    )


def transformer() -> nn.Module:
    """Patches of 2 x 2 with learnt codes of place, two layers, the mean over patches."""
    import torch
    from torch import nn

    from nna.blocks.patches import Patches

    class Transformer(nn.Module):
        def __init__(self, width: int = 32) -> None:
            super().__init__()
            self.stem = Patches(1, width, 8, 2)
            self.place = nn.Parameter(0.02 * torch.randn(self.stem.count, width))
            self.body = nn.Sequential(*[self.layer(width) for _ in range(2)])
            self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, 10)

        @staticmethod
        def layer(width: int) -> nn.Module:
            return nn.TransformerEncoderLayer(
                width,
                4,
                2 * width,
                dropout=0.0,
                activation="gelu",
                batch_first=True,
                norm_first=True,
            )

        def forward(self, image: Tensor) -> Tensor:
            patches = self.body(self.stem(image) + self.place)
            return self.head(self.norm(patches).mean(dim=1))

    return Transformer()


def figure(columns: Columns) -> Figure:
    """Accuracy by the number of digits learnt from."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, curves, new

    drawing, (axis,) = new(6.5, 3.6)
    styles = ((ORANGE, "-"), (BLUE, "-"), (BLUE, "--"), (GREY, "-"))
    curves(
        axis,
        COUNTS,
        [
            (text, [columns[f"{name}_{count}"] for count in COUNTS], *style)
            for (name, text), style in zip(NETS.items(), styles, strict=True)
        ],
    )
    axis.axhline(ENOUGH, color=GREY, linestyle=":", linewidth=1)
    axis.set(
        xscale="log",
        xlabel="digits learnt from; bands: 95 % intervals; dotted: 85 %",
        ylabel="test digits right (%)",
        title="Four models learning from few digits",
    )
    axis.set_xticks(COUNTS, [str(count) for count in COUNTS])
    axis.minorticks_off()
    return drawing


def _more(one: str, other: str, limit: bool) -> Condition:
    return Condition(
        says=f"{NETS[one]} less {NETS[other]}: doublings of the data needed",
        of=f"{one}_needs",
        minus=f"{other}_needs",
        at_least=0,
        limit=limit,
    )


EXPERIMENT = Experiment(
    title="How many examples four kinds of models need",
    scope="on 50 to 800 digits of 8x8, 1,000 steps",
    claims=(
        Claim(
            row="FF-34",
            says="The need for data rises from perceptrons to convolutional networks to "
            "transformers.",
            by=("Common in comparisons of architectures",),
            conditions=(
                _more("vit", "cnn", limit=False),
                _more("cnn", "mlp", limit=True),
                _more("mlp", "linear", limit=True),
            ),
            rather="What counts is how much of the task is built in. Convolutions know that "
            "neighbours belong together and that places are alike; a vision transformer has to "
            "learn it, and trails convolutional networks until it is pretrained on very many "
            "pictures (Dosovitskiy et al. 2021, arXiv:2010.11929). That interpretability falls "
            "along the same order isn't examined here.",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits, 8 x 8: the first 50, 100, 200, 400 and 800 of an order drawn "
        "by the seed to train on, the last 997 to test on.",
        models="Logistic regression; a perceptron with 128 hidden ReLUs; two 3 x 3 convolutions of "
        "16 and 32 maps, each with ReLU and 2 x 2 maximum, a linear head; a transformer on 16 "
        "patches of 2 x 2, width 32, two layers of 4 heads and 64 GELUs, learnt codes of place, "
        "mean over patches.",
        training=f"Cross-entropy, AdamW at rate 0.003 falling as a cosine, weight decay 0.05, "
        f"batches of {BATCH}, {STEPS} steps however few the digits; for all four the same.",
        measured="The share of test digits right after the last step, and from it the number of "
        "digits at which 85 % is met, in doublings of 50, along straight lines between the counts.",
        quick="One step each.",
    ),
    quantities={
        name: quantity
        for net, text in NETS.items()
        for name, quantity in (
            *(
                (f"{net}_{count}", Quantity(about=f"{text}, {count} digits: right", unit="%"))
                for count in COUNTS
            ),
            (f"{net}_needs", Quantity(about=f"{text}: needed for 85 %", unit="doublings of 50")),
        )
    },
    seeds=10,
    minutes=12,
    measure=measure,
    figure=figure,
    redrawn=997 / 800,  # of the split, for each seed
)
