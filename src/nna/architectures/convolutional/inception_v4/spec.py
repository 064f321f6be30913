from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    width: int = 32  # channels of the first convolution, a multiple of 2; the rest in proportion
    depths: tuple[int, int, int] = (4, 7, 3)  # modules A, B and C
    stride: Literal[1, 8] = 8  # of the stem: 8, figure 3; 1, a single 3x3 convolution
    side: int = 299  # pixels of the image
    dropout: float = 0.2  # share of the mean map's channels silenced in training
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


VARIANTS = {
    "v4": spec.Variant(
        Config(),
        42_679_816,
        {"error": spec.Printed(20.0, "table 2, one crop, without 1,700 of the images")},
        12_253_974_624,
    ),
    "desk": spec.Variant(
        Config(width=8, depths=(1, 1, 1), stride=1, side=8, channels=1, classes=10),
        811_962,
        macs=7_055_040,
    ),
}

SPEC = spec.Architecture(
    name="Inception-v4",
    limitation="Inception-v3 carried choices that its training software had forced, and its "
    "modules differed from one to the next.",
    idea="One module a grid size, repeated, with branches in the stem as well: depth without "
    "shortcuts.",
    since=2016,
    builds_on=("inception_v3",),
    inputs={"image": spec.Image(size="side", min_size="side")},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:InceptionV4",
    tiny=Config(width=2, depths=(1, 1, 1), stride=1, side=8, classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy", 10, learning_rate=5e-3, schedule="cosine", warmup=0.1, augment=("affine",)
    ),
    signature=spec.Signature("digits", "accuracy", 0.975, baseline="logistic regression"),
    dropout=(spec.Dropout(r"dropout", "dropout", "figure 9: keeps 0.8"),),
    norms=(spec.Norm(eps=1e-3, source="the authors' TensorFlow code"),),
    initial=spec.HE_FAN_OUT,
    parity=(spec.Parity("timm inception_v4, narrow", "parity:timm", needs="timm"),),
)
