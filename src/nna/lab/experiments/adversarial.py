"""Small changes of a picture: along the sign of the gradient, and by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

AMOUNTS = (0.0, 0.05, 0.1, 0.15, 0.2)  # of the way from paper to ink, at every pixel
KINDS = ("gradient", "chance")
TRAIN, HELD = 1000, 0.1


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Two perceptrons on the same digits, one trained on changed digits; both are attacked."""
    import torch

    from nna.lab.dense import dense
    from nna.lab.learn import seeded
    from nna.lab.pictures import accuracy, digits
    from nna.training.in_memory import Tensors

    train, test = digits(seed, TRAIN)
    assert train.target is not None
    assert test.target is not None
    numbers: dict[str, float] = {}
    for name, amount in (("usual", 0.0), ("hardened", HELD)):
        torch.manual_seed(seed)
        model = dense((64, 128, 64, 10), "relu", "he")
        adam = torch.optim.Adam(model.parameters(), lr=2e-3)
        order = seeded(seed, "order")
        for _ in range(1 if quick else 30):
            for index in torch.randperm(TRAIN, generator=order).split(50):
                x, y = train.x[index], train.target[index]
                if amount:
                    x = changed(model, x, y, amount)
                adam.zero_grad()
                torch.nn.functional.cross_entropy(model(x), y).backward()
                adam.step()
        draw = seeded(seed, "chance")
        coin = torch.randint(0, 2, test.x.shape, generator=draw) * 2.0 - 1
        for size in AMOUNTS:
            found = {
                "gradient": changed(model, test.x, test.target, size),
                "chance": (test.x + size * coin).clamp(0, 1),
            }
            for kind, x in found.items():
                right = accuracy(model, Tensors.pair(x, test.target))
                numbers[f"{name}_{kind}_{round(100 * size)}"] = right
    hardened = numbers["hardened_gradient_10"]
    numbers["gained"] = hardened - numbers["usual_gradient_10"]
    numbers["left"] = numbers["hardened_gradient_0"] - hardened
    return numbers


def changed(model: nn.Module, x: Tensor, y: Tensor, amount: float) -> Tensor:
    """Every pixel moved by the same amount, in the direction in which the loss rises."""
    import torch

    x = x.detach().requires_grad_()
    loss = torch.nn.functional.cross_entropy(model(x), y)
    (slope,) = torch.autograd.grad(loss, x)
    return (x + amount * slope.sign()).clamp(0, 1).detach()


def figure(columns: Columns) -> Figure:
    """Accuracy by the size of the change."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, curves, new

    drawing, (axis,) = new(5.8, 3.5)
    places = [100 * size for size in AMOUNTS]
    rows = [
        (label, [columns[f"{name}_{round(place)}"] for place in places], colour, style)
        for name, label, colour, style in (
            ("usual_chance", "usual training, change by chance", GREY, "-"),
            ("usual_gradient", "usual training, along the gradient", ORANGE, "-"),
            ("hardened_gradient", "trained on such changes, along the gradient", BLUE, "-"),
        )
    ]
    curves(axis, places, rows)
    axis.set(
        xlabel="change of every pixel (% of paper to ink)",
        ylabel="test accuracy (%)",
        title="The same amount, two directions",
        ylim=(0, 103),
    )
    return drawing


EXPERIMENT = Experiment(
    title="Small changes that fool a network",
    scope="on 1,000 digits of 8x8, 600 steps",
    claims=(
        Claim(
            row="FRONT-16",
            says="Changes of a picture too small to matter fool a network if they are chosen, and "
            "not if they come by chance.",
            by=(
                "Goodfellow, Shlens, Szegedy (2015). Explaining and harnessing adversarial "
                "examples. ICLR, arXiv:1412.6572",
            ),
            conditions=(
                Condition(
                    says="points lost by a tenth of the range along the gradient's sign",
                    of="usual_gradient_0",
                    minus="usual_gradient_10",
                    at_least=30,
                ),
                Condition(
                    says="points lost by as much by chance",
                    of="usual_chance_0",
                    minus="usual_chance_10",
                    at_most=2,
                ),
            ),
        ),
        Claim(
            row="FRONT-18",
            says="Training on such changed pictures defends a network against them.",
            by=(
                "Goodfellow, Shlens, Szegedy (2015). Explaining and harnessing adversarial "
                "examples. ICLR, arXiv:1412.6572",
            ),
            conditions=(
                Condition(
                    says="points gained under the change that was trained on",
                    of="gained",
                    at_least=10,
                ),
                Condition(
                    says="points lost by that change all the same",
                    of="left",
                    at_most=2,
                    limit=True,
                ),
            ),
            rather="It takes most of the harm away here, not all. And one step along the sign "
            "isn't the worst change of its size: Madry, Makelov, Schmidt, Tsipras, Vladu (2018), "
            "Towards deep learning models resistant to adversarial attacks, ICLR, "
            "arXiv:1706.06083, find worse ones in several steps, and train on those.",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits, pixels from 0 (paper) to 1 (ink); 1,000 to train on and 797 to "
        "test on, drawn by the seed.",
        models="A multilayer perceptron of 64-128-64-10 rectified units.",
        training="Cross-entropy, Adam at rate 0.002, batches of 50, 30 epochs (600 steps); once "
        "as usual, and once on digits each changed by 0.1 along the sign of the gradient.",
        measured="Test accuracy with every pixel moved by the same amount, in the direction in "
        "which the loss rises or in one tossed by a coin, and kept between 0 and 1.",
        quick="One epoch.",
    ),
    quantities={
        **{
            f"{name}_{kind}_{round(100 * size)}": Quantity(
                about=f"test digits right, {name}, {kind}, change of {round(100 * size)} %",
                unit="points",
            )
            for name in ("usual", "hardened")
            for kind in KINDS
            for size in AMOUNTS
        },
        "gained": Quantity(about="gained by training on changes, at 10 %", unit="points"),
        "left": Quantity(about="lost to a change of 10 % all the same", unit="points"),
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
    redrawn=797 / 1000,  # of the split, for each seed
)
