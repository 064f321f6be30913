from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # visible units: bits, or chances of bits
    widths: tuple[int, ...]  # hidden units, layer by layer; the last see the labels as well
    classes: int  # label units


VARIANTS = {
    # figure 1 of the paper: 1,662,000 weights and 4,794 biases
    "mnist": spec.Variant(
        Config(features=784, widths=(500, 500, 2000), classes=10),
        1_666_794,
        paper={"params": spec.Printed(1.7e6, "section 1, about that many weights", within=0.03)},
        macs=1_642_000,
    ),
    "desk": spec.Variant(
        Config(features=64, widths=(200, 200, 500), classes=10), 159_174, macs=152_800
    ),
}

SPEC = spec.Architecture(
    name="Deep belief network",
    limitation="One layer of hidden units is shallow; many, from random weights, learn badly.",
    idea="Machines are stacked and learnt one by one, each from the hidden units of the one below.",
    builds_on=("rbm", "mlp"),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:DBN",
    tiny=Config(features=6, widths=(5, 4), classes=3),
    variants=VARIANTS,
    recipe=spec.Recipe("greedy_contrastive_divergence", 150, learning_rate=0.3, batch_size=32),
    objectives=("greedy_contrastive_divergence", "cross_entropy"),
    signature=spec.Signature("digit_bitmaps", "accuracy", 0.913, baseline="logistic regression"),
    initial=(
        spec.Initial(
            r"layers\.\d+\.weight", "normal", 0.01, "Hinton 2012, A practical guide, section 8.1"
        ),
    ),
    parity=(
        spec.Parity(
            "a stack of sklearn.neural_network.BernoulliRBM", "parity:scikit_learn", needs="sklearn"
        ),
        spec.Parity("sums over all top states in NumPy", "parity:enumeration"),
    ),
)
