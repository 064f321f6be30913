from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int = 784  # numbers an example
    units: int = 50  # of every layer
    depth: int = 50  # layers before the scores: one plain, then depth - 1 highways
    activation: Literal["relu", "tanh"] = "tanh"  # of what a layer computes
    gate_bias: float = (
        -3.0
    )  # of the gates at the start; the further below zero, the more is carried
    classes: int = 10  # scores given


# The depths of section 3.1, on MNIST's 28 x 28 pixels; the paper drew activations and biases of the
# gates (-1 to -10) at random, in 100 runs, and kept the best. Counts without a source are ours.
VARIANTS = {
    "10": spec.Variant(Config(depth=10, activation="relu", gate_bias=-1.0), 85_660, {}, 84_700),
    "20": spec.Variant(Config(depth=20, activation="relu", gate_bias=-2.0), 136_660, {}, 134_700),
    "50": spec.Variant(Config(), 289_660, {}, 284_700),
    "100": spec.Variant(Config(depth=100, gate_bias=-4.0), 544_660, {}, 534_700),
    "desk": spec.Variant(
        Config(features=2, units=32, gate_bias=-4.0, classes=2), 103_650, {}, 100_480
    ),
}

SPEC = spec.Architecture(
    name="Highway network",
    limitation="Plain networks of some dozens of layers hardly train, however they start.",
    idea="Gates that carry the input past a layer: y = T H(x) + (1 - T) x, nearly shut at first.",
    builds_on=("lstm", "mlp"),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:HighwayNetwork",
    tiny=Config(features=5, units=7, depth=4, activation="relu", classes=3),
    variants=VARIANTS,
    recipe=spec.Recipe("cross_entropy", 40, learning_rate=3e-3, schedule="cosine", warmup=0.1),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("moons", "accuracy", 0.938, baseline="logistic regression"),
    initial=(
        spec.Initial(r"head.*", "uniform", "sqrt(1 / fan_in)", "PyTorch"),
        spec.Initial(
            r".*gate\.bias",
            "constant",
            "gate_bias",
            "section 2.2: negative, so that layers carry at first",
        ),
        *spec.he_fan_in("Linear"),
    ),
    parity=(spec.Parity("equations 2 and 3, unit by unit", "parity:equations"),),
    renamed_fields={"bias": "gate_bias"},
)
