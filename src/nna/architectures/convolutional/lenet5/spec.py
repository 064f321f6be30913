from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """How much of the 1998 network is kept."""

    subsampling: Literal["trained", "average", "max"]  # trained: a weight and a bias a map
    connections: Literal["table", "full"]  # which maps of S2 each map of C3 reads
    activation: Literal["tanh", "relu"]  # tanh: 1.7159 tanh(2a/3)
    output: Literal["gaussian", "linear"]  # gaussian: distances to fixed bitmaps
    channels: int = 1
    classes: int = 10


PRINTED = Config(subsampling="trained", connections="table", activation="tanh", output="gaussian")
SIMPLIFIED = Config(subsampling="average", connections="full", activation="tanh", output="linear")
DESK = Config(subsampling="max", connections="full", activation="relu", output="linear")

SPEC = spec.Architecture(
    name="LeNet-5",
    limitation="LeNet-1 was too small for all that the larger set of digits had to teach.",
    idea="Alternate local, shared feature detectors with sub-sampling, and learn all of it.",
    builds_on=("lenet1", "mlp"),
    inputs={"image": spec.Image(size=32)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:LeNet5",
    twin="model_keras:lenet5",
    tiny=DESK,
    variants={
        "1998": spec.Variant(
            PRINTED,
            60_000,
            {
                "params": spec.Printed(
                    60_000, "section II.B, 'only 60,000 trainable free parameters'", 0
                )
            },
            macs=416_520,
        ),
        "simplified": spec.Variant(SIMPLIFIED, 61_706, macs=416_520),
        "desk": spec.Variant(DESK, 61_706, macs=416_520),
    },
    recipe=spec.Recipe(
        "cross_entropy",
        40,
        learning_rate=2e-3,
        batch_size=32,
        schedule="cosine",
        weight_decay=1e-4,
        augment=("affine",),
    ),
    objectives=("cross_entropy", "map_criterion", "squared_error"),
    signature=spec.Signature("digits", "accuracy", 0.974, baseline="logistic regression"),
    initial=(
        spec.Initial(r"TrainedSubsampling\.weight", "uniform", "2.4 / 4", "appendix A"),
        spec.Initial(
            r"PartialConvolution\.weight",
            "uniform",
            "[2.4 / (25 * maps) for maps in 18 * [3] + 36 * [4] + 6 * [6]]",
            "appendix A and table I",
        ),
        spec.Initial(
            r"(Conv2d|Linear)\.weight",
            "uniform",
            "2.4 / fan_in",
            "appendix A",
            when="activation == 'tanh'",
        ),
        spec.Initial(
            r"(Conv2d|Linear)\.bias", "constant", 0.0, "appendix A", when="activation == 'tanh'"
        ),
    ),
    parity=(
        spec.Parity("the paper's equations in NumPy (1998)", "parity:printed"),
        spec.Parity("torch.nn.Sequential (simplified, desk)", "parity:sequential"),
    ),
)
