"""Facts about a network over many small graphs."""

from dataclasses import dataclass

from nna.spec import (
    Architecture,
    Graphs,
    Paper,
    Parity,
    Recipe,
    Scores,
    Signature,
    Variant,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of a network over many small graphs."""

    features: int
    width: int
    classes: int


SPEC = Architecture(
    name="Graph classifier",
    limitation="Its predecessors take one array.",
    idea="Nodes tell their neighbours; each graph is the sum of its nodes.",
    paper=Paper(
        title="None", authors="Nobody", year=2000, venue="Nowhere", url="https://example.org"
    ),
    builds_on=("mlp",),
    inputs={"graphs": Graphs()},
    outputs=Scores(),
    tasks=("classification",),
    model="model:GraphClassifier",
    tiny=Config(features=3, width=4, classes=2),
    variants={
        "small": Variant(Config(features=3, width=4, classes=2), params=46, macs=120),
        "desk": Variant(Config(features=2, width=16, classes=2), params=354, macs=1_184),
    },
    recipe=Recipe(objective="cross_entropy", epochs=30, learning_rate=0.01, batch_size=16),
    published_recipe="None.",
    objectives=("cross_entropy",),
    signature=Signature(
        data="molecules",
        metric="accuracy",
        threshold=0.8,
        baseline="logistic regression",
        expected_failure="It can't do what it was not made for.",
        failure_test="test_nothing",
    ),
    parity=(Parity(against="itself", check="parity:itself"),),
)
