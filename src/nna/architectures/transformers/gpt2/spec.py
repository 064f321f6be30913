from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    layers: int
    width: int  # numbers that stand for a token between layers
    heads: int  # attentions side by side in a layer, each of width / heads
    length: int = 1024  # most tokens seen at once
    vocab: int = 50_257  # 256 bytes, 50,000 merges, one end-of-text
    dropout: float = 0.1


def _table_2(params: float, within: float) -> dict[str, spec.Printed]:
    """Parameters, which all four would be right with GPT-1's vocabulary of 40,478."""
    withdrawn = (
        "withdrawn: its authors' README calls their first counts wrong; they are those of GPT-1's "
        "vocabulary of 40,478"
    )
    return {"params": spec.Printed(params, "table 2", within, withdrawn)}


# Multiply-adds are those of a full window, the attention's masked half included.
VARIANTS = {
    "small": spec.Variant(
        Config(layers=12, width=768, heads=12),
        124_439_808,
        _table_2(117e6, 0.07),
        macs=145_824_153_600,
    ),
    "medium": spec.Variant(
        Config(layers=24, width=1024, heads=16),
        354_823_168,
        _table_2(345e6, 0.03),
        macs=413_475_536_896,
    ),
    "large": spec.Variant(
        Config(layers=36, width=1280, heads=20),
        774_030_080,
        _table_2(762e6, 0.02),
        macs=887_285_350_400,
    ),
    "xl": spec.Variant(
        Config(layers=48, width=1600, heads=25),
        1_557_611_200,
        _table_2(1542e6, 0.011),
        macs=1_753_351_782_400,
    ),
    "desk": spec.Variant(
        Config(layers=2, width=128, heads=4, length=64, vocab=256, dropout=0.0),
        437_760,
        macs=29_360_128,
    ),
}

SPEC = spec.Architecture(
    name="GPT-2",
    limitation="A pretrained GPT had to be fine-tuned, with labels, for every task it was to do.",
    idea="Scale alone: one causal transformer, pre-normalised, that is prompted, not fine-tuned.",
    builds_on=("gpt1",),
    inputs={"tokens": spec.Tokens()},
    outputs=spec.StepScores(),
    tasks=("language-modelling",),
    model="model:GPT2",
    twin="model_keras:GPT2",
    tiny=Config(layers=3, width=16, heads=2, length=12, vocab=50, dropout=0.1),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy",
        3,
        optimiser="adamw",
        learning_rate=3e-3,
        batch_size=16,
        schedule="cosine",
        warmup=0.05,
        weight_decay=0.1,
        clip_norm=1.0,
    ),
    signature=spec.Signature("pydoc", "bits per byte", 3.0, baseline="bigram"),
    dropout=(
        spec.Dropout(
            r"drop", "dropout", "Radford 2018, section 4.1: on embeddings", desk=spec.YET_TO_OVERFIT
        ),
        spec.Dropout(
            r"body\.\d+\.attention",
            "dropout",
            "Radford 2018, section 4.1: on attention",
            desk=spec.YET_TO_OVERFIT,
        ),
        spec.Dropout(
            r"body\.\d+\.drop",
            "dropout",
            "Radford 2018, section 4.1: on both residual branches",
            times=2,
            desk=spec.YET_TO_OVERFIT,
        ),
    ),
    initial=(
        spec.Initial(
            r".*(proj|fc2)\.weight",
            "normal",
            "0.02 / sqrt(2 * layers)",
            "section 2.3: residual layers over the square root of their number",
        ),
        spec.Initial(r"positions\.weight", "normal", 0.01, "the authors' code"),
        spec.Initial(r"(Linear|Embedding)\.weight", "normal", 0.02, "Radford 2018, section 4.1"),
        spec.Initial(r"Linear.bias", "constant", 0.0, "the authors' code"),
    ),
    parity=(
        spec.Parity("transformers GPT2LMHeadModel", "parity:transformers", needs="transformers"),
        spec.Parity("the equations, position by position in NumPy", "parity:equations"),
    ),
    renamed_parameters=(
        spec.Rename(r"\.attention\.read\.", ".attention.qkv."),
        spec.Rename(r"\.attention\.write\.", ".attention.proj."),
        spec.Rename(r"\.mlp\.widen\.", ".mlp.fc1."),
        spec.Rename(r"\.mlp\.write\.", ".mlp.fc2."),
    ),
)
