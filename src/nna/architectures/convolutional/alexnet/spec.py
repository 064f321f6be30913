from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    widths: tuple[int, ...]  # kernels of the five convolutions, both towers together
    side: int = 224  # pixels of the picture: the fully connected layers fix it
    stride: int = 4  # of the first convolution; its kernel is 2 stride + 3 wide
    groups: int = 2  # towers that the second, fourth and fifth convolution are split into
    window: int = 5  # adjacent maps in local response normalisation; 0: none
    hidden: int = 4096  # units of each of the two fully connected layers
    channels: int = 3
    classes: int = 1000


VARIANTS = {
    "2012": spec.Variant(
        Config(widths=(96, 256, 384, 384, 256)),
        params=60_965_224,
        paper={
            "params": spec.Printed(60e6, "abstract", within=0.02),
            "top-5 error": spec.Printed(18.2, "table 2, one network, validation images of 2012"),
        },
        macs=724_406_816,
    ),
    "one": spec.Variant(
        Config(widths=(64, 192, 384, 256, 256), groups=1, window=0),
        params=61_100_840,
        macs=714_188_480,
    ),
    "desk": spec.Variant(
        Config(widths=(16, 32, 48, 48, 32), side=24, stride=1, hidden=256, channels=1, classes=10),
        params=139_466,
        macs=1_883_264,
    ),
}

SPEC = spec.Architecture(
    name="AlexNet",
    limitation="Convolutional networks of LeNet's kind were thought too small for photographs.",
    idea="Depth, ReLU and dropout at the scale of a million photographs, on two graphics cards.",
    builds_on=("lenet5",),
    inputs={"image": spec.Image(size="side", min_size="side")},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:AlexNet",
    twin="model_keras:alexnet",
    tiny=Config(
        widths=(4, 8, 6, 6, 4), side=16, stride=1, window=3, hidden=8, channels=2, classes=5
    ),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy", 24, learning_rate=2e-3, schedule="cosine", augment=("affine",)
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("digits", "accuracy", 0.975, baseline="logistic regression"),
    dropout=(spec.Dropout(r"head\.drop[67]", 0.5, "section 4.2"),),
    initial=spec.he_fan_in(r"(Conv2d|Linear)"),
    parity=(
        spec.Parity("torchvision alexnet (one), narrow", "parity:torchvision", needs="torchvision"),
        spec.Parity("section 3 in NumPy loops, two towers (2012)", "parity:printed"),
    ),
)
