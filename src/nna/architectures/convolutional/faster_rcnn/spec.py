from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    widths: tuple[int, ...] = (64, 128, 256, 512, 512)  # channels of each VGG stage
    depths: tuple[int, ...] = (2, 2, 3, 3, 3)  # its convolutions; a pool halves the side between
    anchor_sizes: tuple[int, ...] = (128, 256, 512)  # sides of the square anchors, in pixels
    proposals: int = 300  # regions of a picture that are looked into
    roi_size: int = 7  # cells a side that a region is read on
    hidden: int = 4096  # units of each of the two dense layers
    channels: int = 3  # of the image
    classes: int = 20  # the background not counted


SMALL = Config(
    widths=(16, 48),
    depths=(1, 2),
    anchor_sizes=(11,),
    proposals=6,
    roi_size=6,
    hidden=128,
    classes=10,
)

VARIANTS = {
    "voc": spec.Variant(
        Config(),
        136_750_479,
        {
            "mAP": spec.Printed(73.2, "table 3, trained on VOC07+12"),
            "fps": spec.Printed(5, "table 5"),
        },
        macs=149_004_254_208,
    ),
    "coco": spec.Variant(
        Config(classes=80, anchor_sizes=(64, 128, 256, 512)),
        137_005_533,
        {
            "AP50": spec.Printed(42.7, "table 11, trained on trainval"),
            "AP": spec.Printed(21.9, "table 11, trained on trainval"),
        },
        macs=149_090_598_912,
    ),
    "desk": spec.Variant(SMALL, 289_617, macs=14_486_784, costs_at={"side": 32}),
}

SPEC = spec.Architecture(
    name="Faster R-CNN",
    limitation="Fast R-CNN waits for selective search to tell it where to look.",
    idea="A small convolution on the shared map proposes the regions that are then looked into.",
    builds_on=("vgg",),
    inputs={"image": spec.Image(size=600)},
    outputs=spec.Detections(boxes=4),
    tasks=("detection",),
    model="model:FasterRCNN",
    tiny=Config(
        widths=(4, 6),
        depths=(1, 1),
        anchor_sizes=(8, 16),
        proposals=4,
        roi_size=2,
        hidden=8,
        channels=2,
        classes=3,
    ),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "multibox",
        7,
        learning_rate=4e-3,
        batch_size=16,
        schedule="cosine",
        warmup=0.05,
        clip_norm=10.0,
    ),
    signature=spec.Signature("digit_boxes", "AP50", 0.85, baseline="sliding windows"),
    initial=(
        spec.Initial(
            r"(propose\.(place|score)|place|name)\.weight",
            "normal",
            0.01,
            "section 3.1.3; Girshick 2015, section 3.1",
        ),
        spec.Initial(r"dense\.\d+\.weight", "normal", "sqrt(2 / fan_in)", "He 2015, equation 10"),
        *spec.HE_FAN_OUT,
    ),
    parity=(
        spec.Parity(
            "torchvision's parts of a Faster R-CNN on VGG-16: anchors, proposals, regions",
            "parity:torchvision",
            needs="torchvision",
        ),
    ),
    parts=(
        spec.Part("shifted", "move by offsets", closed=True),
        spec.Part("within", "cut at the rim", closed=True),
        spec.Part("chosen", "non-maximum suppression", closed=True),
        spec.Part("read", "RoIAlign", closed=True),
    ),
    renamed_fields={"scales": "anchor_sizes", "pooling": "roi_size"},
)
