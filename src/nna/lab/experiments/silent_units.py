"""Dead units: what high rates do to ReLU, what its kin do, and how far means are from zero."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nna.lab.experiment import (
    Censored,
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

TRAIN, TESTED, BATCH, WIDTH, EPOCHS, LONGER = 1000, 597, 20, 128, 6, 18
COMMON, HIGH = 0.01, 0.1  # rates, with momentum 0.9
FLAT = 1e-3  # slopes below it count as none
DEAD = 100 / (2 * WIDTH)  # the share of one unit, in percent
KINDS = {
    "relu": "ReLU",
    "leaky": "leaky ReLU",
    "prelu": "PReLU",
    "elu": "ELU",
    "gelu": "GELU",
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Digits."""
    from nna.lab.pictures import digits

    train, test = digits(seed, 200 if quick else TRAIN, tested=TESTED)
    return compared(train, test, seed, 1 if quick else EPOCHS)


def on_clothes(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing, a quarter of their pixels."""
    from nna.lab.pictures import clothes

    train, test = clothes(seed, 200 if quick else TRAIN, side=14)
    return compared(train, test, seed, 1 if quick else EPOCHS)


def longer(seed: int, quick: bool) -> dict[str, float]:
    """Digits, three times as many steps."""
    from nna.lab.pictures import digits

    train, test = digits(seed, 200 if quick else TRAIN, tested=TESTED)
    return compared(train, test, seed, 1 if quick else LONGER)


def compared(train: Tensors, test: Tensors, seed: int, epochs: int) -> dict[str, float]:
    """Train each kind at the common rate and at the high one."""
    import torch

    from nna.lab.dense import hidden
    from nna.lab.pictures import accuracy

    untrained, _ = trained("relu", 0, seed, train, 0)
    numbers: dict[str, float] = {"relu_before": silent(untrained, train.x)}
    for kind in KINDS:
        harsh, whole = trained(kind, HIGH, seed, train, epochs)
        found = {"high": silent(harsh, train.x), "high_right": accuracy(harsh, test)}
        for what, number in found.items():
            numbers[f"{kind}_{what}"] = (
                number if whole else Censored(number, "the loss was not finite")
            )
        mild, _ = trained(kind, COMMON, seed, train, epochs)
        numbers[f"{kind}_common"] = silent(mild, train.x)
        with torch.no_grad():
            for layer, answers in enumerate(hidden(mild, train.x), 1):
                numbers[f"{kind}_mean_{layer}"] = answers.mean().abs().item()
                numbers[f"{kind}_shift_{layer}"] = answers.mean(0).abs().mean().item()
    return numbers


def trained(
    kind: str, rate: float, seed: int, train: Tensors, epochs: int
) -> tuple[nn.Sequential, bool]:
    """The network after training; where its loss stops being finite, as it then was, and False."""
    import torch

    from nna.errors import UserError
    from nna.lab.dense import dense
    from nna.lab.learn import learn
    from nna.spec import Recipe

    torch.manual_seed(seed)
    model = dense((train.x[0].numel(), WIDTH, WIDTH, 10), kind, "he")
    recipe = Recipe(
        objective="cross_entropy",
        epochs=epochs,
        optimiser="sgd",
        momentum=0.9,
        learning_rate=rate,
        batch_size=BATCH,
    )
    try:
        learn(model, recipe, train, seed=seed)
    except UserError:  # the loss is no longer finite
        return model.eval(), False
    return model.eval(), True


def silent(model: nn.Sequential, x: Tensor) -> float:
    """Hidden units in percent whose slope is next to none for every example."""
    import torch

    dead = []
    for layer in list(model)[1:-1]:
        linear, activation = layer[0], layer[1]  # type: ignore[index]
        x = x.flatten(1).detach()
        sums = linear(x).detach().requires_grad_()
        answers = activation(sums)
        slopes = torch.autograd.grad(answers.sum(), sums)[0].abs()
        dead.append((slopes < FLAT).all(0))
        x = answers
    return 100 * torch.cat(dead).float().mean().item()


def figure(columns: Columns) -> Figure:
    """Dead units and accuracy at a high rate, and the means of the layers' answers."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, middle, right) = new(12, 3.2, 3)
    colours = [ORANGE if kind == "relu" else BLUE for kind in KINDS]
    runs(
        left,
        [
            (columns["relu_before"], GREY),
            (columns["relu_common"], GREY),
            *((columns[f"{kind}_high"], c) for kind, c in zip(KINDS, colours, strict=True)),
        ],
    )
    left.set_yticks(
        range(len(KINDS) + 2), ["ReLU, untrained", f"ReLU, rate {COMMON:g}", *KINDS.values()]
    )
    left.set(xlabel="dead hidden units (%), a dot a run", title="Dead units; high rate")
    runs(
        middle,
        [(columns[f"{kind}_high_right"], c) for kind, c in zip(KINDS, colours, strict=True)],
    )
    middle.set_yticks(range(len(KINDS)), KINDS.values())
    middle.set(xlabel="test digits right (%), a dot a run", title="Accuracy; high rate")
    rows = [(kind, layer) for layer in (1, 2) for kind in ("relu", "elu")]
    runs(
        right,
        [(columns[f"{k}_mean_{layer}"], ORANGE if k == "relu" else BLUE) for k, layer in rows],
    )
    right.set_yticks(range(len(rows)), [f"{KINDS[k]}, layer {layer}" for k, layer in rows])
    right.set(
        xlim=(0, None), xlabel="distance of the layer's mean from zero", title="Means; common rate"
    )
    return drawing


def _worst(kind: str) -> Condition:
    return Condition(says=f"{KINDS[kind]}: dead units at that rate", of=f"{kind}_high", at_most=1)


def _better(kind: str) -> Condition:
    return Condition(
        says=f"{KINDS[kind]}: more digits right than ReLU at that rate",
        of=f"{kind}_high_right",
        minus="relu_high_right",
        at_least=0,
    )


EXPERIMENT = Experiment(
    title="Dead units, and means of answers",
    scope="on 1,000 digits of 8x8, 300 steps",
    claims=(
        Claim(
            row="NEU-10",
            says="Units of ReLU can fall silent for all examples; leaky ReLU, PReLU and ELU avoid "
            "it.",
            by=(
                "Maas, Hannun, Ng (2013). Rectifier nonlinearities improve neural network acoustic "
                "models. ICML workshop",
                "Common in introductions to activations",
            ),
            conditions=(
                Condition(
                    says="ReLU's units that fell silent in training at the high rate, beyond those "
                    "silent before",
                    of="relu_high",
                    minus="relu_before",
                    at_least=1,
                ),
                Condition(
                    says="ReLU still learns at that rate: test digits right",
                    of="relu_high_right",
                    at_least=80,
                ),
                _worst("leaky"),
                *(replace(_worst(kind), limit=True) for kind in ("prelu", "elu")),
                Condition(
                    says="ReLU's units that fell silent at the common rate",
                    of="relu_common",
                    minus="relu_before",
                    at_least=1,
                    limit=True,
                ),
            ),
            rather="They can, at a high rate. A slope below zero rules it out; ELU's fades far "
            "below zero, and PReLU's, which is learnt, may grow beyond all bounds with the "
            "weights. Some units of ReLU are silent before any training, and a network that is "
            "deep enough is so as a whole (Lu, Shin, Su, Karniadakis, 2020, Dying ReLU and "
            "initialization, arXiv:1903.06733).",
        ),
        Claim(
            row="NEU-19",
            says="Leaky ReLU, ELU and GELU make training stabler and prevent inactive units.",
            by=("Common in introductions to activations",),
            conditions=(
                *map(_worst, ("leaky", "elu", "gelu")),
                *map(_better, ("leaky", "elu", "gelu")),
            ),
            rather="A slope below zero keeps units from falling silent; that the network is right "
            "more often for it is another matter. ELU saturates at minus alpha, where its slope "
            "fades as well (Clevert, Unterthiner, Hochreiter, 2016, arXiv:1511.07289).",
        ),
        Claim(
            row="NEU-13",
            says="ELU's mean answers lie nearer to zero than ReLU's.",
            by=(
                "Clevert, Unterthiner, Hochreiter (2016). Fast and accurate deep network learning "
                "by exponential linear units. ICLR, arXiv:1511.07289",
            ),
            conditions=(
                *(
                    Condition(
                        says=f"the mean of layer {layer} lies nearer to zero",
                        of=f"elu_mean_{layer}",
                        minus=f"relu_mean_{layer}",
                        at_most=0,
                    )
                    for layer in (1, 2)
                ),
                *(
                    Condition(
                        says=f"so does the mean of each unit by itself, layer {layer}",
                        of=f"elu_shift_{layer}",
                        minus=f"relu_shift_{layer}",
                        at_most=0,
                        limit=True,
                    )
                    for layer in (1, 2)
                ),
            ),
            rather="Nearer to zero, not at it: nothing holds them there, as a norm would.",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset digits as it is, 8 x 8 pixels from 0 to 1: {TRAIN:,} to train on, drawn "
        f"by the seed, {TESTED} others to test on, the same for every seed. Second bed: the "
        f"dataset fashion_mnist_part at 14 x 14, {TRAIN:,} of its training part and the 2,000 of "
        "its test part.",
        models=f"64-{WIDTH}-{WIDTH}-10 (196 inputs on the second bed) with ReLU, leaky ReLU (slope "
        "0.01), PReLU (slope learnt, 0.25 at first), ELU or GELU; He's start, biases zero, no "
        "norm.",
        training=f"Cross-entropy, gradient descent with momentum 0.9, batches of {BATCH}, {EPOCHS} "
        f"epochs ({LONGER} as the second budget), at a common rate, {COMMON:g}, and at a high one, "
        f"{HIGH:g}. A network whose loss stops being finite is measured as it then was, and "
        "flagged.",
        measured="The share of hidden units whose slope is below 0.001 for every training picture, "
        "before and after training (ReLU's is then zero, and nothing moves the unit's weights); "
        "test pictures right. At the common rate how far from zero the mean over all training "
        "pictures and units of a layer is, and the mean over the units of how far each one's mean "
        "is.",
        quick="200 pictures and one epoch.",
    ),
    quantities={
        "relu_before": Quantity(about="dead units, ReLU, untrained", unit="%", step=DEAD),
        **{
            name: quantity
            for kind, label in KINDS.items()
            for name, quantity in {
                f"{kind}_high": Quantity(
                    about=f"dead units, {label}, high rate", unit="%", step=DEAD
                ),
                f"{kind}_common": Quantity(
                    about=f"dead units, {label}, common rate", unit="%", step=DEAD
                ),
                f"{kind}_high_right": Quantity(
                    about=f"test pictures right, {label}, high rate", unit="%"
                ),
                **{
                    f"{kind}_{what}_{layer}": Quantity(
                        about=f"distance from zero of {text}, layer {layer}, {label}", unit=""
                    )
                    for what, text in (("mean", "the mean"), ("shift", "a unit's mean"))
                    for layer in (1, 2)
                },
            }.items()
        },
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(scope="on 1,000 pictures of Fashion-MNIST, 300 steps", measure=on_clothes),
        "budget": Elsewhere(scope="on 1,000 digits of 8x8, 900 steps", measure=longer),
    },
)
