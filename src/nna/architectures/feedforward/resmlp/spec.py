from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    depth: int  # layers
    width: int = 384  # channels of a patch
    patch: int = 16  # side of a patch, in pixels
    side: int = 224  # of the picture, in pixels: the weights over patches fit this side only
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


def _readme(params: float, macs: float) -> dict[str, spec.Printed]:
    """Parameters and multiply-adds (called FLOPs) at 224 pixels, as the authors round them."""
    where = "facebookresearch/deit, README_resmlp"
    return {"params": spec.Printed(params, where, 0.03), "macs": spec.Printed(macs, where, 0.01)}


VARIANTS = {
    "s12": spec.Variant(Config(depth=12), 15_350_872, _readme(15e6, 3e9), 3_009_739_776),
    "s24": spec.Variant(Config(depth=24), 30_020_680, _readme(30e6, 6e9), 5_961_292_800),
    "s36": spec.Variant(Config(depth=36), 44_690_488, {}, 8_912_845_824),
    "b24": spec.Variant(
        Config(depth=24, width=768, patch=8), 129_138_280, _readme(129e6, 100e9), 100_230_739_968
    ),
    "desk": spec.Variant(
        Config(depth=2, width=64, patch=2, side=10, channels=1, classes=10), 69_342, {}, 1_725_440
    ),
}

SPEC = spec.Architecture(
    name="ResMLP",
    limitation="Vision transformers mix patches by attention and lean on norms: does a network of "
    "patches take so much?",
    idea="One linear layer mixes the patches, learnt scales stand for norms, and branches start "
    "near zero.",
    builds_on=("vit", "resnet"),
    inputs={"image": spec.Image(size="side", min_size="side")},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:ResMLP",
    tiny=Config(depth=2, width=12, patch=2, side=6, channels=2, classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy",
        15,
        optimiser="adamw",
        learning_rate=1e-2,
        schedule="cosine",
        warmup=0.1,
        weight_decay=0.05,
        clip_norm=1.0,
        augment=("affine",),
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("moved_digits", "accuracy", 0.708, baseline="logistic regression"),
    initial=(
        spec.Initial(
            r"(Conv2d|Linear)\.weight", "normal", "sqrt(1 / fan_in)", "LeCun 1998, section 4.6"
        ),
        spec.Initial(r"(Conv2d|Linear)\.bias", "constant", 0.0, "the biases start at zero"),
        spec.Initial(r"Affine\.alpha", "constant", 1.0, "equation 1: the identity at first"),
        spec.Initial(
            r"Layer\.scale_\w+",
            "constant",
            "0.1 if depth <= 12 else 1e-5 if depth <= 24 else 1e-6",
            "Touvron 2021b, LayerScale, as in the authors' code",
        ),
    ),
    parity=(spec.Parity("timm's ResMLP, two small sizes", "parity:timm", needs="timm"),),
    renamed_parameters=(spec.Rename(r"\.widen\.", ".fc1."), spec.Rename(r"\.narrow\.", ".fc2.")),
)
