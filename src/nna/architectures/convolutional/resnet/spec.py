from dataclasses import dataclass, replace
from typing import Literal

from nna import spec

Block = Literal["basic", "bottleneck"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    block: Block  # two 3x3 convolutions, or 1x1, 3x3, 1x1
    depths: tuple[int, ...]  # blocks per stage; each stage halves the side, doubles the width
    width: int = 64  # channels after the stem
    stride: int = 4  # of the stem: 4, 7x7 convolution and max pool (table 1); 1, 3x3 (section 4.2)
    shortcut: Literal["projected", "padded"] = "projected"  # where shapes change: options B and A
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


def _size(block: Block, *depths: int) -> Config:
    return Config(block=block, depths=depths)


def _cifar(n: int) -> Config:
    """The 6n + 2 layers of section 4.2."""
    depths = (n, n, n)
    return Config(block="basic", depths=depths, width=16, stride=1, shortcut="padded", classes=10)


def _table_1(
    macs: float, within: float, error: float, where: str = "table 3", differs: str = ""
) -> dict[str, spec.Printed]:
    """Multiply-adds; top-1 error in %, 10 crops of ImageNet's validation images, option B."""
    return {
        "macs": spec.Printed(macs, "table 1", within, differs),
        "error": spec.Printed(error, where),
    }


def _table_6(params: float, error: float) -> dict[str, spec.Printed]:
    """Parameters, to two digits; error in % on CIFAR-10's test images."""
    return {
        "params": spec.Printed(params, "table 6", within=0.02),
        "error": spec.Printed(error, "table 6"),
    }


# Ours do more multiply-adds than table 1 says, and why stands beside each.
PADDED = "counted without projections (option A), which add 19 million"
STRIDE = (
    "of another network: its bottlenecks stride in the first 1x1 convolution, ours in the 3x3 (see "
    "model.py), which adds 231 million"
)
VARIANTS = {
    "18": spec.Variant(
        _size("basic", 2, 2, 2, 2),
        11_689_512,
        _table_1(1.8e9, 0.01, 27.88, "table 2, option A"),
        1_814_073_344,
    ),
    "34": spec.Variant(
        _size("basic", 3, 4, 6, 3),
        21_797_672,
        _table_1(3.6e9, 0.02, 24.52, differs=PADDED),
        3_663_761_408,
    ),
    "50": spec.Variant(
        _size("bottleneck", 3, 4, 6, 3),
        25_557_032,
        _table_1(3.8e9, 0.08, 22.85, differs=f"{STRIDE}; its 3.86 is cut to 3.8"),
        4_089_184_256,
    ),
    "101": spec.Variant(
        _size("bottleneck", 3, 4, 23, 3),
        44_549_160,
        _table_1(7.6e9, 0.03, 21.75, differs=STRIDE),
        7_801_405_440,
    ),
    "152": spec.Variant(
        _size("bottleneck", 3, 8, 36, 3),
        60_192_808,
        _table_1(11.3e9, 0.02, 21.43, differs=STRIDE),
        11_513_626_624,
    ),
    "20": spec.Variant(
        _cifar(3), 269_722, _table_6(0.27e6, 8.75), macs=40_551_040, costs_at={"side": 32}
    ),
    "32": spec.Variant(
        _cifar(5), 464_154, _table_6(0.46e6, 7.51), macs=68_862_592, costs_at={"side": 32}
    ),
    "44": spec.Variant(
        _cifar(7), 658_586, _table_6(0.66e6, 7.17), macs=97_174_144, costs_at={"side": 32}
    ),
    "56": spec.Variant(
        _cifar(9), 853_018, _table_6(0.85e6, 6.97), macs=125_485_696, costs_at={"side": 32}
    ),
    "110": spec.Variant(
        _cifar(18), 1_727_962, _table_6(1.7e6, 6.43), macs=252_887_680, costs_at={"side": 32}
    ),
    "1202": spec.Variant(
        _cifar(200), 19_421_274, _table_6(19.4e6, 7.93), macs=2_829_238_912, costs_at={"side": 32}
    ),
    "desk": spec.Variant(
        replace(_cifar(1), channels=1), 75_002, macs=11_944_576, costs_at={"side": 32}
    ),
}

SPEC = spec.Architecture(
    name="Residual network",
    limitation="Plain networks deeper than about 20 layers fit even their training set worse.",
    idea="Blocks learn what to add to their input, y = x + F(x), not what to make of it.",
    since=2015,
    builds_on=("vgg", "highway"),
    inputs={"image": spec.Image()},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:ResNet",
    twin="model_keras:resnet",
    tiny=Config(block="bottleneck", depths=(1, 2), width=8, classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy",
        8,
        optimiser="sgd",
        learning_rate=0.1,
        schedule="cosine",
        warmup=0.1,
        weight_decay=1e-4,
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("moved_digits", "accuracy", 0.943, baseline="logistic regression"),
    initial=spec.HE_FAN_OUT,
    parity=(
        spec.Parity(
            "torchvision resnet18 and resnet50, narrow", "parity:torchvision", needs="torchvision"
        ),
        spec.Parity("section 4.2 in NumPy loops", "parity:cifar"),
    ),
)
