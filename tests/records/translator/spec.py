"""Facts about an encoder and a decoder."""

from dataclasses import dataclass

from nna.spec import (
    Architecture,
    Paper,
    Parity,
    Recipe,
    Signature,
    StepScores,
    Tokens,
    Variant,
)
from nna.spec_training import Initial


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of an encoder and a decoder."""

    vocab: int
    width: int
    length: int


SPEC = Architecture(
    name="Encoder and decoder",
    limitation="Its predecessors take one array.",
    idea="A network reads a sequence, another writes one.",
    paper=Paper(
        title="None", authors="Nobody", year=2000, venue="Nowhere", url="https://example.org"
    ),
    builds_on=("mlp",),
    inputs={"source": Tokens(mask=True), "before": Tokens(mask=True)},
    outputs=StepScores(along="before"),
    tasks=("sequence-pairs",),
    model="model:Translator",
    tiny=Config(vocab=7, width=4, length=5),
    variants={
        "small": Variant(Config(vocab=7, width=4, length=5), params=303, macs=1_100),
        "desk": Variant(Config(vocab=12, width=24, length=7), params=7_788, macs=50_400),
    },
    recipe=Recipe(objective="cross_entropy", epochs=25, learning_rate=0.01, batch_size=16),
    published_recipe="None.",
    objectives=("cross_entropy",),
    signature=Signature(
        data="translator",
        metric="right tokens",
        threshold=0.7,
        baseline="",
        expected_failure="It can't do what it was not made for.",
        failure_test="test_nothing",
    ),
    initial=(Initial(r"(en|de)coder\..*", "uniform", "1 / sqrt(width)", "PyTorch"),),
    parity=(Parity(against="itself", check="parity:itself"),),
)
