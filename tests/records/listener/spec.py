from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    channels: int
    width: int
    vocab: int


SPEC = spec.Architecture(
    name="Listener",
    limitation="Its predecessors take one array.",
    idea="Every moment of a sound votes for a letter or for none.",
    paper=spec.Paper(
        title="None", authors="Nobody", year=2000, venue="Nowhere", url="https://example.org"
    ),
    builds_on=("mlp",),
    inputs={"audio": spec.Series(mask=True)},
    outputs=spec.StepScores(length=16, along="audio"),
    tasks=("transcription",),
    model="model:Listener",
    tiny=Config(channels=2, width=4, vocab=5),
    variants={
        "small": spec.Variant(Config(channels=2, width=4, vocab=5), params=121, macs=1_472),
        "desk": spec.Variant(Config(channels=3, width=16, vocab=5), params=1_093, macs=15_872),
    },
    recipe=spec.Recipe("listener", 25, learning_rate=0.01, batch_size=16),
    published_recipe="None.",
    signature=spec.Signature(
        "listener",
        "right",
        0.5,
        baseline="",
        expected_failure="It can't do what it was not made for.",
        failure_test="test_nothing",
    ),
    initial=(spec.Initial(r"cell\..*", "uniform", "1 / sqrt(width)", "PyTorch"),),
    parity=(spec.Parity("itself", "parity:itself"),),
)
