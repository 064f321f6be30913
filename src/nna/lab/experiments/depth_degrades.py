"""Depth: plain networks fit worse, residual ones don't; what reaches the first layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

TRAIN, BATCH = 1000, 100
KINDS = ("plain", "residual")
SHALLOW, DEEP = 20, 56
DEPTHS = (8, 20, 32, 44, 56)  # at which gradients are measured
NORMS = {"norm": "with batch norm", "bare": "without batch norm"}
STARTS = {
    "bare": "PyTorch's start",
    "he": "He's start",
    "norm": "He's start and batch norm",
}
GROWTH, LAYERS = 8, 20  # of the dense network and its plain peer


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train both kinds at both depths; measure gradients at the start in more settings."""
    import torch

    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy, digits
    from nna.spec import Recipe

    train, _ = digits(seed, BATCH if quick else TRAIN)
    recipe = Recipe(
        objective="cross_entropy",
        epochs=1 if quick else 20,
        optimiser="sgd",
        learning_rate=0.1,
        batch_size=BATCH,
        schedule="cosine",
        warmup=0.1,
        weight_decay=1e-4,
    )
    x, digit = train.x[:BATCH], train.target
    assert digit is not None
    digit = digit[:BATCH]
    numbers: dict[str, float] = {}
    for kind in KINDS:
        for depth in DEPTHS:
            for norm in NORMS:
                torch.manual_seed(seed)
                model = network(depth, kind == "residual", norm == "norm")
                numbers[f"flow_{kind}_{norm}_{depth}"] = flow(model, x, digit)
        for depth in (SHALLOW, DEEP):
            torch.manual_seed(seed)
            model = network(depth, kind == "residual", True)
            learn(model, recipe, train, seed=seed)
            numbers[f"error_{kind}_{depth}"] = 100 - accuracy(model, train)
        numbers[f"flow_{kind}_trained"] = flow(model.train(), x, digit)
    for start in STARTS:
        plain, dense = (first_gradient(seed, start, dense, x, digit) for dense in (False, True))
        numbers[f"dense_{start}"] = ten(dense / plain)
    return numbers


def network(depth: int, shortcuts: bool, norm: bool) -> nn.Module:
    """The networks of section 4.2 of He and others, with stages of 8, 16 and 32 maps.

    With batch norm weights start as He proposed, without as PyTorch leaves them.
    """
    from torch import nn

    from nna.blocks.convolution import he_start

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stem = nn.Sequential(convolution(1, 8, 1, norm), nn.ReLU())
            self.body = nn.Sequential()
            c_in = 8
            for c_out in (8, 16, 32):
                for _ in range((depth - 2) // 6):
                    self.body.append(block(c_in, c_out, shortcuts, norm))
                    c_in = c_out
            self.head = nn.Linear(c_in, 10)

        def forward(self, x: Tensor) -> Tensor:
            return self.head(self.body(self.stem(x)).mean(dim=(2, 3)))

    model = Network()
    if norm:
        he_start(model)
    return model


def block(c_in: int, c_out: int, shortcuts: bool, norm: bool) -> nn.Module:
    """Two convolutions; half the resolution where there are more maps.

    A shortcut has no parameters (option A), so that both kinds have equally many.
    """
    import torch
    from torch import nn
    from torch.nn import functional

    stride = 2 if c_out > c_in else 1

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = convolution(c_in, c_out, stride, norm)
            self.second = convolution(c_out, c_out, 1, norm)

        def forward(self, x: Tensor) -> Tensor:
            y = self.second(torch.relu(self.first(x)))
            if shortcuts:
                y = y + functional.pad(x[..., ::stride, ::stride], (0, 0, 0, 0, 0, c_out - c_in))
            return torch.relu(y)

    return Block()


def convolution(c_in: int, c_out: int, stride: int, norm: bool) -> nn.Module:
    """A 3 x 3 convolution, with batch norm or without."""
    from torch import nn

    from nna.blocks.convolution import conv_norm

    if norm:
        return conv_norm(c_in, c_out, 3, stride)
    return nn.Conv2d(c_in, c_out, 3, stride, padding=1)


def flow(model: Any, x: Tensor, digit: Tensor) -> float:
    """The loss's gradient by the first maps, over that by the last: the power of ten."""
    import torch
    from torch.nn import functional

    first = model.stem(x)
    last = model.body(first)
    loss = functional.cross_entropy(model.head(last.mean(dim=(2, 3))), digit)
    at_first, at_last = torch.autograd.grad(loss, [first, last])
    return ten(at_first.double().norm().item() / at_last.double().norm().item())


def first_gradient(seed: int, start: str, dense: bool, x: Tensor, digit: Tensor) -> float:
    """The norm of the gradient of the first of twenty convolutions, before any training.

    In the dense network each layer reads all earlier maps, and the linear layer all of them, as
    in one block of DenseNet; in its plain peer each reads those of the layer before. Eight maps
    a layer.
    """
    import torch
    from torch import nn
    from torch.nn import functional

    from nna.blocks.convolution import he_start

    torch.manual_seed(seed)
    sizes = [GROWTH * layer if dense else GROWTH for layer in range(1, LAYERS)]
    layers = nn.ModuleList(convolution(c_in, GROWTH, 1, start == "norm") for c_in in (1, *sizes))
    if start != "bare":
        he_start(layers)
    head = nn.Linear(GROWTH * LAYERS if dense else GROWTH, 10)
    maps = torch.relu(layers[0](x))
    for layer in layers[1:]:
        new = torch.relu(layer(maps))
        maps = torch.cat([maps, new], dim=1) if dense else new
    functional.cross_entropy(head(maps.mean(dim=(2, 3))), digit).backward()
    gradient = next(layers.parameters()).grad
    assert gradient is not None
    return gradient.double().norm().item()


def ten(ratio: float) -> float:
    """The power of ten, of what single precision can still tell from nothing."""
    import math

    return math.log10(max(ratio, 1e-40))


def figure(columns: Columns) -> Figure:
    """Training errors, gradients by depth, and the gain of dense connections."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, curves, new, runs

    colours = {"plain": ORANGE, "residual": BLUE}
    drawing, (left, middle, right) = new(12, 3.4, 3)
    rows = [(kind, depth) for kind in KINDS for depth in (SHALLOW, DEEP)]
    runs(left, [(columns[f"error_{kind}_{depth}"], colours[kind]) for kind, depth in rows])
    left.set_yticks(range(len(rows)), [f"{kind}, {depth}" for kind, depth in rows])
    left.set(xlabel="training digits wrong (%), a dot a run", title="Depth and training error")
    curves(
        middle,
        DEPTHS,
        [
            (
                f"{kind}, {label}",
                [columns[f"flow_{kind}_{norm}_{depth}"] for depth in DEPTHS],
                colours[kind],
                "-" if norm == "norm" else "--",
            )
            for norm, label in NORMS.items()
            for kind in KINDS
        ],
    )
    middle.set(
        xlabel="layers",
        ylabel="power of ten",
        xticks=DEPTHS,
        title="Gradient at the first maps over that at the last",
    )
    runs(right, [(columns[f"dense_{start}"], BLUE) for start in STARTS])
    right.axvline(1, color=GREY, linestyle=":", linewidth=1)
    right.set_yticks(range(len(STARTS)), list(STARTS.values()))
    right.set(
        xlabel="power of ten, a dot a run;\ndotted: the claim's bound",
        title="First gradient, dense over plain",
    )
    return drawing


EXPERIMENT = Experiment(
    title="Depth, with and without shortcuts",
    scope="on 1,000 digits of 8x8, 200 steps",
    claims=(
        Claim(
            row="CNN-33",
            says="Depth makes plain networks fit even their training set worse, and residual "
            "networks not.",
            by=(
                "He, Zhang, Ren, Sun (2016). Deep residual learning for image recognition. CVPR, "
                "arXiv:1512.03385, figures 1 and 6",
            ),
            conditions=(
                Condition(
                    says="a plain network of 56 layers errs more than one of 20 on what it learnt",
                    of="error_plain_56",
                    minus="error_plain_20",
                    at_least=1,
                ),
                Condition(
                    says="a residual network of 56 layers errs more than one of 20",
                    of="error_residual_56",
                    minus="error_residual_20",
                    at_most=0.5,
                ),
            ),
        ),
        Claim(
            row="REG-12",
            says="Plain deep networks degrade because their gradients vanish, which shortcuts "
            "prevent.",
            by=("Common in introductions to residual networks",),
            conditions=(
                Condition(
                    says="gradient at the first maps over that at the last, plain, 56 layers with "
                    "batch norm, at the start",
                    of="flow_plain_norm_56",
                    at_most=-1,
                ),
                Condition(
                    says="the same after training",
                    of="flow_plain_trained",
                    at_most=-1,
                ),
                Condition(
                    says="the same at the start without batch norm",
                    of="flow_plain_bare_56",
                    at_most=-1,
                    limit=True,
                ),
            ),
            rather="The networks that degraded had batch norm, which keeps gradients from "
            "vanishing, as He and others verified: arXiv:1512.03385, section 4.1. They leave the "
            "cause open, and suspect that convergence is very slow. Without any normalisation "
            "shortcuts do keep the gradient.",
        ),
        Claim(
            row="CNN-44",
            says="Dense connections bring more gradient to the first layer.",
            by=(
                "Huang, Liu, van der Maaten, Weinberger (2017). Densely connected convolutional "
                "networks. CVPR, arXiv:1608.06993, section 1",
            ),
            conditions=(
                Condition(
                    says="tenfold the gradient of a plain network of 20 layers, PyTorch's start",
                    of="dense_bare",
                    at_least=1,
                ),
                Condition(
                    says="tenfold, He's start",
                    of="dense_he",
                    at_least=1,
                    limit=True,
                ),
                Condition(
                    says="tenfold, He's start and batch norm",
                    of="dense_norm",
                    at_least=1,
                    limit=True,
                ),
            ),
            rather="So it is without norms. Densely connected networks have batch norm, and with "
            "it a plain network brings more gradient to its first layer than a dense one does: "
            "with batch norm gradients grow towards the input (Yang and others, 2019, A mean "
            "field theory of batch normalization, ICLR, arXiv:1902.08129).",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits as it is, 8 x 8 pixels: 1,000 to train on, drawn by the seed; "
        "gradients on 100 of them.",
        models="The networks that the paper on residual networks trains on CIFAR-10, with half "
        "the maps: 3 x 3 convolutions in three stages of 8, 16 and 32 maps, batch norm, ReLU, He's "
        "start; residual ones with shortcuts without parameters (option A). Gradients also without "
        "batch norm, from PyTorch's start. Dense and plain: 20 convolutions of 8 maps at full "
        "resolution, each reading all maps before it, or those of the layer before.",
        training="Cross-entropy, gradient descent with momentum 0.9 at rate 0.1, which rises "
        "over the first tenth of the steps and falls as a cosine, weight decay 0.0001, batches of "
        "100, 20 epochs (200 steps).",
        measured="The share of the training digits wrong in the end. The power of ten of the "
        "loss's gradient by the first convolution's maps over that by the last maps, in norm. The "
        "power of ten of the gradient of the first convolution's weights, dense over plain.",
        quick="100 digits and one epoch.",
    ),
    quantities={
        **{
            f"error_{kind}_{depth}": Quantity(
                about=f"training digits wrong, {kind}, {depth} layers", unit="points"
            )
            for kind in KINDS
            for depth in (SHALLOW, DEEP)
        },
        **{
            f"flow_{kind}_{norm}_{depth}": Quantity(
                about=f"gradient, first over last maps, {kind}, {depth} layers, {label}",
                unit="powers of ten",
            )
            for kind in KINDS
            for norm, label in NORMS.items()
            for depth in DEPTHS
        },
        **{
            f"flow_{kind}_trained": Quantity(
                about=f"gradient, first over last maps, {kind}, {DEEP} layers, trained",
                unit="powers of ten",
            )
            for kind in KINDS
        },
        **{
            f"dense_{start}": Quantity(
                about=f"gradient of the first layer, dense over plain, {label}",
                unit="powers of ten",
            )
            for start, label in STARTS.items()
        },
    },
    seeds=10,
    minutes=4,
    measure=measure,
    figure=figure,
    redrawn=797 / 1000,  # of the split, for each seed
)
