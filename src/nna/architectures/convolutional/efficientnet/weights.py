from nna import spec

TIMM = (
    spec.Rename(r"^conv_stem\.", "stem.0.conv."),
    spec.Rename(r"^bn1\.", "stem.0.norm."),
    spec.Rename(r"^conv_head\.", "last.0.conv."),
    spec.Rename(r"^bn2\.", "last.0.norm."),
    spec.Rename(r"^classifier\.", "head.1."),
    spec.Rename(r"^blocks\.0\.(\d+)\.bn1\.", r"body.0.\1.depthwise.norm."),  # these widen nothing
    spec.Rename(r"^blocks\.0\.(\d+)\.conv_pw\.", r"body.0.\1.project.conv."),
    spec.Rename(r"^blocks\.0\.(\d+)\.bn2\.", r"body.0.\1.project.norm."),
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


def _weights(variant: str, tag: str, side: int, resize: int, top1: float) -> spec.Weights:
    """Trained by timm's author; larger ones are tested at other sides than the paper's."""
    return spec.Weights(
        variant=variant,
        hub=f"timm/efficientnet_{variant}.{tag}_in1k",
        licence="Apache-2.0",
        rules=TIMM,
        prepare=spec.Preprocessing(side=side, resize=resize, interpolation="bicubic"),
        reported={"top-1 accuracy": top1},
    )


WEIGHTS = {
    "b0@imagenet1k": _weights("b0", "ra", 224, 256, 77.694),
    "b1@imagenet1k": _weights("b1", "ft", 256, 256, 78.800),
    "b2@imagenet1k": _weights("b2", "ra", 288, 288, 80.610),
    "b3@imagenet1k": _weights("b3", "ra2", 320, 320, 82.242),
    "b4@imagenet1k": _weights("b4", "ra2", 384, 384, 83.414),
}
