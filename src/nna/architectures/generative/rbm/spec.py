from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # visible units, 0 or 1
    hidden: int  # hidden units


VARIANTS = {
    # the first layer of the deep belief net of Hinton, Osindero and Teh (2006), figure 1
    "mnist": spec.Variant(Config(features=784, hidden=500), 393_284, macs=392_784),
    "desk": spec.Variant(Config(features=64, hidden=16), 1_104, macs=1_088),
}

SPEC = spec.Architecture(
    name="Restricted Boltzmann machine",
    limitation="Boltzmann machines with links everywhere settle unit by unit, too slowly to learn.",
    idea="No links within a layer: each layer is drawn at once, and hidden units are summed out.",
    since=1986,  # Smolensky's harmonium; the paper is of its learning
    builds_on=("boltzmann_machine",),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(of=1),
    tasks=("density",),
    model="model:RBM",
    tiny=Config(features=6, hidden=4),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "persistent_contrastive_divergence", 300, learning_rate=0.1, schedule="cosine"
    ),
    objectives=("persistent_contrastive_divergence", "contrastive_divergence"),
    signature=spec.Signature("digit_bitmaps", "nats", 19.5, baseline="independent"),
    initial=(
        spec.Initial(r"weight", "normal", 0.01, "Hinton 2012, A practical guide, section 8.1"),
    ),
    parity=(
        spec.Parity("sklearn.neural_network.BernoulliRBM", "parity:scikit_learn", needs="sklearn"),
        spec.Parity("sums over all states in NumPy", "parity:enumeration"),
    ),
)
