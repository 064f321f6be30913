"""Facts about Adaline: sizes, sources, data it fits."""

from dataclasses import dataclass

from nna.spec import (
    Architecture,
    Paper,
    Parity,
    Recipe,
    Scores,
    Signature,
    Table,
    Variant,
)
from nna.spec_training import Initial


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one Adaline."""

    features: int  # numbers an example
    classes: int  # units; 1 for a single number to predict


VARIANTS = {
    # patterns on 4 x 4 switches: a weight a switch, and one for the constant input
    "switches": Variant(Config(features=16, classes=1), params=17, macs=16),
    "desk": Variant(Config(features=30, classes=2), params=62, macs=60),
}

SPEC = Architecture(
    name="Adaline",
    limitation="The perceptron's rule knows only right and wrong, and never ends on classes that "
    "no hyperplane parts.",
    idea="Correct by the error of the sum itself, right or wrong: least squares, step by step.",
    paper=Paper(
        title="Adaptive Switching Circuits",
        authors="Widrow, Hoff",
        year=1960,
        venue="IRE WESCON Convention Record, part 4",
        url="https://isl.stanford.edu/~widrow/papers/c1960adaptiveswitching.pdf",
    ),
    builds_on=("perceptron",),
    inputs={"table": Table()},
    outputs=Scores(),
    tasks=("classification", "regression"),
    model="model:Adaline",
    tiny=Config(features=5, classes=3),
    variants=VARIANTS,
    recipe=Recipe(
        objective="delta_rule", epochs=30, learning_rate=2e-3, batch_size=64, schedule="cosine"
    ),
    objectives=("delta_rule", "pseudo_inverse", "squared_error"),
    signature=Signature(
        data="breast_cancer",
        metric="accuracy",
        threshold=0.93,
        baseline="majority",
    ),
    initial=(
        Initial(r"linear\.(weight|bias)", "constant", 0.0, "a single layer may start at zero"),
    ),
    parity=(
        Parity(
            against="sklearn.linear_model.SGDRegressor",
            check="parity:scikit_learn",
            needs="sklearn",
        ),
        Parity(against="weighted sums in NumPy", check="parity:equations"),
    ),
)
