from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # input fibres
    hidden: int  # conjunctions; 2 ** features suffice for any truth table
    classes: int  # disjunctions, one a class


# Nothing is adjustable. Excitation and inhibition are counted separately, so a wire costs two.
VARIANTS = {
    "desk": spec.Variant(Config(features=2, hidden=4, classes=2), params=0, macs=32),
    "three": spec.Variant(Config(features=3, hidden=8, classes=2), params=0, macs=80),
}

SPEC = spec.Architecture(
    name="McCulloch-Pitts neuron",
    limitation="Neurons fire all or none, but what nets of such parts can compute was unknown.",
    idea="A neuron is a proposition: true when enough of its inputs are and no veto is.",
    builds_on=(),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:McCullochPitts",
    tiny=Config(features=5, hidden=7, classes=3),
    variants=VARIANTS,
    recipe=spec.Recipe("truth_table", 1, batch_size=0),
    signature=spec.Signature("xor", "accuracy", 1.0, baseline="logistic regression"),
    parity=(
        spec.Parity("truth tables by Python's own and, or, not", "parity:logic"),
        spec.Parity("counts in NumPy", "parity:equations"),
    ),
)
