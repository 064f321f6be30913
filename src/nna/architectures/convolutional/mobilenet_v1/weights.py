from nna import spec

TIMM = (
    spec.Rename(r"^conv_stem\.", "stem.0.conv."),
    spec.Rename(r"^bn1\.", "stem.0.norm."),
    spec.Rename(r"^blocks\.", "body."),
    spec.Rename(r"\.conv_dw\.", ".depthwise.conv."),
    spec.Rename(r"\.bn1\.", ".depthwise.norm."),
    spec.Rename(r"\.conv_pw\.", ".pointwise.conv."),
    spec.Rename(r"\.bn2\.", ".pointwise.norm."),
    spec.Rename(r"^classifier\.", "head."),
)


def _weights(variant: str, hub: str, resize: int, top1: float) -> spec.Weights:
    """Trained by timm's author with a recipe of 2024."""
    return spec.Weights(
        variant=variant,
        hub=f"timm/{hub}.ra4_e3600_r224_in1k",
        licence="Apache-2.0",
        rules=TIMM,
        prepare=spec.Preprocessing(
            resize=resize, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5), interpolation="bicubic"
        ),
        reported={"top-1 accuracy": top1},
    )


WEIGHTS = {
    "1.0@imagenet1k": _weights("1.0", "mobilenetv1_100", 256, 75.382),
    "1.25@imagenet1k": _weights("1.25", "mobilenetv1_125", 248, 76.924),
}
