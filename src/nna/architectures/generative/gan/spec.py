"""Facts about the generative adversarial network: sizes, sources, data it fits."""

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
from nna.spec_training import Dropout, Initial


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of both players."""

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
    "mnist": Variant(MNIST, 3_735_425, macs=2_500_800),
    "desk": Variant(DESK, 13_251, macs=4_352),
}

SPEC = Architecture(
    name="Generative adversarial network",
    limitation="Deep generators needed Markov chains to sample, or a likelihood to learn from.",
    idea="A second network, trained to tell samples from data, is the generator's loss.",
    paper=Paper(
        title="Generative Adversarial Nets",
        authors="Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville, Bengio",
        year=2014,
        venue="NIPS 27",
        arxiv="1406.2661",
    ),
    builds_on=("mlp", "boltzmann_machine", "vae"),
    inputs={"noise": Table(features="noise")},
    outputs=Table(features="features"),
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
    recipe=Recipe(
        objective="adversarial", epochs=30, learning_rate=1e-3, batch_size=128, momentum=0.5
    ),
    published_recipe=(
        "one discriminator step a generator step (k = 1), minibatch SGD with momentum "
        "(algorithm 1, section 4); in the authors' code batches of 100, rate 0.1 decaying, "
        "momentum 0.5 rising to 0.7, and the generator ascends log D"
    ),
    objectives=("adversarial",),
    signature=Signature(
        data="ring",
        metric="modes",
        threshold=5,
        baseline="gaussian",
        expected_failure="keep the modes when the generator moves ten times for each discriminator "
        "step: it collapses",
        failure_test="test_a_generator_that_outruns_its_judge_collapses",
    ),
    dropout=(
        Dropout(
            at=r"discriminator\.(1|3|5)",
            rate="dropout",
            source="section 5",
            reached=False,
            desk="few weights on small data: it has yet to overfit",
        ),
    ),
    initial=(
        Initial(
            r"Linear.weight", "uniform", "sqrt(6 / (fan_in + fan_out))", "Glorot 2010, equation 16"
        ),
        Initial(r"Linear.bias", "constant", 0.0, "Glorot 2010, section 4.2.1"),
    ),
    parity=(
        Parity(against="equations in NumPy, generator", check="parity:generator"),
        Parity(against="equations in NumPy, discriminator", check="parity:discriminator"),
    ),
    advice=(
        Advice(
            when="sharp samples are wanted in one forward pass",
            verdict="yes",
            because="sampling is one pass through the generator, with no chain and no steps",
            source="Goodfellow et al. 2014, arXiv:1406.2661, section 6",
        ),
        Advice(
            when="a likelihood of examples is needed",
            verdict="no",
            because="the generator's distribution has no explicit form",
            source="Goodfellow et al. 2014, arXiv:1406.2661, section 6",
        ),
        Advice(
            when="every kind of example must be represented",
            verdict="no",
            because="the generator can map much of its noise to the same few examples",
            source="Goodfellow et al. 2014, section 6; Metz et al. 2017, arXiv:1611.02163",
        ),
    ),
    renamed_fields={"widths": "discriminator_hidden", "pooling": "maxout_pieces"},
)
