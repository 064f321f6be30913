from nna import spec

# From timm's names, which the files on the hub bear too.
RULES = (
    spec.Rename(r"^stem\.0\.", "stem.conv."),
    spec.Rename(r"^stem\.1\.", "stem.norm."),
    spec.Rename(r"^stages\.(\d+)\.downsample\.0\.", r"body.\1.shrink.norm."),
    spec.Rename(r"^stages\.(\d+)\.downsample\.1\.", r"body.\1.shrink.conv."),
    spec.Rename(r"^stages\.(\d+)\.blocks\.", r"body.\1.blocks."),
    spec.Rename(r"\.gamma$", ".scale"),
    spec.Rename(r"\.conv_dw\.", ".spatial."),
    spec.Rename(r"\.mlp\.fc1\.", ".fc1."),
    spec.Rename(r"\.mlp\.fc2\.", ".fc2."),
    spec.Rename(r"^head\.fc\.", "head.scores."),
)


def _weights(variant: str, tag: str, top1: float) -> spec.Weights:
    return spec.Weights(
        variant=variant,
        hub=f"timm/convnext_{variant}.{tag}",
        licence="Apache-2.0",
        rules=RULES,
        prepare=spec.Preprocessing(interpolation="bicubic"),
        reported={"top-1 accuracy": top1},  # table 1, at 224 pixels
    )


WEIGHTS = {
    "tiny@imagenet1k": _weights("tiny", "fb_in1k", 82.1),
    "small@imagenet1k": _weights("small", "fb_in1k", 83.1),
    "base@imagenet1k": _weights("base", "fb_in1k", 83.8),
    "large@imagenet1k": _weights("large", "fb_in1k", 84.3),
    "xlarge@imagenet22k_imagenet1k": _weights("xlarge", "fb_in22k_ft_in1k", 87.0),
}
