from dataclasses import dataclass
from typing import Literal

from nna import spec

Block = Literal["basic", "bottleneck"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    block: Block = "bottleneck"  # two 3x3 convolutions, or 1x1, 3x3, 1x1
    depths: tuple[int, ...]  # blocks per stage; each stage halves the side, doubles the width
    width: int = 64  # channels after the stem
    reduction: int = 16  # r: the channel gate's bottleneck has 1/r of the channels
    kernel: int = 7  # side of the spatial gate's convolution, odd
    stride: int = 4  # of the stem: 4, 7x7 convolution and max pool; 1, 3x3, for small images
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


BIASES = "with biases in the channel gates' perceptrons, as the authors' code, not equation 2, has"
STRIDE = (
    "of bottlenecks that stride in the first 1x1 convolution; ours do in the 3x3 (see model.py), "
    "which adds 231 million"
)


def _table_4(
    params: float, macs: float, error: float, biases: str = "", stride: str = ""
) -> dict[str, spec.Printed]:
    """Parameters; multiply-adds; top-1 error in %, one crop of ImageNet's validation images."""
    return {
        "params": spec.Printed(params, "table 4", 0.001, biases),
        "macs": spec.Printed(macs, "table 4", 0.07, stride),
        "error": spec.Printed(error, "table 4"),
    }


VARIANTS = {
    "18": spec.Variant(
        Config(block="basic", depths=(2, 2, 2, 2)),
        11_777_352,
        _table_4(11.78e6, 1.815e9, 29.27),
        1_815_063_764,
    ),
    "34": spec.Variant(
        Config(block="basic", depths=(3, 4, 6, 3)),
        21_956_456,
        _table_4(21.96e6, 3.665e9, 25.99),
        3_665_434_742,
    ),
    "50": spec.Variant(
        Config(depths=(3, 4, 6, 3)),
        28_073_576,
        _table_4(28.09e6, 3.864e9, 22.66, BIASES, STRIDE),
        4_095_573_110,
    ),
    "101": spec.Variant(
        Config(depths=(3, 4, 23, 3)),
        49_295_628,
        _table_4(49.33e6, 7.581e9, 21.51, BIASES, STRIDE),
        7_812_577_278,
    ),
    "50-k3": spec.Variant(
        Config(depths=(3, 4, 6, 3), kernel=3),
        28_072_296,
        {"error": spec.Printed(22.68, "table 2")},
        macs=4_094_463_750,
    ),
    "desk": spec.Variant(
        Config(
            block="basic",
            depths=(1, 1, 1),
            width=16,
            reduction=4,
            kernel=3,
            stride=1,
            channels=1,
            classes=10,
        ),
        80_502,
        macs=770_408,
        costs_at={"side": 8},
    ),
}

SPEC = spec.Architecture(
    name="Convolutional block attention (CBAM)",
    limitation="Squeeze and excitation weighs channels by their means alone: a small strong "
    "feature drowns, and where it stands can't be asked.",
    idea="Each block weighs its channels by their means and maxima, then its places likewise.",
    builds_on=("resnet", "senet"),
    inputs={"image": spec.Image(min_size=8)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:CBAMNet",
    tiny=Config(depths=(1, 2), width=8, reduction=4, kernel=3, classes=5),
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
            "timm resnet18 and resnet50 with attn_layer cbam, narrow", "parity:timm", needs="timm"
        ),
        spec.Parity("equations 1 to 3 in NumPy loops", "parity:naive"),
    ),
    renamed_fields={"ratio": "reduction"},
)
