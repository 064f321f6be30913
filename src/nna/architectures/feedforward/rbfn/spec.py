"""Facts about the radial basis function network: sizes, sources, data it fits."""

from dataclasses import dataclass

from nna.spec import (
    Advice,
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
    twin="model_keras:RBFN",
    tiny=Config(features=5, units=7, classes=3),
    variants=VARIANTS,
    recipe=Recipe(objective="radial_basis", epochs=1, batch_size=0),
    published_recipe="Centres on the data or on a grid among them, then the weights by the "
    "pseudo-inverse (Broomhead & Lowe 1988, section 3); or centres by k-means, each width from "
    "the nearest other centres, then the weights by least squares (Moody & Darken 1989).",
    objectives=("radial_basis", "cross_entropy", "squared_error"),
    signature=Signature(
        data="digits",
        metric="accuracy",
        threshold=0.968,
        baseline="logistic regression",
        expected_failure="It can't extrapolate: far from its centres all units are silent, and the "
        "output is the bias, whatever the input.",
        failure_test="test_a_straight_line_ends_where_the_data_end",
    ),
    initial=(
        Initial(r"centres", "normal", 1.0, "as standardised examples lie"),
        Initial(r"widths", "constant", "sqrt(features)", "a distance of standardised examples"),
    ),
    parity=(
        Parity(against="scipy.interpolate.RBFInterpolator", check="parity:scipy", needs="scipy"),
        Parity(against="Gaussian bumps in NumPy", check="parity:equations"),
    ),
    advice=(
        Advice(
            when="a smooth function of a few inputs, sampled where it will be asked",
            verdict="yes",
            because="with centres fixed, the best weights follow from one linear system",
            source="Broomhead & Lowe 1988, section 3",
        ),
        Advice(
            when="inputs unlike the training data should be noticed",
            verdict="yes",
            because="every unit is silent there, while an MLP goes on with confidence",
            source="Moody & Darken 1989",
        ),
        Advice(
            when="many inputs, most of them irrelevant",
            verdict="no",
            because="distances count all inputs alike; covering the space takes a number of "
            "centres that grows exponentially with their number",
            source="Poggio & Girosi 1990",
        ),
        Advice(
            when="trends must be continued beyond the data",
            verdict="no",
            because="the output falls back to the bias within a few widths",
            source="Moody & Darken 1989",
        ),
    ),
)
