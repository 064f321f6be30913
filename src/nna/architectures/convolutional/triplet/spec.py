from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    stem: int  # maps of the first convolution
    widths: tuple[tuple[int, ...], ...]  # maps of the 3x3 convolutions, stage by stage
    hidden: int  # units of each of the two maxout layers
    side: int = 220  # pixels of the picture: the maxout layers fix it
    stride: int = 2  # of the first convolution
    channels: int = 3
    embedding: int = 128  # numbers of the point


VARIANTS = {
    # each layer's parameters as printed, in thousands, stand in a test
    "nn1": spec.Variant(
        Config(stem=64, widths=((192,), (384,), (256, 256, 256)), hidden=4096),
        params=140_025_664,
        paper={
            "params": spec.Printed(140e6, "table 1", within=0.001),
            "macs": spec.Printed(1.6e9, "table 1"),
        },
        macs=1_605_944_064,
    ),
    "desk": spec.Variant(
        Config(stem=16, widths=((32,),), hidden=64, side=10, stride=1, channels=1, embedding=32),
        params=52_720,
        macs=208_704,
    ),
}

SPEC = spec.Architecture(
    name="Triplet network",
    limitation="Pairs are asked for fixed distances: near for one class, beyond a margin for two, "
    "however wide the classes are.",
    idea="Three examples at a time: the like nearer than the unlike by a margin, on a unit sphere.",
    since=2014,
    builds_on=("siamese", "alexnet"),
    inputs={"image": spec.Image(size="side", min_size="side")},
    outputs=spec.Embedding(),
    tasks=("verification",),
    model="model:Triplet",
    tiny=Config(
        stem=4, widths=((6,), (8, 5)), hidden=7, side=12, stride=1, channels=2, embedding=6
    ),
    variants=VARIANTS,
    recipe=spec.Recipe("triplet", 24, learning_rate=5e-4, schedule="cosine", augment=("affine",)),
    objectives=("triplet", "contrastive"),
    signature=spec.Signature("moved_digits", "AUC", 0.577, baseline="linear discriminants"),
    initial=spec.he_fan_in("Conv2d"),
    parity=(
        spec.Parity("table 1 in NumPy loops", "parity:equations"),
        spec.Parity("torch.nn.TripletMarginWithDistanceLoss, triplets by loops", "parity:loss"),
    ),
)
