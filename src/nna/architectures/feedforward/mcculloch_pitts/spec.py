"""Facts about McCulloch-Pitts neurons: sizes, sources, data they fit."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one net in disjunctive normal form."""

    features: int  # input fibres
    hidden: int  # conjunctions; 2 ** features suffice for any truth table
    classes: int  # disjunctions, one a class


# Nothing is adjustable. Excitation and inhibition are counted separately, so a wire costs two.
VARIANTS = {
    "desk": Variant(Config(features=2, hidden=4, classes=2), params=0, macs=32),
    "three": Variant(Config(features=3, hidden=8, classes=2), params=0, macs=80),
}

SPEC = Architecture(
    name="McCulloch-Pitts neuron",
    limitation="Neurons fire all or none, but what nets of such parts can compute was unknown.",
    idea="A neuron is a proposition: true when enough of its inputs are and no veto is.",
    paper=Paper(
        title="A Logical Calculus of the Ideas Immanent in Nervous Activity",
        authors="McCulloch, Pitts",
        kind="article",
        year=1943,
        venue="Bulletin of Mathematical Biophysics",
        doi="10.1007/BF02478259",
    ),
    builds_on=(),
    inputs={"table": Table()},
    outputs=Scores(),
    tasks=("classification",),
    model="model:McCullochPitts",
    tiny=Config(features=5, hidden=7, classes=3),
    variants=VARIANTS,
    recipe=Recipe(objective="truth_table", epochs=1, batch_size=0),
    published_recipe="None: nets are drawn for the sentence that they are to compute (section 2).",
    objectives=("truth_table",),
    signature=Signature(
        data="xor",
        metric="accuracy",
        threshold=1.0,
        baseline="logistic regression",
        expected_failure="A single neuron: it computes 11 of the 16 functions of two inputs (7 "
        "with a threshold above zero), neither XOR nor its negation among them, and not even "
        "NAND: whatever vetoes it once vetoes it always.",
        failure_test="test_one_neuron_computes_11_of_16_and_42_of_256_functions_and_never_xor",
    ),
    parity=(
        Parity(against="truth tables by Python's own and, or, not", check="parity:logic"),
        Parity(against="counts in NumPy", check="parity:equations"),
    ),
    advice=(
        Advice(
            when="the rule is known and can be written as a truth table of few inputs",
            verdict="yes",
            because="the net follows from the table at once and is right on every row",
            source="McCulloch & Pitts 1943, section 2",
        ),
        Advice(
            when="the rule must be learnt from examples",
            verdict="no",
            because="nothing in the net adjusts itself; cases never shown are answered by silence",
            source="Rosenblatt 1958",
        ),
        Advice(
            when="inputs are many",
            verdict="no",
            because="a table of n inputs has 2^n rows; parity needs a conjunction for half of them",
            source="McCulloch & Pitts 1943, section 2, counted",
        ),
    ),
)
