import math
from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True)
class Stage:
    """One row of table 1, stages 2 to 8."""

    growth: int  # channels within by channels that come in
    kernel: int  # side of the depthwise filter
    stride: int  # of the first block
    width: int  # channels that come out
    depth: int  # blocks


STAGES = (
    Stage(1, 3, 1, 16, 1),
    Stage(6, 3, 2, 24, 2),
    Stage(6, 5, 2, 40, 2),
    Stage(6, 3, 2, 80, 3),
    Stage(6, 5, 1, 112, 3),
    Stage(6, 5, 2, 192, 4),
    Stage(6, 3, 1, 320, 1),
)
ALPHA, BETA, GAMMA = 1.2, 1.1, 1.15  # section 4, step 1: found by a grid search around B0


def compound(phi: float) -> tuple[float, float, float]:
    """Equation 3: how much deeper, wider and larger in side for about 2^phi times the cost."""
    return ALPHA**phi, BETA**phi, GAMMA**phi


def wider(width: int, ratio: float) -> int:
    """Channels times `ratio`, to the nearest multiple of eight that is not a tenth too few."""
    near = max(8, int(width * ratio + 4) // 8 * 8)
    return near if near >= 0.9 * width * ratio else near + 8


def deeper(blocks: int, depth: float) -> int:
    """Blocks times `depth`, rounded up."""
    return math.ceil(blocks * depth)


def strides(total: int) -> list[int]:
    """Of the stem and of each stage; the last ones where `total` is less than all make together.

    Raises:
        ValueError: no choice of them makes `total`.
    """
    kept, left = [], total
    for stride in reversed((2, *(stage.stride for stage in STAGES))):
        kept.append(stride if left > 1 else 1)
        left //= kept[-1]
    if math.prod(kept) != total:
        raise ValueError(f"the strides make 32, or a smaller power of two, not {total}")
    return kept[::-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    depth_multiplier: float = 1.0  # times the blocks of every stage
    width_multiplier: float = 1.0  # times all numbers of channels
    side: int = 224  # pixels of the images it is meant for
    dropout: float = 0.2  # before the head
    drop_path: float = 0.2  # of blocks left out in training, at the end of the network
    stride: int = 32  # of all layers together; less for small images
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


def _size(depth: float, ratio: float, side: int, dropout: float) -> Config:
    """The authors' code has these; they are near `compound`, not on it."""
    return Config(depth_multiplier=depth, width_multiplier=ratio, side=side, dropout=dropout)


FEWER = "fewer than its layers do on images of the side in the authors' code; table 2 names none"


def _table_2(
    params: float, macs: float, accuracy: float, more: str = "", fewer: str = ""
) -> dict[str, spec.Printed]:
    """Parameters, multiply-adds, top-1 accuracy in % on ImageNet's validation images."""
    return {
        "params": spec.Printed(params, "table 2", 0.03, more),
        "macs": spec.Printed(macs, "table 2", 0.05, fewer),
        "accuracy": spec.Printed(accuracy, "table 2"),
    }


VARIANTS = {
    "b0": spec.Variant(
        _size(1.0, 1.0, 224, 0.2), 5_288_548, _table_2(5.3e6, 0.39e9, 77.1), 385_814_752
    ),
    "b1": spec.Variant(
        _size(1.1, 1.0, 240, 0.2), 7_794_184, _table_2(7.8e6, 0.70e9, 79.1), 686_802_832
    ),
    "b2": spec.Variant(
        _size(1.2, 1.1, 260, 0.3),
        9_109_994,
        _table_2(9.2e6, 1.0e9, 80.1, more="as many as with the running statistics of batch norm"),
        993_561_872,
    ),
    "b3": spec.Variant(
        _size(1.4, 1.2, 300, 0.3), 12_233_232, _table_2(12e6, 1.8e9, 81.6), 1_827_141_392
    ),
    "b4": spec.Variant(
        _size(1.8, 1.4, 380, 0.4),
        19_341_616,
        _table_2(19e6, 4.2e9, 82.9, fewer=FEWER),
        4_393_771_024,
    ),
    "b5": spec.Variant(
        _size(2.2, 1.6, 456, 0.4),
        30_389_784,
        _table_2(30e6, 9.9e9, 83.6, fewer=FEWER),
        10_266_384_752,
    ),
    "b6": spec.Variant(
        _size(2.6, 1.8, 528, 0.5), 43_040_704, _table_2(43e6, 19e9, 84.0), 19_067_593_536
    ),
    "b7": spec.Variant(
        _size(3.1, 2.0, 600, 0.5),
        66_347_960,
        _table_2(66e6, 37e9, 84.3, fewer=FEWER),
        37_745_884_192,
    ),
    "desk": spec.Variant(
        Config(
            depth_multiplier=0.3,
            width_multiplier=0.35,
            side=32,
            dropout=0.0,
            drop_path=0.0,
            stride=4,
            channels=1,
            classes=10,
        ),
        285_896,
        macs=1_710_336,
        costs_at={"side": 8},
    ),
}

SPEC = spec.Architecture(
    name="EfficientNet",
    limitation="Networks were scaled up in depth, in width or in the size of images alone, and "
    "each alone soon stops paying.",
    idea="Depth, width and side grow together, by fixed powers of one number.",
    builds_on=("mobilenet_v2", "senet"),
    inputs={"image": spec.Image(size="side", min_size=8)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:EfficientNet",
    tiny=Config(depth_multiplier=0.2, width_multiplier=0.2, stride=4, classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy", 30, learning_rate=5e-3, schedule="cosine", warmup=0.1, augment=("affine",)
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("digits", "accuracy", 0.98, baseline="logistic regression"),
    dropout=(
        spec.Dropout(
            r"body\.\d+\.\d+\.drop",
            "drop_path * index / count",
            "section 5.2; rising linearly as in the authors' code",
            among="body\\.\\d+\\.\\d+",
            examples=True,
            desk=spec.YET_TO_OVERFIT,
        ),
        spec.Dropout(r"head\.0", "dropout", "section 5.2", desk=spec.YET_TO_OVERFIT),
    ),
    initial=spec.HE_FAN_OUT,
    parity=(
        spec.Parity(
            "timm efficientnet_b0 and efficientnet_b2, narrow", "parity:timm", needs="timm"
        ),
    ),
    renamed_fields={"ratio": "width_multiplier", "depth": "depth_multiplier", "rate": "drop_path"},
)
