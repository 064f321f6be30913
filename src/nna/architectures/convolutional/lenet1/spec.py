from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the data decide; all else is the paper's."""

    channels: int = 1
    classes: int = 10


PRINTED = spec.Variant(
    Config(),
    params=2_578,
    paper={
        "params": spec.Printed(2_578, "section 4, independent parameters", within=0),
        "macs": spec.Printed(
            98_442,
            "section 4, connections",
            within=0.08,
            differs="of the connections 3,466 are those of biases, 3,456 the sums of sub-sampling",
        ),
        "error": spec.Printed(3.4, "section 5, all 2,707 test characters"),
    },
    macs=91_520,
)

SPEC = spec.Architecture(
    name="LeNet-1",
    limitation="The network of 1989 looked at every second place only, and had 9,760 weights.",
    idea="Look everywhere, then average: convolution and sub-sampling become layers of their own.",
    since=1989,
    builds_on=("lenet_1989",),
    inputs={"image": spec.Image(size=28, min_size=28)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:LeNet1",
    tiny=Config(),
    variants={"1990": PRINTED, "desk": spec.Variant(Config(), params=2_578, macs=91_520)},
    recipe=spec.Recipe(
        "squared_error",
        30,
        learning_rate=1e-2,
        batch_size=32,
        schedule="cosine",
        augment=("affine",),
    ),
    objectives=("squared_error", "cross_entropy"),
    signature=spec.Signature("moved_digits", "accuracy", 0.713, baseline="logistic regression"),
    initial=(
        spec.Initial(r"body\.h[24]\.0\.weight", "constant", 0.25, "the mean of four at first"),
        spec.Initial(
            r"body\.h3\.0\.weight",
            "uniform",
            "[2.4 / (25 * maps) for maps in 2 * ([1] + 8 * [2] + [1])]",
            "LeCun 1989, section 4, and table 1",
        ),
        spec.Initial(
            r"(Conv2d|Linear)\.weight", "uniform", "2.4 / fan_in", "LeCun 1989, section 4"
        ),
        spec.Initial(r"(Conv2d|Linear)\.bias", "constant", 0.0, "the biases start at zero"),
    ),
    parity=(spec.Parity("section 4 in NumPy loops", "parity:printed"),),
    parts=(
        spec.Part("ScaledTanh.forward", "scaled tanh", closed=True),
        spec.Part("PartialConvolution.forward", "Conv 5×5 by table", closed=True),
    ),
)
