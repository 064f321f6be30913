"""A thousand layers: residual MLPs that start as the identity, and the same from He's start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

    from nna.training.in_memory import Tensors

TRAIN, BATCH, WIDTH, EPOCHS, RATE = 1000, 100, 32, 20, 1e-3
LAYERS = {202: 100, 1002: 500}  # layers: blocks of two
STARTS = {"zero": "each block zero at first", "he": "He's start"}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train both starts at both depths."""
    from nna.lab.pictures import digits

    train, test = digits(seed, BATCH if quick else TRAIN)
    numbers: dict[str, float] = {}
    for start in STARTS:
        for layers, blocks in LAYERS.items():
            right = trained(start, blocks, seed, train, test, 1 if quick else EPOCHS)
            numbers |= {
                f"{start}_{layers}_train": right[0],
                f"{start}_{layers}_test": right[1],
            }
    return numbers


def network(start: str, blocks: int) -> nn.Module:
    """Blocks x + W relu(Vx + a) + b in a row; all V in one tensor, all W in another."""
    import torch
    from torch import nn
    from torch.nn import functional

    from nna.lab.dense import started

    class Residual(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stem = started(nn.Linear(64, WIDTH), "he")
            deviation = (2 / WIDTH) ** 0.5
            self.first = nn.Parameter(deviation * torch.randn(blocks, WIDTH, WIDTH))
            second = deviation * torch.randn(blocks, WIDTH, WIDTH)
            self.second = nn.Parameter(second if start == "he" else torch.zeros_like(second))
            self.first_bias = nn.Parameter(torch.zeros(blocks, WIDTH))
            self.second_bias = nn.Parameter(torch.zeros(blocks, WIDTH))
            self.head = started(nn.Linear(WIDTH, 10), "glorot")

        def forward(self, x: Tensor) -> Tensor:
            x = self.stem(x.flatten(1))
            parts = (self.first, self.first_bias, self.second, self.second_bias)
            for v, a, w, b in zip(*(part.unbind() for part in parts), strict=True):
                x = x + functional.linear(torch.relu(functional.linear(x, v, a)), w, b)
            return self.head(x)

    return Residual()


def trained(  # noqa: PLR0913
    start: str, blocks: int, seed: int, train: Tensors, test: Tensors, epochs: int
) -> tuple[float, float]:
    """Training and test digits right in percent; none where the loss stopped being finite."""
    import torch

    from nna.errors import UserError
    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy
    from nna.spec import Recipe

    torch.manual_seed(seed)
    model = network(start, blocks)
    recipe = Recipe(
        objective="cross_entropy",
        epochs=epochs,
        learning_rate=RATE,
        batch_size=BATCH,
        schedule="cosine",
    )
    try:
        learn(model, recipe, train, seed=seed)
    except UserError:
        return 0.0, 0.0
    return accuracy(model, train), accuracy(model, test)


def figure(columns: Columns) -> Figure:
    """Training and test accuracy of each start and depth."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (axis,) = new(7, 3.2)
    rows = [(s, layers, part) for s in STARTS for layers in LAYERS for part in ("train", "test")]
    colours = {"zero": BLUE, "he": ORANGE}
    runs(axis, [(columns[f"{s}_{layers}_{part}"], colours[s]) for s, layers, part in rows])
    words = {"train": "training", "test": "test"}
    axis.set_yticks(
        range(len(rows)),
        [f"{STARTS[s]}, {layers:,} layers, {words[part]}" for s, layers, part in rows],
    )
    axis.axvline(95, color=GREY, linestyle=":", linewidth=1)
    axis.set(
        xlabel="digits right (%), a dot a run; dotted: the bound;\n0: the loss was not finite",
        title="Residual networks of hundreds of layers",
        xlim=(-3, 103),
    )
    return drawing


EXPERIMENT = Experiment(
    title="Residual networks of a thousand layers",
    scope="on 1,000 digits of 8x8, 200 steps",
    claims=(
        Claim(
            row="REG-14",
            says="Residual networks of hundreds to a thousand dense layers can be trained.",
            by=(
                "He, Zhang, Ren, Sun (2016). Deep residual learning for image recognition. CVPR, "
                "arXiv:1512.03385 (convolutions, 1,202 layers)",
            ),
            conditions=(
                *(
                    Condition(
                        says=f"{layers:,} layers, blocks zero at first: training digits right",
                        of=f"zero_{layers}_train",
                        at_least=95,
                    )
                    for layers in LAYERS
                ),
                *(
                    Condition(
                        says=f"{layers:,} layers from He's start in every layer",
                        of=f"he_{layers}_train",
                        at_least=95,
                        limit=True,
                    )
                    for layers in LAYERS
                ),
            ),
            rather="They can where they start as nothing. Shortcuts alone don't do it: without "
            "norm each block of ordinary weights adds to the signal, which grows by a factor a "
            "block. Blocks must start small (Zhang, Dauphin, Ma, 2019, Fixup initialization, "
            "arXiv:1901.09321) or be normalised. And they take their steps: of 80, at a constant "
            "rate, 202 layers had enough and 1,002 not.",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits as it is, 8 x 8 pixels from 0 to 1: 1,000 to train on and 797 to "
        "test on, split by the seed.",
        models=f"A dense layer to {WIDTH} units, 100 or 500 blocks x + W relu(Vx + a) + b, a "
        "linear layer: 202 or 1,002 layers; no norm. V from He's start, W zero or from He's start, "
        "biases zero.",
        training=f"Cross-entropy, Adam at rate {RATE:g} falling as a cosine, batches of "
        f"{BATCH}, {EPOCHS} epochs (200 steps).",
        measured="Training and test digits right after the last step; 0 where the loss was no "
        "longer finite.",
        quick="100 digits, one step.",
    ),
    quantities={
        f"{start}_{layers}_{part}": Quantity(
            about=f"{words} digits right, {layers:,} layers, {label}", unit="points"
        )
        for start, label in STARTS.items()
        for layers in LAYERS
        for part, words in (("train", "training"), ("test", "test"))
    },
    seeds=10,
    minutes=5,
    measure=measure,
    figure=figure,
    redrawn=797 / 1000,  # of the split, for each seed
)
