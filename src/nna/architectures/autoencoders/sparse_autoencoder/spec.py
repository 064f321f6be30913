from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers an example
    code: int  # numbers a code; it may be wider than the example
    output: Literal["linear", "logistic"] = "linear"  # logistic: numbers between 0 and 1


VARIANTS = {
    # Ng (2011) and the exercise to it: patches of 8 by 8 pixels, 25 hidden units
    "patches": spec.Variant(Config(features=64, code=25, output="logistic"), 3_289, macs=3_200),
    # the tutorial's later exercises: digits for self-taught learning, coloured patches
    "digits": spec.Variant(
        Config(features=784, code=196, output="logistic"), 308_308, macs=307_328
    ),
    "coloured_patches": spec.Variant(Config(features=192, code=400), 154_192, macs=153_600),
    "desk": spec.Variant(Config(features=64, code=64), 8_320, macs=8_192),
}

SPEC = spec.Architecture(
    name="Sparse autoencoder",
    limitation="An autoencoder's code mixes the causes of its data, and a wide one copies.",
    idea="Every unit of the code is silent for most examples, so each must stand for something.",
    since=2006,
    builds_on=("autoencoder",),
    inputs={"table": spec.Table()},
    outputs=spec.Several(
        of={"output": spec.Values(of=("features",)), "code": spec.Values(of=("code",))}
    ),
    tasks=("reconstruction", "factor-recovery"),
    model="model:SparseAutoencoder",
    aliases=("sae", "sparse_ae"),
    tiny=Config(features=6, code=8, output="logistic"),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "sparse_reconstruction",
        40,
        learning_rate=1e-2,
        batch_size=128,
        schedule="cosine",
        objective_settings={"mean_activation": 0.03},
    ),
    signature=spec.Signature("crossing_bars", "MCC", 0.82, baseline="inputs"),
    initial=(
        spec.Initial(
            "Linear.weight",
            "uniform",
            "sqrt(6 / (fan_in + fan_out + 1))",
            "the exercise's initializeParameters.m",
        ),
        spec.Initial("Linear.bias", "constant", 0.0, "the exercise's initializeParameters.m"),
    ),
    parity=(
        spec.Parity("equations in NumPy", "parity:equations"),
        spec.Parity("the loss and its gradients in NumPy", "parity:losses"),
        spec.Parity("torch.distributions", "parity:divergences"),
    ),
)
