from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    width: int = 64  # channels of the first convolution, a multiple of 8; all others in proportion
    kernel: Literal[3, 5] = 5  # side of the widest kernels: 5 in the paper, 3 in torchvision
    aux_heads: Literal[0, 2] = 2  # auxiliary classifiers, in training only
    stride: int = 8  # of the stem: 8, table 1; 2, a single 3x3 convolution, for small pictures
    dropout: float = 0.4  # share of the mean map's channels silenced in training
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


# The modules' multiply-adds agree row by row (test_googlenet.py) except 5a's, 54 M as printed, 51 M
# as its sizes have it.
BARE = {
    "params": spec.Printed(
        6.798e6,
        "table 1, column params, summed",
        within=0.035,
        differs="rows that its sizes contradict: 2.7 K for the first convolution, which has 9.4",
    ),
    "macs": spec.Printed(
        1.502e9,
        "table 1, column ops, summed",
        within=0.07,
        differs="34 million for the first convolution, which does 118, and 54 for module 5a, which "
        "does 51",
    ),
}

VARIANTS = {
    "22": spec.Variant(Config(), 13_385_816, {}, 1_582_671_872),
    "22-bare": spec.Variant(Config(aux_heads=0), 7_005_832, BARE, 1_582_671_872),
    "22-3x3": spec.Variant(Config(kernel=3, dropout=0.2), 13_004_888, {}, 1_498_376_192),
    "desk": spec.Variant(
        Config(width=8, stride=2, dropout=0.2, channels=1, classes=10),
        165_094,
        macs=1_423_232,
        costs_at={"side": 16},
    ),
}

SPEC = spec.Architecture(
    name="GoogLeNet",
    limitation="Larger networks of plain layers spend most of their weights and computing on "
    "connections that come to nothing.",
    idea="Inception modules: kernels of several sizes side by side, behind 1x1 convolutions that "
    "make them cheap.",
    since=2014,
    builds_on=("alexnet", "nin"),
    inputs={"image": spec.Image(min_size=16)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:GoogLeNet",
    tiny=Config(width=8, stride=2, classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "auxiliary_cross_entropy",
        15,
        learning_rate=5e-3,
        schedule="cosine",
        warmup=0.1,
        augment=("affine",),
    ),
    signature=spec.Signature("digits", "accuracy", 0.97, baseline="logistic regression"),
    dropout=(
        spec.Dropout(r"heads\.\w+\.dropout", 0.7, "section 5: auxiliary classifiers"),
        spec.Dropout(r"dropout", "dropout", "table 1"),
    ),
    norms=(spec.Norm(eps=1e-3, source="the authors' TensorFlow code"),),
    initial=spec.HE_FAN_OUT,
    parity=(
        spec.Parity("torchvision googlenet, narrow", "parity:torchvision", needs="torchvision"),
        spec.Parity("a module with its 5x5 branch in NumPy loops", "parity:module"),
    ),
    renamed_fields={"heads": "aux_heads"},
)
