"""Depth separation: a sawtooth that depth makes cheaply, in one layer, and what training finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

FOLDS = 5  # of the sawtooth to be learnt: 32 slopes
STEPS = 3000
NETS: dict[str, tuple[tuple[int, ...], str]] = {  # hidden layers, and what it is in words
    "few": ((2 * FOLDS,), "one layer, 10 units"),
    "enough": ((2**FOLDS - 1,), "one layer, 31 units"),
    "wide": ((128,), "one layer, 128 units"),
    "deep": ((8,) * 6, "six layers of 8 units"),
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Count the slopes of what is put together by hand, and train four networks."""
    import torch

    x = torch.linspace(0, 1, 2**9 + 1)[:, None]
    target = folded(x, FOLDS)
    numbers: dict[str, float] = {
        "slopes_deep": slopes(composed(6)),
        "slopes_flat": max(slopes(flat(12, seed, start)) for start in range(20)),
        "error_composed": share_left(composed(FOLDS), x, target),
    }
    for name, (hidden, _) in NETS.items():
        torch.manual_seed(seed)
        model = stack(1, *hidden)
        train(model, x, target, 5 if quick else STEPS)
        numbers |= {
            name: share_left(model, x, target),
            f"params_{name}": sum(p.numel() for p in model.parameters()),
        }
    return numbers


def stack(*widths: int) -> nn.Sequential:
    """ReLU layers of these widths after the input's, started as He advises, a linear output."""
    from itertools import pairwise

    from torch import nn

    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(widths):
        linear = nn.Linear(n_in, n_out)
        nn.init.kaiming_normal_(linear.weight)
        nn.init.uniform_(linear.bias, -1, 1)
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(widths[-1], 1))


def composed(folds: int) -> nn.Sequential:
    """The map 2 relu(x) - 4 relu(x - 1/2) on itself, `folds` times: two units a layer."""
    import torch

    model = stack(1, *[2] * folds)
    fold = torch.tensor([2.0, -4.0])
    with torch.no_grad():
        for place in range(folds):
            weight = fold.expand(2, 2) if place else torch.ones(2, 1)
            model.get_parameter(f"{2 * place}.weight").copy_(weight)
            model.get_parameter(f"{2 * place}.bias").copy_(torch.tensor([0.0, -0.5]))
        model.get_parameter(f"{2 * folds}.weight").copy_(fold[None])
        model.get_parameter(f"{2 * folds}.bias").zero_()
    return model.requires_grad_(False)


def folded(x: Tensor, folds: int) -> Tensor:
    """The same sawtooth by its definition: 1 - |2 x - 1|, again and again."""
    for _ in range(folds):
        x = 1 - (2 * x - 1).abs()
    return x


def flat(units: int, seed: int, start: int) -> nn.Sequential:
    """One hidden layer of random units, whose corners lie in the interval that is looked at."""
    import torch

    from nna.lab.learn import seeded

    draw = seeded(seed, f"flat {start}")
    model = stack(1, units)
    with torch.no_grad():
        sides = 2.0 * torch.randint(2, (units, 1), generator=draw) - 1
        corners = torch.rand(units, 1, generator=draw)
        model.get_parameter("0.weight").copy_(sides)
        model.get_parameter("0.bias").copy_((-sides * corners)[:, 0])
        model.get_parameter("2.weight").copy_(torch.randn(1, units, generator=draw))
    return model


def slopes(model: nn.Module) -> int:
    """Straight pieces on [0, 1], found on 2^13 steps: neighbours of equal slope are one piece.

    Where a corner falls between two points, the step over it is a blend of both slopes and is
    not counted.
    """
    import torch

    x = torch.linspace(0, 1, 2**13 + 1, dtype=torch.float64)[:, None]
    with torch.no_grad():
        rise = model.double()(x)[:, 0].diff() * 2**13
    model.float()
    same = (rise.diff().abs() < 1e-6).tolist()
    starts = [now and not before for before, now in zip([False, *same], same, strict=False)]
    return sum(starts)


def train(model: nn.Module, x: Tensor, y: Tensor, steps: int) -> None:
    """Squared error by Adam on all points at once, the rate falling as a cosine."""
    import torch

    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        optimiser.zero_grad()
        (model(x) - y).square().mean().backward()
        optimiser.step()
        falling.step()


def share_left(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """The mean squared error as a share of the target's variance, in percent."""
    import torch

    with torch.no_grad():
        return float(100 * (model(x) - y).square().mean() / y.var(correction=0))


def figure(columns: Columns) -> Figure:
    """What each trained network leaves unexplained, a dot a run."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (axis,) = new(6.5, 3)
    colours = (GREY, ORANGE, ORANGE, BLUE)
    runs(axis, [(columns[name], colour) for name, colour in zip(NETS, colours, strict=True)])
    axis.set_yticks(
        range(len(NETS)),
        [
            f"{text}\n({columns[f'params_{name}'][0]:.0f} parameters)"
            for name, (_, text) in NETS.items()
        ],
    )
    axis.axvline(0, color=GREY, linestyle=":", linewidth=1)
    axis.set(
        xlabel="variance left after training (%), a dot a run, a bar their mean;\n"
        "dotted: ten units in five layers, put together by hand",
        title="Learning a sawtooth of 32 slopes",
    )
    return drawing


EXPERIMENT = Experiment(
    title="What depth saves, and whether training finds it",
    scope="on one function of 32 slopes, 3,000 steps",
    claims=(
        Claim(
            row="NEU-22",
            says="Deep networks represent some functions with far fewer units than shallow ones.",
            by=(
                "Telgarsky (2016). Benefits of depth in neural networks. COLT, arXiv:1602.04485",
                "Common in introductions to deep learning",
            ),
            conditions=(
                Condition(
                    says="slopes of the sawtooth that 12 units in six layers make",
                    of="slopes_deep",
                    at_least=64,
                ),
                Condition(
                    says="most slopes among twenty random networks of 12 units in one layer",
                    of="slopes_flat",
                    at_most=13,
                ),
                Condition(
                    says="variance of the 32-slope sawtooth that 10 units in five layers leave (%)",
                    of="error_composed",
                    at_most=0.01,
                ),
                Condition(
                    says="variance that 10 units in one layer leave after training (%)",
                    of="few",
                    at_least=50,
                ),
                Condition(
                    says="training, too, does better in depth: six layers of 8 less one layer of "
                    "128 units, about as many parameters (points of variance left)",
                    of="deep",
                    minus="wide",
                    at_most=0,
                    limit=True,
                ),
            ),
            rather="It is about representing. A layer of n units bends a line n times at most, so "
            "that the sawtooth of 2^k slopes takes 2^k - 1 of them, and 2k units two by two in k "
            "layers (Telgarsky 2016). That training finds such weights doesn't follow.",
        ),
    ),
    protocol=Protocol(
        data="The triangle map 1 - |2x - 1| applied five times to 513 even points of [0, 1]: 32 "
        "slopes, without noise; trained and measured on the same points, which meet all corners.",
        models="By hand: two ReLUs a layer, 2 relu(x) - 4 relu(x - 1/2) on itself, six times to "
        "count slopes and five times to compare with the sawtooth. To count: one layer of 12 ReLUs "
        "with corners drawn from [0, 1] and Gaussian weights out. To be trained: one ReLU layer of "
        "10, 31 and 128 units, and six of 8; He's start, biases uniform within 1.",
        training=f"Squared error, Adam at rate 0.01 falling as a cosine, {STEPS} steps on all "
        "points at once.",
        measured="Slopes: pieces of equal rise on 8,192 even steps. Errors: mean squared error as "
        "a share of the target's variance.",
        quick="Five steps.",
    ),
    quantities={
        "slopes_deep": Quantity(about="slopes of 12 units in six layers, by hand", unit=""),
        "slopes_flat": Quantity(about="most slopes of 12 random units in one layer", unit=""),
        "error_composed": Quantity(about="left by 10 units in five layers, by hand", unit="%"),
        **{
            name: quantity
            for net, (_, text) in NETS.items()
            for name, quantity in (
                (net, Quantity(about=f"variance left after training: {text}", unit="%")),
                (f"params_{net}", Quantity(about=f"parameters: {text}", unit="")),
            )
        },
    },
    seeds=10,
    minutes=5,
    measure=measure,
    figure=figure,
)
