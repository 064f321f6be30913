from dataclasses import dataclass

from nna import spec

SEGMENTS = 2  # sentence A and sentence B
EPS = 1e-12  # added to the variance by every layer norm


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    layers: int
    width: int  # numbers that stand for a token between layers
    heads: int  # attentions side by side in a layer, each of width / heads
    length: int = 512  # most tokens read at once
    vocab: int = 30_522  # of pieces of words, in lower case
    classes: int = 2  # of the text as a whole: the second sentence follows, or it doesn't
    dropout: float = 0.1
    initial_std: float = 0.02


# Multiply-adds are those of 512 tokens, every one of them scored against the whole vocabulary.
VARIANTS = {
    "base": spec.Variant(
        Config(layers=12, width=768, heads=12),
        110_106_428,
        {"params": spec.Printed(110e6, "section 3")},
        macs=60_622_702_080,
    ),
    "large": spec.Variant(
        Config(layers=24, width=1024, heads=16),
        336_226_108,
        {"params": spec.Printed(340e6, "section 3", 0.012)},
        macs=184_043_964_416,
    ),
    "desk": spec.Variant(
        Config(layers=2, width=64, heads=4, length=43, vocab=40, dropout=0.0, initial_std=0.1),
        114_154,
        macs=4_990_848,
    ),
}

_OF_PAPER = "appendix A.2"
_INITIAL = "the authors' code, modeling.py; there cut off at two deviations"

SPEC = spec.Architecture(
    name="BERT",
    limitation="A pretrained language model read from the left only: no word saw what follows it.",
    idea="Leave words out and find them from both sides; then fine-tune all of it for a task.",
    since=2018,
    builds_on=("transformer", "gpt1"),
    inputs={
        "tokens": spec.Tokens(mask=True),
        "segments": spec.Tokens(vocab=SEGMENTS, along="tokens"),
    },
    outputs=spec.Several(of={"output": spec.Scores(), "words": spec.StepScores(along="tokens")}),
    tasks=("masked-language-modelling", "classification"),
    model="model:BERT",
    twin="model_keras:BERT",
    tiny=Config(layers=2, width=16, heads=2, length=11, vocab=30, dropout=0.1),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "masked_language_modelling",
        5,
        optimiser="adamw",
        learning_rate=3e-3,
        batch_size=32,
        schedule="cosine",
        warmup=0.05,
        weight_decay=0.01,
        clip_norm=1.0,
    ),
    objectives=("masked_language_modelling", "cross_entropy"),
    signature=spec.Signature("next_piece", "accuracy", 0.3, baseline="bigram"),
    dropout=(
        spec.Dropout(r"embeddings\.drop", "dropout", _OF_PAPER, desk=spec.YET_TO_OVERFIT),
        spec.Dropout(r"body\.\d+\.attention", "dropout", _OF_PAPER, desk=spec.YET_TO_OVERFIT),
        spec.Dropout(r"body\.\d+\.drop", "dropout", _OF_PAPER, times=2, desk=spec.YET_TO_OVERFIT),
    ),
    norms=(spec.Norm(eps=EPS, source="the authors' code, modeling.py, layer_norm"),),
    initial=(
        spec.Initial(r"(Linear|Embedding)\.weight", "normal", "initial_std", _INITIAL),
        spec.Initial(r"Linear.bias", "constant", 0.0, "the authors' code"),
    ),
    parity=(
        spec.Parity("transformers BertForPreTraining", "parity:transformers", needs="transformers"),
        spec.Parity("the equations, token by token in NumPy", "parity:equations"),
    ),
)
