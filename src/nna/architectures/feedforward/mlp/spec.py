from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int = 784  # numbers an example
    hidden: tuple[int, ...]  # units of each hidden layer, first to last
    classes: int = 10  # scores that come out; 1 for a single regression target
    activation: Literal["sigmoid", "tanh", "relu"] = "relu"  # after each hidden layer
    dropout: float = 0.0  # share of hidden units silenced at random in training


VARIANTS = {
    # detects mirror symmetry of six bits; trained for 1,425 sweeps over all 64 patterns (figure 1)
    "symmetry": spec.Variant(
        Config(features=6, hidden=(2,), classes=1, activation="sigmoid"), params=17, macs=14
    ),
    # "28x28-300-100-10" of LeCun et al. 1998 (section III.C, where it errs on 3.05 % of MNIST's
    # test digits), known since pruning began as LeNet-300-100; they squashed by a scaled tanh
    "300-100": spec.Variant(
        Config(hidden=(300, 100), activation="tanh"),
        params=266_610,
        macs=266_200,
        paper={"params": spec.Printed(267e3, "Han et al. 2015, table 1", within=0.002)},
    ),
    "784-256-10": spec.Variant(Config(hidden=(256,)), params=203_530, macs=203_264),
    "desk": spec.Variant(Config(features=64, hidden=(256,)), params=19_210, macs=18_944),
}

SPEC = spec.Architecture(
    name="Multilayer perceptron",
    limitation="A single layer of adjustable weights can only part classes by hyperplanes, and the "
    "perceptron's rule has no say over layers whose right answers nobody knows.",
    idea="Hidden units that learn: the chain rule passes the error back through smooth units.",
    since=1982,
    builds_on=("perceptron",),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:MLP",
    twin="model_keras:mlp",
    tiny=Config(features=5, hidden=(7, 6), classes=3, activation="tanh", dropout=0.1),
    variants=VARIANTS,
    recipe=spec.Recipe("cross_entropy", 40, learning_rate=3e-3, schedule="cosine"),
    objectives=("cross_entropy", "squared_error"),
    brief=True,
    signature=spec.Signature("digits", "accuracy", 0.965, baseline="logistic regression"),
    dropout=(spec.Dropout(r"body\.\d+\.drop", "dropout", "Srivastava 2014, section 4"),),
    initial=(
        spec.Initial(
            r"head\.weight", "uniform", "sqrt(6 / (fan_in + fan_out))", "Glorot 2010, equation 16"
        ),
        spec.Initial(
            r"Linear.weight",
            "uniform",
            "sqrt(6 / fan_in) if activation == 'relu' else sqrt(6 / (fan_in + fan_out))",
            "Glorot 2010, equation 16; He 2015, equation 10 for ReLU",
        ),
        spec.Initial(r"Linear.bias", "constant", 0.0, "Glorot 2010, section 4.2.1"),
    ),
    parity=(
        spec.Parity("sklearn.neural_network.MLPClassifier", "parity:scikit_learn", needs="sklearn"),
        spec.Parity("equations 1 and 2, unit by unit in NumPy", "parity:equations"),
    ),
)
