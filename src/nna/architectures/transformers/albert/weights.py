from nna import spec

_QKV = ("query", "key", "value")


# From Hugging Face's names to ours.
RULES = (
    spec.Drop(r"predictions\.decoder\."),  # the embedding and the bias once more
    spec.Drop(r"position_ids$"),
    spec.Rename(r"^albert\.", ""),
    spec.Rename(r"^embeddings\.word_embeddings\.", "embeddings.words."),
    spec.Rename(r"^embeddings\.position_embeddings\.", "embeddings.positions."),
    spec.Rename(r"^embeddings\.token_type_embeddings\.", "embeddings.segments."),
    spec.Rename(r"^embeddings\.LayerNorm\.", "embeddings.norm."),
    spec.Rename(r"^encoder\.embedding_hidden_mapping_in\.", "embeddings.widen."),
    spec.Rename(r"^encoder\.albert_layer_groups\.0\.albert_layers\.0\.", "layer."),
    spec.Join(r"^(layer\.attention)\.(query|key|value)\.weight$", _QKV, "{}.qkv.weight"),
    spec.Join(r"^(layer\.attention)\.(query|key|value)\.bias$", _QKV, "{}.qkv.bias"),
    spec.Rename(r"^layer\.attention\.dense\.", "layer.attention.proj."),
    spec.Rename(r"^layer\.attention\.LayerNorm\.", "layer.norm1."),
    spec.Rename(r"^layer\.ffn\.", "layer.mlp.fc1."),
    spec.Rename(r"^layer\.ffn_output\.", "layer.mlp.fc2."),
    spec.Rename(r"^layer\.full_layer_layer_norm\.", "layer.norm2."),
    spec.Rename(r"^sop_classifier\.classifier\.", "head."),
    spec.Rename(r"^predictions\.bias$", "words_bias"),
    spec.Rename(r"^predictions\.dense\.", "transform.linear."),
    spec.Rename(r"^predictions\.LayerNorm\.", "transform.norm."),
)

TOKENIZER = spec.Tokenizer(
    kind="unigram",
    unknown="<unk>",
    start="[CLS]",
    end="[SEP]",
    pad="<pad>",
    mask="[MASK]",
)


def _published(variant: str, mnli: float) -> spec.Weights:
    return spec.Weights(
        variant=variant,
        hub=f"albert/albert-{variant}-v2",
        licence="Apache-2.0",
        rules=RULES,
        tokenizer=TOKENIZER,
        fresh=(r"^head\.",),
        reported={"MNLI accuracy, fine-tuned": mnli},  # the authors' README
    )


WEIGHTS = {
    "base@v2": _published("base", 0.846),
    "large@v2": _published("large", 0.865),
    "xlarge@v2": _published("xlarge", 0.879),
    "xxlarge@v2": _published("xxlarge", 0.906),
}
