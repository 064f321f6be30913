"""Facts about a field that rays pass through."""

from dataclasses import dataclass

from nna.spec import (
    Architecture,
    Paper,
    Parity,
    Recipe,
    Several,
    Signature,
    Values,
    Variant,
)

from .port import Rays


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of a field that rays pass through."""

    width: int


SPEC = Architecture(
    name="Radiance field",
    limitation="Its predecessors take one array.",
    idea="A ray becomes a colour, a depth and how opaque it is.",
    paper=Paper(
        title="None", authors="Nobody", year=2000, venue="Nowhere", url="https://example.org"
    ),
    builds_on=("mlp",),
    inputs={"rays": Rays()},
    outputs=Several(
        of={"colour": Values(of=(3,)), "depth": Values(of=()), "opacity": Values(of=())}
    ),
    tasks=("view",),
    model="model:Field",
    tiny=Config(width=5),
    variants={
        "small": Variant(Config(width=5), params=89, macs=76),
        "desk": Variant(Config(width=32), params=1_385, macs=1_318),
    },
    recipe=Recipe(objective="rays", epochs=60, learning_rate=0.01, batch_size=16),
    published_recipe="None.",
    objectives=("rays",),
    signature=Signature(
        data="rays",
        metric="colour error",
        threshold=0.08,
        baseline="",
        expected_failure="It can't do what it was not made for.",
        failure_test="test_nothing",
    ),
    parity=(Parity(against="itself", check="parity:itself"),),
)
