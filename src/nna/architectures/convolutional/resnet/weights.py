from nna import spec

TORCHVISION = (
    spec.Rename(r"^conv1\.", "stem.0.conv."),
    spec.Rename(r"^bn1\.", "stem.0.norm."),
    *(spec.Rename(rf"^layer{stage + 1}\.", f"body.{stage}.") for stage in range(4)),
    *(spec.Rename(rf"\.conv{i + 1}\.", f".branch.{2 * i}.conv.") for i in range(3)),
    *(spec.Rename(rf"\.bn{i + 1}\.", f".branch.{2 * i}.norm.") for i in range(3)),
    spec.Rename(r"\.downsample\.0\.", ".skip.conv."),
    spec.Rename(r"\.downsample\.1\.", ".skip.norm."),
    spec.Rename(r"^fc\.", "head."),
)


def _weights(variant: str, top1: float) -> spec.Weights:
    """Torchvision's first checkpoints, kept by timm under the same names."""
    return spec.Weights(
        variant=variant,
        hub=f"timm/resnet{variant}.tv_in1k",
        licence="BSD-3-Clause",
        rules=TORCHVISION,
        prepare=spec.Preprocessing(),
        reported={"top-1 accuracy": top1},
    )


WEIGHTS = {
    "18@imagenet1k": _weights("18", 69.758),
    "50@imagenet1k": _weights("50", 76.130),
}
