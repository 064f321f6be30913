from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one network over time; the last layer's width is the number of classes."""

    widths: tuple[int, ...]  # units of each hidden layer, at every step
    kernels: tuple[int, ...]  # steps that a unit of each layer sees, the last layer's too
    dilations: tuple[int, ...]  # steps between two that it sees
    activation: Literal["sigmoid", "relu"]  # of the hidden layers
    channels: int  # numbers at each step
    classes: int  # scores given

    @property
    def reach(self) -> int:
        """Steps that one unit of the last layer sees: the receptive field."""
        return 1 + sum((k - 1) * d for k, d in zip(self.kernels, self.dilations, strict=True))


VARIANTS = {
    # 16 mel coefficients, 15 frames of 10 ms; 8 units see 3 frames, 3 units see 5 steps of those.
    "tdnn": spec.Variant(
        Config(
            widths=(8,),
            kernels=(3, 5),
            dilations=(1, 1),
            activation="sigmoid",
            channels=16,
            classes=3,
        ),
        521,
        {"error": spec.Printed(1.5, "section III.B, mean of three speakers, in %")},
        macs=6_072,
    ),
    "desk": spec.Variant(
        Config(
            widths=(64, 64),
            kernels=(3, 3, 1),
            dilations=(1, 2, 1),
            activation="relu",
            channels=8,
            classes=10,
        ),
        14_622,
        macs=35_072,
        costs_at={"steps": 8},
    ),
}

SPEC = spec.Architecture(
    name="One-dimensional convolutional network",
    limitation="A perceptron over a window of time must be shown each event at each place: moved "
    "by a step, it is another input.",
    idea="The same units look at every stretch of a series, and their evidence is added up over "
    "time.",
    since=1987,
    builds_on=("mlp",),
    inputs={"series": spec.Series(steps=15)},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:CNN1D",
    tiny=Config(
        widths=(6, 5),
        kernels=(3, 2, 2),
        dilations=(1, 2, 4),
        activation="relu",
        channels=3,
        classes=4,
    ),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy",
        60,
        optimiser="adamw",
        learning_rate=3e-3,
        schedule="cosine",
        warmup=0.05,
        weight_decay=0.05,
    ),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("digits", "accuracy", 0.97, baseline="logistic regression"),
    initial=(spec.Initial(r"scale", "constant", 1.0, "sums of squares come out as they are"),),
    parity=(spec.Parity("equations in NumPy loops, two sizes", "parity:equations"),),
)
