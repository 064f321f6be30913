"""Let a WaveNet sound: one sample after another, each from the samples within reach."""

import torch
from jaxtyping import Int
from torch import Tensor

from nna.architectures.convolutional.wavenet.model import WaveNet


@torch.no_grad()
def generate(
    model: WaveNet,
    tokens: Int[Tensor, "b t"],
    steps: int,
    temperature: float = 1.0,
    generator: torch.Generator | None = None,
) -> Int[Tensor, "b longer"]:
    """The prompt and `steps` samples more.

    Args:
        model: put into evaluation mode meanwhile.
        tokens: the prompt, mu-law coded samples.
        steps: samples to add.
        temperature: divides the scores: below 1 calmer, above 1 noisier; 0 takes the likeliest.
        generator: decides the draws.

    Raises:
        ValueError: there is no prompt.
    """
    if not tokens.shape[1]:
        raise ValueError("a prompt of at least one sample is needed: WaveNet only continues")
    training = model.training
    model.eval()
    for _ in range(steps):
        scores = model(tokens[:, -model.reach :])[:, -1]
        if temperature == 0:
            sample = scores.argmax(dim=1, keepdim=True)
        else:
            shares = (scores / temperature).softmax(dim=1)
            sample = torch.multinomial(shares, 1, generator=generator)
        tokens = torch.cat([tokens, sample], dim=1)
    model.train(training)
    return tokens
