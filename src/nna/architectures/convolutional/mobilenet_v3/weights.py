from nna import spec


def timm(last: int) -> tuple[spec.Rule, ...]:
    """From timm's names, where stage `last` is the 1x1 convolution before the mean."""
    return (
        spec.Rename(r"^conv_stem\.", "stem.0.conv."),
        spec.Rename(r"^bn1\.", "stem.0.norm."),
        spec.Rename(rf"^blocks\.{last}\.0\.conv\.", "last.0.conv."),
        spec.Rename(rf"^blocks\.{last}\.0\.bn1\.", "last.0.norm."),
        spec.Flatten(r"^conv_head\.weight"),
        spec.Rename(r"^conv_head\.", "head.0."),
        spec.Rename(r"^classifier\.", "head.3."),
        spec.Rename(r"^blocks\.0\.0\.bn1\.", "body.0.0.depthwise.norm."),  # it widens nothing
        spec.Rename(r"^blocks\.0\.0\.conv_pw\.", "body.0.0.project.conv."),
        spec.Rename(r"^blocks\.0\.0\.bn2\.", "body.0.0.project.norm."),
        spec.Rename(r"^blocks\.", "body."),
        spec.Rename(r"\.conv_pw\.", ".expand.conv."),
        spec.Rename(r"\.bn1\.", ".expand.norm."),
        spec.Rename(r"\.conv_dw\.", ".depthwise.conv."),
        spec.Rename(r"\.bn2\.", ".depthwise.norm."),
        spec.Rename(r"\.se\.conv_reduce\.", ".weigh.squeeze."),
        spec.Rename(r"\.se\.conv_expand\.", ".weigh.excite."),
        spec.Rename(r"\.conv_pwl\.", ".project.conv."),
        spec.Rename(r"\.bn3\.", ".project.norm."),
    )


def _weights(variant: str, last: int, hub: str, top1: float) -> spec.Weights:
    """Trained by timm's author."""
    return spec.Weights(
        variant=variant,
        hub=f"timm/mobilenetv3_{hub}",
        licence="Apache-2.0",
        rules=timm(last),
        prepare=spec.Preprocessing(interpolation="bicubic"),
        reported={"top-1 accuracy": top1},
    )


WEIGHTS = {
    "large@imagenet1k": _weights("large", 6, "large_100.ra_in1k", 75.766),
    "small@imagenet1k": _weights("small", 5, "small_100.lamb_in1k", 67.656),
    "small-0.75@imagenet1k": _weights("small-0.75", 5, "small_075.lamb_in1k", 65.234),
}
