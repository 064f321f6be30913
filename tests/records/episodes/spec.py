"""Facts about a learner of episodes."""

from dataclasses import dataclass

from nna.spec import (
    Architecture,
    Paper,
    Parity,
    Recipe,
    Series,
    Signature,
    StepScores,
    Tokens,
    Variant,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of a learner of episodes."""

    features: int
    embedding: int
    classes: int
    length: int


SPEC = Architecture(
    name="Prototypes",
    limitation="Its predecessors take one array.",
    idea="Each episode is a task: few examples of each class, and some to be named.",
    paper=Paper(
        title="None", authors="Nobody", year=2000, venue="Nowhere", url="https://example.org"
    ),
    builds_on=("mlp",),
    inputs={
        "support": Series(channels="features", steps=6),
        "label": Tokens(vocab="classes", length=6),
        "query": Series(channels="features", steps="length"),
    },
    outputs=StepScores(of="classes"),
    tasks=("episodes",),
    model="model:Prototypes",
    tiny=Config(features=3, embedding=4, classes=3, length=2),
    variants={
        "small": Variant(Config(features=3, embedding=4, classes=3, length=2), params=12, macs=192),
        "desk": Variant(Config(features=4, embedding=8, classes=3, length=5), params=32, macs=616),
    },
    recipe=Recipe(objective="cross_entropy", epochs=10, learning_rate=0.01, batch_size=16),
    published_recipe="None.",
    objectives=("cross_entropy",),
    signature=Signature(
        data="episodes",
        metric="right",
        threshold=0.6,
        baseline="",
        expected_failure="It can't do what it was not made for.",
        failure_test="test_nothing",
    ),
    parity=(Parity(against="itself", check="parity:itself"),),
)
