from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    layers: int = 12
    width: int = 768  # numbers that stand for a token between layers
    heads: int = 12  # attentions side by side in a layer, each of width / heads
    length: int = 512  # most tokens seen at once
    vocab: int = 40_478  # 478 characters, 40,000 merges
    dropout: float = 0.1


# Multiply-adds are those of a full window, the attention's masked half included.
VARIANTS = {
    "base": spec.Variant(
        Config(),
        116_534_784,
        {"params": spec.Printed(117e6, "Radford 2019, table 2, of the size that equals it")},
        macs=64_234_979_328,
    ),
    "desk": spec.Variant(
        Config(layers=2, width=128, heads=4, length=64, vocab=256, dropout=0.0),
        437_504,
        macs=29_360_128,
    ),
}

SPEC = spec.Architecture(
    name="GPT-1",
    limitation="Networks for texts learn from few labels, and mostly carry over only word vectors.",
    idea="A transformer's decoder, pretrained on books, is carried over whole and tuned to a task.",
    builds_on=("transformer",),
    inputs={"tokens": spec.Tokens()},
    outputs=spec.StepScores(),
    tasks=("language-modelling",),
    model="model:GPT1",
    twin="model_keras:GPT1",
    tiny=Config(layers=3, width=16, heads=2, length=12, vocab=50, dropout=0.1),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy",
        2,
        optimiser="adamw",
        batch_size=16,
        schedule="cosine",
        warmup=0.1,
        weight_decay=0.01,
        clip_norm=1.0,
    ),
    objectives=("cross_entropy", "label_smoothing"),
    signature=spec.Signature("pydoc", "bits per byte", 3.5, baseline="bigram"),
    dropout=(
        spec.Dropout(r"drop", "dropout", "section 4.1: on embeddings", desk=spec.YET_TO_OVERFIT),
        spec.Dropout(
            r"body\.\d+\.attention",
            "dropout",
            "section 4.1: on attention",
            desk=spec.YET_TO_OVERFIT,
        ),
        spec.Dropout(
            r"body\.\d+\.drop",
            "dropout",
            "section 4.1: on both residual branches",
            times=2,
            desk=spec.YET_TO_OVERFIT,
        ),
    ),
    initial=(
        spec.Initial(r"(Linear|Embedding)\.weight", "normal", 0.02, "section 4.1"),
        spec.Initial(r"Linear.bias", "constant", 0.0, "the authors' code"),
    ),
    parity=(
        spec.Parity(
            "transformers OpenAIGPTLMHeadModel", "parity:transformers", needs="transformers"
        ),
        spec.Parity("the equations, position by position in NumPy", "parity:equations"),
    ),
)
