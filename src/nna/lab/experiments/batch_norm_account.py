"""Batch norm: with noise that shifts what it has normalised, and as a regulariser."""

from __future__ import annotations

import math
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

WIDTH, DEPTH, BATCH = 100, 4, 50
KINDS = {"plain": "none", "norm": "batch norm", "noisy": "batch norm, then noise"}
MANY, STEPS, LONGER, EVERY, SPEEDS = 1000, 240, 720, 10, (0.1, 0.3, 1.0)
FEW, CHECKED, TESTED, EPOCHS, RATES = 500, 200, 597, 20, (0.03, 0.1, 0.3)
SHIFT, STRETCH = 1.0, 0.5  # greatest, drawn anew for each unit at each step


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Digits."""
    from nna.lab.pictures import digits

    both, test = digits(seed, MANY + CHECKED, tested=TESTED)
    return compared(both, test, seed, quick, 10 if quick else STEPS)


def on_clothes(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing, a quarter of their pixels."""
    from nna.lab.pictures import clothes

    both, test = clothes(seed, MANY + CHECKED, side=14)
    return compared(both, test, seed, quick, 10 if quick else STEPS)


def longer(seed: int, quick: bool) -> dict[str, float]:
    """Digits, three times as many steps."""
    from nna.lab.pictures import digits

    both, test = digits(seed, MANY + CHECKED, tested=TESTED)
    return compared(both, test, seed, quick, 10 if quick else LONGER)


def compared(both: Tensors, test: Tensors, seed: int, quick: bool, steps: int) -> dict[str, float]:
    """Accuracy and shift of the three kinds; then the gap between training and test."""
    train, few, held = (part(both, *ends) for ends in ((0, MANY), (0, FEW), (MANY, len(both))))
    numbers: dict[str, float] = {}
    found = {
        kind: {rate: shifts(kind, seed, train, held, test, steps, rate) for rate in SPEEDS}
        for kind in KINDS
    }
    rates = {kind: max(SPEEDS, key=lambda rate: found[kind][rate][0]) for kind in KINDS}
    for kind, rate in rates.items():
        numbers |= {kind: found[kind][rate][1], f"{kind}_rate": rate}
        numbers[f"{kind}_shift"] = found[kind][rates["plain"]][2]
    numbers["more"] = math.log10(numbers["noisy_shift"] / numbers["plain_shift"])
    for kind in ("plain", "norm"):
        numbers[f"{kind}_gap"] = gap(kind, seed, few, held, test, 1 if quick else EPOCHS)
    return numbers


def part(data: Tensors, start: int, end: int) -> Tensors:
    """Some of the examples."""
    from nna.training.in_memory import Tensors

    assert data.target is not None
    return Tensors.pair(data.x[start:end], data.target[start:end])


def network(kind: str, seed: int, features: int) -> nn.Sequential:
    """Hidden layers of 100 ReLU units; where the kind says so, normalised before the ReLU."""
    import torch
    from torch import nn

    from nna.lab.learn import seeded

    class Noise(nn.Module):
        """Stretches and shifts every unit by amounts that change at every step of training."""

        def __init__(self) -> None:
            super().__init__()
            self.draw = seeded(seed, "noise after norm")

        def forward(self, x: Tensor) -> Tensor:
            if not self.training:
                return x
            one, other = 2 * torch.rand(2, x.shape[1], generator=self.draw) - 1
            return x * (1 + STRETCH * one) + SHIFT * other

    torch.manual_seed(seed)
    layers: list[nn.Module] = [nn.Flatten()]
    for n_in in (features, *[WIDTH] * (DEPTH - 1)):
        layers.append(nn.Linear(n_in, WIDTH))
        if kind != "plain":
            layers.append(nn.BatchNorm1d(WIDTH))
        if kind == "noisy":
            layers.append(Noise())
        layers.append(nn.ReLU())
    return nn.Sequential(*layers, nn.Linear(WIDTH, 10))


def shifts(  # noqa: PLR0913 - what is compared, and on what
    kind: str, seed: int, train: Tensors, held: Tensors, test: Tensors, steps: int, rate: float
) -> tuple[float, float, float]:
    """Digits right (%), held back and to test; how far the layers' inputs move between steps."""
    import torch
    from torch import nn
    from torch.nn import functional

    from nna.lab.learn import seeded
    from nna.lab.pictures import accuracy

    assert train.target is not None
    model, draw = network(kind, seed, train.x[0].numel()), seeded(seed, "order")
    heard: list[Tensor] = []
    for layer in list(model)[2:]:
        if isinstance(layer, nn.Linear):
            layer.register_forward_pre_hook(lambda _, given: heard.append(given[0].detach()))
    optimiser = torch.optim.SGD(model.parameters(), lr=rate)
    moved, before = [], None
    for step in range(steps):
        rows = torch.randperm(len(train), generator=draw)[:BATCH]
        optimiser.zero_grad()
        functional.cross_entropy(model(train.x[rows]), train.target[rows]).backward()
        optimiser.step()
        if step % EVERY < 2:  # two steps in a row, on the same digits
            heard.clear()
            with torch.no_grad():
                model(train.x[:200])
            now = list(heard)
            if step % EVERY and before is not None:
                moved += [
                    float((a.mean(0) - b.mean(0)).abs().mean() / b.std(0).mean())
                    for a, b in zip(now, before, strict=True)
                ]
            before = now
    return accuracy(model, held), accuracy(model, test), sum(moved) / len(moved)


def gap(  # noqa: PLR0913 - three parts, and how long
    kind: str, seed: int, train: Tensors, held: Tensors, test: Tensors, epochs: int
) -> float:
    """Points between training and test, at the rate that does best on pictures held back."""
    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy
    from nna.spec import Recipe

    found = []
    for rate in RATES:
        model = network(kind, seed, train.x[0].numel())
        recipe = Recipe(
            objective="cross_entropy",
            epochs=epochs,
            optimiser="sgd",
            learning_rate=rate,
            batch_size=BATCH,
        )
        learn(model, recipe, train, seed=seed)
        found.append((accuracy(model, held), accuracy(model, train) - accuracy(model, test)))
    return max(found, key=lambda pair: pair[0])[1]


def figure(columns: Columns) -> Figure:
    """Accuracy, shift and gap of every run."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, middle, right) = new(11, 2.8, 3)
    colours = dict(zip(KINDS, (GREY, BLUE, ORANGE), strict=True))
    runs(left, [(columns[kind], colours[kind]) for kind in KINDS])
    left.set_yticks(range(3), list(KINDS.values()))
    left.set(xlabel="test digits right (%)", title=f"After {STEPS} steps")
    runs(middle, [(columns[f"{kind}_shift"], colours[kind]) for kind in KINDS])
    middle.set_yticks(range(3), [""] * 3)
    middle.set(xlabel="shift of a unit's mean in a step,\nin standard deviations", title="Shift")
    runs(right, [(columns[f"{kind}_gap"], colours[kind]) for kind in ("plain", "norm")])
    right.set_yticks(range(2), ["none", "batch norm"])
    right.set(xlabel="points between training and test", title="Gap, 500 digits")
    return drawing


IOFFE = (
    "Ioffe, Szegedy (2015). Batch normalization: Accelerating deep network training by reducing "
    "internal covariate shift. ICML, arXiv:1502.03167"
)

EXPERIMENT = Experiment(
    title="What batch norm does",
    scope="on 1,000 digits of 8x8, 240 steps",
    claims=(
        Claim(
            row="REG-08",
            says="Batch norm works without steadying the distributions of layers' inputs.",
            by=(
                "Santurkar, Tsipras, Ilyas, Madry (2018). How does batch normalization help "
                "optimization? NeurIPS, arXiv:1805.11604; against " + IOFFE,
            ),
            conditions=(
                Condition(
                    says="with noise that shifts the normalised, it stays within two points",
                    of="noisy",
                    minus="norm",
                    at_least=-2,
                ),
                Condition(
                    says="though layers' inputs then move by a quarter more than without batch "
                    "norm (power of ten)",
                    of="more",
                    at_least=0.1,
                ),
                Condition(
                    says="and it does no worse than none", of="noisy", minus="plain", at_least=0
                ),
            ),
        ),
        Claim(
            row="REG-09",
            says="Batch norm regularises: the gap between training and test is smaller with it.",
            by=(IOFFE,),
            conditions=(
                Condition(
                    says="the gap without, less the gap with batch norm",
                    of="plain_gap",
                    minus="norm_gap",
                    at_least=0,
                ),
            ),
            rather="How much the noise of its batches regularises hangs on their size and on the "
            "rate: Luo, Wang, Shao, Peng (2019), Towards understanding regularization in batch "
            "normalization, ICLR, arXiv:1809.00846.",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset digits: {MANY:,} to train on ({FEW} for the gap) and {CHECKED} to "
        f"choose the rate by, drawn by the seed, {TESTED} others to test on, the same for every "
        "seed. Second bed: as many of the training part of the dataset fashion_mnist_part, at 14 x "
        "14, and the 2,000 of its test part.",
        models="Four hidden layers of 100 ReLU units, without norm, with batch norm before each "
        "ReLU, and with noise after each batch norm: every unit stretched by up to a half and "
        "shifted by up to a unit, drawn anew at each step of training.",
        training=f"Cross-entropy, plain gradient descent, batches of {BATCH}, {STEPS} steps "
        f"({LONGER} as the second budget), the same order for all, rates 0.1, 0.3 and 1. For the "
        f"gap: momentum 0.9, {EPOCHS} epochs, rates 0.03, 0.1 and 0.3.",
        measured="Test pictures right, at the rate that does best on those held back, for each "
        "kind and seed. Shift, at the rate chosen without norm, the same for all: by how much the "
        "mean of each input of the second and later layers changes between two steps on the same "
        "200 pictures, on average, over the mean standard deviation, at every tenth step. Gap: "
        "training less test pictures right, at the rate chosen so.",
        quick="Ten steps, and one epoch.",
    ),
    quantities={
        **{k: Quantity(about=f"test pictures right, {v}", unit="%") for k, v in KINDS.items()},
        "more": Quantity(about="shift with noise over that without norm", unit="powers of ten"),
        **{
            f"{k}_shift": Quantity(about=f"shift of inputs a step, {v}", unit="deviations")
            for k, v in KINDS.items()
        },
        **{f"{k}_rate": Quantity(about=f"the rate chosen, {v}", unit="") for k, v in KINDS.items()},
        **{
            f"{k}_gap": Quantity(about=f"training less test, {KINDS[k]}", unit="points")
            for k in ("plain", "norm")
        },
    },
    seeds=10,
    minutes=4,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(scope="on 1,000 pictures of Fashion-MNIST, 240 steps", measure=on_clothes),
        "budget": Elsewhere(scope="on 1,000 digits of 8x8, 720 steps", measure=longer),
    },
)
