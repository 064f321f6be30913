from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    depth: int  # layers
    width: int  # channels of a patch
    patch: int = 16  # side of a patch, in pixels
    side: int = 224  # of the picture, in pixels: the weights over patches fit this side only
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


def _table_1(params: float) -> dict[str, spec.Printed]:
    """Parameters."""
    return {"params": spec.Printed(params, "table 1", within=0.03, differs="without the head")}


VARIANTS = {
    "s32": spec.Variant(Config(depth=8, width=512, patch=32), 19_104_624, {}, 1_002_426_368),
    "s16": spec.Variant(Config(depth=8, width=512), 18_528_264, _table_1(18e6), 3_776_958_464),
    "b32": spec.Variant(Config(depth=12, width=768, patch=32), 60_293_428, {}, 3_237_722_112),
    "b16": spec.Variant(Config(depth=12, width=768), 59_880_472, _table_1(59e6), 12_601_767_936),
    "l32": spec.Variant(Config(depth=24, width=1024, patch=32), 206_939_264, {}, 11_253_293_056),
    "l16": spec.Variant(Config(depth=24, width=1024), 208_196_168, _table_1(207e6), 44_547_678_208),
    "h14": spec.Variant(
        Config(depth=32, width=1280, patch=14), 432_350_952, _table_1(431e6), 120_989_911_040
    ),
    "desk": spec.Variant(
        Config(depth=2, width=64, patch=2, side=10, channels=1, classes=10), 71_100, {}, 1_850_240
    ),
}

SPEC = spec.Architecture(
    name="MLP-Mixer",
    limitation="Convolutions and attention both do well on pictures: is either of them needed?",
    idea="Two perceptrons a layer: one over the channels of each patch, one over the patches.",
    builds_on=("mlp", "vit"),
    inputs={"image": spec.Image(size="side", min_size="side")},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:MLPMixer",
    tiny=Config(depth=2, width=12, patch=2, side=6, channels=2, classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy",
        15,
        optimiser="adamw",
        learning_rate=3e-3,
        schedule="cosine",
        warmup=0.1,
        weight_decay=0.05,
        clip_norm=1.0,
        augment=("affine",),
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("moved_digits", "accuracy", 0.704, baseline="logistic regression"),
    norms=(spec.Norm(eps=1e-6, source="Flax's default, which the authors' code keeps"),),
    initial=(
        spec.Initial(
            r"(Conv2d|Linear)\.weight", "normal", "sqrt(1 / fan_in)", "LeCun 1998, section 4.6"
        ),
        spec.Initial(r"(Conv2d|Linear)\.bias", "constant", 0.0, "the biases start at zero"),
    ),
    parity=(spec.Parity("timm MlpMixer, two small sizes", "parity:timm", needs="timm"),),
    renamed_parameters=(spec.Rename(r"\.widen\.", ".fc1."), spec.Rename(r"\.narrow\.", ".fc2.")),
)
