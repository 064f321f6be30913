"""Facts about the denoising autoencoder: sizes, sources, data it fits."""

from dataclasses import dataclass
from typing import Literal

from nna.spec import (
    Advice,
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
    published_recipe=(
        "descent on the cross-entropy, a share of the inputs masked, chosen by the task (10 % for "
        "digits, 25 % for digits on pictures); layers trained one on the other, then fine-tuned "
        "with labels (2008, sections 2.3, 2.4 and 5, table 1)"
    ),
    objectives=("denoising", "reconstruction"),
    signature=Signature(
        data="digits",
        metric="mse",
        threshold=0.1,  # in units of the training pixels' variance
        baseline="average",
        expected_failure="give a clean example back as it is: it can't know that nothing was "
        "spoilt, and pulls it towards where data are denser",
        failure_test="test_clean_examples_are_pulled_to_the_middle_too",
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
    advice=(
        Advice(
            when="unlabelled rows, a wide code, features for a classifier with few labels",
            verdict="yes",
            because="noise keeps the code from copying, so its width is free",
            source="Vincent et al. 2008, doi:10.1145/1390156.1390294, section 5",
        ),
        Advice(
            when="noise of a known kind must be taken out of examples",
            verdict="yes",
            because="under the squared error it learns the best guess of the clean example",
            source="Vincent 2011, Neural Computation 23(7)",
        ),
        Advice(
            when="the noise to come is unlike the noise trained with",
            verdict="no",
            because="what it learns is the best guess for one kind and level of noise",
            source="Vincent 2011, Neural Computation 23(7)",
        ),
    ),
)
