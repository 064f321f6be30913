"""Facts about the perceptron: sizes, sources, data it fits."""

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
    """Sizes of one perceptron."""

    features: int  # numbers an example: outputs of association units, or raw inputs
    classes: int  # response units, one a class


VARIANTS = {
    # association to response units of the Mark I: only these 512 x 8 potentiometers, driven by
    # motors, learned (Hay, Lynch, Smith 1960); ours has eight adjustable thresholds besides
    "mark1": Variant(Config(features=512, classes=8), params=4_104, macs=4_096),
    # its retina of 20 x 20 photocells wired to the responses directly, as it never was
    "retina": Variant(Config(features=400, classes=2), params=802, macs=800),
    "desk": Variant(Config(features=4, classes=2), params=10, macs=8),
}

SPEC = Architecture(
    name="Perceptron",
    limitation="Threshold units of McCulloch and Pitts compute, but somebody must set their "
    "weights.",
    idea="Learn from mistakes alone: add the misjudged example to the weights, or subtract it.",
    paper=Paper(
        title="The Perceptron: A Probabilistic Model for Information Storage and Organization "
        "in the Brain",
        authors="Rosenblatt",
        kind="article",
        year=1958,
        venue="Psychological Review",
        doi="10.1037/h0042519",
    ),
    builds_on=("mcculloch_pitts",),
    inputs={"table": Table()},
    outputs=Scores(),
    tasks=("classification",),
    model="model:Perceptron",
    twin="model_keras:perceptron",
    tiny=Config(features=5, classes=3),
    variants=VARIANTS,
    recipe=Recipe(objective="perceptron_rule", epochs=20, learning_rate=1.0, batch_size=1),
    published_recipe="Error correction: one example at a time, weights changed by a fixed amount "
    "after a wrong response and not otherwise, until a whole pass is right "
    "(Rosenblatt 1962, Principles of Neurodynamics, chapter 5).",
    objectives=("perceptron_rule",),
    signature=Signature(
        data="iris_setosa",
        metric="accuracy",
        threshold=1.0,
        baseline="majority",
        expected_failure="XOR: no line parts the classes, so the rule never ends, and never has "
        "more than three of the four cases right.",
        failure_test="test_xor_defeats_it_while_and_or_nand_do_not",
    ),
    initial=(
        Initial(r"linear\.(weight|bias)", "constant", 0.0, "a single layer may start at zero"),
    ),
    parity=(
        Parity(
            against="sklearn.linear_model.Perceptron", check="parity:scikit_learn", needs="sklearn"
        ),
        Parity(against="weighted sums in NumPy", check="parity:equations"),
    ),
    advice=(
        Advice(
            when="a hyperplane parts the classes with a margin",
            verdict="yes",
            because="the rule ends after at most (R / gamma)^2 mistakes, whatever the dimension",
            source="Novikoff 1962",
        ),
        Advice(
            when="examples arrive one at a time and can't be kept",
            verdict="yes",
            because="an update needs the example at hand and the weights, nothing else",
            source="Freund & Schapire 1999",
        ),
        Advice(
            when="classes overlap, or depend on inputs jointly as in XOR",
            verdict="no",
            because="no weights are right on all examples, so they never settle",
            source="Minsky & Papert 1969",
        ),
        Advice(
            when="probabilities are wanted",
            verdict="no",
            because="the rule stops at the first separating weights; their scale means nothing",
            source="Novikoff 1962",
        ),
    ),
)
