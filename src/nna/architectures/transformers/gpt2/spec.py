"""Facts about GPT-2: sizes, sources, public weights, where it fits and where it fails."""

from dataclasses import dataclass

from nna.spec import (
    Advice,
    Architecture,
    Drop,
    Paper,
    Parity,
    Printed,
    Recipe,
    Rename,
    Signature,
    StepScores,
    Tokens,
    Transpose,
    Variant,
    Weights,
)
from nna.spec_training import Dropout, Initial


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one GPT-2."""

    layers: int
    width: int  # numbers that stand for a token between layers
    heads: int  # attentions side by side in a layer, each of width / heads
    length: int = 1024  # most tokens seen at once
    vocab: int = 50_257  # 256 bytes, 50,000 merges, one end-of-text
    dropout: float = 0.1


def _table_2(params: float, within: float) -> dict[str, Printed]:
    """Parameters, which all four would be right with GPT-1's vocabulary of 40,478."""
    withdrawn = (
        "withdrawn: its authors' README calls their first counts wrong; they are those of GPT-1's "
        "vocabulary of 40,478"
    )
    return {"params": Printed(params, "table 2", within, withdrawn)}


# Multiply-adds are those of a full window, the attention's masked half included.
VARIANTS = {
    "small": Variant(
        Config(layers=12, width=768, heads=12),
        124_439_808,
        _table_2(117e6, 0.07),
        macs=145_824_153_600,
    ),
    "medium": Variant(
        Config(layers=24, width=1024, heads=16),
        354_823_168,
        _table_2(345e6, 0.03),
        macs=413_475_536_896,
    ),
    "large": Variant(
        Config(layers=36, width=1280, heads=20),
        774_030_080,
        _table_2(762e6, 0.02),
        macs=887_285_350_400,
    ),
    "xl": Variant(
        Config(layers=48, width=1600, heads=25),
        1_557_611_200,
        _table_2(1542e6, 0.011),
        macs=1_753_351_782_400,
    ),
    "desk": Variant(
        Config(layers=2, width=128, heads=4, length=64, vocab=256, dropout=0.0),
        437_760,
        macs=29_360_128,
    ),
}

# From Hugging Face's names, with or without the head, to ours. Its Conv1D stores (in, out).
RULES = (
    Drop(r"lm_head\.weight$"),  # the token embedding once more
    Drop(r"\.attn\.(masked_)?bias$"),  # the causal mask
    Rename(r"^(.*\.)?transformer\.", ""),
    Transpose(r"\.c_(attn|proj|fc)\.weight$"),
    Rename(r"^wte\.", "tokens."),
    Rename(r"^wpe\.", "positions."),
    Rename(r"^ln_f\.", "norm."),
    Rename(r"^h\.", "body."),
    Rename(r"\.ln_(\d)\.", r".norm\1."),
    Rename(r"\.attn\.c_attn\.", ".attention.qkv."),
    Rename(r"\.attn\.c_proj\.", ".attention.proj."),
    Rename(r"\.mlp\.c_fc\.", ".mlp.fc1."),
    Rename(r"\.mlp\.c_proj\.", ".mlp.fc2."),
)


def _published(variant: str, hub: str, lambada: float, wikitext: float) -> Weights:
    return Weights(
        variant=variant,
        hub=f"openai-community/{hub}",
        licence="MIT",
        rules=RULES,
        reported={"LAMBADA perplexity": lambada, "WikiText-2 perplexity": wikitext},  # table 3
    )


SPEC = Architecture(
    name="GPT-2",
    limitation="A pretrained GPT had to be fine-tuned, with labels, for every task it was to do.",
    idea="Scale alone: one causal transformer, pre-normalised, that is prompted, not fine-tuned.",
    paper=Paper(
        title="Language Models are Unsupervised Multitask Learners",
        authors="Radford, Wu, Child, Luan, Amodei, Sutskever",
        kind="techreport",
        year=2019,
        venue="OpenAI technical report",
        url="https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf",
    ),
    builds_on=("gpt1",),
    inputs={"tokens": Tokens()},
    outputs=StepScores(),
    tasks=("language-modelling",),
    model="model:GPT2",
    twin="model_keras:GPT2",
    tiny=Config(layers=3, width=16, heads=2, length=12, vocab=50, dropout=0.1),
    variants=VARIANTS,
    recipe=Recipe(
        objective="cross_entropy",
        epochs=3,
        optimiser="adamw",
        learning_rate=3e-3,
        batch_size=16,
        schedule="cosine",
        warmup=0.05,
        weight_decay=0.1,
        clip_norm=1.0,
    ),
    published_recipe=(
        "40 GB of web text in byte-pair tokens, batches of 512 sequences of 1,024 tokens, the rate "
        "tuned by hand for each size on 5% held out (sections 2 and 3); neither optimiser, nor "
        "schedule, nor number of steps is printed."
    ),
    objectives=("cross_entropy",),
    signature=Signature(
        data="pydoc",
        metric="bits per byte",
        threshold=3.0,
        baseline="bigram",
        expected_failure="Predict from anything further back than its window of `length` tokens.",
        failure_test="test_a_period_longer_than_its_window_stays_noise",
    ),
    dropout=(
        Dropout(
            at=r"drop",
            rate="dropout",
            source="Radford 2018, section 4.1: on embeddings",
            desk="few weights on small data: it has yet to overfit",
        ),
        Dropout(
            at=r"body\.\d+\.attention",
            rate="dropout",
            source="Radford 2018, section 4.1: on attention",
            desk="few weights on small data: it has yet to overfit",
        ),
        Dropout(
            at=r"body\.\d+\.drop",
            rate="dropout",
            source="Radford 2018, section 4.1: on both residual branches",
            times=2,
            desk="few weights on small data: it has yet to overfit",
        ),
    ),
    initial=(
        Initial(
            r".*(proj|fc2)\.weight",
            "normal",
            "0.02 / sqrt(2 * layers)",
            "section 2.3: residual layers over the square root of their number",
        ),
        Initial(r"positions\.weight", "normal", 0.01, "the authors' code"),
        Initial(r"(Linear|Embedding)\.weight", "normal", 0.02, "Radford 2018, section 4.1"),
        Initial(r"Linear.bias", "constant", 0.0, "the authors' code"),
    ),
    parity=(
        Parity(
            against="transformers GPT2LMHeadModel",
            check="parity:transformers",
            needs="transformers",
        ),
        Parity(against="the equations, position by position in NumPy", check="parity:equations"),
    ),
    weights={
        "small@openai": _published("small", "gpt2", 35.13, 29.41),
        "medium@openai": _published("medium", "gpt2-medium", 15.60, 22.76),
        "large@openai": _published("large", "gpt2-large", 10.87, 19.93),
        "xl@openai": _published("xl", "gpt2-xl", 8.63, 18.34),
    },
    advice=(
        Advice(
            "text or other discrete sequences are to be generated or scored, left to right",
            "yes",
            "One pass predicts every position, and a cache makes each further token one step.",
            "Radford et al. 2019, section 2",
        ),
        Advice(
            "a small pretrained language model is wanted whose every weight can be inspected",
            "yes",
            "Four sizes are public as safetensors under the MIT licence.",
            "github.com/openai/gpt-2",
        ),
        Advice(
            "less than a few hundred thousand tokens to learn from, and no pretrained weights",
            "no",
            "Next to n-gram counts a transformer starts knowing nothing, not even locality.",
            "rule of thumb",
        ),
        Advice(
            "the answer needs words on both sides, as in labelling or filling gaps",
            "no",
            "A position sees nothing to its right; a masked model sees both sides.",
            "Devlin et al. 2019, arXiv:1810.04805, section 3.1",
        ),
    ),
    renamed_parameters=(
        Rename(r"\.attention\.read\.", ".attention.qkv."),
        Rename(r"\.attention\.write\.", ".attention.proj."),
        Rename(r"\.mlp\.widen\.", ".mlp.fc1."),
        Rename(r"\.mlp\.write\.", ".mlp.fc2."),
    ),
)
