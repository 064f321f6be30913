"""The neural tangent kernel: how it moves less in wider networks, and what they then predict."""

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
    from torch import Tensor

EXAMPLES = 64  # to train on, and as many to predict
WIDTHS = (16, 64, 256, 1024, 4096)
STEPS, LONGER = 100, 400
CLASSES, OTHERS = (3, 8), (4, 9)


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Threes and eights."""
    return compared(seed, CLASSES, 5 if quick else STEPS)


def on_other_digits(seed: int, quick: bool) -> dict[str, float]:
    """Fours and nines."""
    return compared(seed, OTHERS, 5 if quick else STEPS)


def longer(seed: int, quick: bool) -> dict[str, float]:
    """Threes and eights, four times as many steps."""
    return compared(seed, CLASSES, 5 if quick else LONGER)


def compared(seed: int, classes: tuple[int, int], steps: int) -> dict[str, float]:
    """Train networks of each width and compare them with the kernel's own prediction."""
    import math

    import numpy as np
    import torch

    torch.manual_seed(seed)
    x, new, y = data(seed, classes)
    kernel, across = analytic(x, x), analytic(new, x)
    rate = 1 / torch.linalg.eigvalsh(kernel)[-1].item()
    wanted = descended(kernel, across, y, rate, steps)
    numbers: dict[str, float] = {}
    for width in WIDTHS:
        w, a = torch.randn(width, x.shape[1]).double(), torch.randn(width).double()
        before = empirical(w, a, x)
        first_fit, first = answers(w, a, x), answers(w, a, new)
        # the network's first answers are random and stay: what it learns is the difference
        for _ in range(steps):
            off = answers(w, a, x) - first_fit - y
            at_w, at_a = slopes(w, a, x, off)
            w, a = w - rate * at_w, a - rate * at_a
        moved = (empirical(w, a, x) - before).norm() / before.norm()
        learnt = answers(w, a, new) - first
        apart = (learnt - wanted).square().mean().sqrt() / wanted.square().mean().sqrt()
        fit = answers(w, a, x) - first_fit
        numbers |= {
            f"moved_{width}": math.log10(moved.item()),
            f"apart_{width}": math.log10(apart.item()),
            f"right_{width}": 100 * (fit.sign() == y).double().mean().item(),
        }
    logs = np.log10(WIDTHS)
    for what in ("moved", "apart"):
        line = np.polyfit(logs, [numbers[f"{what}_{width}"] for width in WIDTHS], 1)
        numbers[f"slope_{what}"] = float(line[0])
    return numbers | {"slope_off": abs(numbers["slope_moved"] + 0.5)}


def data(seed: int, classes: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """Digits of two classes, of length one, `(64, 64)` each part, and +-1 for the first part."""
    from nna.lab.pictures import digits

    every, _ = digits(seed, 1797)
    assert every.target is not None
    chosen = (every.target == classes[0]) | (every.target == classes[1])
    x = every.x[chosen].flatten(1).double()
    x = x / x.norm(dim=1, keepdim=True)
    y = (every.target[chosen] == classes[0]).double() * 2 - 1
    return x[:EXAMPLES], x[EXAMPLES : 2 * EXAMPLES], y[:EXAMPLES]


def answers(w: Tensor, a: Tensor, x: Tensor) -> Tensor:
    """A network of one hidden layer in the kernel's scaling: root 2/m times a . relu(Wx)."""
    return (2 / len(a)) ** 0.5 * (x @ w.T).relu() @ a


def slopes(w: Tensor, a: Tensor, x: Tensor, off: Tensor) -> tuple[Tensor, Tensor]:
    """The gradient of half the squared error by both layers, where answers are off by `off`."""
    scale, sums = (2 / len(a)) ** 0.5, x @ w.T
    on = (sums > 0).double()
    return scale * ((off[:, None] * on * a).T @ x), scale * sums.relu().T @ off


def empirical(w: Tensor, a: Tensor, x: Tensor) -> Tensor:
    """Inner products of the gradients of the answers to all pairs of examples."""
    sums = x @ w.T
    gates = (sums > 0).double() * a
    return 2 / len(a) * (sums.relu() @ sums.relu().T + (x @ x.T) * (gates @ gates.T))


def analytic(x: Tensor, z: Tensor) -> Tensor:
    """Its limit for infinite width, for inputs of length one: arc-cosine kernels."""
    import torch

    u = (x @ z.T).clamp(-1, 1)
    turn = torch.pi - u.arccos()
    return (u * turn + (1 - u * u).sqrt()) / torch.pi + u * turn / torch.pi


def descended(kernel: Tensor, across: Tensor, y: Tensor, rate: float, steps: int) -> Tensor:
    """What kernel regression by as many steps of gradient descent predicts."""
    import torch

    values, vectors = torch.linalg.eigh(kernel)
    share = (1 - (1 - rate * values) ** steps) / values
    return across @ (vectors @ (share * (vectors.T @ y)))


def figure(columns: Columns) -> Figure:
    """How far the kernel moves, and predictions lie from the kernel's, by width."""
    import numpy as np

    from nna.lab.drawing import BLUE, GREY, curves, new

    drawing, axes = new(9, 3.2, 2)
    logs = np.log10(WIDTHS)
    titles = {"moved": "Change of the kernel in training", "apart": "Distance to kernel regression"}
    for axis, (what, title) in zip(axes, titles.items(), strict=True):
        columns_of = [columns[f"{what}_{width}"] for width in WIDTHS]
        start = np.mean(columns_of[0])
        axis.plot(
            logs, start - (logs - logs[0]) / 2, ":", color=GREY, label="slope of minus one half"
        )
        curves(axis, logs.tolist(), [("networks", columns_of, BLUE, "-")])
        axis.set_xticks(logs, [f"{width:,}" for width in WIDTHS])
        axis.set(
            xlabel="hidden units; bands: 95 % intervals", ylabel="share, power of ten", title=title
        )
    return drawing


EXPERIMENT = Experiment(
    title="Wide networks and kernel regression",
    scope="on 64 digits of two classes, 100 steps",
    claims=(
        Claim(
            row="REG-33",
            says="Infinitely wide networks learn as kernel regression with the neural tangent "
            "kernel does.",
            by=(
                "Jacot, Gabriel, Hongler (2018). Neural tangent kernel: convergence and "
                "generalization in neural networks. NeurIPS, arXiv:1806.07572",
            ),
            conditions=(
                Condition(
                    says="the kernel's change in training falls with width: slope on logarithmic "
                    "axes",
                    of="slope_moved",
                    at_most=-0.3,
                ),
                Condition(
                    says="and about as one over the root of the width, no faster either: the "
                    "slope's distance from minus one half",
                    of="slope_off",
                    at_most=0.3,
                    limit=True,
                ),
                Condition(
                    says="so does the distance of predictions to kernel regression: slope",
                    of="slope_apart",
                    at_most=-0.3,
                ),
                Condition(
                    says=f"with {WIDTHS[-1]:,} units predictions are within a tenth (power of ten)",
                    of=f"apart_{WIDTHS[-1]}",
                    at_most=-1,
                ),
                Condition(
                    says="with 16 units as well",
                    of="apart_16",
                    at_most=-1,
                    limit=True,
                ),
            ),
            rather="It holds in this scaling of the weights, in the limit. Narrow networks leave "
            "their first kernel: they learn features, which no kernel does (Chizat, Oyallon, Bach, "
            "2019, On lazy training in differentiable programming, arXiv:1812.07956).",
        ),
    ),
    protocol=Protocol(
        data=f"Threes and eights of the dataset digits, 8 x 8 pixels, scaled to length one: "
        f"{EXAMPLES} to train on and {EXAMPLES} to predict, drawn by the seed; answers 1 "
        "and -1. Second bed: fours and nines.",
        models="One hidden layer of 16 to 4,096 units without biases, answers root(2/m) a . "
        "relu(Wx), all of W and a Gaussian of variance 1 and both learnt; its answers at the start "
        "are taken off. The kernel of the infinitely wide network in closed form: (u t + "
        "root(1 - u^2) + u t) / pi for u = x . z and t = pi - arccos u.",
        training=f"Half the squared error summed over the examples, {STEPS} steps of gradient "
        f"descent ({LONGER} as the second budget) on all of them at a rate of one over "
        "the analytic kernel's greatest eigenvalue, in double precision; kernel regression by as "
        "many steps at the same rate, in closed form.",
        measured="How far the kernel of the network's own gradients moves in training, in norm, "
        "over its norm at the start; how far its predictions lie from those of kernel regression, "
        "root mean square over that of the latter; powers of ten, and slopes of lines fitted to "
        "them over the power of ten of the width.",
        quick="5 steps.",
    ),
    quantities={
        **{
            f"{what}_{width}": Quantity(about=f"{text}, {width:,} units", unit=unit)
            for what, text, unit in (
                ("moved", "change of the kernel", "power of ten"),
                ("apart", "distance to kernel regression", "power of ten"),
                ("right", "training digits right", "points"),
            )
            for width in WIDTHS
        },
        "slope_moved": Quantity(about="slope of the kernel's change over width", unit=""),
        "slope_off": Quantity(about="its distance from minus one half", unit=""),
        "slope_apart": Quantity(about="slope of the distance over width", unit=""),
    },
    seeds=12,
    minutes=0.5,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(
            scope="on 64 digits of two other classes, 100 steps", measure=on_other_digits
        ),
        "budget": Elsewhere(scope="on 64 digits of two classes, 400 steps", measure=longer),
    },
)
