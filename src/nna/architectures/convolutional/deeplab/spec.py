from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    depths: tuple[int, ...] = (3, 4, 6, 3)  # bottleneck blocks a stage
    width: int = 64  # channels after the stem
    stride: int = 8  # picture's side by the side of the deepest maps
    dilations: tuple[int, ...] = (12, 24, 36)  # of the pyramid's 3x3 convolutions
    hidden: int = 256  # channels of each view
    channels: int = 3  # of the image
    classes: int = 21  # scores at every pixel


def _printed(miou: float, stride: int) -> dict[str, spec.Printed]:
    """Mean IoU in % on PASCAL VOC 2012's validation images, trained at stride 16, one scale.

    The paper's network has multi-grid dilations in its last stage besides, which this one and
    torchvision's leave out (see model.py).
    """
    return {"miou": spec.Printed(miou, f"table 6, output stride {stride}, with multi-grid")}


# The spread of the taps doubles with the resolution: 6, 12, 18 at stride 16 (section 3.3).
VARIANTS = {
    "50": spec.Variant(Config(), 39_638_869, macs=168_652_962_240),
    "101": spec.Variant(
        Config(depths=(3, 4, 23, 3)), 58_630_997, _printed(78.51, 8), 248_674_056_640
    ),
    "101-16": spec.Variant(
        Config(depths=(3, 4, 23, 3), stride=16, dilations=(6, 12, 18)),
        58_630_997,
        _printed(77.21, 16),
        71_703_706_048,
    ),
    "desk": spec.Variant(
        Config(depths=(1, 1, 1), width=16, stride=4, dilations=(2, 4), hidden=48, classes=11),
        403_819,
        macs=25_338_880,
        costs_at={"side": 32},
    ),
}

SPEC = spec.Architecture(
    name="DeepLab v3",
    limitation="A classifier's strides leave masks a thirty-second of the picture's resolution.",
    idea="Kernels with taps spread apart see far at full resolution, several spreads side by side.",
    builds_on=("resnet", "unet"),
    inputs={"image": spec.Image(size=513)},
    outputs=spec.PixelScores(),
    tasks=("segmentation",),
    model="model:DeepLab",
    tiny=Config(
        depths=(1, 1, 2), width=4, stride=8, dilations=(1, 2), hidden=6, channels=2, classes=3
    ),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "pixel_cross_entropy", 9, learning_rate=2e-3, batch_size=8, schedule="cosine", warmup=0.05
    ),
    signature=spec.Signature("digit_scenes", "mean IoU", 0.45, baseline="logistic regression"),
    dropout=(
        spec.Dropout(
            r"pyramid\.dropout", 0.5, "torchvision's deeplabv3, which follows the authors' code"
        ),
    ),
    initial=spec.HE_FAN_OUT,
    parity=(
        spec.Parity(
            "torchvision deeplabv3_resnet50 and deeplabv3_resnet101, narrow",
            "parity:torchvision",
            needs="torchvision",
        ),
    ),
)
