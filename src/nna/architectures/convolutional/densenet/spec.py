from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    depths: tuple[int, ...]  # layers per block; each block but the first halves the side
    growth: int = 32  # k, channels that every layer adds
    width: int = 64  # channels after the stem
    hidden: int = 4  # times k, channels of a layer's 1x1 convolution (B); 0, without one
    compression: float = 0.5  # theta, of the channels that a transition keeps (C); 1, all
    stride: int = 4  # of the stem: 4, 7x7 convolution and max pool (table 1); 1, 3x3 (section 3)
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


def _plain(layers: int, growth: int) -> Config:
    """Three blocks of layers with one 3x3 convolution each (section 3)."""
    depth = (layers - 4) // 3
    return Config(
        depths=(depth,) * 3,
        growth=growth,
        width=16,
        hidden=0,
        compression=1.0,
        stride=1,
        classes=10,
    )


def _bc(layers: int, growth: int, channels: int = 3) -> Config:
    """DenseNet-BC: bottlenecks (B), half the channels after each block (C)."""
    depths = ((layers - 4) // 6,) * 3
    return Config(
        depths=depths, growth=growth, width=2 * growth, stride=1, channels=channels, classes=10
    )


def _table_2(params: float, error: float, within: float = 0.01) -> dict[str, spec.Printed]:
    """Parameters, to the first decimal; error in % on CIFAR-10 with shifts and flips."""
    return {
        "params": spec.Printed(params, "table 2", within),
        "error": spec.Printed(error, "table 2"),
    }


def _table_3(error: float) -> dict[str, spec.Printed]:
    """Top-1 error in %, one crop of ImageNet's validation images."""
    return {"error": spec.Printed(error, "table 3")}


VARIANTS = {
    "121": spec.Variant(Config(depths=(6, 12, 24, 16)), 7_978_856, _table_3(25.02), 2_834_161_664),
    "169": spec.Variant(Config(depths=(6, 12, 32, 32)), 14_149_480, _table_3(23.80), 3_359_843_328),
    "201": spec.Variant(Config(depths=(6, 12, 48, 32)), 20_013_928, _table_3(22.58), 4_291_365_888),
    "264": spec.Variant(Config(depths=(6, 12, 64, 48)), 33_337_704, _table_3(22.15), 5_751_653_376),
    "161": spec.Variant(  # the authors' repository, torchvision's
        Config(depths=(6, 12, 36, 24), growth=48, width=96), 28_681_000, macs=7_727_907_072
    ),
    "40-k12": spec.Variant(
        _plain(40, 12),
        1_019_722,
        _table_2(1.0e6, 5.24, within=0.02),
        macs=264_812_928,
        costs_at={"side": 32},
    ),
    "100-k12": spec.Variant(
        _plain(100, 12), 6_979_642, _table_2(7.0e6, 4.10), macs=1_769_516_448, costs_at={"side": 32}
    ),
    "100-k24": spec.Variant(
        _plain(100, 24),
        27_249_082,
        _table_2(27.2e6, 3.74),
        macs=6_889_347_744,
        costs_at={"side": 32},
    ),
    "bc-100-k12": spec.Variant(
        _bc(100, 12),
        769_162,
        _table_2(0.8e6, 4.51, within=0.04),
        macs=287_929_692,
        costs_at={"side": 32},
    ),
    "bc-250-k24": spec.Variant(
        _bc(250, 24), 15_324_406, _table_2(15.3e6, 3.62), macs=5_418_785_724, costs_at={"side": 32}
    ),
    "bc-190-k40": spec.Variant(
        _bc(190, 40), 25_624_430, _table_2(25.6e6, 3.46), macs=9_301_945_740, costs_at={"side": 32}
    ),
    "desk": spec.Variant(_bc(22, 12, channels=1), 71_254, macs=1_925_394, costs_at={"side": 8}),
}

SPEC = spec.Architecture(
    name="DenseNet",
    limitation="A residual network's layers add into one sum, where what earlier ones found is "
    "overwritten and found again.",
    idea="Every layer reads the outputs of all earlier ones, side by side, and adds k channels.",
    since=2016,
    builds_on=("resnet",),
    inputs={"image": spec.Image(min_size=8)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:DenseNet",
    tiny=Config(depths=(2, 2), growth=4, width=8, stride=1, classes=5),
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
    signature=spec.Signature("digits", "accuracy", 0.97, baseline="logistic regression"),
    initial=spec.HE_FAN_OUT,
    parity=(
        spec.Parity(
            "torchvision densenet121, narrow, and a short one of growth 48",
            "parity:torchvision",
            needs="torchvision",
        ),
        spec.Parity("section 3 without bottlenecks in NumPy loops", "parity:plain"),
    ),
    renamed_fields={"ratio": "compression"},
)
