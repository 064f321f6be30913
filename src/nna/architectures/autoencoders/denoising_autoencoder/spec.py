"""Facts about the denoising autoencoder: sizes, sources, data it fits."""

from dataclasses import dataclass
from typing import Literal

from nna.spec import (
    Architecture,
    Paper,
    Parity,
    Recipe,
    Signature,
    Table,
    Variant,
)
from nna.spec_training import Initial


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one denoising autoencoder."""

    features: int  # numbers an example
    code: int  # numbers a code; it may be wider than the example
    activation: Literal["linear", "logistic", "relu"] = "logistic"  # of the code


VARIANTS = {
    # Vincent et al. (2010), section 5.1: patches of 12 by 12 pixels of natural images, a wider code
    "patches": Variant(Config(features=144, code=200), 57_944, macs=57_600),
    "desk": Variant(Config(features=64, code=48, activation="relu"), 6_256, macs=6_144),
}

SPEC = Architecture(
    name="Denoising autoencoder",
    limitation="An autoencoder with a wide code learns to copy.",
    idea="What comes in is spoilt, what must come out is clean: a copy is wrong.",
    paper=Paper(
        title="Extracting and Composing Robust Features with Denoising Autoencoders",
        authors="Vincent, Larochelle, Bengio, Manzagol",
        year=2008,
        venue="ICML",
        doi="10.1145/1390156.1390294",
    ),
    builds_on=("autoencoder",),
    inputs={"table": Table(features="features")},
    outputs=Table(features="features"),
    tasks=("reconstruction",),
    model="model:DenoisingAutoencoder",
    twin="model_keras:denoising_autoencoder",
    aliases=("dae",),
    tiny=Config(features=6, code=8),
    variants=VARIANTS,
    recipe=Recipe(
        objective="denoising", epochs=60, learning_rate=5e-3, batch_size=64, schedule="cosine"
    ),
    objectives=("denoising", "reconstruction"),
    signature=Signature(
        data="digits",
        metric="mse",
        threshold=0.1,  # in units of the training pixels' variance
        baseline="average",
    ),
    initial=(
        Initial(
            r"Linear.weight", "uniform", "sqrt(6 / (fan_in + fan_out))", "Glorot 2010, equation 16"
        ),
        Initial(r"Linear.bias", "constant", 0.0, "Glorot 2010, section 4.2.1"),
    ),
    parity=(
        Parity(against="scikit-learn MLPRegressor", check="parity:regressors", needs="sklearn"),
        Parity(against="equations in NumPy", check="parity:equations"),
        Parity(against="the loss in NumPy, its noise shared", check="parity:losses"),
    ),
)
