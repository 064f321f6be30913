from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    depth: int = 30  # blocks
    width: int  # channels of a patch
    patch: int = 16  # side of a patch, in pixels
    side: int = 224  # of the picture, in pixels: the weights over patches fit this side only
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


VARIANTS = {
    "ti16": spec.Variant(Config(width=128), 5_867_328, {}, 1_328_989_184),
    "s16": spec.Variant(Config(width=256), 19_422_656, {}, 4_392_060_928),
    "b16": spec.Variant(Config(width=512), 73_075_392, {}, 15_720_452_096),
    "desk": spec.Variant(
        Config(depth=4, width=48, patch=2, side=8, channels=1, classes=10), 87_738, {}, 1_478_112
    ),
}

SPEC = spec.Architecture(
    name="gMLP",
    limitation="Attention weighs patches anew for each picture, at a cost that grows with the "
    "square of their number: is that what makes transformers good?",
    idea="A gate inside each perceptron: half the hidden units, mixed over the patches by fixed "
    "weights, multiply the other half.",
    builds_on=("vit", "mobilenet_v2"),
    inputs={"image": spec.Image(size="side", min_size="side")},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:GMLP",
    tiny=Config(depth=2, width=12, patch=2, side=6, channels=2, classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy",
        20,
        optimiser="adamw",
        learning_rate=3e-3,
        schedule="cosine",
        warmup=0.1,
        weight_decay=0.05,
        clip_norm=1.0,
        augment=("affine",),
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("digits", "accuracy", 0.97, baseline="logistic regression"),
    norms=(spec.Norm(at=r"norm|body\.\d+\.norm", eps=1e-6, source="timm's gmlp"),),
    initial=(
        spec.Initial(r"body\.\d+\.gate\.mix\.weight", "normal", 1e-06, "section 2.1: near zero"),
        spec.Initial(r"body\.\d+\.gate\.mix\.bias", "constant", 1.0, "section 2.1: at one"),
        *spec.GLOROT,
    ),
    parity=(spec.Parity("timm's gMLP, two small sizes", "parity:timm", needs="timm"),),
    renamed_parameters=(
        spec.Rename(r"\.widen\.", ".fc1."),
        spec.Rename(r"\.narrow\.", ".fc2."),
    ),
)
