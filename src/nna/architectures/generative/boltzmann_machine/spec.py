from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # visible units, 0 or 1
    hidden: int  # hidden units; with none the machine knows pairs of units only


VARIANTS = {
    "visible": spec.Variant(
        Config(features=16, hidden=0), 136, macs=288
    ),  # 16 * 15 / 2 links, 16 biases
    "desk": spec.Variant(
        Config(features=16, hidden=4), 210, macs=800
    ),  # 20 * 19 / 2 links, 20 biases
}

SPEC = spec.Architecture(
    name="Boltzmann machine",
    limitation="A Hopfield network holds pairs of what it is shown, and rests in the nearest "
    "hollow.",
    idea="Chance, hidden units, and a local rule that makes its dreams more like the data.",
    since=1983,
    builds_on=("hopfield",),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(of=1),
    tasks=("density",),
    model="model:BoltzmannMachine",
    tiny=Config(features=5, hidden=3),
    variants=VARIANTS,
    recipe=spec.Recipe("boltzmann", 100, learning_rate=1.0, schedule="cosine"),
    signature=spec.Signature("coarse_digits", "nats", 4.61, baseline="independent"),
    initial=(
        spec.Initial(r"weight", "normal", 0.01, "Hinton 2012, A practical guide, section 8.1"),
    ),
    parity=(
        spec.Parity(
            "sklearn.neural_network.BernoulliRBM, where no layer has inner links",
            "parity:scikit_learn",
            needs="sklearn",
        ),
        spec.Parity("sums over all states in NumPy", "parity:enumeration"),
    ),
)
