"""Neighbourhood: dense and convolutional networks on pictures with pixels shuffled, or moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import (
    Claim,
    Columns,
    Condition,
    Elsewhere,
    Experiment,
    Protocol,
    Quantity,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

    from nna.training.in_memory import Tensors

SIDE, CANVAS, TRAIN, TESTED, EPOCHS, LONGER = 16, 28, 1000, 597, 10, 30
SHIFTS = (0, 4)
MODELS = {
    "mlp": "784-256-10 network",
    "cnn": "convolutions, flattened",
    "mean": "convolutions, global mean",
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing."""
    from nna.lab.pictures import clothes

    train, test = clothes(seed, 50 if quick else TRAIN)
    return compared(train, test, seed, quick, 1 if quick else EPOCHS)


def on_digits(seed: int, quick: bool) -> dict[str, float]:
    """Enlarged digits."""
    from nna.lab.pictures import digits

    train, test = digits(seed, 50 if quick else TRAIN, SIDE, CANVAS, TESTED)
    return compared(train, test, seed, quick, 1 if quick else EPOCHS)


def longer(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing, three times as many steps."""
    from nna.lab.pictures import clothes

    train, test = clothes(seed, 50 if quick else TRAIN)
    return compared(train, test, seed, quick, 1 if quick else LONGER)


def compared(
    train: Tensors, test: Tensors, seed: int, quick: bool, epochs: int
) -> dict[str, float]:
    """Accuracy of each network at each shift, and of two on pictures with shuffled pixels."""
    import torch

    from nna.lab.learn import seeded
    from nna.lab.pictures import accuracy
    from nna.training.in_memory import Tensors

    if quick:
        assert test.target is not None
        test = Tensors.pair(test.x[:200], test.target[:200])
    order = torch.randperm(CANVAS**2, generator=seeded(seed, "pixels"))
    numbers: dict[str, float] = {}
    for name in MODELS:
        model = trained(name, train, seed, epochs)
        for shift in SHIFTS:
            numbers[f"{name}_{shift}"] = accuracy(model, moved(test, shift, seed))
        if name != "mean":
            mixed = trained(name, shuffled(train, order), seed, epochs)
            numbers[f"{name}_shuffled"] = accuracy(mixed, shuffled(test, order))
    sizes = {name: sum(p.numel() for p in build(name).parameters()) for name in ("cnn", "mlp")}
    return numbers | {"size": 100 * sizes["cnn"] / sizes["mlp"]}


def build(name: str) -> nn.Module:
    """A model by the name it has here: 203,530, 21,634 and 6,274 parameters."""
    from torch import nn

    from nna import registry
    from nna.blocks.convolution import conv_norm

    if name == "mlp":
        return nn.Sequential(nn.Flatten(), registry.build("mlp/784-256-10"))
    layers: list[nn.Module] = []
    for c_in, c_out in ((1, 8), (8, 16), (16, 32)):
        layers += [conv_norm(c_in, c_out, 3), nn.ReLU()]
        if c_out < 32:
            layers.append(nn.MaxPool2d(2))
    if name == "mean":
        return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(32 * (CANVAS // 4) ** 2, 10))


def trained(name: str, train: Tensors, seed: int, epochs: int) -> nn.Module:
    """A model trained on what it is given."""
    import torch

    from nna.lab.learn import learn
    from nna.spec import Recipe

    torch.manual_seed(seed)
    model = build(name)
    recipe = Recipe(
        objective="cross_entropy",
        epochs=epochs,
        learning_rate=5e-3,
        batch_size=50,
        schedule="cosine",
    )
    learn(model, recipe, train, seed=seed)
    return model


def shuffled(part: Tensors, order: Tensor) -> Tensors:
    """All pictures with their pixels in one other order."""
    from nna.training.in_memory import Tensors

    return Tensors.pair(part.x.flatten(1)[:, order].view_as(part.x), part.target)


def moved(part: Tensors, most: int, seed: int) -> Tensors:
    """Each picture moved by up to so many pixels, down or up and right or left, by the seed."""
    import torch

    from nna.lab.learn import seeded
    from nna.lab.pictures import shifted
    from nna.training.in_memory import Tensors

    ways = torch.randint(-most, most + 1, (len(part.x), 2), generator=seeded(seed, "shifts"))
    pictures = [shifted(x[None], *way) for x, way in zip(part.x, ways.tolist(), strict=True)]
    return Tensors.pair(torch.cat(pictures), part.target)


def figure(columns: Columns) -> Figure:
    """Accuracy by shift, and what shuffled pixels cost."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, pairs, runs

    looks = {"mlp": ORANGE, "cnn": BLUE, "mean": GREY}
    drawing, (left, right) = new(8.2, 3.4, 2)
    pairs(
        left,
        [
            (label, [columns[f"{name}_{shift}"] for shift in SHIFTS], looks[name])
            for name, label in MODELS.items()
        ],
    )
    left.set(
        xlabel="greatest shift of the test pictures (pixels)",
        ylabel="right (%)",
        title="Trained where they lie, a line a run",
        ylim=(0, 102),
    )
    left.set_xticks((0, 1), [str(shift) for shift in SHIFTS])
    lost = [
        [a - b for a, b in zip(columns[f"{n}_0"], columns[f"{n}_shuffled"], strict=True)]
        for n in ("mlp", "cnn")
    ]
    runs(right, [(lost[0], ORANGE), (lost[1], BLUE)])
    for bound in (1.5, 4):
        right.axvline(bound, color=GREY, linestyle=":", linewidth=1)
    right.set_yticks((0, 1), ["784-256-10", "convolutions"])
    right.set(
        xlabel="accuracy lost (points), a dot a run;\ndotted: the claim's bounds",
        title="Pixels in another order",
    )
    return drawing


EXPERIMENT = Experiment(
    title="Pixels that are neighbours, and digits that move",
    scope="on 1,000 pictures of Fashion-MNIST, 200 steps",
    claims=(
        Claim(
            row="FF-15",
            says="Multilayer perceptrons ignore which pixels are neighbours, so that shuffling "
            "them changes nothing; convolutional networks depend on it.",
            by=(
                "LeCun, Bottou, Bengio, Haffner (1998). Gradient-based learning applied to "
                "document recognition. Proc. IEEE 86(11), section II",
            ),
            conditions=(
                Condition(
                    says="what a multilayer perceptron loses by shuffled pixels",
                    of="mlp_0",
                    minus="mlp_shuffled",
                    at_most=1.5,
                ),
                Condition(
                    says="what a convolutional network loses by them",
                    of="cnn_0",
                    minus="cnn_shuffled",
                    at_least=1.5,
                    no_effect=0,
                ),
                Condition(
                    says="what a convolutional network loses by them, as much as that",
                    of="cnn_0",
                    minus="cnn_shuffled",
                    at_least=4,
                    limit=True,
                    no_effect=0,
                ),
            ),
            rather="The first half is exact: if its first weights are shuffled like the pixels, a "
            "perceptron's answers stay. The second isn't: neighbourhood helps a convolutional "
            "network and is no condition. How much it loses by shuffled pixels hangs on the "
            "pictures.",
        ),
        Claim(
            row="FF-16",
            says="On pictures multilayer perceptrons need many parameters and must learn features "
            "anew at each place; small convolutional networks do better with few.",
            by=("Common in introductions to convolutional networks",),
            conditions=(
                Condition(
                    says="the convolutional network's parameters, of the perceptron's (%)",
                    of="size",
                    at_most=15,
                ),
                Condition(
                    says="it is as accurate on pictures where they lie, but for half a point",
                    of="cnn_0",
                    minus="mlp_0",
                    at_least=-0.5,
                ),
                Condition(
                    says="it is better by ten points where pictures move by up to 4 pixels",
                    of="cnn_4",
                    minus="mlp_4",
                    at_least=10,
                ),
                Condition(
                    says="with a global mean in place of flattened maps it is as accurate on "
                    "pictures where they lie, but for half a point",
                    of="mean_0",
                    minus="mlp_0",
                    at_least=-0.5,
                    limit=True,
                ),
            ),
            rather="It has a tenth of the parameters. What reads the maps decides how much it "
            "gains where pictures move: a global mean far more than flattened maps (the "
            "experiment shifts).",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset fashion_mnist_part, 28 x 28: {TRAIN:,} of the 6,000 pictures of its "
        "training part, drawn by the seed, and the 2,000 of its test part. Shuffled: all pixels in "
        "one order, which the seed draws. Moved: each test picture by up to 4 pixels along each "
        f"axis. Second bed: the dataset digits, enlarged to {SIDE} x {SIDE} in the middle of a "
        f"canvas of {CANVAS} x {CANVAS}: {TRAIN:,} drawn by the seed, {TESTED} others to test on, "
        "the same for every seed.",
        models="The architecture mlp/784-256-10 (203,530 parameters); 3 x 3 convolutions of 8, 16 "
        "and 32 maps with batch norm and ReLU, maxima over 2 x 2 after the first two, and a "
        "linear layer on the flattened maps (21,634) or on their means (6,274).",
        training="Cross-entropy, Adam at rate 0.005, which falls as a cosine, batches of 50, "
        f"{EPOCHS} epochs ({LONGER} as the second budget), on pictures where they lie.",
        measured="Percent of the test pictures right.",
        quick="50 pictures to train on, 200 to test on, one epoch.",
    ),
    quantities={
        **{
            f"{name}_{shift}": Quantity(about=f"right, {label}, shift {shift}", unit="%", step=0.05)
            for name, label in MODELS.items()
            for shift in SHIFTS
        },
        **{
            f"{name}_shuffled": Quantity(
                about=f"right, {MODELS[name]}, shuffled", unit="%", step=0.05
            )
            for name in ("mlp", "cnn")
        },
        "size": Quantity(
            about="parameters of the flattened convolutions", unit="% of the mlp's", exact=True
        ),
    },
    seeds=10,
    minutes=8,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(scope="on 1,000 enlarged digits, 200 steps", measure=on_digits),
        "budget": Elsewhere(scope="on 1,000 pictures of Fashion-MNIST, 600 steps", measure=longer),
    },
)
