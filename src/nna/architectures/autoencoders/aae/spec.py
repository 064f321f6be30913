from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers an example
    code: int  # numbers a code
    hidden: tuple[int, ...]  # rectified units a layer from input to code; the decoder mirrors them
    discriminator_hidden: tuple[int, ...]  # rectified units a layer
    output: Literal["linear", "logistic"] = "linear"  # logistic: numbers between 0 and 1


VARIANTS = {
    # Makhzani et al. (2015), appendix A.1: two layers of 1,000 each, a code of 8 for digits
    "digits": spec.Variant(
        Config(
            features=784,
            code=8,
            hidden=(1000, 1000),
            discriminator_hidden=(1000, 1000),
            output="logistic",
        ),
        4_599_793,
        macs=3_584_000,
    ),
    "desk": spec.Variant(
        Config(features=2, code=1, hidden=(64, 64), discriminator_hidden=(64, 64)),
        13_188,
        macs=8_576,
    ),
}

SPEC = spec.Architecture(
    name="Adversarial autoencoder",
    limitation="A variational autoencoder needs a divergence in closed form, code by code.",
    idea="A discriminator on codes makes all of them together look like draws of the prior.",
    builds_on=("vae", "gan"),
    inputs={"table": spec.Table()},
    outputs=spec.Table(),
    tasks=("generation",),
    model="model:AAE",
    aliases=("adversarial_autoencoder", "adversarial_ae"),
    sampler="sampler:sample",
    tiny=Config(features=5, code=3, hidden=(6, 4), discriminator_hidden=(5,), output="logistic"),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "adversarial_autoencoding", 20, learning_rate=2e-3, batch_size=128, momentum=0.5
    ),
    signature=spec.Signature("ring", "modes", 7, baseline="gaussian"),
    initial=spec.GLOROT,
    parity=(
        spec.Parity("equations in NumPy", "parity:equations"),
        spec.Parity("the three losses in NumPy, draws of the prior shared", "parity:losses"),
    ),
)
