from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int = 784  # numbers an example
    depth: int  # hidden layers
    width: int  # units of each
    classes: int = 10  # scores that come out; 1 for a single regression target
    activation: Literal["sigmoid", "tanh", "softsign", "relu"] = "relu"  # after each hidden layer


VARIANTS = {
    # softsign, the unit that the paper found to depend least on the start
    "softsign": spec.Variant(
        Config(depth=4, width=1000, activation="softsign"), 3_798_010, {}, 3_794_000
    ),
    # how far a plain stack is taken in the tests
    "deep": spec.Variant(Config(features=64, depth=20, width=64), 83_850, {}, 82_560),
    "desk": spec.Variant(
        Config(features=100, depth=4, width=256, activation="softsign"), 225_802, {}, 224_768
    ),
}

SPEC = spec.Architecture(
    name="Deep feedforward network",
    limitation="One hidden layer may need exponentially many units for what several do with few; "
    "but several layers of sigmoid units did not learn.",
    idea="Depth that learns: centred or half-linear units, and a start that keeps signals and "
    "gradients alive through all layers.",
    builds_on=("mlp",),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:DeepFeedforward",
    tiny=Config(features=5, depth=3, width=7, classes=3, activation="softsign"),
    variants=VARIANTS,
    recipe=spec.Recipe("cross_entropy", 40, schedule="cosine"),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("moved_digits", "accuracy", 0.87, baseline="logistic regression"),
    initial=(
        spec.Initial(
            r"head\.weight", "uniform", "sqrt(6 / (fan_in + fan_out))", "Glorot 2010, equation 16"
        ),
        spec.Initial(
            r"Linear.weight",
            "uniform",
            "sqrt(6 / fan_in) if activation == 'relu' else sqrt(6 / (fan_in + fan_out))",
            "Glorot 2010, equation 16; He 2015, equation 10 for ReLU",
        ),
        spec.Initial(r"Linear.bias", "constant", 0.0, "Glorot 2010, section 4.2.1"),
    ),
    parity=(
        spec.Parity("torchvision.ops.MLP", "parity:torchvision", needs="torchvision"),
        spec.Parity("layer upon layer in NumPy", "parity:equations"),
    ),
)
