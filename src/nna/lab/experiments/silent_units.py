"""Dead units: what high rates do to ReLU, what its kin do, and how far means are from zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

    from nna.training.in_memory import Tensors

TRAIN, CHECKED, BATCH, WIDTH, EPOCHS = 1000, 297, 20, 128, 10
COMMON, HIGH = 0.05, (0.2, 0.5, 1.0, 1.5, 2.0, 3.0)
BEARS = 90  # percent right
FLAT = 1e-3  # slopes below it count as none
KINDS = {
    "relu": "ReLU",
    "leaky": "leaky ReLU",
    "prelu": "PReLU",
    "elu": "ELU",
    "gelu": "GELU",
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train each kind at the common rate and at the highest that leaky ReLU bears."""
    import torch

    from nna.lab.dense import hidden
    from nna.lab.pictures import accuracy, digits
    from nna.training.in_memory import Tensors

    train, rest = digits(seed, 200 if quick else TRAIN)
    assert rest.target is not None
    held = Tensors.pair(rest.x[:CHECKED], rest.target[:CHECKED])
    test = Tensors.pair(rest.x[CHECKED:], rest.target[CHECKED:])
    epochs = 1 if quick else EPOCHS
    numbers: dict[str, float] = {"relu_before": silent(trained("relu", 0, seed, train, 0), train.x)}
    leaky = {rate: trained("leaky", rate, seed, train, epochs) for rate in HIGH}
    bears = [rate for rate in HIGH if accuracy(leaky[rate], held) >= BEARS]
    numbers["rate"] = high = max(bears, default=min(HIGH))
    for kind in KINDS:
        harsh = leaky[high] if kind == "leaky" else trained(kind, high, seed, train, epochs)
        numbers[f"{kind}_high"] = silent(harsh, train.x)
        numbers[f"{kind}_high_right"] = accuracy(harsh, test)
        mild = trained(kind, COMMON, seed, train, epochs)
        numbers[f"{kind}_common"] = silent(mild, train.x)
        with torch.no_grad():
            for layer, answers in enumerate(hidden(mild, train.x), 1):
                numbers[f"{kind}_mean_{layer}"] = answers.mean().abs().item()
                numbers[f"{kind}_shift_{layer}"] = answers.mean(0).abs().mean().item()
    return numbers


def trained(kind: str, rate: float, seed: int, train: Tensors, epochs: int) -> nn.Sequential:
    """The network after training; where its loss stops being finite, as it then was."""
    from contextlib import suppress

    import torch

    from nna.errors import UserError
    from nna.lab.dense import dense
    from nna.lab.learn import learn
    from nna.spec import Recipe

    torch.manual_seed(seed)
    model = dense((64, WIDTH, WIDTH, 10), kind, "he")
    recipe = Recipe(
        objective="cross_entropy",
        epochs=epochs,
        optimiser="sgd",
        momentum=0,
        learning_rate=rate,
        batch_size=BATCH,
    )
    with suppress(UserError):
        learn(model, recipe, train, seed=seed)
    return model.eval()


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
    scope="on 1,000 digits of 8x8, 500 steps",
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
                    says="share of ReLU's units that fell silent in training at a high rate "
                    "(points above the untrained)",
                    of="relu_high",
                    minus="relu_before",
                    at_least=10,
                ),
                *map(_worst, ("leaky", "prelu", "elu")),
                Condition(
                    says="leaky ReLU still trains at that rate: test digits right",
                    of="leaky_high_right",
                    at_least=90,
                ),
                Condition(
                    says="at a common rate as well: points above the untrained",
                    of="relu_common",
                    minus="relu_before",
                    at_least=10,
                    limit=True,
                ),
            ),
            rather="Here about one unit in a hundred falls silent, at the common rate as at the "
            "highest tried that leaky ReLU bears. At that one ELU, whose slope fades far below "
            "zero, broke, and in most runs the weights of PReLU grew beyond all bounds. Some units "
            "of ReLU are silent before any training, and a network that is deep enough is so as a "
            "whole (Lu, Shin, Su, Karniadakis, 2020, Dying ReLU and initialization, "
            "arXiv:1903.06733).",
        ),
        Claim(
            row="NEU-19",
            says="Leaky ReLU, ELU and GELU make training stabler and prevent inactive units.",
            by=("Common in introductions to activations",),
            conditions=(
                *map(_worst, ("leaky", "elu", "gelu")),
                *map(_better, ("leaky", "elu", "gelu")),
            ),
            rather="Leaky ReLU and GELU leave no unit silent here, but aren't shown to be right "
            "more often than ReLU. ELU saturates at minus alpha, where its slope fades as well "
            "(Clevert, Unterthiner, Hochreiter, 2016, arXiv:1511.07289), and broke at this rate.",
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
        ),
    ),
    protocol=Protocol(
        data="The dataset digits as it is, 8 x 8 pixels from 0 to 1: 1,000 to train on, 297 to "
        "choose the rate by and 500 to test on, split by the seed.",
        models=f"64-{WIDTH}-{WIDTH}-10 with ReLU, leaky ReLU (slope 0.01), PReLU (slope learnt, "
        "0.25 at first), ELU or GELU; He's start, biases zero, no norm.",
        training=f"Cross-entropy, plain gradient descent, batches of {BATCH}, {EPOCHS} epochs (500 "
        f"steps), at a common rate, {COMMON:g}, and at a high one: the highest of 0.2, 0.5, 1, "
        f"1.5, 2 and 3 at which leaky ReLU gets {BEARS} % of the digits held back for that right "
        "(0.2 where it never does). A "
        "network whose loss stops being finite is measured as it then was.",
        measured="The share of hidden units whose slope is below 0.001 for every training digit, "
        "before and after training (ReLU's is then zero, and nothing moves the unit's weights); "
        "test digits right. At the common rate how far from zero the mean over all training digits "
        "and units of a layer is, and the mean over the units of how far each one's mean is.",
        quick="200 digits and one epoch.",
    ),
    quantities={
        "rate": Quantity(about="the high rate", unit=""),
        "relu_before": Quantity(about="dead units, ReLU, untrained", unit="points"),
        **{
            name: quantity
            for kind, label in KINDS.items()
            for name, quantity in {
                f"{kind}_high": Quantity(about=f"dead units, {label}, high rate", unit="points"),
                f"{kind}_common": Quantity(
                    about=f"dead units, {label}, common rate", unit="points"
                ),
                f"{kind}_high_right": Quantity(
                    about=f"test digits right, {label}, high rate", unit="points"
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
    redrawn=500 / 1000,  # of the split, for each seed
)
