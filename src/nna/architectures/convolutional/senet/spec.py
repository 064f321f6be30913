from dataclasses import dataclass
from typing import Literal

from nna import spec

Block = Literal["basic", "bottleneck"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    block: Block = "bottleneck"  # two 3x3 convolutions, or 1x1, 3x3, 1x1
    depths: tuple[int, ...]  # blocks per stage; each stage halves the side, doubles the width
    width: int = 64  # channels after the stem
    reduction: int = 16  # r: the gates' bottleneck has 1/r of the channels
    stride: int = 4  # of the stem: 4, 7x7 convolution and max pool; 1, 3x3, for small images
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


def _table_2(macs: float, error: float, differs: str = "") -> dict[str, spec.Printed]:
    """Multiply-adds; top-1 error in %, one crop of ImageNet's validation images."""
    return {
        "macs": spec.Printed(macs, "table 2", differs=differs),
        "error": spec.Printed(error, "table 2"),
    }


GATES = "as many as with the sums and products of the gates, entry by entry"

# 18 and 34 aren't in the paper; public checkpoints fix them.
VARIANTS = {
    "18": spec.Variant(Config(block="basic", depths=(2, 2, 2, 2)), 11_778_592, macs=1_814_160_384),
    "34": spec.Variant(Config(block="basic", depths=(3, 4, 6, 3)), 21_958_868, macs=3_663_918_592),
    "50": spec.Variant(
        Config(depths=(3, 4, 6, 3)),
        28_088_024,
        {**_table_2(3.87e9, 23.29, GATES), "params": spec.Printed(28.1e6, "table 10")},
        3_860_488_192,
    ),
    "101": spec.Variant(
        Config(depths=(3, 4, 23, 3)), 49_326_872, _table_2(7.60e9, 22.38), 7_574_937_600
    ),
    "152": spec.Variant(
        Config(depths=(3, 8, 36, 3)), 66_821_848, _table_2(11.32e9, 21.57, GATES), 11_288_993_792
    ),
    "50-r4": spec.Variant(
        Config(depths=(3, 4, 6, 3), reduction=4),
        35_635_688,
        {
            "params": spec.Printed(35.7e6, "table 10", differs="with biases in the gates"),
            "error": spec.Printed(22.25, "table 10"),
        },
        macs=3_868_033_024,
    ),
    "desk": spec.Variant(
        Config(
            block="basic", depths=(1, 1, 1), width=16, reduction=4, stride=1, channels=1, classes=10
        ),
        80_582,
        macs=766_208,
        costs_at={"side": 8},
    ),
}

SPEC = spec.Architecture(
    name="Squeeze-and-excitation network",
    limitation="A convolution mixes channels the same way for every picture, and sees no farther "
    "than its kernel while it does.",
    idea="Each block weighs its channels by gates computed from their means over the picture.",
    since=2017,
    builds_on=("resnet",),
    inputs={"image": spec.Image(min_size=8)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:SENet",
    tiny=Config(depths=(1, 2), width=8, reduction=4, classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy",
        10,
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
            "timm legacy_seresnet50 and legacy_seresnet18, narrow", "parity:timm", needs="timm"
        ),
    ),
    renamed_fields={"ratio": "reduction"},
)
