from nna import spec

# From Hugging Face's names, with or without the head, to ours. Its Conv1D stores (in, out).
RULES = (
    spec.Drop(r"lm_head\.weight$"),  # the token embedding once more
    spec.Drop(r"\.attn\.(masked_)?bias$"),  # the causal mask
    spec.Rename(r"^(.*\.)?transformer\.", ""),
    spec.Transpose(r"\.c_(attn|proj|fc)\.weight$"),
    spec.Rename(r"^wte\.", "tokens."),
    spec.Rename(r"^wpe\.", "positions."),
    spec.Rename(r"^ln_f\.", "norm."),
    spec.Rename(r"^h\.", "body."),
    spec.Rename(r"\.ln_(\d)\.", r".norm\1."),
    spec.Rename(r"\.attn\.c_attn\.", ".attention.qkv."),
    spec.Rename(r"\.attn\.c_proj\.", ".attention.proj."),
    spec.Rename(r"\.mlp\.c_fc\.", ".mlp.fc1."),
    spec.Rename(r"\.mlp\.c_proj\.", ".mlp.fc2."),
)

TOKENIZER = spec.Tokenizer(kind="byte-level-bpe", empty="<|endoftext|>")


def _published(variant: str, hub: str, lambada: float, wikitext: float) -> spec.Weights:
    return spec.Weights(
        variant=variant,
        hub=f"openai-community/{hub}",
        licence="modified MIT",
        rules=RULES,
        tokenizer=TOKENIZER,
        reported={"LAMBADA perplexity": lambada, "WikiText-2 perplexity": wikitext},  # table 3
    )


WEIGHTS = {
    "small@openai": _published("small", "gpt2", 35.13, 29.41),
    "medium@openai": _published("medium", "gpt2-medium", 15.60, 22.76),
    "large@openai": _published("large", "gpt2-large", 10.87, 19.93),
    "xl@openai": _published("xl", "gpt2-xl", 8.63, 18.34),
}
