from dataclasses import dataclass

from nna import spec

EPS = 1e-12  # added to the variance by every layer norm


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    layers: int
    width: int  # numbers that stand for a token between layers
    heads: int  # attentions side by side in a layer, each of width / heads
    length: int = 512  # most tokens read at once
    vocab: int = 30_522  # of pieces of words, in lower case
    classes: int = 2  # of the text as a whole, for fine-tuning
    dropout: float = 0.1
    initial_std: float = 0.02


# Multiply-adds are those of 512 tokens, every one of them scored against the whole vocabulary.
VARIANTS = {
    "base": spec.Variant(
        Config(layers=6, width=768, heads=12),
        67_577_660,
        {"params": spec.Printed(66e6, "table 3", 0.03, "counts the body alone, 66,362,880")},
        macs=36_463_511_040,
    ),
    "desk": spec.Variant(
        Config(layers=1, width=64, heads=4, length=43, vocab=40, dropout=0.0, initial_std=0.1),
        64_042,
        macs=2_640_640,
    ),
}

_RELEASED = "the released configuration: dropout, attention_dropout"

SPEC = spec.Architecture(
    name="DistilBERT",
    limitation="BERT is too slow and too large for small machines and for many questions a second.",
    idea="Half of BERT's layers, taught by BERT: its shares of all words, and its last states.",
    builds_on=("bert",),
    inputs={"tokens": spec.Tokens(mask=True)},
    outputs=spec.Several(
        of={
            "output": spec.Scores(),
            "words": spec.StepScores(along="tokens"),
            "states": spec.StepScores(of="width", along="tokens"),
        }
    ),
    tasks=("masked-language-modelling", "classification"),
    model="model:DistilBERT",
    twin="model_keras:DistilBERT",
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
    objectives=("masked_language_modelling", "distillation", "cross_entropy"),
    signature=spec.Signature("missing_letters", "accuracy", 0.2, baseline="most frequent"),
    dropout=(
        spec.Dropout(r"embeddings\.drop", "dropout", _RELEASED, desk=spec.YET_TO_OVERFIT),
        spec.Dropout(r"body\.\d+\.attention", "dropout", _RELEASED, desk=spec.YET_TO_OVERFIT),
        spec.Dropout(r"body\.\d+\.drop", "dropout", _RELEASED, times=2, desk=spec.YET_TO_OVERFIT),
    ),
    norms=(spec.Norm(eps=EPS, source="the authors' code, modeling_distilbert.py"),),
    initial=(
        spec.Initial(r"(Linear|Embedding)\.weight", "normal", "initial_std", "the authors' code"),
        spec.Initial(r"Linear.bias", "constant", 0.0, "the authors' code"),
    ),
    parity=(
        spec.Parity(
            "transformers DistilBertForMaskedLM and DistilBertForSequenceClassification",
            "parity:transformers",
            needs="transformers",
        ),
    ),
)
