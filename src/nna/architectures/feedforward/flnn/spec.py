from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Expansion and sizes of one functional-link network."""

    features: int  # numbers an example
    classes: int  # scores that come out; 1 for a single number to predict
    basis: Literal["powers", "trigonometric", "chebyshev", "legendre"] = "trigonometric"
    order: int = 3  # highest power, degree or number of half turns
    products: bool = False  # whether products of two inputs are added
    span: float = 3.0  # inputs are divided by it; most should then lie between -1 and 1


# Terms an input: `order`, or 2 * order + 1 of the trigonometric kind; then a bias a score.
VARIANTS = {
    # the two bits, scaled to -1 and 1, and their product (Pao 1989)
    "xor": spec.Variant(
        Config(features=2, classes=2, basis="powers", order=1, products=True, span=1.0),
        params=8,
        macs=6,
    ),
    "chebyshev": spec.Variant(
        Config(features=2, classes=2, basis="chebyshev", order=5), params=22, macs=20
    ),
    "legendre": spec.Variant(
        Config(features=2, classes=2, basis="legendre", order=5), params=22, macs=20
    ),
    "desk": spec.Variant(Config(features=2, classes=2), params=30, macs=28),
}

SPEC = spec.Architecture(
    name="Functional-link network",
    limitation="A single layer parts classes by hyperplanes only; hidden layers that bend its "
    "inputs learn slowly and may end in a poor minimum.",
    idea="Known functions of the inputs, chosen beforehand, stand in for a hidden layer.",
    since=1989,
    builds_on=("adaline", "mlp"),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:FLNN",
    tiny=Config(features=5, classes=3, basis="legendre", order=4, products=True),
    variants=VARIANTS,
    recipe=spec.Recipe("delta_rule", 20, learning_rate=0.05, schedule="cosine"),
    objectives=("delta_rule", "pseudo_inverse", "cross_entropy", "squared_error"),
    signature=spec.Signature("moons", "accuracy", 0.895, baseline="logistic regression"),
    initial=(
        spec.Initial(r"linear\.(weight|bias)", "constant", 0.0, "a single layer may start at zero"),
    ),
    parity=(
        spec.Parity(
            "scipy.special's polynomials, sklearn's PolynomialFeatures",
            "parity:libraries",
            needs="scipy",
        ),
        spec.Parity("the series term by term in NumPy", "parity:equations"),
    ),
    renamed_fields={"expansion": "basis"},
)
