from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    widths: tuple[int, ...] = (64, 128, 256, 512, 512)  # channels of each VGG stage
    depths: tuple[int, ...] = (2, 2, 3, 3, 3)  # its convolutions
    hidden: int = 1024  # channels of the dense layers turned convolutions
    extras: tuple[tuple[int, int, int], ...] = (  # squeezed channels, channels, stride
        (256, 512, 2),
        (128, 256, 2),
        (128, 256, 1),
        (128, 256, 1),
    )
    aspect_ratios: tuple[tuple[int, ...], ...] = ((2,), (2, 3), (2, 3), (2, 3), (2,), (2,))
    anchor_sizes: tuple[float, ...] = (0.1, 0.2, 0.375, 0.55, 0.725, 0.9, 1.075)
    channels: int = 3  # of the image
    classes: int = 20  # the background not counted


SMALL = Config(
    widths=(16, 32, 48, 64),
    depths=(1, 2, 2, 2),
    hidden=96,
    extras=(),
    aspect_ratios=((2, 3), (2,)),
    anchor_sizes=(0.4, 0.55, 0.7),
    classes=10,
)

VARIANTS = {
    "300": spec.Variant(
        Config(),
        26_285_486,
        {"mAP": spec.Printed(74.3, "table 1, trained on VOC07+12")},
        macs=31_373_537_792,
    ),
    "300-coco": spec.Variant(
        Config(classes=90, anchor_sizes=(0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05)),
        35_641_826,
        {"macs": spec.Printed(34.858e9, "torchvision's checkpoint SSD300_VGG16, COCO_V1", 0.0001)},
        macs=34_858_153_472,
    ),
    "desk": spec.Variant(SMALL, 269_254, macs=11_575_296, costs_at={"side": 32}),
}

SPEC = spec.Architecture(
    name="Single shot detector",
    limitation="Detectors that first propose boxes and then look into each are slow.",
    idea="Default boxes on maps of several resolutions are named and placed in one pass.",
    since=2015,
    builds_on=("vgg", "faster_rcnn"),
    inputs={"image": spec.Image(size=300)},
    outputs=spec.Detections(boxes=8 * 8 * 6 + 4 * 4 * 4),
    tasks=("detection",),
    model="model:SSD",
    tiny=Config(
        widths=(4, 4, 6, 8),
        depths=(1, 1, 1, 1),
        hidden=8,
        extras=(),
        aspect_ratios=((2, 3), (2,)),
        anchor_sizes=(0.2, 0.5, 0.8),
        channels=2,
        classes=3,
    ),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "multibox",
        12,
        learning_rate=3e-3,
        batch_size=16,
        schedule="cosine",
        warmup=0.05,
        clip_norm=10.0,
    ),
    signature=spec.Signature("digit_boxes", "AP50", 0.85, baseline="sliding windows"),
    initial=(
        spec.Initial(
            r"(place|name)\.\d+\.weight",
            "uniform",
            "sqrt(6 / (fan_in + fan_out))",
            "section 3: new layers as in Glorot 2010, equation 16",
        ),
        spec.Initial(r"scaled.scale", "constant", 20.0, "section 3.1"),
        *spec.HE_FAN_OUT,
    ),
    parity=(
        spec.Parity(
            "torchvision ssd300_vgg16, narrow: default boxes, offsets and scores",
            "parity:torchvision",
            needs="torchvision",
        ),
        spec.Parity("default boxes of section 2.2 in loops", "parity:boxes"),
    ),
    renamed_fields={"scales": "anchor_sizes", "ratios": "aspect_ratios"},
)
