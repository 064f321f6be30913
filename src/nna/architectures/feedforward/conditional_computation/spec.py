from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers an example
    hidden: int  # units of the main path
    classes: int  # scores that come out
    groups: int  # of hidden units, each behind a gate of its own
    units: int  # hidden units of the path that computes the gates


VARIANTS = {
    # for MNIST, the paper's data; its own sizes aren't repeated here
    "784-400-10": spec.Variant(
        Config(features=784, hidden=400, classes=10, groups=40, units=40),
        params=351_050,
        macs=350_560,
    ),
    "desk": spec.Variant(
        Config(features=64, hidden=512, classes=10, groups=32, units=32),
        params=41_546,
        macs=40_960,
    ),
}

SPEC = spec.Architecture(
    name="Conditional computation",
    limitation="Every unit of a multilayer perceptron computes for every example, needed or not.",
    idea="Stochastic binary gates switch groups of units off; the gradient goes straight through.",
    builds_on=("mlp",),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:ConditionalComputation",
    tiny=Config(features=5, hidden=12, classes=3, groups=4, units=6),
    variants=VARIANTS,
    recipe=spec.Recipe("gated_cross_entropy", 60, learning_rate=3e-3, schedule="cosine"),
    signature=spec.Signature("digit_bitmaps", "accuracy", 0.917, baseline="logistic regression"),
    dropout=(spec.Noise("", "stochastic binary gates"),),
    initial=(
        spec.Initial(r"main\.weight", "uniform", "sqrt(6 / fan_in)", "He 2015, equation 10"),
        spec.Initial(r"main\.bias", "constant", 0.0, "He 2015, section 2.2"),
    ),
    parity=(
        spec.Parity(
            "the equations in NumPy, gradients by the chain rule's hand", "parity:equations"
        ),
    ),
)
