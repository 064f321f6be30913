"""Claims about convolutions and pooling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nna.lab.check import Fact, check, limit, right, text
from nna.lab.structural.cnn.counting import alike, count_weights, field_of, shape_of

if TYPE_CHECKING:
    from torch import nn


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
    yield text("a layer gives what convolution with flipping gives", alike(layer, flipped))
    yield right("it gives what cross-correlation gives", alike(layer, plain))
    yield right("convolution with the flipped kernel gives the same", alike(layer, turned))


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
        wrong += shape_of(plain, 1, n, n)[1] != (n + 2 * p - k) // s + 1
        spread = nn.Conv2d(1, 1, k, s, p, d, device="meta")
        dilated += shape_of(spread, 1, n, n)[1] != (n + 2 * p - d * (k - 1) - 1) // s + 1
    same = [nn.Conv2d(1, 1, k, padding="same", device="meta") for k in range(1, 8, 2)]
    valid = [nn.Conv2d(1, 1, k, padding="valid", device="meta") for k in range(1, 8)]
    yield text("the formula gives the side in 100 random settings", wrong == 0, f"{wrong} differ")
    yield text("'same' leaves the side", {shape_of(layer, 1, 20, 20)[1] for layer in same} == {20})
    yield text(
        "'valid' leaves n - k + 1",
        [shape_of(layer, 1, 20, 20)[1] for layer in valid] == [21 - k for k in range(1, 8)],
    )
    yield right("with dilation, d(k - 1) + 1 stands for k", dilated == 0, f"{dilated} differ")


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
        return alike(before[..., cut], after[..., cut])

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
    sides = [shape_of(pool, 4, 28, 28) for pool in pools]
    peak = torch.zeros(1, 1, 4, 4)
    peak[0, 0, 0, 0] = 1
    pooled = pools[0](peak)
    yield text("no parameters", not any(list(pool.parameters()) for pool in pools))
    yield text("28 x 28 becomes 14 x 14", sides == [(4, 14, 14)] * 2, sides[0])
    yield right("29 x 29 does too", shape_of(pools[0], 4, 29, 29) == (4, 14, 14))
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
    seen = [shape_of(nn.Sequential(*layers[: n + 1]), 1, 28, 28) for n in range(len(layers))]
    counts = [sum(p.numel() for p in layer.parameters()) for layer in layers]
    yield text("these shapes", seen == said)
    yield right("421,642 parameters", sum(counts) == 421_642, counts)
    yield right("95 % of them in one layer", round(counts[5] / sum(counts), 2) == 0.95)


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
    fields, weights = (
        (field_of(plain), field_of(dilated)),
        (count_weights(plain), count_weights(dilated)),
    )
    yield text("a wider field", fields == (7, 15), fields)
    yield text("as many weights", weights == (27, 27), weights)
    sizes = [shape_of(layers.to("meta"), 1, 20, 20) for layers in (plain, dilated)]
    yield text("as many pixels come out", sizes == [(1, 20, 20)] * 2, sizes[1])
    yield right("1 + 2 (1 + 2 + 4) = 15", 1 + 2 * sum((1, 2, 4)) == fields[1])


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
        alike(peaks, strength.expand(36)),
    )
    yield right(
        "and lies where the pattern is",
        [divmod(int(at), 6) for at in shared.flatten(1).argmax(1)] == places,
    )
