"""Facts about a network from picture to picture."""

from dataclasses import dataclass

from nna.spec import (
    Architecture,
    Image,
    Paper,
    Parity,
    Recipe,
    Signature,
    Variant,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of a network from picture to picture."""

    channels: int
    width: int


SPEC = Architecture(
    name="Restorer",
    limitation="Its predecessors take one array.",
    idea="A picture in, a better one out.",
    paper=Paper(
        title="None", authors="Nobody", year=2000, venue="Nowhere", url="https://example.org"
    ),
    builds_on=("mlp",),
    inputs={"image": Image(size=8, min_size=8)},
    outputs=Image(size=8, min_size=8),
    tasks=("restoration",),
    model="model:Restorer",
    tiny=Config(channels=1, width=3),
    variants={
        "small": Variant(Config(channels=1, width=3), params=118, macs=7_104),
        "desk": Variant(Config(channels=1, width=8), params=673, macs=41_984),
    },
    recipe=Recipe(objective="squared_error", epochs=10, learning_rate=0.01, batch_size=16),
    published_recipe="None.",
    objectives=("squared_error",),
    signature=Signature(
        data="restorer",
        metric="distance to the clean picture",
        threshold=0.05,
        baseline="",
        expected_failure="It can't do what it was not made for.",
        failure_test="test_nothing",
    ),
    parity=(Parity(against="itself", check="parity:itself"),),
)
