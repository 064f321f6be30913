"""Claims about what designs cost and save."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nna.lab.check import Fact, check, limit, right, text
from nna.lab.structural.cnn.counting import count_macs, count_params, count_weights, field_of

if TYPE_CHECKING:
    from torch import nn


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
        seen = field_of(small), field_of(one)
        yield text(f"{layers} layers see {large} pixels a side", seen == (large, large), seen)
        counts = count_weights(small), count_weights(one)
        yield text(f"{few} weights instead of {many}", counts == (few, many), counts)
        share = count_weights(stack(layers, 3, 8)) / count_weights(stack(1, large, 8))
        yield right("the same share at 8 channels", share == few / many, f"{share:.3f}")


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
    counted = {name: count_params(f"resnet/{name}") for name in printed}
    yield right("parameters of 18, 34, 50, 101", counted == printed, list(counted.values()))
    macs = count_macs("resnet/50")
    yield right("4.09e9 multiply-adds", round(macs / 1e9, 2) == 4.09, f"{macs:,}")


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
    macs = [count_macs(f"mobilenet_v1/{name}") for name in ("full", "1.0")]
    params = [count_params(f"mobilenet_v1/{name}") for name in ("full", "1.0")]
    yield text("512 channels, 3 x 3: 8 times or more", wide >= 8, f"{wide:.2f}")
    yield text("MobileNet as a whole: 8 times or more", macs[0] / macs[1] >= 8, macs)
    yield limit("16 channels: 8 times or more", narrow >= 8, f"{narrow:.2f}")
    yield limit("parameters of MobileNet: 8 times fewer", params[0] / params[1] >= 8, params)
    formula = [1 / (1 / n + 1 / 9) for n in (512, 16)]
    fits = all(abs(a - b) < 1e-9 for a, b in zip((wide, narrow), formula, strict=True))
    yield right("1/N + 1/k^2 of the cost", fits)
    yield right("569 million multiply-adds", round(macs[1] / 1e6) == 569, f"{macs[1]:,}")


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
    weights, added = count_weights(*projections), sum(map(contract.count_parameters, projections))
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
    for name in ("depth_multiplier", "width_multiplier", "side"):
        grows = [getattr(config, name) for config in sizes]
        yield text(f"{name} grows from B0 to B7", grows == sorted(grows) and grows[-1] > grows[0])
    yield text("a step about doubles the cost", abs(step - 2) < 0.1, f"{step:.4f}")
    params, macs = count_params("efficientnet/b0"), count_macs("efficientnet/b0")
    yield right("B0: 5,288,548 parameters", params == 5_288_548, f"{params:,}")
    yield right("B0: 0.39e9 multiply-adds", round(macs / 1e9, 2) == 0.39, f"{macs:,}")
    seven = sizes[7].depth_multiplier
    yield right("B7 is 3.1 times as deep, not 1.2^7", seven == 3.1, f"{seven}, {depth**7:.2f}")
