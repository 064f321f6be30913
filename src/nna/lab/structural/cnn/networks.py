"""Claims about LeNet-5 and all that came after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nna.lab.check import Fact, check, limit, right, text
from nna.lab.structural.cnn.counting import alike, count_macs, count_params, count_weights

if TYPE_CHECKING:
    from torch import Tensor, nn


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

    model: Any = registry.build("lenet5/1998")
    maps: dict[str, tuple[int, ...]] = {}
    x = torch.zeros(1, 1, 32, 32)
    for name, part in model.body.named_children():
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
    full = count_params("lenet5/simplified")
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

    model: Any = registry.build("lenet5/1998")
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
    scores = model.head(model.head.bitmaps)
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
    one = count_params("alexnet/one")
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
        total = count_params(f"vgg/{name}")
        kind = text if name == "16" else right
        yield kind(f"VGG-{name}: {params / 1e6:.0f} million", total == params, f"{total:,}")
    macs = [count_macs(f"vgg/{name}") for name in ("16", "19")]
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
    printed, shipped = (
        count_params("googlenet/22-bare"),
        count_params("googlenet/22-3x3", aux_heads=0),
    )
    heads, alexnet = count_params("googlenet/22-3x3"), count_params("alexnet/2012")
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
    with_, one = count_weights(modules[0]), 192 * 64
    without = one + 192 * (9 * 128 + 25 * 32 + 32)
    yield right("163,328 instead of 393,216", (with_, without) == (163_328, 393_216))


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
        return not alike(layer(patches[:, order]), layer(patches)[:, order])

    found = seen(block), seen(convolve)
    yield text("its block looks at neighbours only, as a convolution does", found[0] == 3, found)
    yield text("its block knows the order of the patches, as a convolution does", ordered(block))
    yield right("a convolution does both", found[1] == 3 and ordered(convolve))
    yield right("every patch sees all ten in one block", found[0] == 10)
    for weight in (block.self_attn.out_proj, block.linear2):
        nn.init.zeros_(weight.weight)
        nn.init.zeros_(weight.bias)
    yield right(
        "with silent branches it gives what it took: residual", alike(block(patches), patches)
    )


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
    params = count_params("densenet/121")
    yield right("7,978,856 parameters", params == 7_978_856, f"{params:,}")
    macs = count_macs("densenet/121")
    yield right("2.83e9 multiply-adds", round(macs / 1e9, 2) == 2.83, f"{macs:,}")
