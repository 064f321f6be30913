from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int
    embedding: int
    classes: int
    length: int


SPEC = spec.Architecture(
    name="Prototypes",
    limitation="Its predecessors take one array.",
    idea="Each episode is a task: few examples of each class, and some to be named.",
    paper=spec.Paper(
        title="None", authors="Nobody", year=2000, venue="Nowhere", url="https://example.org"
    ),
    builds_on=("mlp",),
    inputs={
        "support": spec.Series(channels="features", steps=6),
        "label": spec.Tokens(vocab="classes", length=6),
        "query": spec.Series(channels="features", steps="length"),
    },
    outputs=spec.StepScores(of="classes"),
    tasks=("episodes",),
    model="model:Prototypes",
    tiny=Config(features=3, embedding=4, classes=3, length=2),
    variants={
        "small": spec.Variant(
            Config(features=3, embedding=4, classes=3, length=2), params=12, macs=192
        ),
        "desk": spec.Variant(
            Config(features=4, embedding=8, classes=3, length=5), params=32, macs=616
        ),
    },
    recipe=spec.Recipe("cross_entropy", 10, learning_rate=0.01, batch_size=16),
    published_recipe="None.",
    signature=spec.Signature(
        "episodes",
        "right",
        0.6,
        baseline="",
        expected_failure="It can't do what it was not made for.",
        failure_test="test_nothing",
    ),
    parity=(spec.Parity("itself", "parity:itself"),),
)
