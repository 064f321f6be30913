from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers an example
    units: int  # Gaussian bumps, each with a centre and a width
    classes: int  # scores that come out; 1 for a single regression target


# A unit has `features` + 1 parameters, a score `units` + 1.
VARIANTS = {
    # the exclusive or, a centre on each of its four cases (Broomhead & Lowe 1988, section 4)
    "xor": spec.Variant(Config(features=2, units=4, classes=1), params=17, macs=12),
    # two formants to ten vowels, at its largest (Moody & Darken 1989)
    "vowels": spec.Variant(Config(features=2, units=100, classes=10), params=1_310, macs=1_200),
    "desk": spec.Variant(Config(features=64, units=90, classes=10), params=6_760, macs=6_660),
}

SPEC = spec.Architecture(
    name="Radial basis function network",
    limitation="A multilayer perceptron spreads every example over all its weights, so it learns "
    "in many small steps, without a guarantee.",
    idea="Units that answer near their centre alone; with centres fixed, learning is linear.",
    builds_on=("perceptron", "mlp"),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:RBFN",
    twin="model_keras:RBFN",
    tiny=Config(features=5, units=7, classes=3),
    variants=VARIANTS,
    recipe=spec.Recipe("radial_basis", 1, batch_size=0),
    objectives=("radial_basis", "cross_entropy", "squared_error"),
    signature=spec.Signature("digits", "accuracy", 0.968, baseline="logistic regression"),
    initial=(
        spec.Initial(r"centres", "normal", 1.0, "as standardised examples lie"),
        spec.Initial(
            r"widths", "constant", "sqrt(features)", "a distance of standardised examples"
        ),
    ),
    parity=(
        spec.Parity("scipy.interpolate.RBFInterpolator", "parity:scipy", needs="scipy"),
        spec.Parity("Gaussian bumps in NumPy", "parity:equations"),
    ),
)
