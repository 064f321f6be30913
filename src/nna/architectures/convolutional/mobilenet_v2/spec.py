from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    width_multiplier: float = 1.0  # width multiplier: times all numbers of channels
    expansion: int = 6  # how much wider a block is within than between (the paper's t)
    depths: tuple[int, ...] = (1, 2, 3, 4, 3, 3, 1)  # blocks per stage (table 2's n)
    stride: int = 2  # of the stem
    dropout: float = 0.2  # before the head
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


README = "authors' repository, MobileNet page"
BARE = "without the scales and shifts of batch norm"


def _printed(
    macs: float, params: float, accuracy: float, where: str = README, differs: str = BARE
) -> dict[str, spec.Printed]:
    """Multiply-adds, parameters, and top-1 accuracy in % on ImageNet's validation images."""
    return {
        "macs": spec.Printed(macs, where, 0.015),
        "params": spec.Printed(params, where, 0.035, differs),
        "accuracy": spec.Printed(accuracy, where),
    }


VARIANTS = {
    "1.0": spec.Variant(
        Config(),
        3_504_872,
        _printed(300e6, 3.4e6, 72.0, "table 4", f"{BARE}; 3.47 is cut to 3.4"),
        300_774_272,
    ),
    "1.4": spec.Variant(
        Config(width_multiplier=1.4),
        6_108_776,
        _printed(
            582e6,
            6.06e6,
            75.0,
            README,
            differs=f"{BARE}; table 4 errs: 6.9 million, and 585 million multiply-adds",
        ),
        582_195_824,
    ),
    "0.75": spec.Variant(
        Config(width_multiplier=0.75), 2_636_424, _printed(209e6, 2.61e6, 69.8), 209_069_792
    ),
    "0.5": spec.Variant(
        Config(width_multiplier=0.5), 1_968_680, _printed(97e6, 1.95e6, 65.4), 97_131_840
    ),
    "0.35": spec.Variant(
        Config(width_multiplier=0.35), 1_677_128, _printed(59e6, 1.66e6, 60.3), 59_285_808
    ),
    "desk": spec.Variant(
        Config(expansion=4, depths=(1, 2, 2), stride=1, dropout=0.0, channels=1, classes=10),
        83_530,
        macs=959_360,
        costs_at={"side": 10},
    ),
}

SPEC = spec.Architecture(
    name="MobileNetV2",
    limitation="MobileNet spends nearly all its work on mixing the channels of wide layers, and "
    "ReLU destroys information where layers are narrow.",
    idea="Narrow, linear layers between blocks, joined by shortcuts; wide only inside a block.",
    builds_on=("mobilenet_v1", "resnet"),
    inputs={"image": spec.Image(min_size=8)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:MobileNetV2",
    tiny=Config(width_multiplier=0.35, expansion=2, depths=(1, 1, 2), classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy", 15, learning_rate=5e-3, schedule="cosine", warmup=0.1, augment=("affine",)
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("moved_digits", "accuracy", 0.952, baseline="logistic regression"),
    dropout=(spec.Dropout(r"head\.0", "dropout", "section 4", desk=spec.YET_TO_OVERFIT),),
    initial=spec.HE_FAN_OUT,
    parity=(spec.Parity("timm mobilenetv2_100 and mobilenetv2_050", "parity:timm", needs="timm"),),
    renamed_fields={"ratio": "width_multiplier", "growth": "expansion"},
)
