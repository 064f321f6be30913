from nna import spec

TIMM = (
    spec.Rename(r"^features\.", "body."),
    spec.Rename(r"^head\.fc\.", "head.6."),
    spec.Flatten(r"^pre_logits\.fc\d\.weight"),  # it keeps dense layers as convolutions
    spec.Rename(r"^pre_logits\.fc1\.", "head.0."),
    spec.Rename(r"^pre_logits\.fc2\.", "head.3."),
)


def _weights(variant: str, top1: float) -> spec.Weights:
    """Torchvision's checkpoints, without batch norm, as timm keeps them."""
    return spec.Weights(
        variant=variant,
        hub=f"timm/vgg{variant}.tv_in1k",
        licence="BSD-3-Clause",
        rules=TIMM,
        prepare=spec.Preprocessing(),
        reported={"top-1 accuracy": top1},
    )


WEIGHTS = {
    "11@imagenet1k": _weights("11", 69.020),
    "13@imagenet1k": _weights("13", 69.928),
    "16@imagenet1k": _weights("16", 71.592),
    "19@imagenet1k": _weights("19", 72.376),
}
