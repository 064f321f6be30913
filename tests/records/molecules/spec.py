from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int
    width: int
    classes: int


SPEC = spec.Architecture(
    name="Graph classifier",
    limitation="Its predecessors take one array.",
    idea="Nodes tell their neighbours; each graph is the sum of its nodes.",
    paper=spec.Paper(
        title="None", authors="Nobody", year=2000, venue="Nowhere", url="https://example.org"
    ),
    builds_on=("mlp",),
    inputs={"graphs": spec.Graphs()},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:GraphClassifier",
    tiny=Config(features=3, width=4, classes=2),
    variants={
        "small": spec.Variant(Config(features=3, width=4, classes=2), params=46, macs=120),
        "desk": spec.Variant(Config(features=2, width=16, classes=2), params=354, macs=1_184),
    },
    recipe=spec.Recipe("cross_entropy", 30, learning_rate=0.01, batch_size=16),
    published_recipe="None.",
    signature=spec.Signature(
        "molecules",
        "accuracy",
        0.8,
        baseline="logistic regression",
        expected_failure="It can't do what it was not made for.",
        failure_test="test_nothing",
    ),
    parity=(spec.Parity("itself", "parity:itself"),),
)
