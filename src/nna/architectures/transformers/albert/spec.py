"""Facts about ALBERT: sizes, sources, public weights, where it fits and where it fails."""

from dataclasses import dataclass

from nna.spec import (
    Advice,
    Architecture,
    Drop,
    Join,
    Paper,
    Parity,
    Printed,
    Recipe,
    Rename,
    Scores,
    Several,
    Signature,
    StepScores,
    Tokens,
    Variant,
    Weights,
)
from nna.spec_training import Initial, Norm

SEGMENTS = 2  # the first piece and the second
EPS = 1e-12  # added to the variance by every layer norm


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one ALBERT."""

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
    "base": Variant(
        Config(layers=12, width=768, heads=12),
        11_813_810,
        {"params": Printed(12e6, "table 1", 0.02)},
        macs=50_385_716_736,
    ),
    "large": Variant(
        Config(layers=24, width=1024, heads=16),
        17_847_474,
        {"params": Printed(18e6, "table 1", 0.02)},
        macs=169_605_072_896,
    ),
    "xlarge": Variant(
        Config(layers=24, width=2048, heads=16),  # as released; section 3.1: width / 64, so 32
        59_021_490,
        {"params": Printed(60e6, "table 1", 0.03)},
        macs=646_483_808_256,
    ),
    "xxlarge": Variant(
        Config(layers=12, width=4096, heads=64),
        223_158_450,
        {"params": Printed(235e6, "table 1", 0.06, "the sizes printed beside it give 223 million")},
        macs=1_265_240_121_344,
    ),
    "desk": Variant(
        Config(layers=2, width=64, heads=4, embedding=32, length=43, vocab=40, initial_std=0.1),
        61_354,
        macs=4_935_808,
    ),
}

_QKV = ("query", "key", "value")
_INITIAL = "the authors' code, modeling.py; there cut off at two deviations"

# From Hugging Face's names to ours.
RULES = (
    Drop(r"predictions\.decoder\."),  # the embedding and the bias once more
    Drop(r"position_ids$"),
    Rename(r"^albert\.", ""),
    Rename(r"^embeddings\.word_embeddings\.", "embeddings.words."),
    Rename(r"^embeddings\.position_embeddings\.", "embeddings.positions."),
    Rename(r"^embeddings\.token_type_embeddings\.", "embeddings.segments."),
    Rename(r"^embeddings\.LayerNorm\.", "embeddings.norm."),
    Rename(r"^encoder\.embedding_hidden_mapping_in\.", "embeddings.widen."),
    Rename(r"^encoder\.albert_layer_groups\.0\.albert_layers\.0\.", "layer."),
    Join(r"^(layer\.attention)\.(query|key|value)\.weight$", _QKV, "{}.qkv.weight"),
    Join(r"^(layer\.attention)\.(query|key|value)\.bias$", _QKV, "{}.qkv.bias"),
    Rename(r"^layer\.attention\.dense\.", "layer.attention.proj."),
    Rename(r"^layer\.attention\.LayerNorm\.", "layer.norm1."),
    Rename(r"^layer\.ffn\.", "layer.mlp.fc1."),
    Rename(r"^layer\.ffn_output\.", "layer.mlp.fc2."),
    Rename(r"^layer\.full_layer_layer_norm\.", "layer.norm2."),
    Rename(r"^sop_classifier\.classifier\.", "head."),
    Rename(r"^predictions\.bias$", "words_bias"),
    Rename(r"^predictions\.dense\.", "transform.linear."),
    Rename(r"^predictions\.LayerNorm\.", "transform.norm."),
)


def _published(variant: str, mnli: float) -> Weights:
    return Weights(
        variant=variant,
        hub=f"albert/albert-{variant}-v2",
        licence="Apache-2.0",
        rules=RULES,
        fresh=(r"^head\.",),
        reported={"MNLI accuracy, fine-tuned": mnli},  # the authors' README
    )


SPEC = Architecture(
    name="ALBERT",
    limitation="BERT grows until it fits no memory; of base, a fifth is a table of wide words.",
    idea="All layers share one layer's weights, words are narrow, and order replaces what follows.",
    paper=Paper(
        title="ALBERT: A Lite BERT for Self-supervised Learning of Language Representations",
        authors="Lan, Chen, Goodman, Gimpel, Sharma, Soricut",
        year=2020,
        venue="ICLR",
        arxiv="1909.11942",
    ),
    since=2019,
    builds_on=("bert",),
    inputs={"tokens": Tokens(mask=True), "segments": Tokens(vocab=SEGMENTS, along="tokens")},
    outputs=Several(of={"output": Scores(), "words": StepScores(along="tokens")}),
    tasks=("masked-language-modelling", "classification"),
    model="model:ALBERT",
    twin="model_keras:ALBERT",
    tiny=Config(layers=2, width=16, heads=2, embedding=8, length=11, vocab=30),
    variants=VARIANTS,
    recipe=Recipe(
        objective="masked_language_modelling",
        epochs=5,
        optimiser="adamw",
        learning_rate=3e-3,
        batch_size=32,
        schedule="cosine",
        warmup=0.05,
        weight_decay=0.01,
        clip_norm=1.0,
    ),
    published_recipe=(
        "Wikipedia and BooksCorpus, batches of 4,096 texts of up to 512 tokens, 125,000 steps, "
        "LAMB at a rate of 0.00176, runs of up to three words left out together (section 4.1). The "
        "second versions: more text, 10 million steps (base) or 3 million, no dropout (README)."
    ),
    objectives=("masked_language_modelling", "cross_entropy"),
    signature=Signature(
        data="swapped_pieces",
        metric="accuracy",
        threshold=0.3,
        baseline="bigram",
        expected_failure="Be faster than BERT: weights that are shared are computed as often.",
        failure_test="test_sharing_saves_parameters_and_no_multiply_adds",
    ),
    norms=(Norm(eps=EPS, source="the authors' code, modeling.py, layer_norm"),),
    initial=(
        Initial(r"(Linear|Embedding)\.weight", "normal", "initial_std", _INITIAL),
        Initial(r"Linear.bias", "constant", 0.0, "the authors' code"),
    ),
    parity=(
        Parity(
            against="transformers AlbertForPreTraining",
            check="parity:transformers",
            needs="transformers",
        ),
    ),
    weights={
        "base@v2": _published("base", 0.846),
        "large@v2": _published("large", 0.865),
        "xlarge@v2": _published("xlarge", 0.879),
        "xxlarge@v2": _published("xxlarge", 0.906),
    },
    advice=(
        Advice(
            "memory for weights is short, or they travel: a tenth of BERT's must do",
            "yes",
            "12 million numbers do nearly what 108 million do.",
            "Lan et al. 2020, arXiv:1909.11942, table 2",
        ),
        Advice(
            "BERT's answers are right but too slow",
            "no",
            "The one layer is passed as often as BERT has layers: not a multiply-add is saved.",
            "Lan et al. 2020, arXiv:1909.11942, table 1",
        ),
        Advice(
            "two pieces of text are to be judged for how one leads to the other",
            "yes",
            "It was taught their order, which topic can't tell.",
            "Lan et al. 2020, arXiv:1909.11942, table 5",
        ),
    ),
)
