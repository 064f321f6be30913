from nna import spec

# From Hugging Face's names to ours.
RULES = (
    spec.Drop(r"lm_head\.decoder\."),  # the embedding and the bias once more
    spec.Drop(r"position_ids$"),
    spec.Rename(r"^roberta\.", ""),
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
    spec.Rename(r"^(pooler|classifier)\.dense\.", "pooler."),
    spec.Rename(r"^classifier\.out_proj\.", "head."),
    spec.Rename(r"^lm_head\.bias$", "words_bias"),
    spec.Rename(r"^lm_head\.dense\.", "transform.linear."),
    spec.Rename(r"^lm_head\.layer_norm\.", "transform.norm."),
)

TOKENIZER = spec.Tokenizer(
    kind="byte-level-bpe",
    unknown="<unk>",
    start="<s>",
    end="</s>",
    pad="<pad>",
    mask="<mask>",
)


def _published(variant: str, hub: str, mnli: float) -> spec.Weights:
    return spec.Weights(
        variant=variant,
        hub=f"FacebookAI/{hub}",
        licence="MIT",
        rules=RULES,
        tokenizer=TOKENIZER,
        fresh=(r"^head\.",),
        reported={"MNLI accuracy, fine-tuned": mnli},
    )


WEIGHTS = {
    "base@public": _published("base", "roberta-base", 0.876),  # table 8
    "large@public": _published("large", "roberta-large", 0.902),  # table 5
}
