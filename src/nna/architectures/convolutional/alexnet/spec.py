"""Facts about AlexNet: sizes, sources, data it fits."""

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
from nna.spec_training import Dropout, Initial


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one network."""

    widths: tuple[int, ...]  # kernels of the five convolutions, both towers together
    side: int = 224  # pixels of the picture: the fully connected layers fix it
    stride: int = 4  # of the first convolution; its kernel is 2 stride + 3 wide
    groups: int = 2  # towers that the second, fourth and fifth convolution are split into
    window: int = 5  # adjacent maps in local response normalisation; 0: none
    hidden: int = 4096  # units of each of the two fully connected layers
    channels: int = 3
    classes: int = 1000


VARIANTS = {
    "2012": Variant(
        Config(widths=(96, 256, 384, 384, 256)),
        params=60_965_224,
        paper={
            "params": Printed(60e6, "abstract", within=0.02),
            "top-5 error": Printed(18.2, "table 2, one network, validation images of 2012"),
        },
        macs=724_406_816,
    ),
    "one": Variant(
        Config(widths=(64, 192, 384, 256, 256), groups=1, window=0),
        params=61_100_840,
        macs=714_188_480,
    ),
    "desk": Variant(
        Config(widths=(16, 32, 48, 48, 32), side=24, stride=1, hidden=256, channels=1, classes=10),
        params=139_466,
        macs=1_883_264,
    ),
}

TORCHVISION = (
    *(Rename(rf"^features\.{i}\.", f"body.conv{n}.") for n, i in enumerate((0, 3, 6, 8, 10), 1)),
    *(Rename(rf"^classifier\.{i}\.", f"head.fc{n}.") for n, i in ((6, 1), (7, 4), (8, 6))),
)

SPEC = Architecture(
    name="AlexNet",
    limitation="Convolutional networks of LeNet's kind were thought too small for photographs.",
    idea="Depth, ReLU and dropout at the scale of a million photographs, on two graphics cards.",
    paper=Paper(
        title="ImageNet Classification with Deep Convolutional Neural Networks",
        authors="Krizhevsky, Sutskever, Hinton",
        year=2012,
        venue="NIPS 25",
        doi="10.1145/3065386",
    ),
    builds_on=("lenet5",),
    inputs={"image": Image(size="side", min_size="side")},
    outputs=Scores(),
    tasks=("classification",),
    model="model:AlexNet",
    twin="model_keras:alexnet",
    tiny=Config(
        widths=(4, 8, 6, 6, 4), side=16, stride=1, window=3, hidden=8, channels=2, classes=5
    ),
    variants=VARIANTS,
    recipe=Recipe(
        objective="cross_entropy",
        epochs=24,
        learning_rate=2e-3,
        schedule="cosine",
        augment=("affine",),
    ),
    published_recipe="SGD, batch 128, momentum 0.9, weight decay 0.0005, rate 0.01 divided by ten "
    "three times when the error stalled, 90 passes over 1.2 million photographs, five to six days "
    "on two GTX 580 (section 5); random 224-pixel cuts, mirrored, colours shifted (section 4.1).",
    objectives=("cross_entropy", "squared_error"),
    signature=Signature(
        data="digits",
        metric="accuracy",
        threshold=0.975,
        baseline="logistic regression",
        expected_failure="Strength without end: local response normalisation turns a lone response "
        "above 200 into the less, the greater it is.",
        failure_test="test_a_lone_response_above_200_comes_out_the_weaker_the_stronger_it_is",
    ),
    dropout=(Dropout(at=r"head\.drop[67]", rate=0.5, source="section 4.2"),),
    initial=(
        Initial(r"(Conv2d|Linear)\.weight", "normal", "sqrt(2 / fan_in)", "He 2015, equation 10"),
        Initial(r"(Conv2d|Linear)\.bias", "constant", 0.0, "He 2015, section 2.2"),
    ),
    parity=(
        Parity(
            against="torchvision alexnet (one), its end narrow",
            check="parity:torchvision",
            needs="torchvision",
        ),
        Parity(against="section 3 in NumPy loops, two towers (2012)", check="parity:printed"),
    ),
    advice=(
        Advice(
            when="retracing what began in 2012, or comparing with results of that time",
            verdict="yes",
            because="one network has 18.2 % top-5 error on ImageNet, where the second of the "
            "contest, without a deep network, had 26.2 %",
            source="paper, table 2",
        ),
        Advice(
            when="a network to fine-tune on photographs today",
            verdict="no",
            because="a residual network of 18 layers errs 27.88 % top-1, this one 40.7 %, with "
            "five times the weights",
            source="He 2016, table 2; paper, table 2",
        ),
        Advice(
            when="weights must be few",
            verdict="no",
            because="96 % of its 61 million weights lie in three fully connected layers; "
            "SqueezeNet reaches its accuracy with a fiftieth",
            source="Iandola 2016, table 2",
        ),
    ),
)
