from dataclasses import dataclass

from nna import spec

FIRST = 2  # the number of the first token's position
EPS = 1e-5  # added to the variance by every layer norm


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    layers: int
    width: int  # numbers that stand for a token between layers
    heads: int  # attentions side by side in a layer, each of width / heads
    length: int = 512  # most tokens read at once
    vocab: int = 50_265  # pairs of bytes merged, as GPT-2 has them, and tokens of its own
    classes: int = 2  # of the text as a whole, for fine-tuning
    dropout: float = 0.1
    initial_std: float = 0.02


# Multiply-adds are those of 512 tokens, every one of them scored against the whole vocabulary.
VARIANTS = {
    "base": spec.Variant(Config(layers=12, width=768, heads=12), 125_289_563, macs=68_385_965_568),
    "large": spec.Variant(
        Config(layers=24, width=1024, heads=16),
        356_463_707,
        {"params": spec.Printed(355e6, "section 5", 0.005, "counts no head")},
        macs=194_394_982_400,
    ),
    "desk": spec.Variant(
        Config(layers=2, width=64, heads=4, length=43, vocab=40, dropout=0.0, initial_std=0.1),
        114_218,
        macs=4_990_848,
    ),
}

_OF_PAPER = "table 9"

SPEC = spec.Architecture(
    name="RoBERTa",
    limitation="BERT was trained too little, and partly on whether one sentence follows another.",
    idea="BERT's network, missing words alone, drawn anew each time: more text, more steps.",
    builds_on=("bert",),
    inputs={"tokens": spec.Tokens(mask=True)},
    outputs=spec.Several(of={"output": spec.Scores(), "words": spec.StepScores(along="tokens")}),
    tasks=("masked-language-modelling", "classification"),
    model="model:RoBERTa",
    twin="model_keras:RoBERTa",
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
    signature=spec.Signature("missing_letters", "accuracy", 0.3, baseline="bigram"),
    dropout=(
        spec.Dropout(r"embeddings\.drop", "dropout", _OF_PAPER, desk=spec.YET_TO_OVERFIT),
        spec.Dropout(r"body\.\d+\.attention", "dropout", _OF_PAPER, desk=spec.YET_TO_OVERFIT),
        spec.Dropout(r"body\.\d+\.drop", "dropout", _OF_PAPER, times=2, desk=spec.YET_TO_OVERFIT),
    ),
    initial=(
        spec.Initial(r"(Linear|Embedding)\.weight", "normal", "initial_std", "the authors' code"),
        spec.Initial(r"Linear.bias", "constant", 0.0, "the authors' code"),
    ),
    parity=(
        spec.Parity(
            "transformers RobertaForMaskedLM and RobertaClassificationHead",
            "parity:transformers",
            needs="transformers",
        ),
    ),
)
