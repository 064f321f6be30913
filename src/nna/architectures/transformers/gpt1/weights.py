from nna import spec

# From Hugging Face's names, with or without the head, to ours. Its Conv1D stores (in, out).
RULES = (
    spec.Drop(r"lm_head\.weight$"),  # the token embedding once more
    spec.Drop(r"position_ids$"),
    spec.Drop(r"\.attn\.bias$"),  # the causal mask
    spec.Rename(r"^(.*\.)?transformer\.", ""),
    spec.Transpose(r"\.c_(attn|proj|fc)\.weight$"),
    spec.Rename(r"^tokens_embed\.", "tokens."),
    spec.Rename(r"^positions_embed\.", "positions."),
    spec.Rename(r"^h\.", "body."),
    spec.Rename(r"\.ln_(\d)\.", r".norm\1."),
    spec.Rename(r"\.attn\.c_attn\.", ".attention.qkv."),
    spec.Rename(r"\.attn\.c_proj\.", ".attention.proj."),
    spec.Rename(r"\.mlp\.c_fc\.", ".mlp.fc1."),
    spec.Rename(r"\.mlp\.c_proj\.", ".mlp.fc2."),
)

TOKENIZER = spec.Tokenizer(kind="bpe", unknown="<unk>")

WEIGHTS = {
    "base@openai": spec.Weights(
        variant="base",
        hub="openai-community/openai-gpt",
        licence="MIT",
        rules=RULES,
        tokenizer=TOKENIZER,
        reported={"BooksCorpus perplexity": 18.4},  # section 4.1
    ),
}
