"""Facts about two towers."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of two towers."""

    features: int  # numbers of a user
    columns: int  # numbers of a thing
    code: int
    classes: int


SPEC = Architecture(
    name="Two towers",
    limitation="Its predecessors take one array.",
    idea="A tower for users, one for things; what they say is compared.",
    paper=Paper(
        title="None", authors="Nobody", year=2000, venue="Nowhere", url="https://example.org"
    ),
    builds_on=("mlp",),
    inputs={"user": Table(), "thing": Table(features="columns")},
    outputs=Scores(),
    tasks=("classification",),
    model="model:TwoTower",
    tiny=Config(features=3, columns=4, code=5, classes=2),
    variants={
        "small": Variant(Config(features=3, columns=4, code=5, classes=2), params=57, macs=45),
        "desk": Variant(Config(features=4, columns=4, code=8, classes=2), params=98, macs=80),
    },
    recipe=Recipe(objective="cross_entropy", epochs=40, learning_rate=0.01, batch_size=16),
    published_recipe="None.",
    objectives=("cross_entropy",),
    signature=Signature(
        data="two_tower",
        metric="accuracy",
        threshold=0.8,
        baseline="logistic regression",
        expected_failure="It can't do what it was not made for.",
        failure_test="test_nothing",
    ),
    parity=(Parity(against="itself", check="parity:itself"),),
)
