"""Facts about RoBERTa: sizes, sources, public weights, where it fits and where it fails."""

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
from nna.spec_training import Dropout, Initial

FIRST = 2  # the number of the first token's position
EPS = 1e-5  # added to the variance by every layer norm


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one RoBERTa."""

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
    "base": Variant(Config(layers=12, width=768, heads=12), 125_289_563, macs=68_385_965_568),
    "large": Variant(
        Config(layers=24, width=1024, heads=16),
        356_463_707,
        {"params": Printed(355e6, "section 5", 0.005, "counts no head")},
        macs=194_394_982_400,
    ),
    "desk": Variant(
        Config(layers=2, width=64, heads=4, length=43, vocab=40, dropout=0.0, initial_std=0.1),
        114_218,
        macs=4_990_848,
    ),
}

# From Hugging Face's names to ours.
RULES = (
    Drop(r"lm_head\.decoder\."),  # the embedding and the bias once more
    Drop(r"position_ids$"),
    Rename(r"^roberta\.", ""),
    Rename(r"^embeddings\.word_embeddings\.", "embeddings.words."),
    Rename(r"^embeddings\.position_embeddings\.", "embeddings.positions."),
    Rename(r"^embeddings\.token_type_embeddings\.", "embeddings.segments."),
    Rename(r"^embeddings\.LayerNorm\.", "embeddings.norm."),
    Rename(r"^encoder\.layer\.", "body."),
    Join(r"^(.*\.attention)\.self\.(\w+)\.weight$", ("query", "key", "value"), "{}.qkv.weight"),
    Join(r"^(.*\.attention)\.self\.(\w+)\.bias$", ("query", "key", "value"), "{}.qkv.bias"),
    Rename(r"\.attention\.output\.dense\.", ".attention.proj."),
    Rename(r"\.attention\.output\.LayerNorm\.", ".norm1."),
    Rename(r"\.intermediate\.dense\.", ".mlp.fc1."),
    Rename(r"^(body\.\d+)\.output\.dense\.", r"\1.mlp.fc2."),
    Rename(r"^(body\.\d+)\.output\.LayerNorm\.", r"\1.norm2."),
    Rename(r"^(pooler|classifier)\.dense\.", "pooler."),
    Rename(r"^classifier\.out_proj\.", "head."),
    Rename(r"^lm_head\.bias$", "words_bias"),
    Rename(r"^lm_head\.dense\.", "transform.linear."),
    Rename(r"^lm_head\.layer_norm\.", "transform.norm."),
)

_OF_PAPER = "table 9"
_DESK = "few weights on small data: it has yet to overfit"


def _published(variant: str, hub: str, mnli: float) -> Weights:
    return Weights(
        variant=variant,
        hub=f"FacebookAI/{hub}",
        licence="MIT",
        rules=RULES,
        fresh=(r"^head\.",),
        reported={"MNLI accuracy, fine-tuned": mnli},
    )


SPEC = Architecture(
    name="RoBERTa",
    limitation="BERT was trained too little, and partly on whether one sentence follows another.",
    idea="BERT's network, missing words alone, drawn anew each time: more text, more steps.",
    paper=Paper(
        title="RoBERTa: A Robustly Optimized BERT Pretraining Approach",
        authors="Liu, Ott, Goyal, Du, Joshi, Chen, Levy, Lewis, Zettlemoyer, Stoyanov",
        kind="misc",
        year=2019,
        venue="arXiv",
        arxiv="1907.11692",
    ),
    builds_on=("bert",),
    inputs={"tokens": Tokens(mask=True)},
    outputs=Several(of={"output": Scores(), "words": StepScores(along="tokens")}),
    tasks=("masked-language-modelling", "classification"),
    model="model:RoBERTa",
    twin="model_keras:RoBERTa",
    tiny=Config(layers=2, width=16, heads=2, length=11, vocab=30, dropout=0.1),
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
        "160 GB of text, batches of 8K sequences of 512 tokens, 500,000 steps, Adam with 0.98 "
        "as its second decay rate and 1e-6 as its epsilon, rate 6e-4 (base) or 4e-4 (large) after "
        "a warm-up over 24,000 or 30,000 steps, linear decay, weight decay 0.01 (section 3.2, "
        "table 9)."
    ),
    objectives=("masked_language_modelling", "cross_entropy"),
    signature=Signature(
        data="missing_letters",
        metric="accuracy",
        threshold=0.3,
        baseline="bigram",
        expected_failure=(
            "Say anything of a text as a whole before fine-tuning: missing words teach its head "
            "nothing."
        ),
        failure_test="test_missing_words_teach_the_head_of_the_whole_text_nothing",
    ),
    dropout=(
        Dropout(at=r"embeddings\.drop", rate="dropout", source=_OF_PAPER, desk=_DESK),
        Dropout(at=r"body\.\d+\.attention", rate="dropout", source=_OF_PAPER, desk=_DESK),
        Dropout(at=r"body\.\d+\.drop", rate="dropout", source=_OF_PAPER, times=2, desk=_DESK),
    ),
    initial=(
        Initial(r"(Linear|Embedding)\.weight", "normal", "initial_std", "the authors' code"),
        Initial(r"Linear.bias", "constant", 0.0, "the authors' code"),
    ),
    parity=(
        Parity(
            against="transformers RobertaForMaskedLM and RobertaClassificationHead",
            check="parity:transformers",
            needs="transformers",
        ),
    ),
    weights={
        "base@public": _published("base", "roberta-base", 0.876),  # table 8
        "large@public": _published("large", "roberta-large", 0.902),  # table 5
    },
    advice=(
        Advice(
            "texts in English are to be labelled, and BERT would do",
            "yes",
            "The same network at the same cost of use, trained longer on ten times the text.",
            "Liu et al. 2019, arXiv:1907.11692, section 5",
        ),
        Advice(
            "texts are to be compared by their vectors, without fine-tuning",
            "no",
            "Nothing taught its first token to stand for the text.",
            "Reimers, Gurevych 2019, arXiv:1908.10084, section 4.1",
        ),
        Advice(
            "a language model is to be pretrained on one machine",
            "no",
            "What it adds to BERT is computing: 500,000 steps of about 8,000 sequences.",
            "Liu et al. 2019, arXiv:1907.11692, table 9",
        ),
    ),
)
