from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    width: int = 32  # channels of the first convolution, a multiple of 2; the rest in proportion
    depths: tuple[int, int, int] = (3, 4, 2)  # modules of the three stages; these are the most
    aux_heads: Literal[0, 1] = 1  # auxiliary classifier, in training only
    stride: Literal[1, 8] = 8  # of the stem: 8, table 1; 1, a single 3x3 convolution
    side: int = 299  # pixels of the image
    dropout: float = 0.5  # share of the mean map's channels silenced in training
    channels: int = 3  # of the image
    classes: int = 1000  # scores given


BARE = {
    "params": spec.Printed(
        25e6, "abstract", within=0.05, differs='a bound: "less than 25 million"'
    ),
    "macs": spec.Printed(
        5e9,
        "abstract",
        within=0.15,
        differs="the network that its authors released, and this one, are larger than table 1's",
    ),
}
ERROR = {"error": spec.Printed(21.2, "table 3, one crop, with the auxiliary head, 48,238 images")}

VARIANTS = {
    "v3": spec.Variant(Config(), 27_161_264, ERROR, 5_713_216_096),
    "v3-bare": spec.Variant(Config(aux_heads=0), 23_834_568, BARE, 5_713_216_096),
    "desk": spec.Variant(
        Config(
            width=8,
            depths=(1, 1, 1),
            aux_heads=0,
            stride=1,
            side=8,
            dropout=0.2,
            channels=1,
            classes=10,
        ),
        590_626,
        macs=3_426_624,
    ),
}

SPEC = spec.Architecture(
    name="Inception-v3",
    limitation="GoogLeNet's 5x5 kernels are dear, its auxiliary heads did not do what they were "
    "for, and its paper gives no rules by which to enlarge it.",
    idea="Large kernels in factors: 5x5 as two 3x3, 7x7 as a row and a column.",
    since=2015,
    builds_on=("googlenet", "vgg"),
    inputs={"image": spec.Image(size="side", min_size="side")},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:InceptionV3",
    tiny=Config(width=2, depths=(1, 1, 1), aux_heads=0, stride=1, side=8, classes=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy", 10, learning_rate=5e-3, schedule="cosine", warmup=0.1, augment=("affine",)
    ),
    objectives=("cross_entropy", "auxiliary_cross_entropy"),
    signature=spec.Signature("digits", "accuracy", 0.975, baseline="logistic regression"),
    dropout=(spec.Dropout(r"dropout", "dropout", "table 1, as in GoogLeNet; 0.5 in torchvision"),),
    norms=(spec.Norm(eps=1e-3, source="the authors' TensorFlow code"),),
    initial=spec.HE_FAN_OUT,
    parity=(
        spec.Parity("torchvision inception_v3, narrow", "parity:torchvision", needs="torchvision"),
    ),
    renamed_fields={"heads": "aux_heads"},
)
