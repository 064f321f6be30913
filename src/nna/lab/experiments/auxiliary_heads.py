"""Auxiliary heads: what classifiers halfway give a deep plain network, with and without a norm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import nn

    from nna.training.in_memory import Tensors

TRAIN, WIDTH = 1000, 16
LAYERS, HALVED, TAPPED = 22, (4, 10), (8, 15)  # as deep as GoogLeNet, heads at its 4a and 4d
MODELS = {
    "bare": "no norm",
    "bare_heads": "no norm, auxiliary heads",
    "normed": "batch norm",
    "normed_heads": "batch norm, auxiliary heads",
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train the four networks on the same digits in the same order."""
    import torch

    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy, digits
    from nna.spec import Recipe

    train, test = digits(seed, 100 if quick else TRAIN)
    recipe = Recipe(
        objective="auxiliary_cross_entropy",
        epochs=1 if quick else 12,
        learning_rate=1e-3,
        batch_size=25,
        schedule="cosine",
    )
    numbers: dict[str, float] = {}
    for name in MODELS:
        torch.manual_seed(seed)
        model = build(name)
        numbers[f"gradient_{name}"] = first_gradient(model, train)
        learn(model, recipe, train, seed=seed)
        numbers[name] = accuracy(model, test)
    return numbers


def build(name: str) -> nn.Module:
    """22 layers of 3 x 3, mean, linear head; two heads of two dense layers each, if asked for."""
    import torch
    from torch import nn

    norm, heads = name.startswith("normed"), name.endswith("heads")

    class Plain(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body, self.heads = nn.ModuleList(), nn.ModuleDict()
            for number in range(1, LAYERS):
                stride = 2 if number in HALVED else 1
                c_in = 1 if number == 1 else WIDTH
                parts = [nn.Conv2d(c_in, WIDTH, 3, stride, padding=1)]
                parts += [nn.BatchNorm2d(WIDTH)] if norm else []
                self.body.append(nn.Sequential(*parts, nn.ReLU()))
                nn.init.xavier_uniform_(parts[0].weight)
                nn.init.zeros_(parts[0].bias)  # type: ignore[arg-type]
            self.head = nn.Linear(WIDTH, 10)
            for number in TAPPED if heads else ():
                dense = nn.Linear(4 * WIDTH, 64), nn.ReLU(), nn.Linear(64, 10)
                self.heads[str(number)] = nn.Sequential(
                    nn.AdaptiveAvgPool2d(2), nn.Flatten(), *dense
                )

        def forward(self, x: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
            auxiliary = []
            for number, layer in enumerate(self.body, 1):
                x = layer(x)
                if self.training and str(number) in self.heads:
                    auxiliary.append(self.heads[str(number)](x))
            scores = self.head(x.mean((2, 3)))
            return (scores, *auxiliary) if auxiliary else scores

    return Plain()


def first_gradient(model: nn.Module, examples: Tensors) -> float:
    """The norm of the first convolution's gradient before the first step, logarithm to base 10."""
    import math

    import torch

    from nna.objectives.auxiliary_cross_entropy import AuxiliaryCrossEntropy

    batch = examples.named(model).batch(torch.arange(100))
    loss, _ = AuxiliaryCrossEntropy().loss(model.train(), batch)
    (weight,) = (w for name, w in model.named_parameters() if name == "body.0.0.weight")
    (gradient,) = torch.autograd.grad(loss, weight)
    return math.log10(float(gradient.norm()) + 1e-30)


def figure(columns: Columns) -> Figure:
    """The accuracy of every run, and its first gradient."""
    from nna.lab.drawing import BLUE, ORANGE, new, runs

    drawing, (left, right) = new(9, 2.8, 2)
    colours = [BLUE if name.endswith("heads") else ORANGE for name in MODELS]
    runs(left, [(columns[name], c) for name, c in zip(MODELS, colours, strict=True)])
    left.set_yticks(range(len(MODELS)), MODELS.values())
    left.set(
        xlim=(0, 102),
        xlabel="test digits right (%),\na dot a run, a bar their mean",
        title="Accuracy",
    )
    gradients = [columns[f"gradient_{name}"] for name in MODELS]
    runs(right, list(zip(gradients, colours, strict=True)))
    right.set(
        xlabel="norm of the first layer's gradient\nbefore training (power of ten)",
        title="What reaches the first layer",
        yticks=[],
    )
    return drawing


EXPERIMENT = Experiment(
    title="Auxiliary heads on a deep plain network",
    scope="on 1,000 digits of 8x8, 480 steps",
    claims=(
        Claim(
            row="CNN-30",
            says="Auxiliary heads halfway bring gradients to the early layers of a deep network, "
            "which then learns better.",
            by=(
                "Szegedy and others (2015). Going deeper with convolutions. CVPR, "
                "arXiv:1409.4842, section 5",
            ),
            conditions=(
                Condition(
                    says="no norm: with heads it gets more test digits right",
                    of="bare_heads",
                    minus="bare",
                    at_least=0,
                ),
                Condition(
                    says="no norm: with heads the first layer's gradient is ten times as large "
                    "(power of ten)",
                    of="gradient_bare_heads",
                    minus="gradient_bare",
                    at_least=1,
                ),
                Condition(
                    says="batch norm: with heads it gets more test digits right",
                    of="normed_heads",
                    minus="normed",
                    at_least=0,
                    limit=True,
                ),
                Condition(
                    says="batch norm: with heads the first layer's gradient is ten times as large "
                    "(power of ten)",
                    of="gradient_normed_heads",
                    minus="gradient_normed",
                    at_least=1,
                    limit=True,
                ),
            ),
            rather="The authors withdrew this reason for networks with batch norm: heads did not "
            "speed up early training, helped a little at its end, and act as a regulariser; the "
            "lower one could go. Szegedy, Vanhoucke, Ioffe, Shlens, Wojna (2016), Rethinking the "
            "inception architecture, CVPR, arXiv:1512.00567, section 4.",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset digits: {TRAIN:,} to train on and 797 to test on, split by the seed.",
        models=f"A plain network of {LAYERS} layers with weights, as many as GoogLeNet's longest "
        f"way: 21 convolutions of 3 x 3, {WIDTH} maps, ReLU, the fourth and tenth of stride 2, "
        "mean, linear head. Glorot's weights and no norm, as in 2014, or batch norm after every "
        "convolution. With heads: after the 8th and the 15th convolution the map pooled to 2 x 2, "
        "a layer of 64 with ReLU, ten scores; in training only.",
        training="Cross-entropy, plus 0.3 times that of each auxiliary head; Adam at rate 0.001 "
        "falling as a cosine, batches of 25, 12 epochs (480 steps); for all four the same.",
        measured="The share of test digits right by the network's own head after the last step; "
        "the norm of the first convolution's gradient on 100 digits before the first.",
        quick="100 digits and one epoch.",
    ),
    quantities={
        name: quantity
        for model, text in MODELS.items()
        for name, quantity in (
            (model, Quantity(about=f"test digits right: {text}", unit="points")),
            (
                f"gradient_{model}",
                Quantity(about=f"norm of the first gradient: {text}", unit="powers of ten"),
            ),
        )
    },
    seeds=10,
    minutes=4,
    measure=measure,
    figure=figure,
    redrawn=797 / 1000,  # of the split, for each seed
)
