from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers an example
    code: int  # numbers a code; it may be wider than the example
    activation: Literal["logistic", "linear"] = "logistic"  # of the code
    output: Literal["linear", "logistic"] = "logistic"  # logistic: numbers between 0 and 1


VARIANTS = {
    # the authors' laboratory: Deep Learning Tutorials, cA.py, there for handwritten digits
    "digits": spec.Variant(Config(features=784, code=500), 393_284, macs=784_000),
    # the case that can be solved by hand: weight decay on a linear autoencoder
    "linear": spec.Variant(
        Config(features=64, code=64, activation="linear", output="linear"), 4_224, macs=8_192
    ),
    "desk": spec.Variant(Config(features=64, code=128), 8_384, macs=16_384),
}

SPEC = spec.Architecture(
    name="Contractive autoencoder",
    limitation="Noise keeps a wide code from copying, but only on average, and for the whole map.",
    idea="The code may not move when the example does: its Jacobian is penalised, in closed form.",
    builds_on=("autoencoder", "denoising_autoencoder"),
    inputs={"table": spec.Table()},
    outputs=spec.Several(
        of={"output": spec.Values(of=("features",)), "code": spec.Values(of=("code",))}
    ),
    tasks=("reconstruction", "linear-probe"),
    model="model:ContractiveAutoencoder",
    aliases=("cae",),
    tiny=Config(features=6, code=8),
    variants=VARIANTS,
    recipe=spec.Recipe("contractive", 60, learning_rate=3e-3, objective_settings={"weight": 0.3}),
    signature=spec.Signature("probed_digits", "probe accuracy", 0.83, baseline="inputs"),
    initial=(
        *spec.GLOROT,
        spec.Initial("bias", "constant", 0.0, "Glorot 2010, section 4.2.1"),
    ),
    parity=(
        spec.Parity("equations in NumPy", "parity:equations"),
        spec.Parity("the loss and its gradients in NumPy", "parity:losses"),
        spec.Parity("the whole Jacobian by torch.func.jacrev", "parity:jacobians"),
    ),
)
