from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers an example
    hidden: tuple[int, ...]  # units of each hidden layer, first to last
    classes: int  # scores that come out
    connections: int  # a layer has so many times the sum of its two widths, epsilon


VARIANTS = {
    # the network of the authors' code for CIFAR-10; fully connected it has 20.3 million weights
    "cifar10": spec.Variant(
        Config(features=3072, hidden=(4000, 1000, 4000), classes=10, connections=20),
        params=390_450,
        macs=381_440,
    ),
    "desk": spec.Variant(
        Config(features=64, hidden=(512,), classes=10, connections=10), params=11_402, macs=10_880
    ),
}

SPEC = spec.Architecture(
    name="Sparse evolutionary training",
    limitation="Dense layers cost the product of their widths, and pruning saves it only after "
    "training.",
    idea="Sparse from the first step, and rewired while learning: the weakest connections move.",
    since=2017,
    builds_on=("mlp",),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:SparseFeedforward",
    tiny=Config(features=5, hidden=(12, 9), classes=3, connections=2),
    variants=VARIANTS,
    recipe=spec.Recipe("sparse_evolutionary", 40, learning_rate=3e-3, schedule="cosine"),
    objectives=("sparse_evolutionary", "cross_entropy"),
    signature=spec.Signature("digit_bitmaps", "accuracy", 0.915, baseline="logistic regression"),
    initial=(
        spec.Initial(
            r"SparseLinear.weight",
            "normal",
            "sqrt(2 * hidden[index] / size)",
            "He 2015, equation 10, for as many inputs as a unit has on average",
        ),
    ),
    parity=(
        spec.Parity(
            "torch.nn.utils.prune: dense layers behind masks", "parity:pruned", needs="torch"
        ),
        spec.Parity("sums over the listed connections in NumPy", "parity:equations"),
    ),
)
