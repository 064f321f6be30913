from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers an example
    classes: int  # units; 1 for a single number to predict


VARIANTS = {
    # patterns on 4 x 4 switches: a weight a switch, and one for the constant input
    "switches": spec.Variant(Config(features=16, classes=1), params=17, macs=16),
    "desk": spec.Variant(Config(features=30, classes=2), params=62, macs=60),
}

SPEC = spec.Architecture(
    name="Adaline",
    limitation="The perceptron's rule knows only right and wrong, and never ends on classes that "
    "no hyperplane parts.",
    idea="Correct by the error of the sum itself, right or wrong: least squares, step by step.",
    builds_on=("perceptron",),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:Adaline",
    tiny=Config(features=5, classes=3),
    variants=VARIANTS,
    recipe=spec.Recipe("delta_rule", 30, learning_rate=2e-3, schedule="cosine"),
    objectives=("delta_rule", "pseudo_inverse", "squared_error"),
    signature=spec.Signature("breast_cancer", "accuracy", 0.93, baseline="majority"),
    initial=(
        spec.Initial(r"linear\.(weight|bias)", "constant", 0.0, "a single layer may start at zero"),
    ),
    parity=(
        spec.Parity("sklearn.linear_model.SGDRegressor", "parity:scikit_learn", needs="sklearn"),
        spec.Parity("weighted sums in NumPy", "parity:equations"),
    ),
)
