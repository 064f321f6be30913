"""Facts about CoAtNet: sizes, sources, data it fits."""

import math
from dataclasses import dataclass

from nna.spec import (
    Advice,
    Architecture,
    Image,
    Paper,
    Parity,
    Printed,
    Recipe,
    Rename,
    Scores,
    Signature,
    Variant,
)
from nna.spec_training import Dropout, Initial, Norm

HEAD = 32  # numbers a head of attention (table 3)
GROWTH = 4  # times the channels that come out, within an MBConv block and a perceptron (table 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one CoAtNet."""

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


STRIDE = (
    "the paper's blocks of MBConv take their stride in the first convolution, these and timm's in "
    "the depthwise one, so that the first reads four times as many places"
)


def _printed(params: float, macs: float, accuracy: float, more: str = "") -> dict[str, Printed]:
    """Parameters, multiply-adds (called FLOPs) and top-1 accuracy in % at 224 pixels."""
    return {
        "params": Printed(params, "table 4", differs=more),
        "macs": Printed(macs, "table 4", 0.09, STRIDE),
        "accuracy": Printed(accuracy, "table 4"),
    }


DEEP = (2, 6, 14, 2)

VARIANTS = {
    "0": Variant(
        Config(depths=(2, 3, 5, 2), widths=_widths(96), drop_path=0.2),
        25_036_820,
        _printed(25e6, 4.2e9, 81.6),
        4_546_507_776,
    ),
    "1": Variant(
        Config(depths=DEEP, widths=_widths(96), drop_path=0.3),
        42_225_776,
        _printed(42e6, 8.4e9, 83.3),
        8_643_499_008,
    ),
    "2": Variant(
        Config(depths=DEEP, widths=_widths(128), stem=128, drop_path=0.5),
        74_684_744,
        _printed(75e6, 15.7e9, 84.1),
        16_427_134_976,
    ),
    "3": Variant(
        Config(depths=DEEP, widths=_widths(192), stem=192, drop_path=0.7),
        166_966_264,
        _printed(168e6, 34.7e9, 84.5, "the paper leaves details open, which are timm's here"),
        36_453_156_864,
    ),
    "4": Variant(
        Config(depths=(2, 12, 28, 2), widths=_widths(192), stem=192, drop_path=0.7),
        275_425_288,
        {"params": Printed(275e6, "table 4")},
        62_316_840_960,
    ),
    "desk": Variant(
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

# From timm's names.
RULES = (
    Rename(r"^stem\.conv1\.", "stem.0.conv."),
    Rename(r"^stem\.norm1\.", "stem.0.norm."),
    Rename(r"^stem\.conv2\.", "stem.2."),
    Rename(r"^stages\.(\d+)\.blocks\.", r"body.\1."),
    Rename(r"\.shortcut\.expand\.", ".skip.proj."),
    Rename(r"^(body\.[01]\.\d+)\.pre_norm\.", r"\1.norm."),
    Rename(r"^(body\.[01]\.\d+)\.conv1_1x1\.", r"\1.expand.conv."),
    Rename(r"^(body\.[01]\.\d+)\.norm1\.", r"\1.expand.norm."),
    Rename(r"^(body\.[01]\.\d+)\.conv2_kxk\.", r"\1.depthwise.conv."),
    Rename(r"^(body\.[01]\.\d+)\.norm2\.", r"\1.depthwise.norm."),
    Rename(r"\.se\.fc1\.", ".weigh.squeeze."),
    Rename(r"\.se\.fc2\.", ".weigh.excite."),
    Rename(r"\.conv3_1x1\.", ".project."),
    Rename(r"\.norm1\.norm\.", ".norm1."),
    Rename(r"\.attn\.rel_pos\.relative_position_bias_table$", ".attention.table"),
    Rename(r"\.attn\.", ".attention."),
    Rename(r"^head\.fc\.", "head.scores."),
    Rename(r"^head\.pre_logits\.fc\.", "head.fc."),
)

SPEC = Architecture(
    name="CoAtNet",
    limitation="Attention had to learn from many millions of pictures what a convolution "
    "knows at first: that nearness counts, and place doesn't.",
    idea="Convolutions while maps are large, then attention whose softmax adds a learnt bias for "
    "each offset between two pixels.",
    paper=Paper(
        title="CoAtNet: Marrying Convolution and Attention for All Data Sizes",
        authors="Dai, Liu, Le, Tan",
        year=2021,
        venue="NeurIPS",
        arxiv="2106.04803",
    ),
    builds_on=("efficientnet", "vit"),
    inputs={"image": Image(size="side", min_size="side")},
    outputs=Scores(),
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
    recipe=Recipe(
        objective="cross_entropy",
        epochs=15,
        optimiser="adamw",
        learning_rate=3e-3,
        schedule="cosine",
        warmup=0.1,
        weight_decay=0.05,
        clip_norm=1.0,
    ),
    published_recipe=(
        "AdamW, batch 4096, rate 1e-3 falling to 1e-5 by a cosine, 10,000 steps of warmup, 300 "
        "epochs, weight decay 0.05, gradients clipped at 1; RandAugment, Mixup 0.8, label "
        "smoothing 0.1, stochastic depth 0.2, 0.3, 0.5, 0.7 from 0 to 3 (appendix A.2)"
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=Signature(
        data="moved_digits",
        metric="accuracy",
        threshold=0.95,
        baseline="logistic regression",
        expected_failure="Reading a picture of another side: its tables hold a bias for every "
        "offset of the maps they were made for, and none for the offsets of larger ones.",
        failure_test="test_offsets_of_a_larger_picture_have_no_bias",
    ),
    dropout=(
        Dropout(
            at=r"body\.[01]\.\d+\.drop",
            rate="drop_path * index / max(count - 1, 1)",
            source="appendix A.2; rising linearly as in Huang 2016, equation 4, and in timm",
            among=r"body\.\d+\.\d+",
            examples=True,
            desk="few weights on small data: it has yet to overfit",
        ),
        Dropout(
            at=r"body\.[23]\.\d+\.drop",
            rate="drop_path * index / max(count - 1, 1)",
            source="appendix A.2; rising linearly as in Huang 2016, equation 4, and in timm",
            among=r"body\.\d+\.\d+",
            times=2,  # attention, then the perceptron
            examples=True,
            desk="few weights on small data: it has yet to overfit",
        ),
    ),
    norms=(
        Norm(eps=1e-6, source="timm", at=r"body\.[23].*|head.*"),
        Norm(source="timm: PyTorch's own in the convolutional half"),
    ),
    initial=(
        Initial(r".*attention\.table", "normal", 0.02, "timm; cut off at 2, a hundred away"),
        Initial(
            r"body\.[23].*(qkv|proj|fc1|fc2)\.weight",
            "uniform",
            "sqrt(6 / (fan_in + fan_out))",
            "timm, Glorot 2010, equation 16",
        ),
        Initial(
            r".*depthwise\.conv\.weight", "normal", "sqrt(2 / 9)", "timm: fan-out of one channel"
        ),
        Initial("Conv2d.weight", "normal", "sqrt(2 / fan_out)", "timm, He 2015, equation 14"),
        Initial("Conv2d.bias", "constant", 0.0, "timm"),
    ),
    parity=(
        Parity(against="timm's CoAtNet, two narrow sizes", check="parity:timm", needs="timm"),
        Parity(
            against="a block of relative attention in NumPy loops, offset by offset",
            check="parity:equations",
        ),
    ),
    advice=(
        Advice(
            when="natural images, from a million of them to hundreds of millions, of one size",
            verdict="yes",
            because="without further pictures size 3 has 84.5 % top-1 on ImageNet at 224 pixels, "
            "and it goes on gaining where the pictures are more",
            source="paper, table 4",
        ),
        Advice(
            when="pictures of many sizes, each at its own",
            verdict="no",
            because="the table of biases belongs to one side and must be interpolated for another",
            source="paper, section 2.1",
        ),
        Advice(
            when="public weights are needed for exactly these sizes",
            verdict="no",
            because="the authors published none; timm's were trained for sizes of its own",
            source="timm 1.0, models.maxxvit",
        ),
    ),
)
