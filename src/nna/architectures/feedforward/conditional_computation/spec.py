"""Facts about conditional computation: sizes, sources, data it fits."""

from dataclasses import dataclass

from nna.spec import (
    Architecture,
    Paper,
    Parity,
    Recipe,
    Scores,
    Signature,
    Table,
    Variant,
)
from nna.spec_training import Initial, Noise


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one gated network."""

    features: int  # numbers an example
    hidden: int  # units of the main path
    classes: int  # scores that come out
    groups: int  # of hidden units, each behind a gate of its own
    units: int  # hidden units of the path that computes the gates


VARIANTS = {
    # for MNIST, the paper's data; its own sizes aren't repeated here
    "784-400-10": Variant(
        Config(features=784, hidden=400, classes=10, groups=40, units=40),
        params=351_050,
        macs=350_560,
    ),
    "desk": Variant(
        Config(features=64, hidden=512, classes=10, groups=32, units=32),
        params=41_546,
        macs=40_960,
    ),
}

SPEC = Architecture(
    name="Conditional computation",
    limitation="Every unit of a multilayer perceptron computes for every example, needed or not.",
    idea="Stochastic binary gates switch groups of units off; the gradient goes straight through.",
    paper=Paper(
        title="Estimating or Propagating Gradients Through Stochastic Neurons for Conditional "
        "Computation",
        authors="Bengio, Léonard, Courville",
        kind="misc",
        year=2013,
        venue="arXiv",
        arxiv="1308.3432",
    ),
    builds_on=("mlp",),
    inputs={"table": Table()},
    outputs=Scores(),
    tasks=("classification",),
    model="model:ConditionalComputation",
    tiny=Config(features=5, hidden=12, classes=3, groups=4, units=6),
    variants=VARIANTS,
    recipe=Recipe(
        objective="gated_cross_entropy", epochs=60, learning_rate=3e-3, schedule="cosine"
    ),
    objectives=("gated_cross_entropy",),
    signature=Signature(
        data="digit_bitmaps",
        metric="accuracy",
        threshold=0.917,
        baseline="logistic regression",
    ),
    dropout=(Noise(at="", source="stochastic binary gates"),),
    initial=(
        Initial(r"main\.weight", "uniform", "sqrt(6 / fan_in)", "He 2015, equation 10"),
        Initial(r"main\.bias", "constant", 0.0, "He 2015, section 2.2"),
    ),
    parity=(
        Parity(
            against="the equations in NumPy, gradients by the chain rule's hand",
            check="parity:equations",
        ),
    ),
)
