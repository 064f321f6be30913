from dataclasses import dataclass

from nna import spec

SIDE = 20  # of the square retina, in photocells
SOCKETS = 40  # wires that can leave a photocell for association units


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Numbers of parts of one machine."""

    units: int = 512  # association units
    connections: int = 30  # wires to each of them, one half exciting, the other inhibiting
    classes: int  # response units


VARIANTS = {
    # 400 photocells, 512 association and 8 response units: 512 x 8 adjustable weights
    "paper": spec.Variant(Config(classes=8), params=4_096, macs=208_896),
    "eighth": spec.Variant(Config(units=64, classes=10), params=640, macs=26_240),
    "desk": spec.Variant(Config(connections=20, classes=10), params=5_120, macs=209_920),
}

SPEC = spec.Architecture(
    name="Mark I perceptron",
    limitation="A perceptron that reads its retina directly can only weigh single points.",
    idea="A layer of threshold units, wired at random and left alone, between retina and weights.",
    builds_on=("mcculloch_pitts", "perceptron"),
    inputs={"retina": spec.Image(channels=1, size=SIDE, min_size=SIDE)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:MarkI",
    tiny=Config(units=40, connections=6, classes=3),
    variants=VARIANTS,
    recipe=spec.Recipe("perceptron_rule", 15, learning_rate=1.0),
    objectives=("perceptron_rule", "delta_rule", "pseudo_inverse"),
    signature=spec.Signature("digits", "accuracy", 0.896, baseline="majority"),
    initial=(spec.Initial(r"linear\.weight", "constant", 0.0, "a single layer may start at zero"),),
    parity=(
        spec.Parity(
            "sklearn.linear_model.Perceptron on the association units",
            "parity:scikit_learn",
            needs="sklearn",
        ),
        spec.Parity("lamps, wires and sums counted in NumPy", "parity:equations"),
    ),
)
