from dataclasses import dataclass

from nna import spec

Operand = tuple[str, int]  # an operation, and the number of the state that it reads


@dataclass(frozen=True, slots=True)
class Drawn:
    """A cell as the search drew it."""

    sums: tuple[tuple[Operand, Operand], ...]  # states 2, 3, ...
    joined: tuple[int, ...]  # the states that come out, side by side
    stride: int  # of what reads states 0 and 1: the last output, the one before it


# Figure 4, NASNet-A. "sep5" is a separable 5x5 convolution, applied twice; "same" the identity.
NORMAL = Drawn(
    sums=(
        (("sep5", 0), ("sep3", 1)),
        (("sep5", 1), ("sep3", 1)),
        (("avg", 0), ("same", 1)),
        (("avg", 1), ("avg", 1)),
        (("sep3", 0), ("same", 0)),
    ),
    joined=(1, 2, 3, 4, 5, 6),
    stride=1,
)
REDUCTION = Drawn(
    sums=(
        (("sep5", 0), ("sep7", 1)),
        (("max", 0), ("sep7", 1)),
        (("avg", 0), ("sep5", 1)),
        (("same", 3), ("avg", 2)),
        (("sep3", 2), ("max", 0)),
    ),
    joined=(3, 4, 5, 6),
    stride=2,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one NASNet, "depth @ 24 width" in the paper's names."""

    depth: int  # normal cells between two halvings
    width: int  # filters of the first of them; doubled at each halving
    stem: int  # filters of the first convolution
    stride: int = 8  # of the stem: 8, a convolution and two halving cells; 1, a convolution
    drop_path: float = 0.0  # share of examples for which a path of the last cell is dropped
    side: int = 224  # of the images that costs are stated for
    channels: int = 3  # of the image
    classes: int = 1000  # scores given

    @property
    def least(self) -> int:
        """Side of the smallest image taken."""
        return 4 * self.stride


VARIANTS = {
    "large": spec.Variant(
        Config(depth=6, width=168, stem=96, drop_path=0.3, side=331),
        88_753_150,
        {
            "params": spec.Printed(
                88.9e6, "table 2", differs="with the running statistics of batch norm"
            ),
            "macs": spec.Printed(23.8e9, "table 2", within=0.02),
            "error": spec.Printed(17.3, "table 2"),
        },
        23_783_414_658,
    ),
    "mobile": spec.Variant(
        Config(depth=4, width=44, stem=32),
        5_289_978,
        {
            "params": spec.Printed(5.3e6, "table 3"),
            "macs": spec.Printed(564e6, "table 3", within=0.02),
            "error": spec.Printed(26.0, "table 3"),
        },
        563_638_816,
    ),
    "cifar": spec.Variant(
        Config(depth=6, width=32, stem=96, stride=1, drop_path=0.4, side=32, classes=10),
        3_328_234,
        {"params": spec.Printed(3.3e6, "table 1"), "error": spec.Printed(3.41, "table 1")},
        525_786_624,
    ),
    "desk": spec.Variant(
        Config(depth=1, width=12, stem=16, stride=1, side=8, channels=1, classes=10),
        131_922,
        macs=1_303_104,
    ),
}

SPEC = spec.Architecture(
    name="NASNet",
    limitation="Inception's blocks were drawn by hand, one design for one task and one cost.",
    idea="A search draws two cells on small images; stacked more often and wider they serve large "
    "ones.",
    since=2017,
    builds_on=("googlenet", "resnet", "xception"),
    inputs={"image": spec.Image(size="side", min_size="least")},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:NASNet",
    tiny=Config(depth=1, width=8, stem=6, stride=1, drop_path=0.2, side=8, channels=2, classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy",
        12,
        optimiser="adamw",
        learning_rate=5e-3,
        schedule="cosine",
        warmup=0.1,
        weight_decay=0.02,
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("digits", "accuracy", 0.97, baseline="logistic regression"),
    dropout=(
        spec.Dropout(
            r"body\.\d+\.drop",
            "drop_path * (index + 1) / count",
            "appendix A.2: ScheduledDropPath, rising with the depth of the cell",
            times=None,
            examples=True,
            desk=spec.YET_TO_OVERFIT,
        ),
    ),
    norms=(spec.Norm(eps=1e-3, source="the authors' TensorFlow code"),),
    initial=spec.HE_FAN_OUT,
    parity=(spec.Parity("timm NASNetALarge, narrow", "parity:timm", needs="timm"),),
    renamed_fields={"rate": "drop_path"},
)
