"""Facts about a network that writes down what it hears."""

from dataclasses import dataclass

from nna.spec import (
    Architecture,
    Paper,
    Parity,
    Recipe,
    Series,
    Signature,
    StepScores,
    Variant,
)
from nna.spec_training import Initial


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of a network that writes down what it hears."""

    channels: int
    width: int
    vocab: int


SPEC = Architecture(
    name="Listener",
    limitation="Its predecessors take one array.",
    idea="Every moment of a sound votes for a letter or for none.",
    paper=Paper(
        title="None", authors="Nobody", year=2000, venue="Nowhere", url="https://example.org"
    ),
    builds_on=("mlp",),
    inputs={"audio": Series(mask=True)},
    outputs=StepScores(length=16, along="audio"),
    tasks=("transcription",),
    model="model:Listener",
    tiny=Config(channels=2, width=4, vocab=5),
    variants={
        "small": Variant(Config(channels=2, width=4, vocab=5), params=121, macs=1_472),
        "desk": Variant(Config(channels=3, width=16, vocab=5), params=1_093, macs=15_872),
    },
    recipe=Recipe(objective="listener", epochs=25, learning_rate=0.01, batch_size=16),
    published_recipe="None.",
    objectives=("listener",),
    signature=Signature(
        data="listener",
        metric="right",
        threshold=0.5,
        baseline="",
        expected_failure="It can't do what it was not made for.",
        failure_test="test_nothing",
    ),
    initial=(Initial(r"cell\..*", "uniform", "1 / sqrt(width)", "PyTorch"),),
    parity=(Parity(against="itself", check="parity:itself"),),
)
