from dataclasses import dataclass, replace
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    block: Literal["separable", "full"] = "separable"  # full: the rival of table 4
    depths: tuple[int, ...] = (1, 2, 2, 6, 2)  # blocks per stage, of 64, 128, ... channels
    width_multiplier: float = 1.0  # width multiplier (section 3.3): times all numbers of channels
    stride: int = 2  # of the stem
    side: int = 224  # pixels of the images that costs are stated for (section 3.4)
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


def _thin(width_multiplier: float) -> Config:
    return Config(width_multiplier=width_multiplier)


def _printed(
    macs: float, params: float, accuracy: float, table: int, differs: tuple[str, str] = ("", "")
) -> dict[str, spec.Printed]:
    """Multiply-adds, parameters, and top-1 accuracy in % on ImageNet's validation images."""
    where = f"table {table}"
    return {
        "macs": spec.Printed(macs, where, 0.01, differs[0]),
        "params": spec.Printed(params, where, 0.06, differs[1]),  # the 0.47e6 of 0.25 stand as 0.5
        "accuracy": spec.Printed(accuracy, where),
    }


FULL = Config()
VARIANTS = {
    "1.0": spec.Variant(FULL, 4_231_976, _printed(569e6, 4.2e6, 70.6, 6), 568_740_352),
    "0.75": spec.Variant(_thin(0.75), 2_585_560, _printed(325e6, 2.6e6, 68.4, 6), 325_400_448),
    "0.5": spec.Variant(_thin(0.5), 1_331_592, _printed(149e6, 1.3e6, 63.7, 6), 149_497_088),
    "0.25": spec.Variant(_thin(0.25), 470_072, _printed(41e6, 0.5e6, 50.6, 6), 41_030_272),
    "1.0-192": spec.Variant(
        replace(FULL, side=192), 4_231_976, _printed(418e6, 4.2e6, 69.1, 7), 418_121_728
    ),
    "1.0-160": spec.Variant(
        replace(FULL, side=160), 4_231_976, _printed(290e6, 4.2e6, 67.2, 7), 290_675_200
    ),
    "1.0-128": spec.Variant(
        replace(FULL, side=128), 4_231_976, _printed(186e6, 4.2e6, 64.4, 7), 186_400_768
    ),
    "0.5-160": spec.Variant(
        replace(FULL, width_multiplier=0.5, side=160),
        1_331_592,
        _printed(
            76e6,
            1.32e6,
            60.2,
            9,
            ("cut off, not rounded", "without the scales and shifts of batch norm"),
        ),
        76_524_800,
    ),
    "full": spec.Variant(
        replace(FULL, block="full"),
        29_294_088,
        _printed(4866e6, 29.3e6, 71.7, 4, ("without the classifier", "")),
        4_867_293_184,
    ),
    "shallow": spec.Variant(
        replace(FULL, depths=(1, 2, 2, 1, 2)),
        2_887_976,
        _printed(307e6, 2.9e6, 65.3, 5),
        307_323_392,
    ),
    "1.25": spec.Variant(_thin(1.25), 6_270_840, macs=879_516_800),  # timm's, for weights
    "desk": spec.Variant(
        Config(depths=(1, 2, 2), width_multiplier=0.5, stride=1, side=32, channels=1, classes=10),
        36_874,
        macs=493_216,
        costs_at={"side": 10},
    ),
}

SPEC = spec.Architecture(
    name="MobileNet",
    limitation="Accurate networks such as VGG cost 15e9 multiply-adds an image: too much for a "
    "phone.",
    idea="Each channel is filtered by itself, then a 1x1 convolution mixes the channels.",
    builds_on=("vgg", "xception"),
    inputs={"image": spec.Image(size="side", min_size=8)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:MobileNetV1",
    tiny=Config(depths=(1, 2), width_multiplier=0.25, classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy", 30, learning_rate=5e-3, schedule="cosine", warmup=0.1, augment=("affine",)
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("moved_digits", "accuracy", 0.953, baseline="logistic regression"),
    initial=spec.HE_FAN_OUT,
    parity=(
        spec.Parity("timm mobilenetv1_100 and mobilenetv1_125", "parity:timm", needs="timm"),
        spec.Parity("equation 1 in NumPy loops (full)", "parity:full"),
    ),
    renamed_fields={"ratio": "width_multiplier"},
)
