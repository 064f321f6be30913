"""Structural claims about convolutional networks.

Nothing is trained, and nothing drawn at random decides: random numbers only stand for any numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nna.lab.check import Fact, check, limit, right, text

if TYPE_CHECKING:
    from torch import Tensor, nn


def _params(reference: str, **changes: Any) -> int:
    """Trainable parameters of an architecture, counted without making its weights."""
    import torch

    from nna import contract, registry

    with torch.device("meta"):
        return contract.count_parameters(registry.build(reference, **changes))


def _macs(reference: str, **changes: Any) -> int:
    """Multiply-adds for one example of full size."""
    from nna import contract, registry

    name = registry.split(reference)[0]
    config = registry.configure(reference, **changes)
    return contract.count_multiply_adds(name, registry.describe(name), config)


def _weights(*layers: nn.Module) -> int:
    """Weights of convolutions and linear layers, without biases."""
    from torch import nn

    inner = [part for layer in layers for part in layer.modules()]
    return sum(part.weight.numel() for part in inner if isinstance(part, nn.Conv2d | nn.Linear))


def _shape(network: nn.Module, *size: int) -> tuple[int, ...]:
    """Channels, height, width of what comes out, for one picture of a size on the meta device."""
    import torch

    return tuple(network(torch.zeros(1, *size, device="meta")).shape[1:])


def _field(layers: nn.Module, side: int = 31) -> int:
    """Pixels a side that the middle of the output depends on, by the support of its gradient.

    All weights are set to one, so that no two paths cancel.
    """
    import torch
    from torch import nn

    for layer in layers.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.ones_(layer.weight)
    picture = torch.ones(1, 1, side, side, requires_grad=True)
    out = layers(picture)
    out[0, :, out.shape[2] // 2, out.shape[3] // 2].sum().backward()
    assert picture.grad is not None
    rows = picture.grad[0, 0].abs().sum(1).nonzero()
    return int(rows.max() - rows.min()) + 1


def _same(one: Tensor, other: Tensor) -> bool:
    """Equal but for rounding, in double precision."""
    import torch

    return one.shape == other.shape and torch.allclose(one, other, rtol=0, atol=1e-10)


@check(
    row="CNN-01",
    says="A convolutional layer convolves its input with its kernel: it flips the kernel, slides "
    "it over the picture and sums the products.",
    right="Layers slide the kernel without flipping it: cross-correlation. Where the kernel is "
    "learnt the difference is one of naming, since the flipped kernel can be learnt as well.",
    source="Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.1",
    verdict="fails",
)
def correlation() -> Iterator[Fact]:
    """Compare a layer with both operations of SciPy."""
    import torch
    from scipy.signal import convolve2d, correlate2d
    from torch.nn import functional

    picture, kernel = torch.randn(9, 9).double(), torch.randn(3, 3).double()
    layer = functional.conv2d(picture[None, None], kernel[None, None])[0, 0]
    flipped = torch.as_tensor(convolve2d(picture, kernel, "valid"))
    plain = torch.as_tensor(correlate2d(picture, kernel, "valid"))
    turned = torch.as_tensor(convolve2d(picture, kernel.flip(0, 1), "valid"))
    yield text("a layer gives what convolution with flipping gives", _same(layer, flipped))
    yield right("it gives what cross-correlation gives", _same(layer, plain))
    yield right("convolution with the flipped kernel gives the same", _same(layer, turned))


@check(
    row="CNN-02",
    says="With the kernel [-1 0 1; -2 0 2; -1 0 1], a positive output marks an edge that is dark "
    "on the left and bright on the right.",
    right="So it is for cross-correlation, which layers compute; convolution with flipping "
    "answers the same edge with the opposite sign.",
    source="Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.1; Gonzalez, Woods "
    "(2018), Digital Image Processing, section 10.2 (Sobel's kernels)",
    verdict="holds with limits",
)
def sobel() -> Iterator[Fact]:
    """Apply it to a step from dark to bright."""
    import numpy as np
    from scipy.signal import convolve2d, correlate2d

    kernel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    step = np.repeat([[0, 0, 0, 1, 1, 1]], 5, axis=0)
    layer, flipped = correlate2d(step, kernel, "valid"), convolve2d(step, kernel, "valid")
    yield text("positive at the step in a layer", layer.max() == 4 and layer.min() == 0, layer[0])
    yield limit("positive at the step by convolution with flipping", flipped.max() > 0, flipped[0])
    yield right("convolution with flipping gives the opposite", (flipped == -layer).all())


@check(
    row="CNN-03",
    says="From n pixels a side, a kernel of k, stride s and padding p make floor((n + 2p - k)/s) "
    "+ 1; without padding ('valid') a stride of one leaves n - k + 1, with 'same' it leaves n.",
    right="As said; with dilation d a kernel counts as d(k - 1) + 1 pixels.",
    source="Dumoulin, Visin (2016), A guide to convolution arithmetic for deep learning, "
    "arXiv:1603.07285, relationships 6 and 15",
    verdict="holds",
)
def output_size() -> Iterator[Fact]:
    """A hundred random settings of a layer."""
    import random

    from torch import nn

    draw, wrong, dilated = random.Random(0), 0, 0
    for _ in range(100):
        k, s, p, d = draw.randint(1, 7), draw.randint(1, 4), draw.randint(0, 3), draw.randint(1, 3)
        n = draw.randint(d * (k - 1) + 1, 40)
        plain = nn.Conv2d(1, 1, k, s, p, device="meta")
        wrong += _shape(plain, 1, n, n)[1] != (n + 2 * p - k) // s + 1
        spread = nn.Conv2d(1, 1, k, s, p, d, device="meta")
        dilated += _shape(spread, 1, n, n)[1] != (n + 2 * p - d * (k - 1) - 1) // s + 1
    same = [nn.Conv2d(1, 1, k, padding="same", device="meta") for k in range(1, 8, 2)]
    valid = [nn.Conv2d(1, 1, k, padding="valid", device="meta") for k in range(1, 8)]
    yield text("the formula gives the side in 100 random settings", wrong == 0, f"{wrong} differ")
    yield text("'same' leaves the side", {_shape(layer, 1, 20, 20)[1] for layer in same} == {20})
    yield text(
        "'valid' leaves n - k + 1",
        [_shape(layer, 1, 20, 20)[1] for layer in valid] == [21 - k for k in range(1, 8)],
    )
    yield right("with dilation, d(k - 1) + 1 stands for k", dilated == 0, f"{dilated} differ")


@check(
    row="CNN-04",
    says="64 filters of 3 x 3 on a picture of 1000 x 1000 pixels have 576 weights; a dense layer "
    "would have billions.",
    right="576 for one channel, 1,728 for colour, and 64 biases. A dense layer with the same "
    "outputs has 6.4e13 weights, tens of thousands of billions.",
    source="arithmetic; Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.2, compares "
    "likewise",
    verdict="holds with limits",
)
def sharing_saves() -> Iterator[Fact]:
    """Count both."""
    from torch import nn

    grey, colour = nn.Conv2d(1, 64, 3, device="meta"), nn.Conv2d(3, 64, 3, device="meta")
    pixels = 1000 * 1000
    dense = nn.Linear(pixels, 64 * pixels, bias=False, device="meta").weight.numel()
    yield text("576 weights", grey.weight.numel() == 576, grey.weight.numel())
    yield text("a dense layer has billions at least", dense >= 1e9, f"{dense:.2g}")
    yield limit("billions, that is fewer than a thousand of them", dense < 1e12, f"{dense:.2g}")
    yield limit("576 for pictures in colour", colour.weight.numel() == 576, colour.weight.numel())
    yield right("a dense layer has 6.4e13", dense == 64 * 10**12, f"{dense:.2g}")


@check(
    row="CNN-05",
    says="Convolution is equivariant to translation: the shifted picture gives the shifted maps.",
    right="Exactly so at stride one away from the borders, or everywhere with circular padding. "
    "At stride s only shifts by multiples of s, and zero padding breaks it at the borders.",
    source="Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.2; Azulay, Weiss "
    "(2019), JMLR 20(184), arXiv:1805.12177, section 3",
    verdict="holds with limits",
)
def equivariance() -> Iterator[Fact]:
    """Shift before and after."""
    import torch
    from torch import nn

    picture = torch.randn(1, 2, 12, 12).double()

    def commutes(stride: int, mode: Any, by: int, inner: bool = False) -> bool:
        layer = nn.Conv2d(2, 3, 3, stride, 1, padding_mode=mode).double()
        before = layer(picture.roll(by, 3))
        after = layer(picture).roll(by // stride, 3)
        cut = slice(by + 1, -1) if inner else slice(None)
        return _same(before[..., cut], after[..., cut])

    yield text("stride 1, circular padding", commutes(1, "circular", 1))
    yield text("stride 1, away from the borders", commutes(1, "zeros", 1, inner=True))
    yield limit("stride 1, zero padding, at the borders too", commutes(1, "zeros", 1))
    yield limit("stride 2, shifted by one pixel", commutes(2, "circular", 1))
    yield right("stride 2, shifted by two pixels", commutes(2, "circular", 2))


@check(
    row="CNN-07",
    says="Pooling has no parameters; 2 x 2 with stride 2 halves each side.",
    right="As said of max and average pooling, odd sides being rounded down. A maximum that moves "
    "within its window leaves the output as it is; one that crosses into the next changes it.",
    source="Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.3",
    verdict="holds",
)
def pooling() -> Iterator[Fact]:
    """Count, measure, and move a peak by one pixel."""
    import torch
    from torch import nn

    pools = (nn.MaxPool2d(2), nn.AvgPool2d(2))
    sides = [_shape(pool, 4, 28, 28) for pool in pools]
    peak = torch.zeros(1, 1, 4, 4)
    peak[0, 0, 0, 0] = 1
    pooled = pools[0](peak)
    yield text("no parameters", not any(list(pool.parameters()) for pool in pools))
    yield text("28 x 28 becomes 14 x 14", sides == [(4, 14, 14)] * 2, sides[0])
    yield right("29 x 29 does too", _shape(pools[0], 4, 29, 29) == (4, 14, 14))
    yield right(
        "a peak that moves within its window changes nothing",
        torch.equal(pools[0](peak.roll(1, 3)), pooled),
    )
    yield right(
        "one that moves over its edge does", not torch.equal(pools[0](peak.roll(2, 3)), pooled)
    )


@check(
    row="CNN-10",
    says="The usual stack goes from 224 x 224 x 64 to 112 x 112 x 64, and on to 7 x 7 x 512, that "
    "is 25,088 numbers.",
    right="As said: so it is in VGG-16.",
    source="Simonyan, Zisserman (2015), arXiv:1409.1556, table 1",
    verdict="holds",
)
def stack_of_maps() -> Iterator[Fact]:
    """The maps of VGG-16 after its first convolution and after each pooling."""
    import torch
    from torch import nn

    from nna import registry

    with torch.device("meta"):
        model: Any = registry.build("vgg/16")
        x, after = torch.zeros(1, 3, 224, 224), []
        for layer in model.body.modules():
            if isinstance(layer, nn.Conv2d | nn.MaxPool2d):
                x = layer(x)
                after.append((type(layer), tuple(x.shape[1:])))
    pooled = [shape for kind, shape in after if kind is nn.MaxPool2d]
    said = [(64, 112, 112), (128, 56, 56), (256, 28, 28), (512, 14, 14), (512, 7, 7)]
    dense = next(layer for layer in model.head.modules() if isinstance(layer, nn.Linear))
    yield text("first 64 maps of 224 x 224", after[0][1] == (64, 224, 224), after[0][1])
    yield text("after each pooling", pooled == said, pooled)
    yield text("25,088 numbers", dense.in_features == 25_088, dense.in_features)


@check(
    row="CNN-11",
    says="A small network for MNIST goes 28 x 28 x 32, 14 x 14 x 32, 14 x 14 x 64, 7 x 7 x 64, "
    "3,136, 128, 10.",
    right="As said; it has 421,642 parameters, 95 % of them in the first dense layer.",
    source="arithmetic, of the network as it is commonly given",
    verdict="holds",
)
def small_network() -> Iterator[Fact]:
    """Build it and look."""
    from torch import nn

    layers = (
        nn.Conv2d(1, 32, 3, padding=1, device="meta"),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1, device="meta"),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(3136, 128, device="meta"),
        nn.Linear(128, 10, device="meta"),
    )
    said = [(32, 28, 28), (32, 14, 14), (64, 14, 14), (64, 7, 7), (3136,), (128,), (10,)]
    seen = [_shape(nn.Sequential(*layers[: n + 1]), 1, 28, 28) for n in range(len(layers))]
    counts = [sum(p.numel() for p in layer.parameters()) for layer in layers]
    yield text("these shapes", seen == said)
    yield right("421,642 parameters", sum(counts) == 421_642, counts)
    yield right("95 % of them in one layer", round(counts[5] / sum(counts), 2) == 0.95)


@check(
    row="CNN-12",
    says="LeNet-5 takes 32 x 32 pixels, has 6, 16 and 120 maps made by kernels of 5 x 5, and "
    "about 60,000 parameters.",
    right="Exactly 60,000 as printed, with partial connections in C3 and trained subsampling, and "
    "340,908 connections. The version usually built, with full connections and a linear output, "
    "has 61,706.",
    source="LeCun, Bottou, Bengio, Haffner (1998), Proceedings of the IEEE 86(11), section II.B",
    verdict="holds",
)
def lenet5() -> Iterator[Fact]:
    """Count parameters and connections layer by layer."""
    import torch

    from nna import contract, registry

    model = registry.build("lenet5/1998")
    maps: dict[str, tuple[int, ...]] = {}
    x = torch.zeros(1, 1, 32, 32)
    for name, part in model.body.named_children():  # type: ignore[operator]
        x = part(x)
        maps[name] = tuple(x.shape[1:])
    said = {"c1": (6, 28, 28), "s2": (6, 14, 14), "c3": (16, 10, 10), "s4": (16, 5, 5)}
    state = {key: tuple(weight.shape) for key, weight in model.state_dict().items()}
    kernels = {state[key][-2:] for key in state if ".c" in key and key.endswith("weight")}
    total = contract.count_parameters(model)
    # weights and biases, once for every place at which they are used; five in a subsampling unit
    shared = {"c1": 28**2 * 156, "c3": 10**2 * 1516, "c5": 48_120, "f6": 10_164, "output": 84 * 10}
    sampled = {"s2": 14**2 * 6 * 5, "s4": 5**2 * 16 * 5}
    connections = sum(shared.values()) + sum(sampled.values())
    yield text("maps of C1 to C5", maps == {**said, "c5": (120, 1, 1)}, maps)
    yield text("kernels of 5 x 5", kernels == {(5, 5)})
    yield text("about 60,000 parameters", total == 60_000, total)
    yield right("340,908 connections", connections == 340_908, connections)
    full = _params("lenet5/simplified")
    yield right("61,706 as usually built", full == 61_706, full)


@check(
    row="CNN-13",
    says="LeNet-5 used max pooling, and softmax with cross-entropy.",
    right="It averaged: the sum of four, times a trained coefficient, plus a trained bias, then "
    "squashed. Its outputs are squared distances to fixed bitmaps, trained by a criterion of its "
    "own.",
    source="LeCun, Bottou, Bengio, Haffner (1998), Proceedings of the IEEE 86(11), section II",
    verdict="fails",
)
def lenet5_subsampling() -> Iterator[Fact]:
    """Look into S2, S4 and the output of the printed network."""
    import torch
    from torch import nn

    from nna import contract, registry

    model = registry.build("lenet5/1998")
    body: Any = model.body
    counts = [contract.count_parameters(part) for part in (body.s2, body.s4)]
    x = torch.rand(1, 6, 8, 8)
    less = x.clone()
    less[..., ::2, ::2] -= 0.1  # in every window the four no longer sum to the same
    shuffled = x.clone()
    shuffled[..., ::2, :] = x[..., 1::2, :]
    shuffled[..., 1::2, :] = x[..., ::2, :]  # the same four in another order
    ordered = torch.allclose(body.s2(x), body.s2(shuffled))
    below = torch.nn.functional.max_pool2d(x, 2) == torch.nn.functional.max_pool2d(less, 2)
    differs = (body.s2(x) != body.s2(less)) & below
    yield text("S2 depends on the greatest of the four only", not differs.any())
    yield text("the output layer is linear", isinstance(model.head, nn.Linear))
    yield right("S2 depends on the sum, in whatever order", ordered)
    yield right("S2 and S4 have 12 and 32 trained parameters", counts == [12, 32], counts)
    bitmaps: Any = model.head.bitmaps  # type: ignore[union-attr]
    scores: Any = model.head(bitmaps)  # type: ignore[operator]
    yield right(
        "a bitmap's own class scores 0, every other less",
        bool((scores.diagonal() == 0).all() and (scores < 0).sum() == 90),
    )


@check(
    row="CNN-17",
    says="AlexNet has five convolutions (96, 256, 384, 384, 256 kernels of 11, 5, 3, 3, 3 pixels) "
    "and three dense layers, with over 60 million parameters, most of them in the dense layers.",
    right="As said of the network of 2012, whose second, fourth and fifth convolution are split in "
    "two towers: 60,965,224 parameters, 96 % of them dense. Libraries ship a later one in one "
    "tower, with 64, 192, 384, 256, 256 kernels and 61,100,840.",
    source="Krizhevsky, Sutskever, Hinton (2012), figure 2; Krizhevsky (2014), arXiv:1404.5997 "
    "(one tower)",
    verdict="holds",
)
def alexnet() -> Iterator[Fact]:
    """Layers and counts."""
    import torch
    from torch import nn

    from nna import contract, registry

    with torch.device("meta"):
        model = registry.build("alexnet/2012")
    convolutions = [layer for layer in model.modules() if isinstance(layer, nn.Conv2d)]
    dense = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
    sizes = [(layer.out_channels, layer.kernel_size[0]) for layer in convolutions]
    said = [(96, 11), (256, 5), (384, 3), (384, 3), (256, 3)]
    total, inside = contract.count_parameters(model), sum(map(contract.count_parameters, dense))
    yield text("five convolutions of these sizes", sizes == said, sizes)
    yield text("three dense layers", len(dense) == 3, len(dense))
    yield text("over 60 million", total > 60e6, f"{total:,}")
    yield text("most of them dense", inside > total / 2, f"{inside / total:.1%}")
    yield right("60,965,224, 58,631,144 dense", (total, inside) == (60_965_224, 58_631_144))
    groups = [layer.groups for layer in convolutions]
    yield right("two towers in three of them", groups == [1, 2, 1, 2, 2], groups)
    one = _params("alexnet/one")
    yield right("61,100,840 in one tower", one == 61_100_840, f"{one:,}")


@check(
    row="CNN-19",
    says="AlexNet cut the top-5 error from the record of 26.2 % to 15.3 %, 10.9 % in absolute "
    "terms.",
    right="10.9 percentage points, or 42 % of the errors. 26.2 % was the second entry of the same "
    "year, 2012; the winner of 2011 had 25.8 %. One such network alone had 18.2 % (validation).",
    source="Krizhevsky, Sutskever, Hinton (2012), section 6 and table 2; Russakovsky (2015), "
    "arXiv:1409.0575 (the winner of 2011)",
    verdict="holds with limits",
)
def alexnet_margin() -> Iterator[Fact]:
    """Arithmetic on the printed figures."""
    alexnet, second, record = 15.3, 26.2, 25.8
    points, share = second - alexnet, 100 * (second - alexnet) / second
    yield text("10.9 percentage points", round(points, 1) == 10.9, f"{points:.1f}")
    yield limit("10.9 %, read as a share of the errors", round(share, 1) == 10.9, f"{share:.1f} %")
    yield limit("26.2 % was the lowest error before", second <= record, f"2011: {record} %")
    yield right("10.5 points below the winner of 2011", round(record - alexnet, 1) == 10.5)


@check(
    row="CNN-25",
    says="Two layers of 3 x 3 see 5 x 5 pixels with 18 weights instead of 25; three see 7 x 7 "
    "with 27 instead of 49.",
    right="As said, for each pair of channels: 0.72 and 0.55 of the weights at equal widths.",
    source="Simonyan, Zisserman (2015), arXiv:1409.1556, section 2.3",
    verdict="holds",
)
def small_kernels() -> Iterator[Fact]:
    """Receptive fields by gradient, weights by counting."""
    from torch import nn

    def stack(layers: int, kernel: int, width: int = 1) -> nn.Sequential:
        return nn.Sequential(
            *(
                nn.Conv2d(width, width, kernel, padding=kernel // 2, bias=False)
                for _ in range(layers)
            )
        )

    for layers, large, few, many in ((2, 5, 18, 25), (3, 7, 27, 49)):
        small, one = stack(layers, 3), stack(1, large)
        seen = _field(small), _field(one)
        yield text(f"{layers} layers see {large} pixels a side", seen == (large, large), seen)
        counts = _weights(small), _weights(one)
        yield text(f"{few} weights instead of {many}", counts == (few, many), counts)
        share = _weights(stack(layers, 3, 8)) / _weights(stack(1, large, 8))
        yield right("the same share at 8 channels", share == few / many, f"{share:.3f}")


@check(
    row="CNN-26",
    says="VGG-16 has 13 convolutions and 3 dense layers, VGG-19 16 and 3; 138 million parameters.",
    right="As said: 138,357,544 in VGG-16, 143,667,240 in VGG-19; 15.5e9 and 19.6e9 multiply-adds.",
    source="Simonyan, Zisserman (2015), arXiv:1409.1556, tables 1 and 2",
    verdict="holds",
)
def vgg() -> Iterator[Fact]:
    """Layers and counts."""
    import torch
    from torch import nn

    from nna import registry

    for name, deep, params in (("16", 13, 138_357_544), ("19", 16, 143_667_240)):
        with torch.device("meta"):
            parts = list(registry.build(f"vgg/{name}").modules())
        found = tuple(sum(isinstance(p, kind) for p in parts) for kind in (nn.Conv2d, nn.Linear))
        yield text(f"VGG-{name}: {deep} and 3", found == (deep, 3), found)
        total = _params(f"vgg/{name}")
        kind = text if name == "16" else right
        yield kind(f"VGG-{name}: {params / 1e6:.0f} million", total == params, f"{total:,}")
    macs = [_macs(f"vgg/{name}") for name in ("16", "19")]
    yield right("multiply-adds", [round(m / 1e9, 1) for m in macs] == [15.5, 19.6], macs)


@check(
    row="CNN-28",
    says="GoogLeNet has about 5 million parameters, 12 times fewer than AlexNet.",
    right="About 7 million by the sizes of its table, 6.6 million as libraries ship it (3 x 3 in "
    "place of 5 x 5, batch norm): 9 times fewer. 12 times is the paper's own claim, which its "
    "table does not bear out. With both auxiliary heads it has 13 million.",
    source="Szegedy (2015), arXiv:1409.4842, section 1 (12 times) and table 1",
    verdict="fails",
)
def googlenet() -> Iterator[Fact]:
    """Count it, as printed and as shipped, and AlexNet."""
    printed, shipped = _params("googlenet/22-bare"), _params("googlenet/22-3x3", heads=0)
    heads, alexnet = _params("googlenet/22-3x3"), _params("alexnet/2012")
    least = min(printed, shipped)
    ratio = alexnet / least
    yield text("about 5 million", round(least / 1e6) == 5, f"{printed:,} and {shipped:,}")
    yield text("12 times fewer than AlexNet", round(ratio) == 12, f"{ratio:.1f}")
    yield right("7.0 and 6.6 million", (printed, shipped) == (7_005_832, 6_624_904))
    yield right("9 times fewer", round(alexnet / printed) == round(alexnet / shipped) == 9)
    yield right("13 million with both heads", round(heads / 1e6) == 13, f"{heads:,}")


@check(
    row="CNN-29",
    says="An inception module puts 1 x 1, 1 x 1 then 3 x 3, 1 x 1 then 5 x 5, and pooling then "
    "1 x 1 side by side and stacks what they give; GoogLeNet has 22 layers.",
    right="As said. In module 3a the reductions by 1 x 1 save 58 % of the multiply-adds: 163,328 "
    "instead of 393,216 a pixel.",
    source="Szegedy (2015), arXiv:1409.4842, figure 2b and table 1",
    verdict="holds",
)
def inception() -> Iterator[Fact]:
    """Kernels, sums of channels, depth, cost of 3a."""
    import torch
    from torch import nn

    from nna import registry

    with torch.device("meta"):
        model: Any = registry.build("googlenet/22-bare")

    def convolutions(part: nn.Module) -> list[nn.Conv2d]:
        return [layer for layer in part.modules() if isinstance(layer, nn.Conv2d)]

    modules = [part for part in model.body if not isinstance(part, nn.MaxPool2d)]
    kernels = {
        tuple(tuple(c.kernel_size[0] for c in convolutions(branch)) for branch in part.branches)
        for part in modules
    }
    ends = [[convolutions(branch)[-1].out_channels for branch in m.branches] for m in modules]
    deepest = [max(len(convolutions(branch)) for branch in part.branches) for part in modules]
    depth = len(convolutions(model.stem)) + sum(deepest) + 1
    yield text("these four branches in all nine", kernels == {((1,), (1, 3), (1, 5), (1,))})
    sums = [sum(end) for end in ends]
    yield text("their channels add up", ends[0] == [64, 128, 32, 32] and sums[0] == 256, sums)
    yield text("22 layers on the longest way", depth == 22, depth)
    with_, one = _weights(modules[0]), 192 * 64
    without = one + 192 * (9 * 128 + 25 * 32 + 32)
    yield right("163,328 instead of 393,216", (with_, without) == (163_328, 393_216))


@check(
    row="CNN-34",
    says="ResNet-50 is made of bottlenecks: 1 x 1 to reduce, 3 x 3, 1 x 1 to restore.",
    right="As said, for 50 layers and more; 18 and 34 have two 3 x 3 each. 25,557,032 parameters "
    "and 4.09e9 multiply-adds with the stride in the 3 x 3 layer, as libraries ship it.",
    source="He, Zhang, Ren, Sun (2016), arXiv:1512.03385, figure 5 and table 1",
    verdict="holds",
)
def bottlenecks() -> Iterator[Fact]:
    """Kernels of every block, and counts."""
    import torch
    from torch import nn

    from nna import registry

    def kernels(name: str) -> tuple[set[tuple[int, ...]], int]:
        with torch.device("meta"):
            body: Any = registry.build(name).body
        blocks = [block for stage in body for block in stage]
        found = {
            tuple(m.kernel_size[0] for m in block.branch.modules() if isinstance(m, nn.Conv2d))
            for block in blocks
        }
        return found, len(blocks)

    for name, shape, count in (("50", (1, 3, 1), 16), ("34", (3, 3), 16)):
        seen = kernels(f"resnet/{name}")
        kind = text if name == "50" else right
        yield kind(f"all {count} blocks of ResNet-{name} are {shape}", seen == ({shape}, count))
    printed = {"18": 11_689_512, "34": 21_797_672, "50": 25_557_032, "101": 44_549_160}
    counted = {name: _params(f"resnet/{name}") for name in printed}
    yield right("parameters of 18, 34, 50, 101", counted == printed, list(counted.values()))
    macs = _macs("resnet/50")
    yield right("4.09e9 multiply-adds", round(macs / 1e9, 2) == 4.09, f"{macs:,}")


@check(
    row="CNN-35",
    says="Skip connections come at the price of additional parameters.",
    right="An identity has none: a plain and a residual network of 34 layers (option A) have the "
    "same parameters. Only projections add some, where the shape changes: in ResNet-50 four, "
    "11 % of all.",
    source="He, Zhang, Ren, Sun (2016), arXiv:1512.03385, sections 3.2 and 4.1",
    verdict="fails",
)
def shortcuts_are_free() -> Iterator[Fact]:
    """Count with and without."""
    import torch

    from nna import contract, registry

    with torch.device("meta"):
        residual = registry.build("resnet/34", shortcut="padded")
        fifty = registry.build("resnet/50")

    def skips(model: nn.Module) -> list[nn.Module]:
        return [part for name, part in model.named_modules() if name.endswith(".skip")]

    inside = sum(map(contract.count_parameters, skips(residual)))
    total = contract.count_parameters(residual)
    projections = [part for part in skips(fifty) if contract.count_parameters(part)]
    weights, added = _weights(*projections), sum(map(contract.count_parameters, projections))
    share = added / contract.count_parameters(fifty)
    yield text("the 16 skips of ResNet-34 (option A) have parameters", inside > 0, inside)
    yield right("all are in the plain part", _plain_34() == total, f"{total:,}")
    yield right(
        "ResNet-50 has 4 projections, 2,768,896 weights and their norms",
        (len(projections), weights) == (4, 2_768_896),
        f"{added:,}",
    )
    yield right("11 % of its parameters", round(100 * share) == 11, f"{share:.1%}")


def _plain_34() -> int:
    """Parameters of the plain network of 34 layers in table 1 and figure 3, layer by layer."""
    widths = [64] * 6 + [128] * 8 + [256] * 12 + [512] * 6
    ins = [64, *widths[:-1]]
    convolutions = 7 * 7 * 3 * 64 + sum(9 * i * o for i, o in zip(ins, widths, strict=True))
    return convolutions + 2 * (64 + sum(widths)) + 512 * 1000 + 1000


@check(
    row="CNN-36",
    says="ResNet is the foundation of later convolutional networks, from EfficientNet to the "
    "Vision Transformer.",
    right="The Vision Transformer shares the residual sum but is no convolutional network: between "
    "patches nothing is convolved, and without position codes it can't tell how they are ordered.",
    source="Dosovitskiy (2021), arXiv:2010.11929, section 3.1",
    verdict="fails",
)
def transformers_are_no_cnn() -> Iterator[Fact]:
    """Order and reach in one block of a Transformer and in one convolution."""
    import torch
    from torch import nn

    block = nn.TransformerEncoderLayer(8, 2, 16, 0.0, batch_first=True, norm_first=True).double()
    convolution = nn.Conv1d(8, 8, 3, padding=1).double()
    patches = torch.randn(1, 10, 8).double().requires_grad_()
    order = torch.randperm(10)

    def convolve(x: Tensor) -> Tensor:
        return convolution(x.transpose(1, 2)).transpose(1, 2)

    def seen(layer: Any) -> int:
        (gradient,) = torch.autograd.grad(layer(patches)[0, 5].sum(), patches)
        return int((gradient[0].abs().sum(1) > 0).sum())

    def ordered(layer: Any) -> bool:
        return not _same(layer(patches[:, order]), layer(patches)[:, order])

    found = seen(block), seen(convolve)
    yield text("its block looks at neighbours only, as a convolution does", found[0] == 3, found)
    yield text("its block knows the order of the patches, as a convolution does", ordered(block))
    yield right("a convolution does both", found[1] == 3 and ordered(convolve))
    yield right("every patch sees all ten in one block", found[0] == 10)
    for weight in (block.self_attn.out_proj, block.linear2):
        nn.init.zeros_(weight.weight)
        nn.init.zeros_(weight.bias)
    yield right(
        "with silent branches it gives what it took: residual", _same(block(patches), patches)
    )


@check(
    row="CNN-37",
    says="Dilated convolutions widen the receptive field without more weights and without lower "
    "resolution.",
    right="As said: three layers of 3 x 3 with dilations 1, 2, 4 see 15 pixels a side, not 7.",
    source="Yu, Koltun (2016), arXiv:1511.07122, section 2 (there called F1, F2, F3)",
    verdict="holds",
)
def dilation() -> Iterator[Fact]:
    """Field, weights, size."""
    from torch import nn

    def stack(*dilations: int) -> nn.Sequential:
        return nn.Sequential(
            *(nn.Conv2d(1, 1, 3, padding=d, dilation=d, bias=False) for d in dilations)
        )

    plain, dilated = stack(1, 1, 1), stack(1, 2, 4)
    fields, weights = (_field(plain), _field(dilated)), (_weights(plain), _weights(dilated))
    yield text("a wider field", fields == (7, 15), fields)
    yield text("as many weights", weights == (27, 27), weights)
    sizes = [_shape(layers.to("meta"), 1, 20, 20) for layers in (plain, dilated)]
    yield text("as many pixels come out", sizes == [(1, 20, 20)] * 2, sizes[1])
    yield right("1 + 2 (1 + 2 + 4) = 15", 1 + 2 * sum((1, 2, 4)) == fields[1])


@check(
    row="CNN-38",
    says="A depthwise separable convolution costs about an order of magnitude less.",
    right="Its share of the cost is 1/N + 1/k^2 for N outputs and kernels of k: for 3 x 3 it saves "
    "8 to 9 times where layers are wide, less where they are narrow. MobileNet as a whole saves "
    "8.6 times in multiply-adds and 6.9 times in parameters.",
    source="Howard (2017), arXiv:1704.04861, section 3.1 and table 4",
    verdict="holds with limits",
)
def separable_cost() -> Iterator[Fact]:
    """One layer, and the whole MobileNet."""
    import torch
    from torch import nn

    from nna.lab.pictures import multiply_adds

    def saving(n: int) -> float:
        x = torch.zeros(1, n, 14, 14, device="meta")
        full = nn.Conv2d(n, n, 3, padding=1, device="meta")
        depthwise = nn.Conv2d(n, n, 3, padding=1, groups=n, device="meta")
        cheap = nn.Sequential(depthwise, nn.Conv2d(n, n, 1, device="meta"))
        return multiply_adds(full, x) / multiply_adds(cheap, x)

    wide, narrow = saving(512), saving(16)
    macs = [_macs(f"mobilenet_v1/{name}") for name in ("full", "1.0")]
    params = [_params(f"mobilenet_v1/{name}") for name in ("full", "1.0")]
    yield text("512 channels, 3 x 3: 8 times or more", wide >= 8, f"{wide:.2f}")
    yield text("MobileNet as a whole: 8 times or more", macs[0] / macs[1] >= 8, macs)
    yield limit("16 channels: 8 times or more", narrow >= 8, f"{narrow:.2f}")
    yield limit("parameters of MobileNet: 8 times fewer", params[0] / params[1] >= 8, params)
    formula = [1 / (1 / n + 1 / 9) for n in (512, 16)]
    fits = all(abs(a - b) < 1e-9 for a, b in zip((wide, narrow), formula, strict=True))
    yield right("1/N + 1/k^2 of the cost", fits)
    yield right("569 million multiply-adds", round(macs[1] / 1e6) == 569, f"{macs[1]:,}")


@check(
    row="CNN-41",
    says="EfficientNet scales depth, width and resolution together.",
    right="As said: by 1.2, 1.1 and 1.15 to the same power, which about doubles the cost a step "
    "(1.92). The published sizes are near that rule, not on it.",
    source="Tan, Le (2019), arXiv:1905.11946, equation 3 and section 4; the authors' code",
    verdict="holds",
)
def compound_scaling() -> Iterator[Fact]:
    """The rule, and the published sizes."""
    from nna import registry

    depth, width, side = 1.2, 1.1, 1.15
    step = depth * width**2 * side**2
    variants = registry.describe("efficientnet").variants
    sizes = [variants[f"b{n}"].config for n in range(8)]
    for name in ("depth", "ratio", "side"):
        grows = [getattr(config, name) for config in sizes]
        yield text(f"{name} grows from B0 to B7", grows == sorted(grows) and grows[-1] > grows[0])
    yield text("a step about doubles the cost", abs(step - 2) < 0.1, f"{step:.4f}")
    params, macs = _params("efficientnet/b0"), _macs("efficientnet/b0")
    yield right("B0: 5,288,548 parameters", params == 5_288_548, f"{params:,}")
    yield right("B0: 0.39e9 multiply-adds", round(macs / 1e9, 2) == 0.39, f"{macs:,}")
    seven = sizes[7].depth
    yield right("B7 is 3.1 times as deep, not 1.2^7", seven == 3.1, f"{seven}, {depth**7:.2f}")


@check(
    row="CNN-43",
    says="DenseNet connects each layer to all later ones: L(L + 1)/2 connections for L layers.",
    right="So it is within a dense block. Between blocks a transition stands, which mixes and "
    "thins out what went before: 535 connections in DenseNet-121, not 1,711 for its 58 layers.",
    source="Huang, Liu, van der Maaten, Weinberger (2017), arXiv:1608.06993, sections 1 and 3",
    verdict="holds with limits",
)
def densenet() -> Iterator[Fact]:
    """What every layer of DenseNet-121 reads."""
    import torch
    from torch import nn

    from nna import registry

    with torch.device("meta"):
        model: Any = registry.build("densenet/121")
    growth, depths, read = 32, (6, 12, 24, 16), []
    for block in model.body[::2]:
        first = [
            next(part for part in layer.modules() if isinstance(part, nn.Conv2d)).in_channels
            for layer in block.layers.children()
        ]
        read.append([1 + (channels - first[0]) // growth for channels in first])
    within = [sum(block) for block in read]
    count, layers = sum(within), sum(depths)
    whole = layers * (layers + 1) // 2
    yield text(
        "within a block, layer l reads l maps", read == [list(range(1, n + 1)) for n in depths]
    )
    yield text("L(L + 1)/2 in each block", within == [n * (n + 1) // 2 for n in depths], within)
    yield limit("over all layers", count == whole, f"{count} of {whole}")
    params = _params("densenet/121")
    yield right("7,978,856 parameters", params == 7_978_856, f"{params:,}")
    macs = _macs("densenet/121")
    yield right("2.83e9 multiply-adds", round(macs / 1e9, 2) == 2.83, f"{macs:,}")


@check(
    row="CNN-49",
    says="Pooling lets a pattern learnt in one region be recognised in another.",
    right="The sharing of weights does: a convolution without pooling answers the pattern equally "
    "anywhere, a layer without sharing doesn't, pooled or not. Pooling adds tolerance to small "
    "shifts.",
    source="LeCun, Bottou, Bengio, Haffner (1998), Proceedings of the IEEE 86(11), section II.A; "
    "Goodfellow, Bengio, Courville (2016), Deep Learning, sections 9.2, 9.3",
    verdict="fails",
)
def sharing_detects_everywhere() -> Iterator[Fact]:
    """A detector tuned to a pattern at one place, shown it at all others."""
    import torch
    from torch.nn import functional

    pattern = torch.randn(3, 3).double()
    places = [(i, j) for i in range(6) for j in range(6)]
    pictures = torch.zeros(len(places), 1, 8, 8).double()
    for picture, (i, j) in zip(pictures, places, strict=True):
        picture[0, i : i + 3, j : j + 3] = pattern
    shared = functional.conv2d(pictures, pattern[None, None])
    own = torch.zeros(6, 6, 3, 3).double()  # weights for each place; learnt at the first only
    own[0, 0] = pattern
    windows = pictures[:, 0].unfold(1, 3, 1).unfold(2, 3, 1)
    local = (windows * own).sum((3, 4))[:, None]
    peaks, strength = shared.amax((1, 2, 3)), pattern.square().sum()
    pooled = functional.max_pool2d(local, 2).amax((1, 2, 3))
    lit = int((pooled >= strength - 1e-9).sum())
    yield text("pooled, a layer without sharing finds it at all 36 places", lit == 36, lit)
    yield right(
        "shared and not pooled, the peak is the same at all",
        _same(peaks, strength.expand(36)),
    )
    yield right(
        "and lies where the pattern is",
        [divmod(int(at), 6) for at in shared.flatten(1).argmax(1)] == places,
    )
