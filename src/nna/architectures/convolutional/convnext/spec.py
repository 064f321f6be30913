from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    depths: tuple[int, ...] = (3, 3, 9, 3)  # blocks a stage; each stage halves the side
    widths: tuple[int, ...] = (96, 192, 384, 768)  # channels a stage
    patch: int = 4  # side of the squares that the stem reads, side by side
    kernel: int = 7  # side of the depthwise convolutions
    drop_path: float = 0.0  # share of examples that skip the last block; rises to it from the first
    channels: int = 3  # of the image
    classes: int = 1000  # scores given

    @property
    def least(self) -> int:
        """Side of the smallest image: one pixel is left to the last stage."""
        return self.patch * 2 ** (len(self.depths) - 1)


def _widths(first: int) -> tuple[int, ...]:
    return (first, 2 * first, 4 * first, 8 * first)


def _table_1(params: float, macs: float, error: float) -> dict[str, spec.Printed]:
    """Parameters, multiply-adds (called FLOPs) at 224 pixels; top-1 error in %."""
    return {
        "params": spec.Printed(params, "table 1", within=0.015),
        "macs": spec.Printed(macs, "table 1", within=0.011),
        "error": spec.Printed(error, "table 1"),
    }


DEEP = (3, 3, 27, 3)  # the third stage of all sizes but the smallest

# The shares dropped are those of training from scratch on ImageNet's thousand classes (table 5),
# and of its 22 thousand for xlarge, whose error is that after pretraining on them.
VARIANTS = {
    "tiny": spec.Variant(
        Config(drop_path=0.1), 28_589_128, _table_1(29e6, 4.5e9, 17.9), 4_455_531_264
    ),
    "small": spec.Variant(
        Config(depths=DEEP, drop_path=0.4), 50_223_688, _table_1(50e6, 8.7e9, 16.9), 8_683_712_256
    ),
    "base": spec.Variant(
        Config(depths=DEEP, widths=_widths(128), drop_path=0.5),
        88_591_464,
        _table_1(89e6, 15.4e9, 16.2),
        15_354_729_472,
    ),
    "large": spec.Variant(
        Config(depths=DEEP, widths=_widths(192), drop_path=0.5),
        197_767_336,
        _table_1(198e6, 34.4e9, 15.7),
        34_361_433_600,
    ),
    "xlarge": spec.Variant(
        Config(depths=DEEP, widths=_widths(256), drop_path=0.2),
        350_196_968,
        _table_1(350e6, 60.9e9, 13.0),
        60_921_030_656,
    ),
    "desk": spec.Variant(
        Config(depths=(2, 2), widths=(32, 64), patch=2, kernel=3, channels=1, classes=10),
        94_698,
        macs=727_360,
        costs_at={"side": 10},
    ),
}

SPEC = spec.Architecture(
    name="ConvNeXt",
    limitation="Transformers had passed residual networks: was that attention's merit, or its "
    "companions'?",
    idea="A residual network with a transformer's proportions: a depthwise convolution mixes "
    "pixels, a widening perceptron mixes channels, one norm and one activation a block.",
    builds_on=("resnet", "swin", "mobilenet_v2"),
    inputs={"image": spec.Image(min_size="least")},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:ConvNeXt",
    tiny=Config(
        depths=(1, 2), widths=(8, 12), patch=2, kernel=3, drop_path=0.1, channels=2, classes=5
    ),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy",
        24,
        optimiser="adamw",
        learning_rate=4e-3,
        schedule="cosine",
        warmup=0.1,
        weight_decay=0.05,
        augment=("affine",),
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("moved_digits", "accuracy", 0.853, baseline="logistic regression"),
    dropout=(
        spec.Dropout(
            r"body\.\d+\.blocks\.\d+\.drop",
            "drop_path * index / max(count - 1, 1)",
            "appendix A.1, table 5; rising linearly as in Huang 2016, equation 4",
            examples=True,
            desk=spec.YET_TO_OVERFIT,
        ),
    ),
    norms=(spec.Norm(eps=1e-6, source="the authors' code"),),
    initial=(
        spec.Initial(
            r"(Conv2d|Linear)\.weight",
            "normal",
            0.02,
            "appendix A.1; cut off at 2, a hundred deviations away",
        ),
        spec.Initial(r"(Conv2d|Linear)\.bias", "constant", 0.0, "the authors' code"),
        spec.Initial(r"Block.scale", "constant", 1e-06, "appendix A.1, table 5: layer scale"),
    ),
    parity=(spec.Parity("timm ConvNeXt, two narrow sizes", "parity:timm", needs="timm"),),
    renamed_fields={"rate": "drop_path"},
    renamed_parameters=(
        spec.Rename(r"\.widen\.", ".fc1."),
        spec.Rename(r"\.narrow\.", ".fc2."),
    ),
)
