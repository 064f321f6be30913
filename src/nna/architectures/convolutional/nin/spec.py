from dataclasses import dataclass, replace

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    widths: tuple[tuple[int, ...], ...]  # of each micro network's layers; the classes come last
    kernels: tuple[int, ...] = (5, 5, 3)  # of each micro network's first layer: what it sees
    dropout: float = 0.5  # after all micro networks but the last
    channels: int = 3
    classes: int = 10


CIFAR = Config(widths=((192, 160, 96), (192, 192, 192), (192, 192)))

VARIANTS = {
    "cifar10": spec.Variant(
        CIFAR,
        params=966_986,
        paper={"error": spec.Printed(10.41, "table 1, without augmentation")},
        macs=222_486_528,
    ),
    "cifar100": spec.Variant(
        replace(CIFAR, classes=100),
        params=984_356,
        paper={"error": spec.Printed(35.68, "table 2")},
        macs=223_592_448,
    ),
    "desk": spec.Variant(
        Config(
            widths=((24, 24, 24), (48, 48, 48), (48, 48)),
            kernels=(5, 3, 3),
            dropout=0.2,
            channels=1,
        ),
        params=40_570,
        macs=643_680,
        costs_at={"side": 10},
    ),
}

SPEC = spec.Architecture(
    name="Network in Network",
    limitation="A kernel is a linear detector, and most of AlexNet's weights lie behind the "
    "kernels.",
    idea="Slide a small multilayer perceptron, and let the mean of a last map be a class's score.",
    since=2013,
    builds_on=("alexnet", "maxout"),
    inputs={"image": spec.Image(size=32, min_size=8)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:NetworkInNetwork",
    tiny=Config(widths=((6, 4, 4), (5, 5)), kernels=(5, 3), channels=2, classes=3),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy",
        20,
        learning_rate=2e-3,
        batch_size=32,
        schedule="cosine",
        augment=("affine",),
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("moved_digits", "accuracy", 0.896, baseline="logistic regression"),
    dropout=(
        spec.Dropout(
            r"body\.[25]", "dropout", "section 4.1: after all micro networks but the last"
        ),
    ),
    initial=spec.HE_FAN_OUT,
    parity=(spec.Parity("equation 2 and section 3.2 in NumPy loops", "parity:printed"),),
)
