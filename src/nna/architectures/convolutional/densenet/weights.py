from nna import spec

TORCHVISION = (
    spec.Rename(r"^features\.conv0\.", "stem.0."),
    spec.Rename(r"^features\.norm0\.", "stem.1.0."),
    *(spec.Rename(rf"^features\.denseblock{i + 1}\.", f"body.{2 * i}.") for i in range(4)),
    *(spec.Rename(rf"^features\.transition{i + 1}\.", f"body.{2 * i + 1}.") for i in range(3)),
    spec.Rename(r"denselayer(\d+)\.norm1\.", r"layers.\1.0.0."),
    spec.Rename(r"denselayer(\d+)\.conv1\.", r"layers.\1.1."),
    spec.Rename(r"denselayer(\d+)\.norm2\.", r"layers.\1.2.0."),
    spec.Rename(r"denselayer(\d+)\.conv2\.", r"layers.\1.3."),
    spec.Rename(r"^(body\.\d)\.norm\.", r"\1.0.0."),
    spec.Rename(r"^(body\.\d)\.conv\.", r"\1.1."),
    spec.Rename(r"^features\.norm5\.", "close.0."),
    spec.Rename(r"^classifier\.", "head."),
)


def _weights(variant: str, top1: float) -> spec.Weights:
    """The authors' Torch weights as torchvision carried them over, kept by timm."""
    return spec.Weights(
        variant=variant,
        hub=f"timm/densenet{variant}.tv_in1k",
        licence="Apache-2.0",
        rules=TORCHVISION,
        prepare=spec.Preprocessing(),
        reported={"top-1 accuracy": top1},
    )


WEIGHTS = {
    "121@imagenet1k": _weights("121", 74.434),
    "161@imagenet1k": _weights("161", 77.138),
    "169@imagenet1k": _weights("169", 75.600),
    "201@imagenet1k": _weights("201", 76.896),
}
