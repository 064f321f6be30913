"""Facts about denoising diffusion: sizes, sources, where it fits and where it fails."""

from dataclasses import dataclass

from nna.spec import (
    Advice,
    Architecture,
    Image,
    Paper,
    Parity,
    Printed,
    Recipe,
    Signature,
    Tokens,
    Variant,
)
from nna.spec_training import Dropout, Initial, Norm


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of the U-Net, and how many timesteps there are."""

    widths: tuple[int, ...]  # maps of each level, every one half as wide and high as the last
    depth: int  # residual blocks of a level on the way down; one more on the way up
    attention_side: int  # pixels a side of the maps whose blocks attend
    side: int  # pixels a side of a picture
    channels: int  # of a picture
    timesteps: int  # T, from a clean picture to noise
    groups: int  # of maps that are normalised together
    dropout: float = 0.0  # share of each residual block's maps left out in training


def published(widths: tuple[int, ...], side: int, dropout: float) -> Config:
    """What all published sizes share (appendix B; widths and groups by the authors' code)."""
    return Config(
        widths=widths,
        depth=2,
        attention_side=16,
        side=side,
        channels=3,
        timesteps=1000,
        groups=32,
        dropout=dropout,
    )


VARIANTS = {
    "cifar10": Variant(
        published((128, 256, 256, 256), 32, 0.1),
        35_746_307,
        paper={"params": Printed(35.7e6, "appendix B")},
        macs=6_221_856_768,
    ),
    "lsun": Variant(  # CelebA-HQ too
        published((128, 128, 256, 256, 512, 512), 256, 0.0),
        113_673_219,
        paper={"params": Printed(114e6, "appendix B")},
        macs=248_513_757_184,
    ),
    "desk": Variant(
        Config(
            widths=(8, 16),
            depth=1,
            attention_side=2,
            side=4,
            channels=1,
            timesteps=40,
            groups=4,
        ),
        44_969,
        macs=258_048,
    ),
}

SPEC = Architecture(
    name="Denoising diffusion probabilistic model",
    limitation="Adversarial networks forget modes; likelihoods alone gave blurred pictures.",
    idea="One network tells the noise in a picture; undone in many small steps, noise becomes one.",
    paper=Paper(
        title="Denoising Diffusion Probabilistic Models",
        authors="Ho, Jain, Abbeel",
        year=2020,
        venue="NeurIPS 33",
        arxiv="2006.11239",
    ),
    builds_on=("unet", "denoising_autoencoder"),
    inputs={
        "image": Image(size="side", min_size="side"),
        "timestep": Tokens(vocab="timesteps", length=1),
    },
    outputs=Image(size="side", min_size="side"),
    tasks=("generation",),
    model="model:DDPM",
    twin="model_keras:DDPM",
    sampler="sampler:sample",
    tiny=Config(
        widths=(4, 8),
        depth=1,
        attention_side=4,
        side=4,
        channels=2,
        timesteps=30,
        groups=2,
        dropout=0.3,
    ),
    variants=VARIANTS,
    recipe=Recipe(
        objective="noise_prediction",
        epochs=12,
        learning_rate=4e-3,
        batch_size=64,
        schedule="cosine",
        warmup=0.05,
    ),
    published_recipe="Adam at 2e-4 (2e-5 for 256 x 256 pictures), batches of 128 (64), 800,000 "
    "steps on CIFAR-10, dropout 0.1 there only, random flips but on LSUN Bedroom, an average of "
    "the weights with decay 0.9999 (appendix B); in the code also gradients of norm 1 at most and "
    "5,000 steps of warm-up",
    objectives=("noise_prediction",),
    signature=Signature(
        data="bars",
        metric="modes",
        threshold=7.0,
        baseline="gaussian",
        expected_failure="Draw in a step or two: what undoes all noise at once is an average of "
        "the modes.",
        failure_test="test_in_one_step_even_the_best_network_draws_the_average",
    ),
    dropout=(
        Dropout(
            at=r".*\.drop",
            rate="dropout",
            source="appendix B; in the code before each residual block's second convolution",
            desk="few weights on small data: it has yet to overfit",
        ),
    ),
    norms=(Norm(eps=1e-6, source="the authors' code: TensorFlow's group norm"),),
    initial=(
        Initial(
            r"(.*\.conv2|.*proj|head)\.weight",
            "constant",
            0.0,
            "the authors' code: init_scale=0 (there 1e-10)",
        ),
        Initial(
            r".*qkv\.weight",
            "uniform",
            "sqrt(6 / (fan_in + fan_out / 3))",
            "the authors' code, nn.py, default_init, a map each for queries, keys and values",
        ),
        Initial(
            r"(Conv2d|Linear)\.weight",
            "uniform",
            "sqrt(6 / (fan_in + fan_out))",
            "the authors' code, nn.py, default_init: variance scaling by the mean of both fans",
        ),
        Initial(r"(Conv2d|Linear)\.bias", "constant", 0.0, "the authors' code, nn.py"),
    ),
    parity=(
        Parity(against="the U-Net, map by map in NumPy", check="parity:unet"),
        Parity(against="the sampler's steps as the posterior in NumPy", check="parity:posterior"),
    ),
    advice=(
        Advice(
            when="pictures are to be drawn of every kind that the data have",
            verdict="yes",
            because="the loss is a weighted bound of every example's likelihood, which no mode can "
            "leave; there is no game to balance",
            source="Ho et al. 2020, arXiv:2006.11239, section 3.4; Dhariwal, Nichol 2021, "
            "arXiv:2105.05233, section 1",
        ),
        Advice(
            when="a sample must be ready at once",
            verdict="no",
            because="a picture takes hundreds of passes through the network, an adversarial one a "
            "single pass; DDIM needs 20 to 100",
            source="Song, Meng, Ermon 2021, arXiv:2010.02502, section 5.1 and table 1",
        ),
        Advice(
            when="the likelihood of examples must be high",
            verdict="no",
            because="3.75 bits a number on CIFAR-10, behind autoregressive models and flows: most "
            "bits describe details that nobody sees",
            source="Ho et al. 2020, arXiv:2006.11239, section 4.3 and table 1",
        ),
    ),
)
