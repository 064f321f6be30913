from dataclasses import dataclass, replace
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    # Channels of the two first convolutions, of the entry flow's blocks (each halves the side), of
    # the exit flow's block and of its two convolutions.
    widths: tuple[int, ...] = (32, 64, 128, 256, 728, 1024, 1536, 2048)
    blocks: int = 8  # of the middle flow
    activation: Literal["none", "relu", "elu"] = "none"  # between the two halves of a convolution
    shortcut: bool = True
    stride: int = 2  # of the first convolution
    dropout: float = 0.5  # before the head
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


FULL = Config()
VARIANTS = {
    "full": spec.Variant(
        FULL,
        22_855_952,
        {
            "params": spec.Printed(22_855_952.0, "table 3", 0.0),
            "accuracy": spec.Printed(79.0, "table 1"),  # top-1 in %, one model, one crop
        },
        8_357_403_496,
    ),
    "plain": spec.Variant(
        replace(FULL, shortcut=False), 21_878_880, macs=8_125_858_664
    ),  # section 4.6
    "relu": spec.Variant(
        replace(FULL, activation="relu"), 22_855_952, macs=8_357_403_496
    ),  # section 4.7
    "desk": spec.Variant(
        Config(
            widths=(16, 32, 64, 96, 128, 160),
            blocks=2,
            stride=1,
            dropout=0.0,
            channels=1,
            classes=10,
        ),
        98_106,
        macs=965_952,
        costs_at={"side": 10},
    ),
}

SPEC = spec.Architecture(
    name="Xception",
    limitation="An Inception module is a hand-made compromise between a convolution over all "
    "channels and one over each by itself.",
    idea="Every convolution filters each channel by itself, then mixes channels; shortcuts join "
    "the blocks.",
    since=2016,
    builds_on=("inception_v3", "resnet"),
    inputs={"image": spec.Image(size=299, min_size=8)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:Xception",
    tiny=Config(widths=(4, 6, 8, 10, 12, 14), blocks=1, classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy", 15, learning_rate=5e-3, schedule="cosine", warmup=0.1, augment=("affine",)
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("moved_digits", "accuracy", 0.948, baseline="logistic regression"),
    dropout=(
        spec.Dropout(
            r"head\.0",
            "dropout",
            "section 4.3: before the head, on ImageNet",
            desk=spec.YET_TO_OVERFIT,
        ),
    ),
    initial=spec.HE_FAN_OUT,
    parity=(
        spec.Parity(
            "timm legacy_xception, whole and with 3 of 8 middle blocks, narrow",
            "parity:timm",
            needs="timm",
        ),
        spec.Parity("section 4.7 (ELU between) in NumPy loops", "parity:between"),
    ),
)
