"""Cheaper convolutions: depthwise separable ones, and bottlenecks of 1 x 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import nn

CANVAS, TRAIN = 12, 1200
WIDTH = 48  # maps of the layers that are exchanged
NARROW = 16  # maps with which full convolutions cost about what the cheap ones do
MODELS = {
    "full": "full, 48 maps",
    "separable": "depthwise separable, 48 maps",
    "bottleneck": "bottleneck of 12, 48 maps",
    "narrow": f"full, {NARROW} maps",
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train the same network with each kind of layer on the same digits in the same order."""
    import torch

    from nna.lab.learn import learn, seeded
    from nna.lab.pictures import accuracy, digits, multiply_adds, scattered
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    draw = seeded(seed, "places")
    train, test = (
        Tensors.pair(scattered(part.x, CANVAS, draw), part.target)
        for part in digits(seed, 100 if quick else TRAIN)
    )
    recipe = Recipe(
        objective="cross_entropy",
        epochs=1 if quick else 20,
        learning_rate=3e-3,
        batch_size=50,
        schedule="cosine",
    )
    numbers: dict[str, float] = {}
    for name in MODELS:
        torch.manual_seed(seed)
        model = build(name)
        numbers[f"macs_{name}"] = multiply_adds(model, test.x) / 1e6
        learn(model, recipe, train, seed=seed)
        numbers[name] = accuracy(model, test)
    for name in MODELS:
        numbers[f"share_{name}"] = numbers[f"macs_{name}"] / numbers["macs_full"]
    return numbers


def build(name: str) -> nn.Module:
    """Four 3 x 3 layers after a stem, the first of them halving the side; mean; linear head."""
    from torch import nn

    width = NARROW if name == "narrow" else WIDTH
    layer = {"separable": separable, "bottleneck": bottleneck}.get(name, full)
    return nn.Sequential(
        *full(1, width // 2, 1),
        *layer(width // 2, width, 2),
        *(part for _ in range(3) for part in layer(width, width, 1)),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(width, 10),
    )


def full(c_in: int, c_out: int, stride: int) -> list[nn.Module]:
    """One convolution of 3 x 3 over all maps."""
    from torch import nn

    from nna.blocks.convolution import conv_norm

    return [conv_norm(c_in, c_out, 3, stride), nn.ReLU()]


def separable(c_in: int, c_out: int, stride: int) -> list[nn.Module]:
    """3 x 3 in each map by itself, then 1 x 1 over all maps (Howard 2017, figure 3)."""
    from torch import nn

    from nna.blocks.convolution import conv_norm

    depthwise = conv_norm(c_in, c_in, 3, stride, groups=c_in)
    return [depthwise, nn.ReLU(), conv_norm(c_in, c_out, 1), nn.ReLU()]


def bottleneck(c_in: int, c_out: int, stride: int) -> list[nn.Module]:
    """1 x 1 down to a quarter of the maps, 3 x 3, 1 x 1 back (He 2016, figure 5), no shortcut."""
    from torch import nn

    from nna.blocks.convolution import conv_norm

    inner = c_out // 4
    reduce, mix = conv_norm(c_in, inner, 1), conv_norm(inner, inner, 3, stride)
    return [reduce, nn.ReLU(), mix, nn.ReLU(), conv_norm(inner, c_out, 1), nn.ReLU()]


def figure(columns: Columns) -> Figure:
    """The accuracy of every run, with what the network costs."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(9, 2.8, 2)
    colours = dict(zip(MODELS, (GREY, BLUE, BLUE, ORANGE), strict=True))
    runs(left, [(columns[name], colours[name]) for name in MODELS])
    labels = [f"{text}: {columns[f'macs_{name}'][0]:.2f} M" for name, text in MODELS.items()]
    left.set_yticks(range(len(MODELS)), labels)
    left.set(
        xlabel="test digits right (%),\na dot a run, a bar their mean",
        title="Accuracy (M: million multiply-adds)",
    )
    lost = {
        name: [a - b for a, b in zip(columns["full"], columns[name], strict=True)]
        for name in MODELS
    }
    runs(right, [(lost[name], colours[name]) for name in MODELS])
    right.axvline(1.5, color=GREY, linestyle=":", linewidth=1)
    right.set(
        xlabel="points lost against full convolutions of 48 maps\n(same seed); dotted: the bound",
        title="Loss",
        yticks=[],
    )
    return drawing


def _conditions(name: str, called: str) -> tuple[Condition, ...]:
    return (
        Condition(
            says=f"{called} need less than a fifth of the multiply-adds",
            of=f"share_{name}",
            at_most=0.2,
        ),
        Condition(
            says=f"{called} lose next to no accuracy",
            of="full",
            minus=name,
            at_most=1.5,
        ),
        Condition(
            says=f"full convolutions of fewer maps, cheaper yet, do better than {called}",
            of="narrow",
            minus=name,
            at_most=0,
            limit=True,
        ),
    )


EXPERIMENT = Experiment(
    title="Depthwise separable convolutions and bottlenecks, against full convolutions",
    scope="on 1,200 digits of 8x8 anywhere, 480 steps",
    claims=(
        Claim(
            row="CNN-39",
            says="Depthwise separable convolutions keep accuracy nearly the same at a fraction of "
            "the cost.",
            by=(
                "Howard and others (2017). MobileNets: Efficient convolutional neural networks for "
                "mobile vision applications. arXiv:1704.04861, section 3.1",
                "Chollet (2017). Xception: Deep learning with depthwise separable convolutions. "
                "CVPR, arXiv:1610.02357",
            ),
            conditions=_conditions("separable", "separable layers"),
            rather="That figure is ImageNet's, where layers have up to 1,024 maps: 70.6 % against "
            "71.7 % with full convolutions (Howard 2017, table 4). How much is lost depends on the "
            "network and the task, and the fair rival is the network made narrower.",
        ),
        Claim(
            row="CNN-29",
            says="Bottlenecks of 1 x 1 keep accuracy nearly the same at a fraction of the cost.",
            by=(
                "Szegedy and others (2015). Going deeper with convolutions. CVPR, "
                "arXiv:1409.4842, section 4",
                "He, Zhang, Ren, Sun (2016). Deep residual learning for image recognition. CVPR, "
                "arXiv:1512.03385, section 4.1",
            ),
            conditions=_conditions("bottleneck", "bottlenecks"),
            rather="Residual networks spend what a bottleneck saves on four times as many maps "
            "outside it, and carry them past it by a shortcut: He, Zhang, Ren, Sun (2016), "
            "arXiv:1512.03385, figure 5.",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits, each at a place of its own on an empty canvas of 12 x 12: 1,200 "
        "to train on and 597 to test on, split and placed by the seed.",
        models=f"A 3 x 3 convolution of {WIDTH // 2} maps, four 3 x 3 layers of {WIDTH} maps, the "
        "first of stride 2, the mean of each map, a linear head; batch norm and ReLU after every "
        "convolution. The four layers are full convolutions; or depthwise 3 x 3, then 1 x 1; or "
        f"1 x 1 to {WIDTH // 4} maps, 3 x 3, 1 x 1 back, without shortcut; or full convolutions "
        f"of {NARROW} maps (stem {NARROW // 2}).",
        training="Cross-entropy, Adam at rate 0.003 falling as a cosine, batches of 50, 20 epochs "
        "(480 steps); for all models the same.",
        measured="The share of test digits right after the last step; multiply-adds of all "
        "convolutions and of the head for one picture.",
        quick="100 digits and one epoch.",
    ),
    quantities={
        **{
            name: Quantity(about=f"test digits right: {text}", unit="points")
            for name, text in MODELS.items()
        },
        **{
            f"macs_{name}": Quantity(about=f"multiply-adds: {text}", unit="million a picture")
            for name, text in MODELS.items()
        },
        **{
            f"share_{name}": Quantity(about=f"multiply-adds: {text}", unit="of the full network's")
            for name, text in MODELS.items()
        },
    },
    seeds=10,
    minutes=3,
    measure=measure,
    figure=figure,
    redrawn=597 / 1200,  # of the split, for each seed
)
