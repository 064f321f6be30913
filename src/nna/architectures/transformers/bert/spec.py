"""Facts about BERT: sizes, sources, public weights, where it fits and where it fails."""

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

SEGMENTS = 2  # sentence A and sentence B
EPS = 1e-12  # added to the variance by every layer norm


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one BERT."""

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
    "base": Variant(
        Config(layers=12, width=768, heads=12),
        110_106_428,
        {"params": Printed(110e6, "section 3")},
        macs=60_622_702_080,
    ),
    "large": Variant(
        Config(layers=24, width=1024, heads=16),
        336_226_108,
        {"params": Printed(340e6, "section 3", 0.012)},
        macs=184_043_964_416,
    ),
    "desk": Variant(
        Config(layers=2, width=64, heads=4, length=43, vocab=40, dropout=0.0, initial_std=0.1),
        114_154,
        macs=4_990_848,
    ),
}

# From Hugging Face's names to ours; older files call a norm's weight gamma and its bias beta.
RULES = (
    Drop(r"predictions\.decoder\."),  # the embedding and the bias once more
    Drop(r"position_ids$"),
    Rename(r"^bert\.", ""),
    Rename(r"\.gamma$", ".weight"),
    Rename(r"\.beta$", ".bias"),
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
    Rename(r"^pooler\.dense\.", "pooler."),
    Rename(r"^cls\.seq_relationship\.", "head."),
    Rename(r"^cls\.predictions\.bias$", "words_bias"),
    Rename(r"^cls\.predictions\.transform\.dense\.", "transform.linear."),
    Rename(r"^cls\.predictions\.transform\.LayerNorm\.", "transform.norm."),
)

_OF_PAPER = "appendix A.2"
_INITIAL = "the authors' code, modeling.py; there cut off at two deviations"
_DESK = "few weights on small data: it has yet to overfit"

SPEC = Architecture(
    name="BERT",
    limitation="A pretrained language model read from the left only: no word saw what follows it.",
    idea="Leave words out and find them from both sides; then fine-tune all of it for a task.",
    paper=Paper(
        title="BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
        authors="Devlin, Chang, Lee, Toutanova",
        year=2019,
        venue="NAACL",
        arxiv="1810.04805",
    ),
    since=2018,
    builds_on=("transformer", "gpt1"),
    inputs={"tokens": Tokens(mask=True), "segments": Tokens(vocab=SEGMENTS, along="tokens")},
    outputs=Several(of={"output": Scores(), "words": StepScores(along="tokens")}),
    tasks=("masked-language-modelling", "classification"),
    model="model:BERT",
    twin="model_keras:BERT",
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
        "Wikipedia and BooksCorpus, 3.3 billion words, batches of 256 sequences of 512 tokens (of "
        "128 for the first 90 % of the steps), 1,000,000 steps, Adam at 1e-4, weight decay 0.01, "
        "warm-up over 10,000 steps, then linear decay; fine-tuning 2 to 4 epochs at 2e-5 to 5e-5, "
        "batches of 16 or 32 (section 3.1, appendices A.2 and A.3)."
    ),
    objectives=("masked_language_modelling", "cross_entropy"),
    signature=Signature(
        data="next_piece",
        metric="accuracy",
        threshold=0.3,
        baseline="bigram",
        expected_failure=(
            "Say how probable a text is: two words left out together are guessed each for itself."
        ),
        failure_test="test_two_words_left_out_together_are_guessed_each_for_itself",
    ),
    dropout=(
        Dropout(at=r"embeddings\.drop", rate="dropout", source=_OF_PAPER, desk=_DESK),
        Dropout(at=r"body\.\d+\.attention", rate="dropout", source=_OF_PAPER, desk=_DESK),
        Dropout(at=r"body\.\d+\.drop", rate="dropout", source=_OF_PAPER, times=2, desk=_DESK),
    ),
    norms=(Norm(eps=EPS, source="the authors' code, modeling.py, layer_norm"),),
    initial=(
        Initial(r"(Linear|Embedding)\.weight", "normal", "initial_std", _INITIAL),
        Initial(r"Linear.bias", "constant", 0.0, "the authors' code"),
    ),
    parity=(
        Parity(
            against="transformers BertForPreTraining",
            check="parity:transformers",
            needs="transformers",
        ),
        Parity(against="the equations, token by token in NumPy", check="parity:equations"),
    ),
    weights={
        "base@uncased": Weights(
            variant="base",
            hub="google-bert/bert-base-uncased",
            licence="Apache-2.0",
            rules=RULES,
            reported={"MNLI accuracy, fine-tuned": 0.846},  # table 1
        ),
        "large@uncased": Weights(
            variant="large",
            hub="google-bert/bert-large-uncased",
            licence="Apache-2.0",
            rules=RULES,
            reported={"MNLI accuracy, fine-tuned": 0.867},  # table 1
        ),
    },
    advice=(
        Advice(
            "texts are to be labelled, matched or searched, with some thousand labelled examples",
            "yes",
            "Every token knows both sides, and one layer of scores on top is all that is new.",
            "Devlin et al. 2019, arXiv:1810.04805, section 3.2",
        ),
        Advice(
            "words that are missing, misread or misspelt are to be found in their context",
            "yes",
            "That is what it is trained for.",
            "Devlin et al. 2019, arXiv:1810.04805, section 3.1",
        ),
        Advice(
            "text is to be written",
            "no",
            "It scores missing words; a model that reads from the left writes slightly better.",
            "Wang, Cho 2019, arXiv:1902.04094, abstract",
        ),
        Advice(
            "texts are longer than 512 tokens, or there are no pretrained weights for the language",
            "no",
            "Positions end there, attention costs the square; from nothing it needs billions of "
            "words.",
            "Devlin et al. 2019, arXiv:1810.04805, appendix A.2",
        ),
    ),
)
