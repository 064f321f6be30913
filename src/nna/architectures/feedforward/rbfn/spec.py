"""Facts about the radial basis function network: sizes, sources, data it fits."""

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
from nna.spec_training import Initial


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one radial basis function network."""

    features: int  # numbers an example
    units: int  # Gaussian bumps, each with a centre and a width
    classes: int  # scores that come out; 1 for a single regression target


# A unit has `features` + 1 parameters, a score `units` + 1.
VARIANTS = {
    # the exclusive or, a centre on each of its four cases (Broomhead & Lowe 1988, section 4)
    "xor": Variant(Config(features=2, units=4, classes=1), params=17, macs=12),
    # two formants to ten vowels, at its largest (Moody & Darken 1989)
    "vowels": Variant(Config(features=2, units=100, classes=10), params=1_310, macs=1_200),
    "desk": Variant(Config(features=64, units=90, classes=10), params=6_760, macs=6_660),
}

SPEC = Architecture(
    name="Radial basis function network",
    limitation="A multilayer perceptron spreads every example over all its weights, so it learns "
    "in many small steps, without a guarantee.",
    idea="Units that answer near their centre alone; with centres fixed, learning is linear.",
    paper=Paper(
        title="Multivariable Functional Interpolation and Adaptive Networks",
        authors="Broomhead, Lowe",
        kind="article",
        year=1988,
        venue="Complex Systems",
        url="https://www.complex-systems.com/abstracts/v02_i03_a05/",
    ),
    builds_on=("perceptron", "mlp"),
    inputs={"table": Table()},
    outputs=Scores(),
    tasks=("classification", "regression"),
    model="model:RBFN",
    tiny=Config(features=5, units=7, classes=3),
    variants=VARIANTS,
    recipe=Recipe(objective="radial_basis", epochs=1, batch_size=0),
    objectives=("radial_basis", "cross_entropy", "squared_error"),
    signature=Signature(
        data="digits",
        metric="accuracy",
        threshold=0.968,
        baseline="logistic regression",
    ),
    initial=(
        Initial(r"centres", "normal", 1.0, "as standardised examples lie"),
        Initial(r"widths", "constant", "sqrt(features)", "a distance of standardised examples"),
    ),
    parity=(
        Parity(against="scipy.interpolate.RBFInterpolator", check="parity:scipy", needs="scipy"),
        Parity(against="Gaussian bumps in NumPy", check="parity:equations"),
    ),
)
