from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers an example
    code: int  # numbers a code; it may be wider than the example
    activation: Literal["linear", "logistic", "relu"] = "logistic"  # of the code


VARIANTS = {
    # Vincent et al. (2010), section 5.1: patches of 12 by 12 pixels of natural images, a wider code
    "patches": spec.Variant(Config(features=144, code=200), 57_944, macs=57_600),
    "desk": spec.Variant(Config(features=64, code=48, activation="relu"), 6_256, macs=6_144),
}

SPEC = spec.Architecture(
    name="Denoising autoencoder",
    limitation="An autoencoder with a wide code learns to copy.",
    idea="What comes in is spoilt, what must come out is clean: a copy is wrong.",
    builds_on=("autoencoder",),
    inputs={"table": spec.Table()},
    outputs=spec.Table(),
    tasks=("reconstruction",),
    model="model:DenoisingAutoencoder",
    twin="model_keras:denoising_autoencoder",
    aliases=("dae",),
    tiny=Config(features=6, code=8),
    variants=VARIANTS,
    recipe=spec.Recipe("denoising", 60, learning_rate=5e-3, schedule="cosine"),
    objectives=("denoising", "reconstruction"),
    # the error is in units of the training pixels' variance
    signature=spec.Signature("digits", "mse", 0.1, baseline="average"),
    initial=spec.GLOROT,
    parity=(
        spec.Parity("scikit-learn MLPRegressor", "parity:regressors", needs="sklearn"),
        spec.Parity("equations in NumPy", "parity:equations"),
        spec.Parity("the loss in NumPy, its noise shared", "parity:losses"),
    ),
)
