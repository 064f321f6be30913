"""Facts about the first GPT: sizes, sources, public weights, where it fits and where it fails."""

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
    """Sizes of one GPT."""

    layers: int = 12
    width: int = 768  # numbers that stand for a token between layers
    heads: int = 12  # attentions side by side in a layer, each of width / heads
    length: int = 512  # most tokens seen at once
    vocab: int = 40_478  # 478 characters, 40,000 merges
    dropout: float = 0.1


# Multiply-adds are those of a full window, the attention's masked half included.
VARIANTS = {
    "base": Variant(
        Config(),
        116_534_784,
        {"params": Printed(117e6, "Radford 2019, table 2, of the size that equals it")},
        macs=64_234_979_328,
    ),
    "desk": Variant(
        Config(layers=2, width=128, heads=4, length=64, vocab=256, dropout=0.0),
        437_504,
        macs=29_360_128,
    ),
}

# From Hugging Face's names, with or without the head, to ours. Its Conv1D stores (in, out).
RULES = (
    Drop(r"lm_head\.weight$"),  # the token embedding once more
    Drop(r"position_ids$"),
    Drop(r"\.attn\.bias$"),  # the causal mask
    Rename(r"^(.*\.)?transformer\.", ""),
    Transpose(r"\.c_(attn|proj|fc)\.weight$"),
    Rename(r"^tokens_embed\.", "tokens."),
    Rename(r"^positions_embed\.", "positions."),
    Rename(r"^h\.", "body."),
    Rename(r"\.ln_(\d)\.", r".norm\1."),
    Rename(r"\.attn\.c_attn\.", ".attention.qkv."),
    Rename(r"\.attn\.c_proj\.", ".attention.proj."),
    Rename(r"\.mlp\.c_fc\.", ".mlp.fc1."),
    Rename(r"\.mlp\.c_proj\.", ".mlp.fc2."),
)

SPEC = Architecture(
    name="GPT-1",
    limitation="Networks for texts learn from few labels, and mostly carry over only word vectors.",
    idea="A transformer's decoder, pretrained on books, is carried over whole and tuned to a task.",
    paper=Paper(
        title="Improving Language Understanding by Generative Pre-Training",
        authors="Radford, Narasimhan, Salimans, Sutskever",
        kind="techreport",
        year=2018,
        venue="OpenAI technical report",
        url="https://cdn.openai.com/research-covers/language-unsupervised/language_understanding_paper.pdf",
    ),
    builds_on=("transformer",),
    inputs={"tokens": Tokens()},
    outputs=StepScores(),
    tasks=("language-modelling",),
    model="model:GPT1",
    twin="model_keras:GPT1",
    tiny=Config(layers=3, width=16, heads=2, length=12, vocab=50, dropout=0.1),
    variants=VARIANTS,
    recipe=Recipe(
        objective="cross_entropy",
        epochs=2,
        optimiser="adamw",
        learning_rate=2e-3,
        batch_size=16,
        schedule="cosine",
        warmup=0.05,
        weight_decay=0.01,
        clip_norm=1.0,
    ),
    published_recipe=(
        "100 epochs over BooksCorpus, batches of 64 windows of 512 tokens; Adam, rate up to 2.5e-4 "
        "over 2,000 updates, then down to 0 by a cosine; decay 0.01 of all weights that are no "
        "bias or gain. Fine-tuning: three epochs, batches of 32, rate 6.25e-5 with a linear decay, "
        "the language model's loss beside the task's with weight 0.5 (section 4.1)."
    ),
    objectives=("cross_entropy", "label_smoothing"),
    signature=Signature(
        data="pydoc",
        metric="bits per byte",
        threshold=3.4,
        baseline="bigram",
        expected_failure="Predict from anything further back than its window of `length` tokens.",
        failure_test="test_a_period_longer_than_its_window_stays_noise",
    ),
    dropout=(
        Dropout(
            at=r"drop",
            rate="dropout",
            source="section 4.1: on embeddings",
            desk="few weights on small data: it has yet to overfit",
        ),
        Dropout(
            at=r"body\.\d+\.attention",
            rate="dropout",
            source="section 4.1: on attention",
            desk="few weights on small data: it has yet to overfit",
        ),
        Dropout(
            at=r"body\.\d+\.drop",
            rate="dropout",
            source="section 4.1: on both residual branches",
            times=2,
            desk="few weights on small data: it has yet to overfit",
        ),
    ),
    initial=(
        Initial(r"(Linear|Embedding)\.weight", "normal", 0.02, "section 4.1"),
        Initial(r"Linear.bias", "constant", 0.0, "the authors' code"),
    ),
    parity=(
        Parity(
            against="transformers OpenAIGPTLMHeadModel",
            check="parity:transformers",
            needs="transformers",
        ),
        Parity(against="the equations, position by position in NumPy", check="parity:equations"),
    ),
    weights={
        "base@openai": Weights(
            variant="base",
            hub="openai-community/openai-gpt",
            licence="MIT",
            rules=RULES,
            reported={"BooksCorpus perplexity": 18.4},  # section 4.1
        ),
    },
    advice=(
        Advice(
            "the step from the transformer to language models is to be understood",
            "yes",
            "It is the decoder of 2017 with one sublayer less, trained on text alone.",
            "Radford et al. 2018, section 3.1",
        ),
        Advice(
            "text is to be generated",
            "no",
            "GPT-2 has the same plan, twice the window, and weights that read any bytes.",
            "Radford et al. 2019, sections 2.2 and 2.3",
        ),
        Advice(
            "the answer needs words on both sides, as in labelling or filling gaps",
            "no",
            "A position sees nothing to its right; a masked model sees both sides.",
            "Devlin et al. 2019, section 3.1",
        ),
    ),
)
