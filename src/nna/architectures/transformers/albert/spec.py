from dataclasses import dataclass

from nna import spec

SEGMENTS = 2  # the first piece and the second
EPS = 1e-12  # added to the variance by every layer norm


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    layers: int  # times that the one layer is passed
    width: int  # numbers that stand for a token between layers
    heads: int  # attentions side by side, each of width / heads
    embedding: int = 128  # numbers that stand for a word
    length: int = 512  # most tokens read at once
    vocab: int = 30_000  # of pieces of words
    classes: int = 2  # of the text as a whole: its two pieces are in order, or swapped
    initial_std: float = 0.02


# Multiply-adds are those of 512 tokens, every one of them scored against the whole vocabulary.
VARIANTS = {
    "base": spec.Variant(
        Config(layers=12, width=768, heads=12),
        11_813_810,
        {"params": spec.Printed(12e6, "table 1", 0.02)},
        macs=50_385_716_736,
    ),
    "large": spec.Variant(
        Config(layers=24, width=1024, heads=16),
        17_847_474,
        {"params": spec.Printed(18e6, "table 1", 0.02)},
        macs=169_605_072_896,
    ),
    "xlarge": spec.Variant(
        Config(layers=24, width=2048, heads=16),  # as released; section 3.1: width / 64, so 32
        59_021_490,
        {"params": spec.Printed(60e6, "table 1", 0.03)},
        macs=646_483_808_256,
    ),
    "xxlarge": spec.Variant(
        Config(layers=12, width=4096, heads=64),
        223_158_450,
        {
            "params": spec.Printed(
                235e6, "table 1", 0.06, "the sizes printed beside it give 223 million"
            )
        },
        macs=1_265_240_121_344,
    ),
    "desk": spec.Variant(
        Config(layers=2, width=64, heads=4, embedding=32, length=43, vocab=40, initial_std=0.1),
        61_354,
        macs=4_935_808,
    ),
}

_INITIAL = "the authors' code, modeling.py; there cut off at two deviations"

SPEC = spec.Architecture(
    name="ALBERT",
    limitation="BERT grows until it fits no memory; of base, a fifth is a table of wide words.",
    idea="All layers share one layer's weights, words are narrow, and order replaces what follows.",
    since=2019,
    builds_on=("bert",),
    inputs={
        "tokens": spec.Tokens(mask=True),
        "segments": spec.Tokens(vocab=SEGMENTS, along="tokens"),
    },
    outputs=spec.Several(of={"output": spec.Scores(), "words": spec.StepScores(along="tokens")}),
    tasks=("masked-language-modelling", "classification"),
    model="model:ALBERT",
    twin="model_keras:ALBERT",
    tiny=Config(layers=2, width=16, heads=2, embedding=8, length=11, vocab=30),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "masked_language_modelling",
        10,  # after half as many, one seed of two had hardly begun to learn
        optimiser="adamw",
        learning_rate=3e-3,
        batch_size=32,
        schedule="cosine",
        warmup=0.05,
        weight_decay=0.01,
        clip_norm=1.0,
    ),
    objectives=("masked_language_modelling", "cross_entropy"),
    signature=spec.Signature("swapped_pieces", "accuracy", 0.3, baseline="bigram"),
    norms=(spec.Norm(eps=EPS, source="the authors' code, modeling.py, layer_norm"),),
    initial=(
        spec.Initial(r"(Linear|Embedding)\.weight", "normal", "initial_std", _INITIAL),
        spec.Initial(r"Linear.bias", "constant", 0.0, "the authors' code"),
    ),
    parity=(
        spec.Parity(
            "transformers AlbertForPreTraining", "parity:transformers", needs="transformers"
        ),
    ),
)
