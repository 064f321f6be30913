"""Residual MLPs: depth without and with shortcuts, and what is left when a block is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

    from nna.training.in_memory import Tensors

TRAIN, BATCH, WIDTH, WORST = 1000, 50, 64, 1.0
DEPTHS = {6: 2, 58: 28}  # layers: blocks of two
KINDS = {
    "plain": "plain, batch norm",
    "residual": "residual, batch norm",
    "zero": "residual, no norm, blocks zero at first",
}
EPOCHS, RATES = 12, (0.01, 0.05)  # each kind and depth at the rate that fits best
WHOLE, BLOCKS = 15, 5  # epochs and blocks of the networks of which a block is deleted


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Losses of each kind at both depths; what a deleted block costs."""
    from nna.lab.pictures import accuracy, digits

    train, test = digits(seed, 100 if quick else TRAIN)
    numbers: dict[str, float] = {}
    for kind in KINDS:
        for depth, blocks in DEPTHS.items():
            models = [trained(kind, blocks, seed, train, 1 if quick else EPOCHS, r) for r in RATES]
            numbers[f"{kind}_{depth}"] = min(fit(model, train) for model in models)
        numbers[f"{kind}_rise"] = numbers[f"{kind}_58"] - numbers[f"{kind}_6"]
    for kind in ("plain", "residual"):
        model = trained(kind, BLOCKS, seed, train, 1 if quick else WHOLE)
        numbers[f"whole_{kind}"] = whole = accuracy(model, test)
        drops = sorted(whole - accuracy(without(model, gone), test) for gone in range(BLOCKS))
        numbers[f"drop_{kind}"] = drops[BLOCKS // 2]
        numbers[f"worst_{kind}"] = drops[-1]
    return numbers


def network(kind: str, blocks: int) -> nn.Sequential:
    """A dense layer, blocks of two dense layers, a linear layer."""
    import torch
    from torch import nn

    from nna.lab.dense import started

    norm = nn.Identity if kind == "zero" else lambda: nn.BatchNorm1d(WIDTH)

    def layer(n_in: int) -> nn.Sequential:
        return nn.Sequential(started(nn.Linear(n_in, WIDTH), "he"), norm())

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = layer(WIDTH), layer(WIDTH)
            if kind == "zero":
                nn.init.zeros_(self.second[0].weight)  # type: ignore[arg-type]

        def forward(self, x: Tensor) -> Tensor:
            y = self.second(torch.relu(self.first(x)))
            return torch.relu(y if kind == "plain" else x + y)

    return nn.Sequential(
        nn.Sequential(nn.Flatten(), layer(64), nn.ReLU()),
        nn.Sequential(*(Block() for _ in range(blocks))),
        started(nn.Linear(WIDTH, 10), "glorot"),
    )


def trained(  # noqa: PLR0913 - what is compared
    kind: str, blocks: int, seed: int, train: Tensors, epochs: int, rate: float = 0.05
) -> nn.Sequential:
    """A network of a kind after training; where its loss stops being finite, as it then was."""
    from contextlib import suppress

    import torch

    from nna.errors import UserError
    from nna.lab.learn import learn
    from nna.spec import Recipe

    torch.manual_seed(seed)
    model = network(kind, blocks)
    recipe = Recipe(
        objective="cross_entropy",
        epochs=epochs,
        optimiser="sgd",
        learning_rate=rate,
        batch_size=BATCH,
        schedule="cosine",
    )
    with suppress(UserError):
        learn(model, recipe, train, seed=seed)
    return model


def fit(model: nn.Sequential, train: Tensors) -> float:
    """The power of ten of the loss on all training digits, norms by their own statistics.

    At most `WORST`, as where it is no longer finite.
    """
    import torch
    from torch.nn import functional

    assert train.target is not None
    with torch.no_grad():
        loss = functional.cross_entropy(model.train()(train.x), train.target).log10().item()
    return min(loss, WORST) if loss == loss else WORST


def without(model: nn.Sequential, gone: int) -> nn.Sequential:
    """The network less one block, the other parts shared."""
    from torch import nn

    stem, body, head = model
    kept = [block for place, block in enumerate(body) if place != gone]  # type: ignore[arg-type]
    return nn.Sequential(stem, *kept, head)


def figure(columns: Columns) -> Figure:
    """How the loss changes with depth, and what a deleted block costs."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(10, 3, 2)
    rows = [(kind, depth) for kind in KINDS for depth in DEPTHS]
    colours = dict(zip(KINDS, (ORANGE, BLUE, BLUE), strict=True))
    runs(left, [(columns[f"{kind}_{depth}"], colours[kind]) for kind, depth in rows])
    short = {"plain": "plain", "residual": "residual", "zero": "residual, zero"}
    left.set_yticks(range(len(rows)), [f"{short[kind]}, {depth}" for kind, depth in rows])
    left.set(
        xlabel="loss on the training digits, power of ten,\na dot a run",
        title="Layers and training loss",
    )
    rows = [(what, kind) for kind in ("plain", "residual") for what in ("drop", "worst")]
    runs(right, [(columns[f"{what}_{kind}"], colours[kind]) for what, kind in rows])
    words = {"drop": "median block", "worst": "worst block"}
    right.set_yticks(range(len(rows)), [f"{kind}, {words[what]}" for what, kind in rows])
    for bound in (5, 50):
        right.axvline(bound, color=GREY, linestyle=":", linewidth=1)
    right.set(
        xlabel="points lost on the test digits, a dot a run;\ndotted: the claim's bounds",
        title=f"One of {BLOCKS} blocks deleted",
    )
    return drawing


EXPERIMENT = Experiment(
    title="Dense layers with and without shortcuts",
    scope="on 1,000 digits of 8x8, 240 steps",
    claims=(
        Claim(
            row="REG-11",
            says="Depth makes plain networks fit their training set worse, and residual ones not.",
            by=(
                "He, Zhang, Ren, Sun (2016). Deep residual learning for image recognition. CVPR, "
                "arXiv:1512.03385",
            ),
            conditions=(
                Condition(
                    says="plain: training loss of 58 layers over that of 6, power of ten",
                    of="plain_rise",
                    at_least=1,
                ),
                Condition(
                    says="residual, blocks zero at first: the same, at most 1.2 times",
                    of="zero_rise",
                    at_most=0.079,
                ),
                Condition(
                    says="residual with batch norm and He's start in every layer: the same",
                    of="residual_rise",
                    at_most=0.079,
                    limit=True,
                ),
            ),
            rather="Shortcuts make a deep network far easier to fit than a plain one as deep. That "
            "it fits no worse than a shallow one held here where every block begins as the "
            "identity; with batch norm and He's start in every layer, within a few epochs, 58 "
            "layers left ten times the loss of 6.",
        ),
        Claim(
            row="REG-15",
            says="A residual network acts like many shallow ones together: deleting a block hardly "
            "hurts.",
            by=(
                "Veit, Wilber, Belongie (2016). Residual networks behave like ensembles of "
                "relatively shallow networks. NIPS, arXiv:1605.06431",
            ),
            conditions=(
                Condition(
                    says="residual: points lost by deleting one block, median of the blocks",
                    of="drop_residual",
                    at_most=5,
                ),
                Condition(says="plain: the same", of="drop_plain", at_least=50),
                Condition(
                    says="residual: the block that hurts most",
                    of="worst_residual",
                    at_most=5,
                    limit=True,
                ),
            ),
            rather="Most blocks, not all: the one that matters most costs about a fifth of the "
            "digits here.",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits as it is, 8 x 8 pixels from 0 to 1: 1,000 to train on and 797 to "
        "test on, split by the seed.",
        models=f"A dense layer of {WIDTH} units, blocks of two such layers with ReLU after each "
        "(in residual ones after the sum), a linear layer; 2 or 28 blocks, 6 or 58 layers. Plain "
        "with batch norm, residual with batch norm, both from He's start; residual without norm, "
        f"the second layer of each block zero at first. To delete from: {BLOCKS} blocks, batch "
        "norm.",
        training=f"Cross-entropy, gradient descent with momentum 0.9, batches of {BATCH}, "
        f"{EPOCHS} epochs (240 steps), at rates 0.01 and 0.05, falling as a cosine; of the two the "
        "one that leaves less loss on the training digits, for each kind, depth and seed. To "
        f"delete from, {WHOLE} epochs at rate 0.05, falling as well.",
        measured="The power of ten of the loss on all training digits, norms by the statistics of "
        "these, 1 at most. Test digits right of the whole network less those of the network "
        "without one block, not trained again: the median and the greatest of the blocks.",
        quick="100 digits and one epoch.",
    ),
    quantities={
        **{
            f"{kind}_{depth}": Quantity(
                about=f"training loss, {label}, {depth} layers", unit="power of ten"
            )
            for kind, label in KINDS.items()
            for depth in DEPTHS
        },
        **{
            f"{kind}_rise": Quantity(
                about=f"training loss, 58 over 6 layers, {label}", unit="powers of ten"
            )
            for kind, label in KINDS.items()
        },
        **{
            f"{what}_{kind}": Quantity(about=f"{text}, {kind}", unit="points")
            for kind in ("plain", "residual")
            for what, text in (
                ("whole", f"test digits right, {BLOCKS} blocks"),
                ("drop", "lost by deleting a block, median"),
                ("worst", "lost by deleting a block, greatest"),
            )
        },
    },
    seeds=10,
    minutes=5,
    measure=measure,
    figure=figure,
    redrawn=797 / 1000,  # of the split, for each seed
)
