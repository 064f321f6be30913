from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    width: int  # channels at the top; each level down has twice as many
    depth: int = 4  # levels below the top
    padding: int = 0  # pixels around every 3x3 convolution: 0 as published, 1 keeps the size
    dropout: float = 0.5  # share of the lowest maps' values left out in training
    channels: int = 1  # of the image
    classes: int = 2  # scores at every pixel


VARIANTS = {
    "2015": spec.Variant(Config(width=64), 31_030_658, macs=150_428_424_448),
    "desk": spec.Variant(
        Config(width=16, depth=3, padding=1, dropout=0.0, channels=3, classes=11),
        482_203,
        macs=36_405_248,
        costs_at={"side": 32},
    ),
}

SPEC = spec.Architecture(
    name="U-Net",
    limitation="Pooling tells a network what is in a picture and hides where exactly it is.",
    idea="On the way up, maps of the same size from the way down are joined to what is seen.",
    builds_on=("vgg", "autoencoder"),
    inputs={"image": spec.Image(size=572)},
    outputs=spec.PixelScores(),
    tasks=("segmentation",),
    model="model:UNet",
    tiny=Config(width=4, depth=2, padding=1, dropout=0.5, channels=2, classes=3),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "pixel_cross_entropy", 15, learning_rate=2e-3, batch_size=8, schedule="cosine", warmup=0.05
    ),
    signature=spec.Signature("digit_scenes", "mean IoU", 0.43, baseline="logistic regression"),
    dropout=(
        spec.Dropout(
            r"bottom\.1",
            "dropout",
            "section 3.1: at the end of the way down",
            desk=spec.YET_TO_OVERFIT,
        ),
    ),
    initial=spec.HE_FAN_OUT,
    parity=(
        spec.Parity("figure 1 in NumPy loops, without padding", "parity:published"),
        spec.Parity("the same with padding", "parity:padded"),
    ),
)
