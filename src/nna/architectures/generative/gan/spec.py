from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    noise: int  # numbers a sample starts from
    features: int  # numbers an example
    hidden: tuple[int, ...]  # rectified units a layer of the generator
    discriminator_hidden: tuple[int, ...]  # maxout units a layer of the discriminator
    maxout_pieces: int  # affine pieces a maxout unit takes the greatest of
    output: Literal["linear", "logistic"] = "linear"  # logistic: numbers between 0 and 1
    dropout: float = 0.0  # share of the discriminator's hidden units left out while training


MNIST = Config(
    noise=100,
    features=784,
    hidden=(1200, 1200),
    discriminator_hidden=(240, 240),
    maxout_pieces=5,
    output="logistic",
    dropout=0.5,
)  # mnist.yaml in the authors' repository, goodfeli/adversarial
DESK = Config(noise=2, features=2, hidden=(64, 64), discriminator_hidden=(64, 64), maxout_pieces=2)
VARIANTS = {
    "mnist": spec.Variant(MNIST, 3_735_425, macs=2_500_800),
    "desk": spec.Variant(DESK, 13_251, macs=4_352),
}

SPEC = spec.Architecture(
    name="Generative adversarial network",
    limitation="Deep generators needed Markov chains to sample, or a likelihood to learn from.",
    idea="A second network, trained to tell samples from data, is the generator's loss.",
    builds_on=("mlp", "boltzmann_machine", "vae"),
    inputs={"noise": spec.Table(features="noise")},
    outputs=spec.Table(),
    tasks=("generation",),
    model="model:GAN",
    twin="model_keras:GAN",
    tiny=Config(
        noise=3,
        features=4,
        hidden=(6, 5),
        discriminator_hidden=(5, 4),
        maxout_pieces=3,
        output="logistic",
        dropout=0.5,
    ),
    variants=VARIANTS,
    recipe=spec.Recipe("adversarial", 30, batch_size=128, momentum=0.5),
    signature=spec.Signature("ring", "modes", 5, baseline="gaussian"),
    dropout=(
        spec.Dropout(
            r"discriminator\.(1|3|5)",
            "dropout",
            "section 5",
            reached=False,
            desk=spec.YET_TO_OVERFIT,
        ),
    ),
    initial=spec.GLOROT,
    parity=(
        spec.Parity("equations in NumPy, generator", "parity:generator"),
        spec.Parity("equations in NumPy, discriminator", "parity:discriminator"),
    ),
    renamed_fields={"widths": "discriminator_hidden", "pooling": "maxout_pieces"},
)
