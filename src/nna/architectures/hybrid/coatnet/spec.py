import math
from dataclasses import dataclass

from nna import spec

HEAD = 32  # numbers a head of attention (table 3)
GROWTH = 4  # times the channels that come out, within an MBConv block and a perceptron (table 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    depths: tuple[int, ...]  # blocks of the four stages: two of MBConv, two of attention
    widths: tuple[int, ...]  # channels of the stages; of the last two, multiples of 32
    stem: int = 64  # channels of the two first convolutions
    side: int = 224  # pixels of the image, the only side it reads
    stride: int = 32  # of all layers together; where it is less, the first ones keep the side
    drop_path: float = 0.0  # share of examples that skip the last block; rises to it from the first
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


def strides(config: Config) -> list[int]:
    """Of the stem and the four stages: 2 each, but for the first ones where `stride` is less.

    Raises:
        ValueError: the sizes don't fit each other.
    """
    halvings = math.log2(config.stride)
    if not halvings.is_integer() or not 0 <= halvings <= 5:
        raise ValueError(f"the strides make 32, or a smaller power of two, not {config.stride}")
    if config.side % config.stride:
        raise ValueError(f"the side must be a multiple of {config.stride}, not {config.side}")
    if not len(config.depths) == len(config.widths) == 4:
        raise ValueError("give four depths and four widths, one a stage")
    if any(width % HEAD for width in config.widths[2:]):
        raise ValueError(f"the last two widths must be multiples of {HEAD}: {config.widths[2:]}")
    return [1] * (5 - int(halvings)) + [2] * int(halvings)


def _widths(first: int) -> tuple[int, ...]:
    return (first, 2 * first, 4 * first, 8 * first)


STRIDED = "table 9, stride in the depthwise convolution"
COUNTED = "the paper doesn't say what it counts; ours are the products of layers"


def _printed(params: float, macs: float, accuracy: float) -> dict[str, spec.Printed]:
    """Parameters, multiply-adds (called FLOPs) and top-1 accuracy in % at 224 pixels."""
    return {
        "params": spec.Printed(params, STRIDED),
        "macs": spec.Printed(macs, STRIDED, 0.02, COUNTED),
        "accuracy": spec.Printed(accuracy, STRIDED),
    }


DEEP = (2, 6, 14, 2)

VARIANTS = {
    "0": spec.Variant(
        Config(depths=(2, 3, 5, 2), widths=_widths(96), drop_path=0.2),
        25_036_820,
        _printed(25e6, 4.6e9, 82.0),
        4_546_507_776,
    ),
    "1": spec.Variant(
        Config(depths=DEEP, widths=_widths(96), drop_path=0.3),
        42_225_776,
        _printed(42e6, 8.8e9, 83.5),
        8_643_499_008,
    ),
    "2": spec.Variant(
        Config(depths=DEEP, widths=_widths(128), stem=128, drop_path=0.5),
        74_684_744,
        _printed(75e6, 16.6e9, 84.1),
        16_427_134_976,
    ),
    "3": spec.Variant(
        Config(depths=DEEP, widths=_widths(192), stem=192, drop_path=0.7),
        166_966_264,
        {
            "params": spec.Printed(
                168e6, "table 4", differs="timm's details, not all of them printed"
            ),
            "macs": spec.Printed(
                34.7e9,
                "table 4",
                0.06,
                "the paper's blocks of MBConv take their stride in the first convolution there, "
                "these and timm's in the depthwise one, so that the first reads four times as many "
                "places",
            ),
            "accuracy": spec.Printed(84.5, "table 4"),
        },
        36_453_156_864,
    ),
    "4": spec.Variant(
        Config(depths=(2, 12, 28, 2), widths=_widths(192), stem=192, drop_path=0.7),
        275_425_288,
        {"params": spec.Printed(275e6, "table 4")},
        62_316_840_960,
    ),
    "desk": spec.Variant(
        Config(
            depths=(1, 1, 1, 1),
            widths=(16, 16, 32, 64),
            stem=16,
            side=10,
            stride=2,
            channels=1,
            classes=10,
        ),
        72_525,
        macs=3_748_160,
    ),
}

SPEC = spec.Architecture(
    name="CoAtNet",
    limitation="Attention had to learn from many millions of pictures what a convolution "
    "knows at first: that nearness counts, and place doesn't.",
    idea="Convolutions while maps are large, then attention whose softmax adds a learnt bias for "
    "each offset between two pixels.",
    builds_on=("efficientnet", "vit"),
    inputs={"image": spec.Image(size="side", min_size="side")},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:CoAtNet",
    twin="model_keras:CoAtNet",
    tiny=Config(
        depths=(1, 2, 2, 1),
        widths=(8, 12, 32, 64),
        stem=8,
        side=16,
        stride=8,
        drop_path=0.3,
        channels=2,
        classes=5,
    ),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy",
        15,
        optimiser="adamw",
        learning_rate=3e-3,
        schedule="cosine",
        warmup=0.1,
        weight_decay=0.05,
        clip_norm=1.0,
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("moved_digits", "accuracy", 0.95, baseline="logistic regression"),
    dropout=(
        spec.Dropout(
            r"body\.[01]\.\d+\.drop",
            "drop_path * index / max(count - 1, 1)",
            "appendix A.2; rising linearly as in Huang 2016, equation 4, and in timm",
            among=r"body\.\d+\.\d+",
            examples=True,
            desk=spec.YET_TO_OVERFIT,
        ),
        spec.Dropout(
            at=r"body\.[23]\.\d+\.drop",
            rate="drop_path * index / max(count - 1, 1)",
            source="appendix A.2; rising linearly as in Huang 2016, equation 4, and in timm",
            among=r"body\.\d+\.\d+",
            times=2,  # attention, then the perceptron
            examples=True,
            desk=spec.YET_TO_OVERFIT,
        ),
    ),
    norms=(
        spec.Norm(eps=1e-6, source="timm", at=r"body\.[23].*|head.*"),
        spec.Norm(source="timm: PyTorch's own in the convolutional half"),
    ),
    initial=(
        spec.Initial(r".*attention\.table", "normal", 0.02, "timm; cut off at 2, a hundred away"),
        spec.Initial(
            r"body\.[23].*(qkv|proj|fc1|fc2)\.weight",
            "uniform",
            "sqrt(6 / (fan_in + fan_out))",
            "timm, Glorot 2010, equation 16",
        ),
        spec.Initial(
            r".*depthwise\.conv\.weight", "normal", "sqrt(2 / 9)", "timm: fan-out of one channel"
        ),
        spec.Initial("Conv2d.weight", "normal", "sqrt(2 / fan_out)", "timm, He 2015, equation 14"),
        spec.Initial("Conv2d.bias", "constant", 0.0, "timm"),
    ),
    parity=(
        spec.Parity("timm's CoAtNet, two narrow sizes", "parity:timm", needs="timm"),
        spec.Parity(
            "a block of relative attention in NumPy loops, offset by offset", "parity:equations"
        ),
    ),
)
