"""Random association units: what the perceptron's rule learns behind them, as in the Mark I."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    import torch
    from matplotlib.figure import Figure
    from torch import nn

    from nna.training.in_memory import Tensors

SIDE, TRAIN, TEST, PASSES = 20, 300, 500, 10
XOR_PASSES = 50
XOR_UNITS = (6, 12, 24, 48, 512)


def measure(seed: int, quick: bool) -> dict[str, float]:
    """XOR behind twelve units; triangles and circles with 512, and from the retina directly."""
    import torch

    from nna import registry
    from nna.lab.learn import seeded

    draw = seeded(seed, "shapes")
    train, test = (shapes(40 if quick else many, draw) for many in (TRAIN, TEST))
    passes = 2 if quick else PASSES
    torch.manual_seed(seed)
    machine = registry.build("mark_i", classes=2)
    direct = registry.build("perceptron", features=SIDE**2, classes=2)
    cases = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    different, solved = torch.tensor([0, 1, 1, 0]), {}
    for units in XOR_UNITS:
        wiring, threshold = (
            torch.randn(2, units, generator=draw),
            torch.randn(units, generator=draw),
        )
        fires = (cases @ wiring > threshold).float()
        unit = registry.build("perceptron", features=units, classes=2)
        solved[f"xor_{units}"] = learnt(unit, fires, different, XOR_PASSES, seed)
    return {
        **solved,
        "machine": shown(machine, train, test, False, passes, seed),
        "direct": shown(direct, train, test, True, passes, seed),
    }


def shapes(many: int, draw: torch.Generator) -> Tensors:
    """Filled triangles (0) and circles (1), 9 to 15 cells across, anywhere on the retina."""
    import torch

    from nna.training.in_memory import Tensors

    rows, columns = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    kind = torch.arange(many) % 2
    pictures = torch.zeros(many, 1, SIDE, SIDE)
    for picture, circle in zip(pictures, kind.tolist(), strict=True):
        across = int(torch.randint(9, 16, (), generator=draw))
        top, left = torch.randint(SIDE - across + 1, (2,), generator=draw).tolist()
        down, right = rows - top, columns - left
        if circle:
            middle = (across - 1) / 2
            ink = (down - middle) ** 2 + (right - middle) ** 2 <= (across / 2) ** 2
        else:
            off = (right - (across - 1) / 2).abs()
            ink = (down >= 0) & (down < across) & (off <= (down + 1) / 2)
        picture[0, ink] = 1.0
    return Tensors.pair(pictures, kind)


def learnt(model: nn.Module, x: torch.Tensor, y: torch.Tensor, passes: int, seed: int) -> bool:
    """Whether all examples are right in the end."""
    fit(model, x, y, passes, seed)
    return bool((model(x).argmax(1) == y).all())


def shown(  # noqa: PLR0913 - two parts of the data, and how they are shown
    model: nn.Module, train: Tensors, test: Tensors, flat: bool, passes: int, seed: int
) -> float:
    """Percent of the test shapes right after training."""
    from nna.lab.pictures import accuracy
    from nna.training.in_memory import Tensors

    one, other = (
        Tensors.pair(part.x.flatten(1) if flat else part.x, part.target) for part in (train, test)
    )
    assert one.target is not None
    fit(model, one.x, one.target, passes, seed)
    return accuracy(model, other)


def fit(model: nn.Module, x: torch.Tensor, y: torch.Tensor, passes: int, seed: int) -> None:
    """The perceptron's rule."""
    from nna.lab.learn import learn
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    recipe = Recipe(objective="perceptron_rule", epochs=passes, learning_rate=1.0, batch_size=50)
    learn(model, recipe, Tensors.pair(x, y), seed=seed)


def figure(columns: Columns) -> Figure:
    """How often XOR is learnt, and the shapes recognised."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, rates, runs

    drawing, (left, right) = new(9, 2.8, 2)
    rates(left, [(f"{units} units", columns[f"xor_{units}"], BLUE) for units in XOR_UNITS])
    left.axvline(90, color=GREY, linestyle=":", linewidth=1)
    left.set(
        xlabel="runs that learn it (%), with 95 % interval;\ndotted: the claim's bound",
        title="XOR behind random units",
    )
    runs(right, [(columns["machine"], BLUE), (columns["direct"], ORANGE)])
    right.set_yticks((0, 1), ["512 random units", "retina directly"])
    right.set(xlabel="test shapes right (%), a dot a run", title="Triangles and circles")
    return drawing


EXPERIMENT = Experiment(
    title="A perceptron behind random association units",
    scope="on XOR and 300 generated shapes",
    claims=(
        Claim(
            row="FF-08",
            says="Behind fixed random association units, as the Mark I had them, the perceptron's "
            "rule learns XOR, and shapes much better than from the retina directly.",
            by=(
                "Hay, Lynch, Smith (1960). Mark I Perceptron Operators' Manual. Cornell "
                "Aeronautical Laboratory, report VG-1196-G-5 (400 photocells, 512 association "
                "units, 8 responses)",
            ),
            conditions=(
                Condition(
                    says="512 random units, as many as the Mark I had, suffice for XOR",
                    of="xor_512",
                    at_least=0.9,
                ),
                Condition(says="twelve suffice for it", of="xor_12", at_least=0.9, limit=True),
                Condition(
                    says="triangles and circles are better told apart behind 512 random units "
                    "than from the retina directly",
                    of="machine",
                    minus="direct",
                    at_least=10,
                ),
            ),
            rather="It takes many of them: with twelve, some draws leave XOR unsolved. Only the "
            "reading of the units is learnt; the units stay as they were drawn.",
        ),
    ),
    protocol=Protocol(
        data="XOR: its four cases. Shapes: filled triangles and circles, 9 to 15 cells across, "
        "anywhere on a retina of 20 x 20, half of each; 300 to train on, 500 to test on, all "
        "drawn by the seed.",
        models="XOR: 6, 12, 24, 48 or 512 threshold units with weights and thresholds from the "
        "standard normal distribution, then the architecture perceptron. Shapes: the architecture "
        "mark_i (512 association units, 30 wires each), and the architecture perceptron on the 400 "
        "cells.",
        training="The perceptron's rule, rate 1, weights zero at first, an order drawn for each "
        "pass; 50 passes for XOR, 10 for the shapes.",
        measured="Whether all cases of XOR are right; the percentage of test shapes right.",
        quick="40 shapes, and two passes over them.",
    ),
    quantities={
        **{
            f"xor_{units}": Quantity(
                about=f"XOR is learnt behind {units} random units", unit="of the runs", yes_no=True
            )
            for units in XOR_UNITS
        },
        "machine": Quantity(about="test shapes right behind 512 random units", unit="%"),
        "direct": Quantity(about="test shapes right from the retina directly", unit="%"),
    },
    seeds=50,
    minutes=2,
    measure=measure,
    figure=figure,
)
