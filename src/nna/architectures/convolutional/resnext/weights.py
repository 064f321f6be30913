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


def _weights(variant: str, hub: str, prepare: spec.Preprocessing, top1: float) -> spec.Weights:
    """Torchvision's checkpoints, kept by timm under the same names."""
    return spec.Weights(
        variant=variant,
        hub=f"timm/{hub}",
        licence="BSD-3-Clause",
        rules=TORCHVISION,
        prepare=prepare,
        reported={"top-1 accuracy": top1},
    )


WEIGHTS = {
    "50-32x4d@imagenet1k": _weights(
        "50-32x4d", "resnext50_32x4d.tv_in1k", spec.Preprocessing(), 77.618
    ),
    "101-32x8d@imagenet1k": _weights(
        "101-32x8d", "resnext101_32x8d.tv_in1k", spec.Preprocessing(), 79.312
    ),
    "101-64x4d@imagenet1k": _weights(
        "101-64x4d", "resnext101_64x4d.tv_in1k", spec.Preprocessing(resize=232), 83.246
    ),
}
