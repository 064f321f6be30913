"""Interactions of distant features: attention between them beside a perceptron and a gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Generator, Tensor, nn

FEATURES, PAIRS = 16, 3  # feature i belongs to feature i + 8
TRAIN, TEST = (250, 1000), 1000
STEPS, BATCH = 300, 50
NETS = {
    "mlp": "multilayer perceptron",
    "gate": "gated over features (gMLP)",
    "attention": "attention over features",
}
WIDTH = {"mlp": 60, "gate": 24, "attention": 16}  # for about as many parameters


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train the three networks on the same rows in the same order."""
    import torch

    from nna import contract
    from nna.lab.learn import learn, seeded
    from nna.lab.pictures import accuracy
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    test = Tensors.pair(*rows(TEST, seeded(seed, "test")))
    most = Tensors.pair(*rows(max(TRAIN), seeded(seed, "train")))
    assert most.target is not None
    numbers: dict[str, float] = {}
    for count in TRAIN:
        train = Tensors.pair(most.x[:count], most.target[:count])
        recipe = Recipe(
            objective="cross_entropy",
            epochs=1 if quick else STEPS * BATCH // count,
            learning_rate=3e-3,
            batch_size=BATCH,
            schedule="cosine",
        )
        for name in NETS:
            torch.manual_seed(seed)
            model = build(name)
            learn(model, recipe, train, seed=seed)
            numbers |= {
                f"{name}_{count}": accuracy(model, test),
                f"params_{name}": contract.count_parameters(model),
            }
    return numbers


def rows(count: int, draw: Generator) -> tuple[Tensor, Tensor]:
    """Rows of signs; the class is whether most of three pairs of distant features disagree."""
    import torch

    x = 2.0 * torch.randint(2, (count, FEATURES), generator=draw) - 1
    agree = x[:, :PAIRS] * x[:, FEATURES // 2 : FEATURES // 2 + PAIRS]
    return x, (agree.sum(dim=1) < 0).long()


def build(name: str) -> nn.Module:
    """A perceptron over all features; or vectors of features, layers over them, and their mean."""
    from torch import nn

    width = WIDTH[name]
    if name == "mlp":
        layers = [nn.Linear(FEATURES, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU()]
        return nn.Sequential(*layers, nn.Linear(width, 2))
    body = [gated(width)] if name == "gate" else [attentive(width), attentive(width)]
    mean = nn.AvgPool2d((FEATURES, 1))  # over the features
    end = [nn.LayerNorm(width), nn.Unflatten(1, (1, FEATURES)), mean, nn.Flatten()]
    return nn.Sequential(vectors(width), *body, *end, nn.Linear(width, 2))


def vectors(width: int) -> nn.Module:
    """Each feature's value times a vector of its own, plus another."""
    import torch
    from torch import nn

    class Vectors(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.slope = nn.Parameter(torch.randn(FEATURES, width) / width**0.5)
            self.level = nn.Parameter(torch.randn(FEATURES, width) / width**0.5)

        def forward(self, x: Tensor) -> Tensor:
            return x[:, :, None] * self.slope + self.level

    return Vectors()


def attentive(width: int) -> nn.Module:
    """A transformer's layer over the features."""
    from torch import nn

    return nn.TransformerEncoderLayer(
        width, 2, 2 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
    )


def gated(width: int) -> nn.Module:
    """A perceptron on each feature, half of whose units other features gate."""
    from torch import nn

    class Gated(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm, self.widen = nn.LayerNorm(width), nn.Linear(width, 4 * width)
            self.inner, self.mix = nn.LayerNorm(2 * width), nn.Linear(FEATURES, FEATURES)
            self.narrow = nn.Linear(2 * width, width)
            nn.init.normal_(self.mix.weight, std=1e-3)
            nn.init.ones_(self.mix.bias)

        def forward(self, x: Tensor) -> Tensor:
            here, there = nn.functional.gelu(self.widen(self.norm(x))).chunk(2, dim=-1)
            return x + self.narrow(here * self.mix(self.inner(there).mT).mT)

    return Gated()


def figure(columns: Columns) -> Figure:
    """The accuracy of every run, a panel a number of rows."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, axes = new(9, 2.8, len(TRAIN))
    colours = (GREY, ORANGE, BLUE)
    labels = [
        f"{text}\n({columns[f'params_{name}'][0]:,.0f} parameters)" for name, text in NETS.items()
    ]
    for axis, count in zip(axes, TRAIN, strict=True):
        found = [columns[f"{name}_{count}"] for name in NETS]
        runs(axis, list(zip(found, colours, strict=True)))
        axis.set_yticks(range(len(NETS)), labels if axis is axes[0] else [""] * len(NETS))
        axis.axvline(50, color=GREY, linestyle=":", linewidth=1)
        axis.set(
            xlabel="test rows right (%), a dot a run,\na bar their mean; dotted: chance",
            title=f"Learnt from {count:,} rows",
        )
    return drawing


EXPERIMENT = Experiment(
    title="Interactions of distant features",
    scope="on 1,000 generated rows, 300 steps",
    claims=(
        Claim(
            row="FF-32",
            says="Multilayer perceptrons with attention capture interactions of distant features "
            "that plain ones miss.",
            by=("Common in introductions, of attention-augmented perceptrons",),
            conditions=(
                Condition(
                    says=f"points by which attention beats the perceptron, {max(TRAIN):,} rows",
                    of=f"attention_{max(TRAIN)}",
                    minus=f"mlp_{max(TRAIN)}",
                    at_least=5,
                ),
                Condition(
                    says=f"points by which attention beats the perceptron, {min(TRAIN)} rows",
                    of=f"attention_{min(TRAIN)}",
                    minus=f"mlp_{min(TRAIN)}",
                    at_least=5,
                    limit=True,
                ),
            ),
            rather="To a perceptron no feature is far from another: its first layer joins all. "
            "Distance hinders only where weights are local, as in convolutions. The networks that "
            "gate over places were put forward for pictures and words, not for tables (Liu, Dai, "
            "So, Le 2021, arXiv:2105.08050).",
        ),
    ),
    protocol=Protocol(
        data="16 features of 1 or -1, drawn evenly; the class says whether at least two of the "
        "pairs (1, 9), (2, 10), (3, 11) disagree, so that no feature tells anything alone. 1,000 "
        "rows to train on, and the first 250 of them; 1,000 to test on.",
        models="A perceptron with two hidden layers of 60 ReLUs; two transformer layers (pre-norm, "
        "2 heads, perceptrons of 32 GELUs) and one gMLP block (96 hidden units) over the features, "
        "each feature a vector of 16, or of 24: its value times a learnt vector plus another; "
        "norm, mean over the features, a linear head.",
        training=f"Cross-entropy, Adam at rate 0.003 falling as a cosine, batches of {BATCH}, "
        f"{STEPS} steps; for all three the same.",
        measured="The share of test rows right after the last step.",
        quick="One epoch.",
    ),
    quantities={
        **{
            f"{net}_{count}": Quantity(
                about=f"test rows right after {count:,}: {text}", unit="points"
            )
            for net, text in NETS.items()
            for count in TRAIN
        },
        **{
            f"params_{net}": Quantity(about=f"parameters: {text}", unit="")
            for net, text in NETS.items()
        },
    },
    seeds=10,
    minutes=7,
    measure=measure,
    figure=figure,
)
