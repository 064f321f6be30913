from nna import spec

RTDL = (
    spec.Rename(r"^cls_embedding\.weight", "stem.cls"),
    spec.Rename(r"^cont_embeddings\.", "stem."),
    *(
        spec.Join(
            rf"^backbone\.blocks\.(\d+)\.attention\.W_([qkv])\.{kind}$",
            ("q", "k", "v"),
            f"body.{{}}.attention.qkv.{kind}",
        )
        for kind in ("weight", "bias")
    ),
    spec.Rename(r"^backbone\.blocks\.(\d+)\.attention\.W_out", r"body.\1.attention.proj"),
    spec.Rename(r"^backbone\.blocks\.(\d+)\.attention_normalization", r"body.\1.norm1"),
    spec.Rename(r"^backbone\.blocks\.(\d+)\.ffn_normalization", r"body.\1.norm2"),
    spec.Rename(r"^backbone\.blocks\.(\d+)\.ffn\.linear1", r"body.\1.ffn.0"),
    spec.Rename(r"^backbone\.blocks\.(\d+)\.ffn\.linear2", r"body.\1.ffn.3"),
    spec.Rename(r"^backbone\.output\.normalization", "head.0"),
    spec.Rename(r"^backbone\.output\.linear", "head.2"),
)
