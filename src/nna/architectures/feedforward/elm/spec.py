from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers an example
    hidden: int  # random sigmoid units
    classes: int  # scores that come out; 1 for a single number to predict


# Only the output weights are adjusted: `hidden` a score, without biases.
VARIANTS = {
    # a unit an example: by theorem 2.1 the four cases are met exactly
    "xor": spec.Variant(Config(features=2, hidden=4, classes=2), params=8, macs=16),
    # one number in, one out, such as sin(x) / x of the paper's first experiment
    "sinc": spec.Variant(Config(features=1, hidden=20, classes=1), params=20, macs=40),
    "desk": spec.Variant(Config(features=100, hidden=600, classes=10), params=6_000, macs=66_000),
}

SPEC = spec.Architecture(
    name="Extreme learning machine",
    limitation="Back-propagation adjusts every weight of a multilayer perceptron in many small "
    "steps.",
    idea="Hidden weights are drawn at random and kept; the output weights are solved for at once.",
    since=1992,
    builds_on=("mlp", "mark_i"),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:ELM",
    tiny=Config(features=5, hidden=7, classes=3),
    variants=VARIANTS,
    recipe=spec.Recipe("pseudo_inverse", 1, batch_size=0),
    objectives=("pseudo_inverse", "delta_rule", "cross_entropy", "squared_error"),
    signature=spec.Signature("moved_digits", "accuracy", 0.73, baseline="logistic regression"),
    initial=(
        spec.Initial(r"weight", "uniform", 1.0, "section 4: hidden units are drawn at random"),
        spec.Initial(r"bias", "uniform", 0.5, "section 4: hidden units are drawn at random", 0.5),
    ),
    parity=(spec.Parity("equations 1 to 3 and NumPy's pinv", "parity:equations"),),
)
