from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    channels: int
    side: int  # a multiple of 4
    width: int  # channels of all hidden maps
    blocks: int  # residual blocks of the encoder, and of the decoder
    codebook: int
    code: int  # numbers of a vector of the codebook


PORT = spec.Image(size="side", min_size="side")
VARIANTS = {
    # van den Oord et al. (2017), section 4.1: 256 hidden units, 512 vectors. How long they
    # are isn't printed: 64, as in the authors' notebook
    "imagenet": spec.Variant(
        Config(channels=3, side=128, width=256, blocks=2, codebook=512, code=64),
        4_940_867,
        macs=5_133_860_864,
    ),
    "cifar10": spec.Variant(
        Config(channels=3, side=32, width=256, blocks=2, codebook=512, code=64),
        4_940_867,
        macs=320_897_024,
    ),
    "desk": spec.Variant(
        Config(channels=1, side=8, width=32, blocks=1, codebook=64, code=4), 55_941, macs=235_776
    ),
}

SPEC = spec.Architecture(
    name="Vector-quantised variational autoencoder (VQ-VAE)",
    limitation="Codes of real numbers held near a prior blur, and strong decoders ignore them.",
    idea="Each place of the code is the nearest of a few learnt vectors: a word of a codebook.",
    builds_on=("vae",),
    inputs={"image": PORT},
    outputs=PORT,
    tasks=("reconstruction",),
    model="model:VQVAE",
    aliases=("vqvae",),
    tiny=Config(channels=2, side=8, width=6, blocks=1, codebook=5, code=3),
    variants=VARIANTS,
    recipe=spec.Recipe("vector_quantised", 40, learning_rate=3e-3, schedule="cosine"),
    # the error is in units of the training pixels' variance
    signature=spec.Signature("digits", "mse", 0.16, baseline="pca"),
    parts=(spec.Part("VQVAE.codes", "nearest vector", closed=True),),
    initial=(
        spec.Initial(
            "codebook", "uniform", "sqrt(3 / code)", "the authors' VectorQuantizer in Sonnet"
        ),
    ),
    parity=(
        spec.Parity("equations in NumPy", "parity:equations"),
        spec.Parity("the loss and its gradients in NumPy", "parity:losses"),
        spec.Parity(
            "transformers ChameleonVQVAEVectorQuantizer", "parity:quantisers", needs="transformers"
        ),
    ),
)
