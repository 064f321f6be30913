from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True)
class Row:
    """One block, in the order of the columns of tables 1 and 2."""

    kernel: int  # side of the depthwise filter
    inner: int  # channels within ("exp size")
    width: int  # channels that come out
    attention: bool  # squeeze and excitation
    activation: Literal["relu", "hswish"]
    stride: int


ROWS = {
    "large": (  # table 1
        Row(3, 16, 16, False, "relu", 1),
        Row(3, 64, 24, False, "relu", 2),
        Row(3, 72, 24, False, "relu", 1),
        Row(5, 72, 40, True, "relu", 2),
        Row(5, 120, 40, True, "relu", 1),
        Row(5, 120, 40, True, "relu", 1),
        Row(3, 240, 80, False, "hswish", 2),
        Row(3, 200, 80, False, "hswish", 1),
        Row(3, 184, 80, False, "hswish", 1),
        Row(3, 184, 80, False, "hswish", 1),
        Row(3, 480, 112, True, "hswish", 1),
        Row(3, 672, 112, True, "hswish", 1),
        Row(5, 672, 160, True, "hswish", 2),
        Row(5, 960, 160, True, "hswish", 1),
        Row(5, 960, 160, True, "hswish", 1),
    ),
    "small": (  # table 2
        Row(3, 16, 16, True, "relu", 2),
        Row(3, 72, 24, False, "relu", 2),
        Row(3, 88, 24, False, "relu", 1),
        Row(5, 96, 40, True, "hswish", 2),
        Row(5, 240, 40, True, "hswish", 1),
        Row(5, 240, 40, True, "hswish", 1),
        Row(5, 120, 48, True, "hswish", 1),
        Row(5, 144, 48, True, "hswish", 1),
        Row(5, 288, 96, True, "hswish", 2),
        Row(5, 576, 96, True, "hswish", 1),
        Row(5, 576, 96, True, "hswish", 1),
    ),
    "few": (  # for small images
        Row(3, 16, 16, True, "relu", 1),
        Row(3, 64, 24, False, "relu", 2),
        Row(3, 72, 24, False, "relu", 1),
        Row(5, 96, 40, True, "hswish", 2),
        Row(5, 120, 40, True, "hswish", 1),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    bottlenecks: Literal["large", "small", "few"] = "large"
    hidden: int = 1280  # units after the mean
    width_multiplier: float = 1.0  # width multiplier: times the channels of all convolutions
    stride: int = 2  # of the stem
    dropout: float = 0.2  # before the last layer
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


CUT = "cut off, not rounded"
README = "authors' repository, MobileNet page"


def _table_3(
    macs: float, params: float, accuracy: float, differs: tuple[str, str] = ("", "")
) -> dict[str, spec.Printed]:
    """Multiply-adds, parameters, and top-1 accuracy in % on ImageNet's validation images."""
    return {
        "macs": spec.Printed(macs, "table 3", 0.015, differs[0]),
        "params": spec.Printed(params, "table 3", 0.025, differs[1]),
        "accuracy": spec.Printed(accuracy, "table 3"),
    }


VARIANTS = {
    "large": spec.Variant(
        Config(),
        5_483_032,
        _table_3(219e6, 5.4e6, 75.2, (f"217 million in the {README}", CUT)),
        216_589_760,
    ),
    "large-0.75": spec.Variant(
        Config(width_multiplier=0.75), 3_993_528, _table_3(155e6, 4.0e6, 73.3), 154_560_624
    ),
    "small": spec.Variant(
        Config(bottlenecks="small", hidden=1024),
        2_542_856,
        _table_3(56e6, 2.5e6, 67.4, (CUT, "")),
        56_510_400,
    ),
    "small-0.75": spec.Variant(
        Config(bottlenecks="small", hidden=1024, width_multiplier=0.75),
        2_041_872,
        _table_3(44e6, 2.0e6, 65.4, ("a million more than its layers do", "")),
        43_399_344,
    ),
    "desk": spec.Variant(
        Config(bottlenecks="few", hidden=128, stride=1, dropout=0.0, channels=1, classes=10),
        85_746,
        macs=670_304,
        costs_at={"side": 10},
    ),
}

SPEC = spec.Architecture(
    name="MobileNetV3",
    limitation="MobileNetV2 repeats one block by rules made by hand, treats all channels alike, "
    "and spends much of its time in its first and last layers.",
    idea="A search on measured time chose each row; channels are weighed; h-swish for ReLU.",
    builds_on=("mobilenet_v2", "senet"),
    inputs={"image": spec.Image(min_size=8)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:MobileNetV3",
    tiny=Config(bottlenecks="few", hidden=16, width_multiplier=0.5, classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy", 15, learning_rate=5e-3, schedule="cosine", warmup=0.1, augment=("affine",)
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("moved_digits", "accuracy", 0.927, baseline="logistic regression"),
    dropout=(
        spec.Dropout(r"head\.2", "dropout", "section 6.1.1: keeps 0.8", desk=spec.YET_TO_OVERFIT),
    ),
    initial=spec.HE_FAN_OUT,
    parity=(
        spec.Parity(
            "timm mobilenetv3_large_100, mobilenetv3_small_100, mobilenetv3_small_075",
            "parity:timm_sizes",
            needs="timm",
        ),
    ),
    renamed_fields={"ratio": "width_multiplier", "rows": "bottlenecks"},
)
