"""Facts about a generator that draws in many steps."""

from dataclasses import dataclass

from nna.spec import (
    Architecture,
    Paper,
    Parity,
    Recipe,
    Signature,
    Table,
    Variant,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of a generator that draws in many steps."""

    features: int
    width: int
    steps: int


SPEC = Architecture(
    name="Diffuser",
    limitation="Its predecessors take one array.",
    idea="Noise is taken away a little at a time.",
    paper=Paper(
        title="None", authors="Nobody", year=2000, venue="Nowhere", url="https://example.org"
    ),
    builds_on=("mlp",),
    inputs={"table": Table()},
    outputs=Table(),
    tasks=("generation",),
    model="model:Diffuser",
    sampler="sampler:sample",
    tiny=Config(features=2, width=4, steps=3),
    variants={
        "small": Variant(Config(features=2, width=4, steps=3), params=44, macs=36),
        "desk": Variant(Config(features=2, width=64, steps=50), params=4_544, macs=4_416),
    },
    recipe=Recipe(objective="diffuser", epochs=60, learning_rate=0.01, batch_size=16),
    published_recipe="None.",
    objectives=("diffuser",),
    signature=Signature(
        data="diffuser",
        metric="good samples",
        threshold=0.15,
        baseline="gaussian",
        expected_failure="It can't do what it was not made for.",
        failure_test="test_nothing",
    ),
    parity=(Parity(against="itself", check="parity:itself"),),
)
