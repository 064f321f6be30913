from dataclasses import dataclass

from nna import spec

from .port import Rays


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    width: int


SPEC = spec.Architecture(
    name="Radiance field",
    limitation="Its predecessors take one array.",
    idea="A ray becomes a colour, a depth and how opaque it is.",
    paper=spec.Paper(
        title="None", authors="Nobody", year=2000, venue="Nowhere", url="https://example.org"
    ),
    builds_on=("mlp",),
    inputs={"rays": Rays()},
    outputs=spec.Several(
        of={
            "colour": spec.Values(of=(3,)),
            "depth": spec.Values(of=()),
            "opacity": spec.Values(of=()),
        }
    ),
    tasks=("view",),
    model="model:Field",
    tiny=Config(width=5),
    variants={
        "small": spec.Variant(Config(width=5), params=89, macs=76),
        "desk": spec.Variant(Config(width=32), params=1_385, macs=1_318),
    },
    recipe=spec.Recipe("rays", 60, learning_rate=0.01, batch_size=16),
    published_recipe="None.",
    signature=spec.Signature(
        "rays",
        "colour error",
        0.08,
        baseline="",
        expected_failure="It can't do what it was not made for.",
        failure_test="test_nothing",
    ),
    parity=(spec.Parity("itself", "parity:itself"),),
)
