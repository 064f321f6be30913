from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    vocab: int
    width: int
    length: int


SPEC = spec.Architecture(
    name="Encoder and decoder",
    limitation="Its predecessors take one array.",
    idea="A network reads a sequence, another writes one.",
    paper=spec.Paper(
        title="None", authors="Nobody", year=2000, venue="Nowhere", url="https://example.org"
    ),
    builds_on=("mlp",),
    inputs={"source": spec.Tokens(mask=True), "before": spec.Tokens(mask=True)},
    outputs=spec.StepScores(along="before"),
    tasks=("sequence-pairs",),
    model="model:Translator",
    tiny=Config(vocab=7, width=4, length=5),
    variants={
        "small": spec.Variant(Config(vocab=7, width=4, length=5), params=303, macs=1_100),
        "desk": spec.Variant(Config(vocab=12, width=24, length=7), params=7_788, macs=50_400),
    },
    recipe=spec.Recipe("cross_entropy", 25, learning_rate=0.01, batch_size=16),
    published_recipe="None.",
    signature=spec.Signature(
        "translator",
        "right tokens",
        0.7,
        baseline="",
        expected_failure="It can't do what it was not made for.",
        failure_test="test_nothing",
    ),
    initial=(spec.Initial(r"(en|de)coder\..*", "uniform", "1 / sqrt(width)", "PyTorch"),),
    parity=(spec.Parity("itself", "parity:itself"),),
)
