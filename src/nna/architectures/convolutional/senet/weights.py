from typing import Literal

from nna import spec

TIMM = (
    spec.Rename(r"^layer0\.conv1\.", "stem.0.conv."),
    spec.Rename(r"^layer0\.bn1\.", "stem.0.norm."),
    *(spec.Rename(rf"^layer{stage + 1}\.", f"body.{stage}.") for stage in range(4)),
    *(spec.Rename(rf"\.conv{i + 1}\.", f".branch.{2 * i}.conv.") for i in range(3)),
    *(spec.Rename(rf"\.bn{i + 1}\.", f".branch.{2 * i}.norm.") for i in range(3)),
    spec.Rename(r"\.se_module\.fc1\.", ".gate.squeeze."),
    spec.Rename(r"\.se_module\.fc2\.", ".gate.excite."),
    spec.Rename(r"\.downsample\.0\.", ".skip.conv."),
    spec.Rename(r"\.downsample\.1\.", ".skip.norm."),
    spec.Rename(r"^last_linear\.", "head."),
)


def _weights(
    variant: str, top1: float, interpolation: Literal["bilinear", "bicubic"] = "bilinear"
) -> spec.Weights:
    """The authors' Caffe weights as carried over by Cadene (18: timm's own), kept by timm."""
    return spec.Weights(
        variant=variant,
        hub=f"timm/legacy_seresnet{variant}.in1k",
        licence="Apache-2.0",
        rules=TIMM,
        prepare=spec.Preprocessing(interpolation=interpolation),
        reported={"top-1 accuracy": top1},
    )


WEIGHTS = {
    "18@imagenet1k": _weights("18", 71.742, "bicubic"),
    "50@imagenet1k": _weights("50", 77.636),
    "101@imagenet1k": _weights("101", 78.396),
    "152@imagenet1k": _weights("152", 78.658),
}
