from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    depths: tuple[int, ...]  # 3x3 convolutions of each stage; a max pool halves the side after it
    widths: tuple[int, ...] = (64, 128, 256, 512, 512)  # channels of each stage
    hidden: int = 4096  # units of each of the two hidden dense layers
    dropout: float = 0.5  # share of their units silenced in training
    side: int = 224  # pixels of the image; its last map has side / 2^stages a side
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


def _printed(millions: int, error: float, row: str) -> dict[str, spec.Printed]:
    """Parameters, in whole millions; lowest top-1 error in %, one scale, on validation images."""
    return {
        "params": spec.Printed(millions * 1e6, "table 2", within=0.004),
        "error": spec.Printed(error, f"table 3, {row}"),
    }


VARIANTS = {
    "11": spec.Variant(
        Config(depths=(1, 1, 2, 2, 2)), 132_863_336, _printed(133, 29.6, "A"), 7_609_090_048
    ),
    "13": spec.Variant(
        Config(depths=(2, 2, 2, 2, 2)), 133_047_848, _printed(133, 28.7, "B"), 11_308_466_176
    ),
    "16": spec.Variant(
        Config(depths=(2, 2, 3, 3, 3)), 138_357_544, _printed(138, 25.6, "D"), 15_470_264_320
    ),
    "19": spec.Variant(
        Config(depths=(2, 2, 4, 4, 4)), 143_667_240, _printed(144, 25.5, "E"), 19_632_062_464
    ),
    "desk": spec.Variant(
        Config(
            depths=(1, 1, 2),
            widths=(24, 48, 96),
            hidden=128,
            dropout=0.2,
            side=10,
            channels=1,
            classes=10,
        ),
        165_482,
        macs=808_416,
    ),
}

SPEC = spec.Architecture(
    name="VGG",
    limitation="AlexNet's layers each have a kernel and stride of their own, which hides what "
    "depth is worth.",
    idea="One kind of layer, the 3x3 convolution, stacked to 16 and 19 layers.",
    since=2014,
    builds_on=("alexnet",),
    inputs={"image": spec.Image(size="side", min_size="side")},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:VGG",
    tiny=Config(depths=(1, 2), widths=(6, 8), hidden=12, side=8, classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy", 25, learning_rate=3e-3, schedule="cosine", warmup=0.1, augment=("affine",)
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("moved_digits", "accuracy", 0.936, baseline="logistic regression"),
    dropout=(spec.Dropout(r"head\.[25]", "dropout", "section 3.1: the first two dense layers"),),
    initial=spec.HE_FAN_OUT,
    parity=(spec.Parity("timm's VGG, narrow, columns A and D", "parity:timm", needs="timm"),),
)
