from nna import spec

TIMM = (
    spec.Rename(r"^conv_stem\.", "stem.0.conv."),
    spec.Rename(r"^bn1\.", "stem.0.norm."),
    spec.Rename(r"^conv_head\.", "last.0.conv."),
    spec.Rename(r"^bn2\.", "last.0.norm."),
    spec.Rename(r"^classifier\.", "head.1."),
    spec.Rename(r"^blocks\.0\.0\.bn1\.", "body.0.0.depthwise.norm."),  # it widens nothing
    spec.Rename(r"^blocks\.0\.0\.conv_pw\.", "body.0.0.project.conv."),
    spec.Rename(r"^blocks\.0\.0\.bn2\.", "body.0.0.project.norm."),
    spec.Rename(r"^blocks\.", "body."),
    spec.Rename(r"\.conv_pw\.", ".expand.conv."),
    spec.Rename(r"\.bn1\.", ".expand.norm."),
    spec.Rename(r"\.conv_dw\.", ".depthwise.conv."),
    spec.Rename(r"\.bn2\.", ".depthwise.norm."),
    spec.Rename(r"\.conv_pwl\.", ".project.conv."),
    spec.Rename(r"\.bn3\.", ".project.norm."),
)


def _weights(variant: str, hub: str, top1: float) -> spec.Weights:
    """Trained by timm's author."""
    return spec.Weights(
        variant=variant,
        hub=f"timm/{hub}",
        licence="Apache-2.0",
        rules=TIMM,
        prepare=spec.Preprocessing(interpolation="bicubic"),
        reported={"top-1 accuracy": top1},
    )


WEIGHTS = {
    "1.0@imagenet1k": _weights("1.0", "mobilenetv2_100.ra_in1k", 72.976),
    "1.4@imagenet1k": _weights("1.4", "mobilenetv2_140.ra_in1k", 76.520),
    "0.5@imagenet1k": _weights("0.5", "mobilenetv2_050.lamb_in1k", 65.950),
}
