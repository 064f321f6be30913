from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers an example: outputs of association units, or raw inputs
    classes: int  # response units, one a class


VARIANTS = {
    # association to response units of the Mark I: only these 512 x 8 potentiometers, driven by
    # motors, learned (Hay, Lynch, Smith 1960); ours has eight adjustable thresholds besides
    "mark1": spec.Variant(Config(features=512, classes=8), params=4_104, macs=4_096),
    # its retina of 20 x 20 photocells wired to the responses directly, as it never was
    "retina": spec.Variant(Config(features=400, classes=2), params=802, macs=800),
    "desk": spec.Variant(Config(features=4, classes=2), params=10, macs=8),
}

SPEC = spec.Architecture(
    name="Perceptron",
    limitation="Threshold units of McCulloch and Pitts compute, but somebody must set their "
    "weights.",
    idea="Learn from mistakes alone: add the misjudged example to the weights, or subtract it.",
    builds_on=("mcculloch_pitts",),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:Perceptron",
    twin="model_keras:perceptron",
    tiny=Config(features=5, classes=3),
    variants=VARIANTS,
    recipe=spec.Recipe("perceptron_rule", 20, learning_rate=1.0, batch_size=1),
    signature=spec.Signature("iris_setosa", "accuracy", 1.0, baseline="majority"),
    initial=(
        spec.Initial(r"linear\.(weight|bias)", "constant", 0.0, "a single layer may start at zero"),
    ),
    parity=(
        spec.Parity("sklearn.linear_model.Perceptron", "parity:scikit_learn", needs="sklearn"),
        spec.Parity("weighted sums in NumPy", "parity:equations"),
    ),
)
