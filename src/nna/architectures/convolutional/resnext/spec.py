from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    depths: tuple[int, ...]  # blocks per stage; each stage halves the side, doubles the width
    groups: int = 32  # C, the cardinality: paths in a block
    width: int = 4  # d, channels of a path in the first stage
    stride: int = 4  # of the stem: 4, 7x7 convolution and max pool (table 1); 1, 3x3 (section 5.3)
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


def _cifar(groups: int) -> Config:
    """The 29 layers of section 5.3."""
    return Config(depths=(3, 3, 3), groups=groups, width=64, stride=1, classes=10)


def _error(error: float, where: str, **macs: spec.Printed) -> dict[str, spec.Printed]:
    """Top-1 error in %, one crop of 224 pixels; or the error on CIFAR-10's test images."""
    return {"error": spec.Printed(error, where), **macs}


VARIANTS = {
    "50-32x4d": spec.Variant(
        Config(depths=(3, 4, 6, 3)),
        25_028_904,
        _error(
            22.2,
            "table 3",
            params=spec.Printed(25.0e6, "table 1"),
            macs=spec.Printed(4.2e9, "table 1"),
        ),
        4_230_479_872,
    ),
    "101-32x4d": spec.Variant(
        Config(depths=(3, 4, 23, 3)), 44_177_704, _error(21.2, "table 3"), 7_969_996_800
    ),
    "101-64x4d": spec.Variant(
        Config(depths=(3, 4, 23, 3), groups=64), 83_455_272, _error(20.4, "table 4"), 15_460_270_080
    ),
    "101-32x8d": spec.Variant(  # Mahajan 2018, section 2; torchvision's
        Config(depths=(3, 4, 23, 3), width=8), 88_791_336, macs=16_414_015_488
    ),
    "29-8x64d": spec.Variant(
        _cifar(8),
        34_426_698,
        _error(3.65, "table 7", params=spec.Printed(34.4e6, "table 7", 0.002)),
        macs=5_387_266_048,
        costs_at={"side": 32},
    ),
    "29-16x64d": spec.Variant(
        _cifar(16),
        68_155_210,
        _error(
            3.58, "table 7", params=spec.Printed(68.1e6, "table 7", 0.002, "cut off, not rounded")
        ),
        macs=10_688_866_304,
        costs_at={"side": 32},
    ),
    "desk": spec.Variant(
        Config(depths=(1, 1), groups=8, width=4, stride=1, channels=1, classes=10),
        221_898,
        macs=5_563_392,
        costs_at={"side": 8},
    ),
}

SPEC = spec.Architecture(
    name="ResNeXt",
    limitation="Inception's split, transform and merge saves computing, but each block is tailored "
    "by hand; residual networks know only depth and width.",
    idea="A block sums C paths of the same shape, y = x + sum of T_i(x): one grouped convolution.",
    since=2016,
    builds_on=("resnet", "googlenet"),
    inputs={"image": spec.Image(min_size=8)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:ResNeXt",
    tiny=Config(depths=(1, 2), groups=2, width=4, classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy",
        8,
        optimiser="sgd",
        learning_rate=0.1,
        schedule="cosine",
        warmup=0.1,
        weight_decay=5e-4,
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("digits", "accuracy", 0.97, baseline="logistic regression"),
    initial=spec.HE_FAN_OUT,
    parity=(
        spec.Parity(
            "torchvision's ResNeXt with groups of 32 and of 64, narrow",
            "parity:torchvision",
            needs="torchvision",
        ),
        spec.Parity("section 5.3, path by path, in NumPy loops", "parity:cifar"),
    ),
)
