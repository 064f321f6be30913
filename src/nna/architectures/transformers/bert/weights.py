from nna import spec

# From Hugging Face's names to ours; older files call a norm's weight gamma and its bias beta.
RULES = (
    spec.Drop(r"predictions\.decoder\."),  # the embedding and the bias once more
    spec.Drop(r"position_ids$"),
    spec.Rename(r"^bert\.", ""),
    spec.Rename(r"\.gamma$", ".weight"),
    spec.Rename(r"\.beta$", ".bias"),
    spec.Rename(r"^embeddings\.word_embeddings\.", "embeddings.words."),
    spec.Rename(r"^embeddings\.position_embeddings\.", "embeddings.positions."),
    spec.Rename(r"^embeddings\.token_type_embeddings\.", "embeddings.segments."),
    spec.Rename(r"^embeddings\.LayerNorm\.", "embeddings.norm."),
    spec.Rename(r"^encoder\.layer\.", "body."),
    spec.Join(
        r"^(.*\.attention)\.self\.(\w+)\.weight$", ("query", "key", "value"), "{}.qkv.weight"
    ),
    spec.Join(r"^(.*\.attention)\.self\.(\w+)\.bias$", ("query", "key", "value"), "{}.qkv.bias"),
    spec.Rename(r"\.attention\.output\.dense\.", ".attention.proj."),
    spec.Rename(r"\.attention\.output\.LayerNorm\.", ".norm1."),
    spec.Rename(r"\.intermediate\.dense\.", ".mlp.fc1."),
    spec.Rename(r"^(body\.\d+)\.output\.dense\.", r"\1.mlp.fc2."),
    spec.Rename(r"^(body\.\d+)\.output\.LayerNorm\.", r"\1.norm2."),
    spec.Rename(r"^pooler\.dense\.", "pooler."),
    spec.Rename(r"^cls\.seq_relationship\.", "head."),
    spec.Rename(r"^cls\.predictions\.bias$", "words_bias"),
    spec.Rename(r"^cls\.predictions\.transform\.dense\.", "transform.linear."),
    spec.Rename(r"^cls\.predictions\.transform\.LayerNorm\.", "transform.norm."),
)

TOKENIZER = spec.Tokenizer(
    kind="wordpiece",
    unknown="[UNK]",
    start="[CLS]",
    end="[SEP]",
    pad="[PAD]",
    mask="[MASK]",
)

WEIGHTS = {
    "base@uncased": spec.Weights(
        variant="base",
        hub="google-bert/bert-base-uncased",
        licence="Apache-2.0",
        rules=RULES,
        tokenizer=TOKENIZER,
        reported={"MNLI accuracy, fine-tuned": 0.846},  # table 1
    ),
    "large@uncased": spec.Weights(
        variant="large",
        hub="google-bert/bert-large-uncased",
        licence="Apache-2.0",
        rules=RULES,
        tokenizer=TOKENIZER,
        reported={"MNLI accuracy, fine-tuned": 0.867},  # table 1
    ),
}
