"""Depth at the start: how signals and gradients fare through up to fifty layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

    from nna.lab.dense import Start
    from nna.training.in_memory import Tensors

WIDTH, BATCH = 64, 100
DEPTHS = (5, 10, 20, 30, 40, 50)
STARTS: dict[str, tuple[Start, str]] = {
    "he": ("he", "He"),
    "glorot": ("glorot", "Glorot"),
    "small": (0.01, "deviation 0.01"),
    "large": (1.0, "deviation 1"),
}
NETS: dict[str, tuple[str, Start, str]] = {
    "relu": ("relu", "he", "ReLU, He's start"),
    "relu_glorot": ("relu", "glorot", "ReLU, Glorot's start"),
    "tanh": ("tanh", "glorot", "tanh, Glorot's start"),
    "sigmoid": ("sigmoid", "glorot", "logistic, Glorot's start"),
}
STEPS, RATE = 10, 0.1
BROKEN: dict[str, tuple[str, Start, int, str]] = {
    "large_20": ("relu", 1.0, 20, "ReLU, deviation 1, 20 layers"),
    "large_40": ("relu", 1.0, 40, "ReLU, deviation 1, 40 layers"),
    "he_40": ("relu", "he", 40, "ReLU, He's start, 40 layers"),
    "tanh_40": ("tanh", 1.0, 40, "tanh, deviation 1, 40 layers"),
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Signals and gradients of untrained networks; whether ten steps break the numbers."""
    from nna.lab.pictures import digits

    batch, _ = digits(seed, 20 if quick else BATCH)
    numbers: dict[str, float] = {}
    for depth in DEPTHS:
        for name, (start, _) in STARTS.items():
            numbers[f"signal_{name}_{depth}"] = signal(start, depth, seed, batch.x)
        numbers[f"drift_{depth}"] = abs(numbers[f"signal_he_{depth}"])
        for name, (activation, start, _) in NETS.items():
            at_weights, at_units = gradients((activation, start), depth, seed, batch)
            numbers |= {f"weights_{name}_{depth}": at_weights, f"units_{name}_{depth}": at_units}
        numbers[f"gap_{depth}"] = abs(numbers[f"weights_relu_{depth}"])
    for name, (activation, start, depth, _) in BROKEN.items():
        numbers[f"broken_{name}"] = broken((activation, start), depth, seed, batch)
    return numbers


def signal(start: Start, depth: int, seed: int, x: Tensor) -> float:
    """Second moment of the last hidden layer's answers over the first's, with ReLU."""
    import torch

    from nna.lab.dense import dense, hidden

    torch.manual_seed(seed)
    model = dense((64, *[WIDTH] * depth, 10), "relu", start).double()
    with torch.no_grad():
        answers = hidden(model, x.double())
    return ten(answers[-1].square().mean() / answers[0].square().mean())


def gradients(net: tuple[str, Start], depth: int, seed: int, batch: Tensors) -> tuple[float, float]:
    """First over last hidden layer: norm of the gradient by the weights, and by the answers."""
    import torch
    from torch.nn import functional

    from nna.lab.dense import dense, hidden

    torch.manual_seed(seed)
    model = dense((64, *[WIDTH] * depth, 10), *net).double()
    answers = hidden(model, batch.x.double())
    assert batch.target is not None
    loss = functional.cross_entropy(model[-1](answers[-1]), batch.target)
    first, last = (model.get_parameter(f"{layer}.0.weight") for layer in (1, depth))
    at = torch.autograd.grad(loss, [first, last, answers[0], answers[-1]])
    norms = [gradient.norm() for gradient in at]
    return ten(norms[0] / norms[1]), ten(norms[2] / norms[3])


def broken(net: tuple[str, Start], depth: int, seed: int, batch: Tensors) -> bool:
    """Whether loss or weights are no longer finite numbers after some steps, in single precision.

    A loss that is infinite is descended all the same, as a plain loop would.
    """
    import torch
    from torch.nn import functional

    from nna.lab.dense import dense

    torch.manual_seed(seed)
    model = dense((64, *[WIDTH] * depth, 10), *net)
    optimiser = torch.optim.SGD(model.parameters(), RATE)
    assert batch.target is not None
    for _ in range(STEPS):
        optimiser.zero_grad()
        functional.cross_entropy(model(batch.x), batch.target).backward()
        optimiser.step()
    loss = functional.cross_entropy(model(batch.x), batch.target)
    return not all(bool(value.isfinite().all()) for value in (loss, *model.parameters()))


def ten(ratio: Tensor) -> float:
    """The power of ten of a ratio, of which double precision tells 300."""
    return ratio.detach().clamp(1e-300).log10().item()


def figure(columns: Columns) -> Figure:
    """Signals and gradients by depth, and how often numbers break."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, curves, new, rates

    drawing, (left, middle, right) = new(13, 3.6, 3)
    styles = dict(zip(STARTS, ((BLUE, "-"), (ORANGE, "-"), (GREY, "--"), (GREY, "-")), strict=True))
    curves(
        left,
        DEPTHS,
        [
            (label, [columns[f"signal_{name}_{depth}"] for depth in DEPTHS], *styles[name])
            for name, (_, label) in STARTS.items()
        ],
    )
    left.set(
        xlabel="hidden layers",
        ylabel="power of ten",
        ylim=(-20, 20),
        title="Second moment, last layer over first (ReLU)",
    )
    styles = dict(zip(NETS, ((BLUE, "-"), (BLUE, "--"), (GREY, "-"), (ORANGE, "-")), strict=True))
    curves(
        middle,
        DEPTHS,
        [
            (label, [columns[f"units_{name}_{depth}"] for depth in DEPTHS], *styles[name])
            for name, (_, _, label) in NETS.items()
        ],
    )
    middle.set(
        xlabel="hidden layers",
        ylabel="power of ten",
        title="Gradient by the units, first layer over last",
    )
    rates(right, [(label, columns[f"broken_{n}"], BLUE) for n, (*_, label) in BROKEN.items()])
    right.set(
        xlabel="runs whose numbers are not finite\nafter ten steps (%), with 95 % interval",
        title="Numbers that break",
    )
    return drawing


BACK = "first over last hidden layer, gradient"

EXPERIMENT = Experiment(
    title="Signals and gradients through many layers, before training",
    scope="on a batch of 100 digits of 8x8, at most 10 steps",
    claims=(
        Claim(
            row="REG-02",
            says="He's start keeps the size of ReLU's answers through all layers; Glorot's and a "
            "fixed small deviation don't.",
            by=(
                "He, Zhang, Ren, Sun (2015). Delving deep into rectifiers: surpassing human-level "
                "performance on ImageNet classification. ICCV, arXiv:1502.01852",
            ),
            conditions=(
                Condition(
                    says="second moment, last over first of 20 layers, He's start: distance from "
                    "one in powers of ten",
                    of="drift_20",
                    at_most=1.3,
                ),
                Condition(says="Glorot's start: power of ten", of="signal_glorot_20", at_most=-4),
                Condition(says="deviation 0.01: power of ten", of="signal_small_20", at_most=-4),
                Condition(says="He's start, 50 layers", of="drift_50", at_most=1.3, limit=True),
            ),
            rather="It keeps the mean over all draws of weights. One draw of narrow layers "
            "wanders, the typical one downwards: after many layers, over more than a power of ten "
            "(Hanin, Rolnick, 2018, How to start training, arXiv:1803.01719).",
        ),
        Claim(
            row="REG-03",
            says="Gradients vanish with depth for the logistic function, and not for ReLU.",
            by=(
                "Glorot, Bordes, Bengio (2011). Deep sparse rectifier neural networks. AISTATS",
                "Common in introductions to activations",
            ),
            conditions=(
                Condition(
                    says=f"{BACK} by the weights, logistic, 10 layers: power of ten",
                    of="weights_sigmoid_10",
                    at_most=-4,
                ),
                Condition(
                    says="ReLU with He's start, 40 layers: distance from one in powers of ten",
                    of="gap_40",
                    at_most=1,
                ),
                Condition(
                    says=f"{BACK} by the units, ReLU with He's start, 50 layers",
                    of="units_relu_50",
                    at_least=-1,
                    limit=True,
                ),
                Condition(
                    says="ReLU with Glorot's start, 40 layers",
                    of="units_relu_glorot_40",
                    at_least=-1,
                    limit=True,
                ),
                Condition(
                    says="tanh with Glorot's start, 40 layers: it vanishes as well",
                    of="units_tanh_40",
                    at_most=-1,
                    limit=True,
                ),
            ),
            rather="Activation and start decide together: what counts is the mean square of the "
            "slope times that of the weights (Glorot, Bengio, 2010, Understanding the difficulty "
            "of training deep feedforward neural networks, AISTATS). With Glorot's weights tanh "
            "keeps its gradients and ReLU loses them.",
        ),
        Claim(
            row="REG-05",
            says="Weights that are too large make gradients explode until numbers are no longer "
            "finite.",
            by=("Common in introductions to initialisation",),
            conditions=(
                Condition(
                    says="weights of deviation 1, ReLU, 20 layers: not finite after ten steps",
                    of="broken_large_20",
                    at_least=0.9,
                ),
                Condition(says="the same, 40 layers", of="broken_large_40", at_least=0.9),
                Condition(says="He's start, 40 layers", of="broken_he_40", at_most=0.1),
                Condition(
                    says="weights of deviation 1 break tanh as well",
                    of="broken_tanh_40",
                    at_least=0.9,
                    limit=True,
                ),
            ),
            rather="So it is with ReLU, whose answers have no bound. Tanh's have one, and "
            "its numbers stay finite.",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits as it is, 8 x 8 pixels from 0 to 1: a batch of 100 drawn by the "
        "seed.",
        models="Plain networks of 5 to 50 hidden layers of 64 units without norm, biases zero, "
        "Gaussian weights: by He (variance 2 over the inputs), by Glorot (2 over inputs and "
        "outputs), or of a standard deviation of 0.01 or 1; the last layer's by Glorot. ReLU, tanh "
        "or the logistic function.",
        training=f"None; for the last claim {STEPS} steps of gradient descent on the whole batch "
        f"at rate {RATE:g}, cross-entropy, single precision.",
        measured="In double precision the power of ten of: the second moment of the last hidden "
        "layer's answers over that of the first; the norm of the loss's gradient by the first "
        "hidden layer's weights over that by the last's, and the same by their answers. Whether "
        "loss and all weights are finite after the steps.",
        quick="20 digits.",
    ),
    quantities={
        **{
            f"signal_{name}_{depth}": Quantity(
                about=f"second moment, last over first, {label}, {depth} layers",
                unit="powers of ten",
            )
            for name, (_, label) in STARTS.items()
            for depth in DEPTHS
        },
        **{
            f"{what}_{name}_{depth}": Quantity(
                about=f"{BACK} by the {what}, {label}, {depth} layers", unit="powers of ten"
            )
            for what in ("weights", "units")
            for name, (_, _, label) in NETS.items()
            for depth in DEPTHS
        },
        **{
            f"{name}_{depth}": Quantity(
                about=f"{text}: distance from one, {depth} layers", unit="powers of ten"
            )
            for name, text in (
                ("drift", "second moment, last over first, He"),
                ("gap", f"{BACK} by the weights, ReLU, He's start"),
            )
            for depth in DEPTHS
        },
        **{
            f"broken_{name}": Quantity(
                about=f"not finite: {label}", unit="of the runs", yes_no=True
            )
            for name, (*_, label) in BROKEN.items()
        },
    },
    seeds=60,
    minutes=1,
    measure=measure,
    figure=figure,
)
