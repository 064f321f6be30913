from nna import spec

# From Hugging Face's names to ours.
RULES = (
    spec.Drop(r"vocab_projector\.weight$"),  # the embedding once more
    spec.Drop(r"^classifier\.distilbert\."),
    spec.Drop(r"position_ids$"),
    spec.Rename(r"^distilbert\.", ""),
    spec.Rename(r"^embeddings\.word_embeddings\.", "embeddings.words."),
    spec.Rename(r"^embeddings\.position_embeddings\.", "embeddings.positions."),
    spec.Rename(r"^embeddings\.LayerNorm\.", "embeddings.norm."),
    spec.Rename(r"^transformer\.layer\.", "body."),
    spec.Join(r"^(.*\.attention)\.(q|k|v)_lin\.weight$", ("q", "k", "v"), "{}.qkv.weight"),
    spec.Join(r"^(.*\.attention)\.(q|k|v)_lin\.bias$", ("q", "k", "v"), "{}.qkv.bias"),
    spec.Rename(r"\.attention\.out_lin\.", ".attention.proj."),
    spec.Rename(r"\.sa_layer_norm\.", ".norm1."),
    spec.Rename(r"\.ffn\.lin1\.", ".mlp.fc1."),
    spec.Rename(r"\.ffn\.lin2\.", ".mlp.fc2."),
    spec.Rename(r"\.output_layer_norm\.", ".norm2."),
    spec.Rename(r"^(classifier\.)?pre_classifier\.", "pooler."),
    spec.Rename(r"^(classifier\.)?classifier\.", "head."),
    spec.Rename(r"^vocab_projector\.bias$", "words_bias"),
    spec.Rename(r"^vocab_transform\.", "transform.linear."),
    spec.Rename(r"^vocab_layer_norm\.", "transform.norm."),
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
        hub="distilbert/distilbert-base-uncased",
        licence="Apache-2.0",
        rules=RULES,
        tokenizer=TOKENIZER,
        fresh=(r"^pooler\.", r"^head\."),
        reported={"GLUE score, fine-tuned": 77.0},  # table 1
    ),
}
