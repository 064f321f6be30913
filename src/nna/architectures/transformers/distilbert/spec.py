"""Facts about DistilBERT: sizes, sources, public weights, where it fits and where it fails."""

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
from nna.spec_training import Dropout, Initial, Norm

EPS = 1e-12  # added to the variance by every layer norm


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one DistilBERT."""

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
    "base": Variant(
        Config(layers=6, width=768, heads=12),
        67_577_660,
        {"params": Printed(66e6, "table 3", 0.03, "counts the body alone, 66,362,880")},
        macs=36_463_511_040,
    ),
    "desk": Variant(
        Config(layers=1, width=64, heads=4, length=43, vocab=40, dropout=0.0, initial_std=0.1),
        64_042,
        macs=2_640_640,
    ),
}

# From Hugging Face's names to ours.
RULES = (
    Drop(r"vocab_projector\.weight$"),  # the embedding once more
    Drop(r"^classifier\.distilbert\."),
    Drop(r"position_ids$"),
    Rename(r"^distilbert\.", ""),
    Rename(r"^embeddings\.word_embeddings\.", "embeddings.words."),
    Rename(r"^embeddings\.position_embeddings\.", "embeddings.positions."),
    Rename(r"^embeddings\.LayerNorm\.", "embeddings.norm."),
    Rename(r"^transformer\.layer\.", "body."),
    Join(r"^(.*\.attention)\.(q|k|v)_lin\.weight$", ("q", "k", "v"), "{}.qkv.weight"),
    Join(r"^(.*\.attention)\.(q|k|v)_lin\.bias$", ("q", "k", "v"), "{}.qkv.bias"),
    Rename(r"\.attention\.out_lin\.", ".attention.proj."),
    Rename(r"\.sa_layer_norm\.", ".norm1."),
    Rename(r"\.ffn\.lin1\.", ".mlp.fc1."),
    Rename(r"\.ffn\.lin2\.", ".mlp.fc2."),
    Rename(r"\.output_layer_norm\.", ".norm2."),
    Rename(r"^(classifier\.)?pre_classifier\.", "pooler."),
    Rename(r"^(classifier\.)?classifier\.", "head."),
    Rename(r"^vocab_projector\.bias$", "words_bias"),
    Rename(r"^vocab_transform\.", "transform.linear."),
    Rename(r"^vocab_layer_norm\.", "transform.norm."),
)

_RELEASED = "the released configuration: dropout, attention_dropout"
_DESK = "few weights on small data: it has yet to overfit"

SPEC = Architecture(
    name="DistilBERT",
    limitation="BERT is too slow and too large for small machines and for many questions a second.",
    idea="Half of BERT's layers, taught by BERT: its shares of all words, and its last states.",
    paper=Paper(
        title="DistilBERT, a distilled version of BERT: smaller, faster, cheaper and lighter",
        authors="Sanh, Debut, Chaumond, Wolf",
        kind="misc",
        year=2019,
        venue="arXiv",
        arxiv="1910.01108",
    ),
    builds_on=("bert",),
    inputs={"tokens": Tokens(mask=True)},
    outputs=Several(
        of={
            "output": Scores(),
            "words": StepScores(along="tokens"),
            "states": StepScores(of="width", along="tokens"),
        }
    ),
    tasks=("masked-language-modelling", "classification"),
    model="model:DistilBERT",
    twin="model_keras:DistilBERT",
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
        "Wikipedia and BooksCorpus, batches of up to 4,000 texts, masks drawn anew, about 90 hours "
        "on 8 GPUs, from every second layer of BERT (section 3); in the released code the "
        "three losses weigh 5, 2 and 1, the temperature is 2."
    ),
    objectives=("masked_language_modelling", "distillation", "cross_entropy"),
    signature=Signature(
        data="missing_letters",
        metric="accuracy",
        threshold=0.2,
        baseline="most frequent",
        expected_failure=(
            "Know better than its teacher: of soft targets alone it learns the teacher's errors."
        ),
        failure_test="test_of_soft_targets_alone_it_learns_its_teachers_errors",
    ),
    dropout=(
        Dropout(at=r"embeddings\.drop", rate="dropout", source=_RELEASED, desk=_DESK),
        Dropout(at=r"body\.\d+\.attention", rate="dropout", source=_RELEASED, desk=_DESK),
        Dropout(at=r"body\.\d+\.drop", rate="dropout", source=_RELEASED, times=2, desk=_DESK),
    ),
    norms=(Norm(eps=EPS, source="the authors' code, modeling_distilbert.py"),),
    initial=(
        Initial(r"(Linear|Embedding)\.weight", "normal", "initial_std", "the authors' code"),
        Initial(r"Linear.bias", "constant", 0.0, "the authors' code"),
    ),
    parity=(
        Parity(
            against="transformers DistilBertForMaskedLM and DistilBertForSequenceClassification",
            check="parity:transformers",
            needs="transformers",
        ),
    ),
    weights={
        "base@uncased": Weights(
            variant="base",
            hub="distilbert/distilbert-base-uncased",
            licence="Apache-2.0",
            rules=RULES,
            fresh=(r"^pooler\.", r"^head\."),
            reported={"GLUE score, fine-tuned": 77.0},  # table 1
        ),
    },
    advice=(
        Advice(
            "BERT would do, but must answer faster or fit a smaller machine",
            "yes",
            "Half of the layers, 97 % of BERT's score on GLUE.",
            "Sanh et al. 2019, arXiv:1910.01108, tables 1 and 3",
        ),
        Advice(
            "a large network has been trained already, and a smaller one is to do its work",
            "yes",
            "Its shares of all words teach more than the one right word.",
            "Hinton, Vinyals, Dean 2015, arXiv:1503.02531, section 1",
        ),
        Advice(
            "the last point of accuracy counts, and time does not",
            "no",
            "It stays behind its teacher on eight of nine tasks, most on RTE (inference).",
            "Sanh et al. 2019, arXiv:1910.01108, table 1",
        ),
    ),
)
