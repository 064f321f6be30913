from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers of a user
    columns: int  # numbers of a thing
    code: int
    classes: int


SPEC = spec.Architecture(
    name="Two towers",
    limitation="Its predecessors take one array.",
    idea="A tower for users, one for things; what they say is compared.",
    paper=spec.Paper(
        title="None", authors="Nobody", year=2000, venue="Nowhere", url="https://example.org"
    ),
    builds_on=("mlp",),
    inputs={"user": spec.Table(), "thing": spec.Table(features="columns")},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:TwoTower",
    tiny=Config(features=3, columns=4, code=5, classes=2),
    variants={
        "small": spec.Variant(Config(features=3, columns=4, code=5, classes=2), params=57, macs=45),
        "desk": spec.Variant(Config(features=4, columns=4, code=8, classes=2), params=98, macs=80),
    },
    recipe=spec.Recipe("cross_entropy", 40, learning_rate=0.01, batch_size=16),
    published_recipe="None.",
    signature=spec.Signature(
        "two_tower",
        "accuracy",
        0.8,
        baseline="logistic regression",
        expected_failure="It can't do what it was not made for.",
        failure_test="test_nothing",
    ),
    parity=(spec.Parity("itself", "parity:itself"),),
)
