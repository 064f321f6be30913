from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers an example
    code: int  # numbers a code
    hidden: tuple[int, ...] = ()  # units a layer from input to code; the decoder mirrors them
    activation: Literal["logistic", "relu"] = "logistic"  # of the hidden layers
    output: Literal["linear", "logistic"] = "linear"  # logistic: numbers between 0 and 1


def _error(value: float, where: str) -> dict[str, spec.Printed]:
    return {
        "squared error": spec.Printed(value, f"{where}, summed over an example, on the test set")
    }


# Hinton and Salakhutdinov (2006), but "linear": Bourlard and Kamp (1988).
VARIANTS = {
    "curves": spec.Variant(
        Config(features=784, hidden=(400, 200, 100, 50, 25), code=6, output="logistic"),
        842_340,
        _error(1.44, "figure 2A"),
        macs=840_000,
    ),
    "mnist": spec.Variant(
        Config(features=784, hidden=(1000, 500, 250), code=30, output="logistic"),
        2_837_314,
        _error(3.00, "figure 2B"),
        macs=2_833_000,
    ),
    "faces": spec.Variant(
        Config(features=625, hidden=(2000, 1000, 500), code=30),
        7_537_655,
        _error(126.0, "figure 2C"),
        macs=7_530_000,
    ),
    "linear": spec.Variant(Config(features=64, code=8), 1_096, macs=1_024),
    "desk": spec.Variant(
        Config(features=64, hidden=(128, 64), code=8, activation="relu"), 34_248, macs=33_792
    ),
}

SPEC = spec.Architecture(
    name="Autoencoder",
    limitation="Perceptrons need labels, and principal components can't follow bent data.",
    idea="The input is its own target, through a code too narrow to copy it.",
    since=1986,
    builds_on=("mlp",),
    inputs={"table": spec.Table()},
    outputs=spec.Table(),
    tasks=("reconstruction",),
    model="model:Autoencoder",
    twin="model_keras:autoencoder",
    tiny=Config(features=6, hidden=(5, 4), code=2, output="logistic"),
    variants=VARIANTS,
    recipe=spec.Recipe("reconstruction", 60, learning_rate=5e-3, schedule="cosine"),
    # the error is in units of the training pixels' variance
    signature=spec.Signature("digits", "mse", 0.12, baseline="pca"),
    initial=spec.GLOROT,
    parity=(
        spec.Parity("scikit-learn MLPRegressor", "parity:regressors", needs="sklearn"),
        spec.Parity("equations in NumPy", "parity:equations"),
    ),
)
