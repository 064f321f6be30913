from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    channels: int
    width: int


SPEC = spec.Architecture(
    name="Restorer",
    limitation="Its predecessors take one array.",
    idea="A picture in, a better one out.",
    paper=spec.Paper(
        title="None", authors="Nobody", year=2000, venue="Nowhere", url="https://example.org"
    ),
    builds_on=("mlp",),
    inputs={"image": spec.Image(size=8, min_size=8)},
    outputs=spec.Image(size=8, min_size=8),
    tasks=("restoration",),
    model="model:Restorer",
    tiny=Config(channels=1, width=3),
    variants={
        "small": spec.Variant(Config(channels=1, width=3), params=118, macs=7_104),
        "desk": spec.Variant(Config(channels=1, width=8), params=673, macs=41_984),
    },
    recipe=spec.Recipe("squared_error", 10, learning_rate=0.01, batch_size=16),
    published_recipe="None.",
    signature=spec.Signature(
        "restorer",
        "distance to the clean picture",
        0.05,
        baseline="",
        expected_failure="It can't do what it was not made for.",
        failure_test="test_nothing",
    ),
    parity=(spec.Parity("itself", "parity:itself"),),
)
