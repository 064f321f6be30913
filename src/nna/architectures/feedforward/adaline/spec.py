"""Facts about Adaline: sizes, sources, data it fits."""

from dataclasses import dataclass

from nna.spec import (
    Advice,
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
    published_recipe="One pattern at a time: the error of the sum is measured and all weights "
    "change by equal amounts, in the direction that lessens it, by a chosen share of it "
    "(Widrow & Hoff 1960).",
    objectives=("delta_rule", "pseudo_inverse", "squared_error"),
    signature=Signature(
        data="breast_cancer",
        metric="accuracy",
        threshold=0.93,
        baseline="majority",
        expected_failure="XOR: the least squared error is that of answering zero to everything, so "
        "the rule settles there and tells nothing apart.",
        failure_test="test_on_xor_it_settles_at_saying_nothing",
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
    advice=(
        Advice(
            when="examples stream in, the relation is linear, and it drifts slowly",
            verdict="yes",
            because="each example moves the weights a step towards the present least squares, at "
            "the cost of one multiplication a weight",
            source="Widrow & Hoff 1960",
        ),
        Advice(
            when="classes overlap, and a linear boundary is wanted all the same",
            verdict="yes",
            because="the squared error has one lowest point whether or not the classes part",
            source="Widrow & Lehr 1990",
        ),
        Advice(
            when="the classes can be parted, and every training example must be right",
            verdict="no",
            because="least squares also pulls back examples that are right by far, and may put the "
            "boundary on the wrong side of others",
            source="Duda & Hart 1973, chapter 5; test_least_squares_can_miss_a_line_that_exists",
        ),
        Advice(
            when="inputs have very different scales",
            verdict="no",
            because="the largest eigenvalue of their correlation bounds the rate, the smallest "
            "sets the time",
            source="Widrow, McCool, Larimore & Johnson 1976",
        ),
    ),
)
