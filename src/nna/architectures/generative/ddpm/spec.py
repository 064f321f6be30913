from dataclasses import dataclass

from nna import spec


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
    "cifar10": spec.Variant(
        published((128, 256, 256, 256), 32, 0.1),
        35_746_307,
        paper={"params": spec.Printed(35.7e6, "appendix B")},
        macs=6_221_856_768,
    ),
    "lsun": spec.Variant(  # CelebA-HQ too
        published((128, 128, 256, 256, 512, 512), 256, 0.0),
        113_673_219,
        paper={"params": spec.Printed(114e6, "appendix B")},
        macs=248_513_757_184,
    ),
    "desk": spec.Variant(
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

SPEC = spec.Architecture(
    name="Denoising diffusion probabilistic model",
    limitation="Adversarial networks forget modes; likelihoods alone gave blurred pictures.",
    idea="One network tells the noise in a picture; undone in many small steps, noise becomes one.",
    builds_on=("unet", "denoising_autoencoder"),
    inputs={
        "image": spec.Image(size="side", min_size="side"),
        "timestep": spec.Tokens(vocab="timesteps", length=1),
    },
    outputs=spec.Image(size="side", min_size="side"),
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
    recipe=spec.Recipe("noise_prediction", 12, learning_rate=4e-3, schedule="cosine", warmup=0.05),
    signature=spec.Signature("bars", "modes", 7.0, baseline="gaussian"),
    dropout=(
        spec.Dropout(
            r".*\.drop",
            "dropout",
            "appendix B; in the code before each residual block's second convolution",
            desk=spec.YET_TO_OVERFIT,
        ),
    ),
    norms=(spec.Norm(eps=1e-6, source="the authors' code: TensorFlow's group norm"),),
    initial=(
        spec.Initial(
            r"(.*\.conv2|.*proj|head)\.weight",
            "constant",
            0.0,
            "the authors' code: init_scale=0 (there 1e-10)",
        ),
        spec.Initial(
            r".*qkv\.weight",
            "uniform",
            "sqrt(6 / (fan_in + fan_out / 3))",
            "the authors' code, nn.py, default_init, a map each for queries, keys and values",
        ),
        spec.Initial(
            r"(Conv2d|Linear)\.weight",
            "uniform",
            "sqrt(6 / (fan_in + fan_out))",
            "the authors' code, nn.py, default_init: variance scaling by the mean of both fans",
        ),
        spec.Initial(r"(Conv2d|Linear)\.bias", "constant", 0.0, "the authors' code, nn.py"),
    ),
    parity=(
        spec.Parity("the U-Net, map by map in NumPy", "parity:unet"),
        spec.Parity("the sampler's steps as the posterior in NumPy", "parity:posterior"),
    ),
)
