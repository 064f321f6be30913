from nna import spec

# From timm's names, which the files on the hub bear too.
RULES = (
    spec.Rename(r"^stem\.proj\.", "stem.conv."),
    spec.Rename(r"^blocks\.", "body."),
    spec.Rename(r"^norm\.", "affine."),
    spec.Rename(r"\.norm1\.", ".affine_patches."),
    spec.Rename(r"\.linear_tokens\.", ".mix_patches."),
    spec.Rename(r"\.ls1$", ".scale_patches"),
    spec.Rename(r"\.norm2\.", ".affine_channels."),
    spec.Rename(r"\.mlp_channels\.fc1\.", ".mix_channels.fc1."),
    spec.Rename(r"\.mlp_channels\.fc2\.", ".mix_channels.fc2."),
    spec.Rename(r"\.ls2$", ".scale_channels"),
)


def _weights(variant: str, name: str, tag: str, top1: float) -> spec.Weights:
    """The authors' checkpoints, as timm keeps them, and the accuracy that the authors report."""
    return spec.Weights(
        variant=variant,
        hub=f"timm/resmlp_{name}_224.{tag}",
        licence="Apache-2.0",
        rules=RULES,
        prepare=spec.Preprocessing(resize=248, interpolation="bicubic"),  # a crop of 0.9
        reported={"top-1 accuracy": top1},
    )


WEIGHTS = {
    "s12@imagenet1k_distilled": _weights("s12", "12", "fb_distilled_in1k", 77.8),
    "s24@imagenet1k_distilled": _weights("s24", "24", "fb_distilled_in1k", 80.8),
    "s36@imagenet1k_distilled": _weights("s36", "36", "fb_distilled_in1k", 81.1),
    "b24@imagenet1k_distilled": _weights("b24", "big_24", "fb_distilled_in1k", 83.6),
    "b24@imagenet22k_imagenet1k": _weights("b24", "big_24", "fb_in22k_ft_in1k", 84.4),
}
