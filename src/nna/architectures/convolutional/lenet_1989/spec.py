from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the data decide; all else is the paper's."""

    channels: int = 1
    classes: int = 10


ZIP = spec.Variant(
    Config(),
    params=9_760,
    paper={
        "params": spec.Printed(9_760, "section 3.3", within=0),
        "macs": spec.Printed(
            64_660,
            "section 3.3, connections",
            within=0.016,
            differs="of the connections 1,000 are those of biases",
        ),
        "error": spec.Printed(5.0, "section 5, 2,007 test digits"),
    },
    macs=63_660,
)

SPEC = spec.Architecture(
    name="LeNet of 1989",
    limitation="A neocognitron's shared detectors weren't learnt from the error of its answers.",
    idea="Shared local detectors, trained through all layers by back-propagation.",
    builds_on=("neocognitron", "mlp"),
    inputs={"image": spec.Image(size=16, min_size=16)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:ZipCodeNet",
    tiny=Config(),
    variants={"zip": ZIP, "desk": spec.Variant(Config(), params=9_760, macs=63_660)},
    recipe=spec.Recipe(
        "squared_error",
        20,
        learning_rate=4e-3,
        batch_size=32,
        schedule="cosine",
        augment=("affine",),
    ),
    objectives=("squared_error", "cross_entropy"),
    signature=spec.Signature("moved_digits", "accuracy", 0.708, baseline="logistic regression"),
    initial=(
        spec.Initial(r"(FeatureMaps|Linear)\.weight", "uniform", "2.4 / fan_in", "section 4"),
        spec.Initial(r"(FeatureMaps|Linear)\.bias", "constant", 0.0, "the biases start at zero"),
    ),
    parity=(spec.Parity("section 3 in NumPy loops", "parity:printed"),),
    parts=(spec.Part("ScaledTanh.forward", "scaled tanh", closed=True),),
)
