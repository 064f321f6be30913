from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers an example
    code: int  # numbers a code
    hidden: tuple[int, ...]  # units a layer from input to code; the decoder mirrors them
    activation: Literal["tanh", "relu"] = "tanh"  # of the hidden layers
    output: Literal["linear", "logistic"] = "linear"  # logistic: examples of numbers from 0 to 1


VARIANTS = {
    # Kingma, Welling (2014), section 5: 500 hidden units for digits, here with 20 latent ones
    "mnist": spec.Variant(
        Config(features=784, hidden=(500,), code=20, output="logistic"), 815_824, macs=804_000
    ),
    # the size that pythae's VAE has by default, with a code of 8
    "mnist_relu": spec.Variant(
        Config(features=784, hidden=(512,), code=8, activation="relu", output="logistic"),
        816_928,
        macs=811_008,
    ),
    "desk": spec.Variant(
        Config(features=2, hidden=(64, 64), code=2, activation="relu"), 9_094, macs=8_704
    ),
}

SPEC = spec.Architecture(
    name="Variational autoencoder",
    limitation="An autoencoder doesn't say how its codes are spread, so none can be drawn.",
    idea="Codes are distributions, and the loss holds them near one that can be drawn from.",
    since=2013,
    builds_on=("autoencoder",),
    inputs={"table": spec.Table()},
    outputs=spec.Table(),
    tasks=("generation",),
    model="model:VAE",
    twin="model_keras:VAE",
    aliases=("beta_vae", "variational_autoencoder"),
    sampler="sampler:sample",
    tiny=Config(features=6, hidden=(5, 4), code=2, output="logistic"),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "elbo", 40, learning_rate=3e-3, batch_size=128, objective_settings={"deviation": 0.1}
    ),
    signature=spec.Signature("ring", "modes", 7.0, baseline="gaussian"),
    initial=spec.GLOROT,
    parity=(
        spec.Parity("equations in NumPy", "parity:equations"),
        spec.Parity("the bound in NumPy, its noise shared", "parity:bound"),
        spec.Parity("torch.distributions", "parity:closed_forms"),
    ),
)
