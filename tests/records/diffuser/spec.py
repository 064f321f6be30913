from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int
    width: int
    steps: int


SPEC = spec.Architecture(
    name="Diffuser",
    limitation="Its predecessors take one array.",
    idea="Noise is taken away a little at a time.",
    paper=spec.Paper(
        title="None", authors="Nobody", year=2000, venue="Nowhere", url="https://example.org"
    ),
    builds_on=("mlp",),
    inputs={"table": spec.Table()},
    outputs=spec.Table(),
    tasks=("generation",),
    model="model:Diffuser",
    sampler="sampler:sample",
    tiny=Config(features=2, width=4, steps=3),
    variants={
        "small": spec.Variant(Config(features=2, width=4, steps=3), params=44, macs=36),
        "desk": spec.Variant(Config(features=2, width=64, steps=50), params=4_544, macs=4_416),
    },
    recipe=spec.Recipe("diffuser", 60, learning_rate=0.01, batch_size=16),
    published_recipe="None.",
    signature=spec.Signature(
        "diffuser",
        "good samples",
        0.15,
        baseline="gaussian",
        expected_failure="It can't do what it was not made for.",
        failure_test="test_nothing",
    ),
    parity=(spec.Parity("itself", "parity:itself"),),
)
