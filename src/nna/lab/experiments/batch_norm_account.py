"""Batch norm: with noise that shifts what it has normalised, and as a regulariser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

    from nna.training.in_memory import Tensors

WIDTH, DEPTH, BATCH = 100, 4, 50
KINDS = {"plain": "none", "norm": "batch norm", "noisy": "batch norm, then noise"}
MANY, STEPS, EVERY, SPEEDS = 1000, 480, 10, (0.03, 0.1, 0.3, 1.0)
FEW, CHECKED, EPOCHS, RATES = 500, 297, 20, (0.03, 0.1, 0.3)
SHIFT, STRETCH = 0.5, 0.25  # greatest, drawn anew for each unit at each step


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Accuracy and shift of the three kinds; then the gap between training and test."""
    from nna.lab.pictures import digits

    train, rest = digits(seed, MANY)
    held, test = parts(rest)
    numbers: dict[str, float] = {}
    found = {
        kind: {
            rate: shifts(kind, seed, train, held, test, 10 if quick else STEPS, rate)
            for rate in SPEEDS
        }
        for kind in KINDS
    }
    rates = {kind: max(SPEEDS, key=lambda rate: found[kind][rate][0]) for kind in KINDS}
    for kind, rate in rates.items():
        numbers |= {kind: found[kind][rate][1], f"{kind}_rate": rate}
        numbers[f"{kind}_shift"] = found[kind][rates["plain"]][2]
    for kind in ("plain", "norm"):
        numbers[f"{kind}_gap"] = gap(kind, seed, 1 if quick else EPOCHS)
    return numbers


def parts(rest: Tensors) -> tuple[Tensors, Tensors]:
    """What rates are chosen by, and what is left to test on."""
    from nna.training.in_memory import Tensors

    assert rest.target is not None
    return (
        Tensors.pair(rest.x[:CHECKED], rest.target[:CHECKED]),
        Tensors.pair(rest.x[CHECKED:], rest.target[CHECKED:]),
    )


def network(kind: str, seed: int) -> nn.Sequential:
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
    for n_in in (64, *[WIDTH] * (DEPTH - 1)):
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
    model, draw = network(kind, seed), seeded(seed, "order")
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


def gap(kind: str, seed: int, epochs: int) -> float:
    """Points between training and test, at the rate that does best on digits held back."""
    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy, digits
    from nna.spec import Recipe

    train, rest = digits(seed, FEW)
    held, test = parts(rest)
    found = []
    for rate in RATES:
        model = network(kind, seed)
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
    scope="on 1,000 digits of 8x8, 480 steps",
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
                    says="though layers' inputs then move more than without batch norm",
                    of="noisy_shift",
                    minus="plain_shift",
                    at_least=0,
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
        ),
    ),
    protocol=Protocol(
        data="The dataset digits, split by the seed: 1,000 to train on, 297 to choose the rate "
        "by and 500 to test on; for the gap 500, 297 and 1,000.",
        models="Four hidden layers of 100 ReLU units, without norm, with batch norm before each "
        "ReLU, and with noise after each batch norm: every unit stretched by up to a quarter and "
        "shifted by up to half a unit, drawn anew at each step of training.",
        training=f"Cross-entropy, plain gradient descent, batches of 50, {STEPS} steps, the same "
        "order for all, rates 0.03, 0.1, 0.3 and 1. For the gap: momentum 0.9, 20 epochs, rates "
        "0.03, 0.1 and 0.3.",
        measured="Test digits right, at the rate that does best on the digits held back, for each "
        "kind and seed. Shift, at the rate chosen without norm, the same for all: by how much the "
        "mean of each input of the second and later layers changes between two steps on the same "
        "200 digits, on average, over the mean standard deviation, at every tenth step. Gap: "
        "training less test digits right, at the rate chosen so.",
        quick="Ten steps, and one epoch.",
    ),
    quantities={
        **{k: Quantity(about=f"test digits right, {v}", unit="points") for k, v in KINDS.items()},
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
    redrawn=797 / 1000,  # of the split, for each seed
)
