from dataclasses import dataclass, replace
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    # Channels of the two first convolutions, of the entry flow's blocks (each halves the side), of
    # the exit flow's block and of its two convolutions.
    widths: tuple[int, ...] = (32, 64, 128, 256, 728, 1024, 1536, 2048)
    blocks: int = 8  # of the middle flow
    activation: Literal["none", "relu", "elu"] = "none"  # between the two halves of a convolution
    shortcut: bool = True
    stride: int = 2  # of the first convolution
    dropout: float = 0.5  # before the head
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


FULL = Config()
VARIANTS = {
    "full": spec.Variant(
        FULL,
        22_855_952,
        {
            "params": spec.Printed(22_855_952.0, "table 3", 0.0),
            "accuracy": spec.Printed(79.0, "table 1"),  # top-1 in %, one model, one crop
        },
        8_357_403_496,
    ),
    "plain": spec.Variant(
        replace(FULL, shortcut=False), 21_878_880, macs=8_125_858_664
    ),  # section 4.6
    "relu": spec.Variant(
        replace(FULL, activation="relu"), 22_855_952, macs=8_357_403_496
    ),  # section 4.7
    "desk": spec.Variant(
        Config(
            widths=(16, 32, 64, 96, 128, 160),
            blocks=2,
            stride=1,
            dropout=0.0,
            channels=1,
            classes=10,
        ),
        98_106,
        macs=399_456,
        costs_at={"side": 8},
    ),
}

CADENE = (  # names of the port that timm and others keep
    spec.Rename(r"^conv1\.", "stem.0.conv."),
    spec.Rename(r"^bn1\.", "stem.0.norm."),
    spec.Rename(r"^conv2\.", "stem.1.conv."),
    spec.Rename(r"^bn2\.", "stem.1.norm."),
    *(spec.Rename(rf"^bn{i}\.", f"exit.{2 * i - 5}.norm.") for i in (3, 4)),
    *(spec.Rename(rf"^conv{i}\.", f"exit.{2 * i - 5}.") for i in (3, 4)),
    spec.Rename(r"^fc\.", "head.1."),
    spec.Rename(r"\.skip\.", ".skip.conv."),
    spec.Rename(r"\.skipbn\.", ".skip.norm."),
    spec.Rename(r"^block1\.rep\.([03])\.", r"block1.branch.\g<1>."),  # it has no ReLU at its start
    spec.Rename(r"^block1\.rep\.1\.", "block1.branch.0.norm."),
    spec.Rename(r"^block1\.rep\.4\.", "block1.branch.2.norm."),
    spec.Rename(r"^block1\.branch\.3\.", "block1.branch.2."),
    *(spec.Rename(rf"\.rep\.{3 * i + 1}\.", f".branch.{2 * i + 1}.") for i in range(3)),
    *(spec.Rename(rf"\.rep\.{3 * i + 2}\.", f".branch.{2 * i + 1}.norm.") for i in range(3)),
    *(spec.Rename(rf"^block{i + 1}\.", f"entry.{i}.") for i in range(3)),
    *(spec.Rename(rf"^block{i + 4}\.", f"middle.{i}.") for i in range(8)),
    spec.Rename(r"^block12\.", "exit.0."),
    spec.Rename(r"\.conv1\.", ".depthwise."),
)

SPEC = spec.Architecture(
    name="Xception",
    limitation="An Inception module is a hand-made compromise between a convolution over all "
    "channels and one over each by itself.",
    idea="Every convolution filters each channel by itself, then mixes channels; shortcuts join "
    "the blocks.",
    paper=spec.Paper(
        title="Xception: Deep Learning with Depthwise Separable Convolutions",
        authors="Chollet",
        year=2017,
        venue="CVPR",
        arxiv="1610.02357",
    ),
    since=2016,
    builds_on=("inception_v3", "resnet"),
    inputs={"image": spec.Image(size=299, min_size=8)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:Xception",
    tiny=Config(widths=(4, 6, 8, 10, 12, 14), blocks=1, classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy", 30, learning_rate=5e-3, schedule="cosine", warmup=0.1, augment=("affine",)
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("digits", "accuracy", 0.975, baseline="logistic regression"),
    dropout=(
        spec.Dropout(
            r"head\.0",
            "dropout",
            "section 4.3: before the head, on ImageNet",
            desk=spec.YET_TO_OVERFIT,
        ),
    ),
    initial=spec.HE_FAN_OUT,
    parity=(
        spec.Parity(
            "timm legacy_xception, whole and with 3 of 8 middle blocks, narrow",
            "parity:timm",
            needs="timm",
        ),
        spec.Parity("section 4.7 (ELU between) in NumPy loops", "parity:between"),
    ),
    weights={
        "full@imagenet1k": spec.Weights(
            variant="full",
            hub="smp-hub/xception.imagenet",
            licence="other (see its page); ported from Keras, MIT",
            rules=CADENE,
            prepare=spec.Preprocessing(
                side=299,
                resize=333,
                mean=(0.5, 0.5, 0.5),
                std=(0.5, 0.5, 0.5),
                interpolation="bicubic",
            ),
            reported={"top-1 accuracy": 79.04},  # by timm, of the same port
        ),
    },
)
