from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    width: int = 32  # channels of the first convolution, a multiple of 2; the rest in proportion
    depths: tuple[int, int, int] = (10, 20, 10)  # residual modules A, B and C
    residual_scales: tuple[float, float, float] = (0.17, 0.10, 0.20)  # of what modules A, B, C add
    stride: Literal[1, 8] = 8  # of the stem: 8, or 1, a single 3x3 convolution
    side: int = 299  # pixels of the image
    dropout: float = 0.2  # share of the mean map's channels silenced in training
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


VARIANTS = {
    "v2": spec.Variant(
        Config(),
        55_843_464,
        {"error": spec.Printed(19.9, "table 2, one crop, without 1,700 of the images")},
        13_155_794_016,
    ),
    "desk": spec.Variant(
        Config(
            width=8,
            depths=(1, 2, 1),
            residual_scales=(0.3, 0.3, 0.3),
            stride=1,
            side=8,
            channels=1,
            classes=10,
        ),
        909_698,
        macs=7_980_160,
    ),
}

SPEC = spec.Architecture(
    name="Inception-ResNet",
    limitation="Inception networks train slowly as they grow deep, and very wide residual ones die "
    "early in training.",
    idea="Inception modules as residual branches, their sum scaled down before it is added.",
    since=2016,
    builds_on=("inception_v3", "resnet"),
    inputs={"image": spec.Image(size="side", min_size="side")},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:InceptionResNet",
    tiny=Config(
        width=2, depths=(1, 1, 2), residual_scales=(0.2, 0.3, 0.4), stride=1, side=8, classes=5
    ),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy", 10, learning_rate=5e-3, schedule="cosine", warmup=0.1, augment=("affine",)
    ),
    signature=spec.Signature("digits", "accuracy", 0.975, baseline="logistic regression"),
    dropout=(spec.Dropout(r"dropout", "dropout", "figure 15: keeps 0.8"),),
    norms=(spec.Norm(eps=1e-3, source="the authors' TensorFlow code"),),
    initial=(
        spec.Initial(r".*conv\.weight", "normal", "sqrt(2 / fan_in)", "He 2015, equation 10"),
    ),
    parity=(spec.Parity("timm inception_resnet_v2, narrow", "parity:timm", needs="timm"),),
    renamed_fields={"scales": "residual_scales"},
)
