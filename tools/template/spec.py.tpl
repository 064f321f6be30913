"""Facts about FILL: its name: sizes, sources, data it fits."""

from dataclasses import dataclass

from nna.spec import Architecture, Paper, Parity, Recipe, Scores, Signature, Table, Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one FILL: its name."""

    # FILL: eight fields at most, their names from nna.contract.GLOSSARY, each with what it is
    features: int  # numbers an example
    width: int  # units
    classes: int  # scores that come out


VARIANTS = {
    # FILL: the published sizes, each with the figures that the paper prints, as Printed
    # FILL: the exact count of trainable parameters of each; `tools/costs.py @ID@` writes the other
    "desk": Variant(Config(features=64, width=32, classes=10), params=0, macs=0),
}

SPEC = Architecture(
    name="FILL: its name",
    limitation="FILL: the limitation of its predecessors that it answers, in one sentence.",
    idea="FILL: its idea, in one line.",
    paper=Paper(
        title="FILL: the paper's title",
        authors="FILL: surnames, parted by commas",
        year=0,  # FILL: the year
        venue="FILL: the conference, or the journal and kind=\"article\"; and its arxiv, doi or url",
    ),
    builds_on=(),  # FILL: the ids it grew from
    inputs={"table": Table()},  # FILL: a port for each argument of forward
    outputs=Scores(),  # FILL: what comes out
    tasks=("classification",),  # FILL: out of nna.spec.Task
    model="model:@CLASS@",
    tiny=Config(features=5, width=4, classes=3),
    variants=VARIANTS,
    recipe=Recipe(objective="cross_entropy", epochs=20),  # FILL: what the desk variant needs
    published_recipe="FILL: how the paper trained it, with the section.",
    objectives=("cross_entropy",),  # FILL: all that suit it, the recipe's first; its own in objective.py
    signature=Signature(
        data="digits",  # FILL: the data that it must prove itself on
        metric="accuracy",
        threshold=1.0,  # FILL: the figure to reach
        baseline="logistic regression",  # FILL: the baseline that it must beat
        expected_failure="FILL: what theory says it can't do.",
        failure_test="FILL: the test in test_@ID@.py that shows it",
    ),
    # FILL: from nna.spec_training, each with its source, or delete the line where nothing is to say:
    dropout=(),  # FILL: Dropout(at, rate, source) for each place that drops in training, or Noise
    norms=(),  # FILL: Norm(eps, momentum, source) where they aren't PyTorch's defaults
    initial=(),  # FILL: Initial(at, law, scale, source) where weights don't start as PyTorch's
    # FILL: an independent implementation beside the equations, where a package has one
    parity=(Parity(against="its equations, in NumPy", check="parity:equations"),),
    advice=(),  # FILL: two to four Advice(when, verdict, because, source)
)
