"""Let a GPT-1 write: read the prompt once, then one token at a time, out of the cache."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from nna.architectures.transformers.gpt1.model import GPT1


@torch.no_grad()
def generate(
    model: GPT1,
    tokens: Int[Tensor, "b t"],
    steps: int,
    temperature: float = 1.0,
    generator: torch.Generator | None = None,
) -> Int[Tensor, "b longer"]:
    """The prompt and `steps` tokens more.

    Whenever the window is full, writing goes on from its later half, for positions are learnt one
    by one and there are no more of them.

    Args:
        model: put into evaluation mode meanwhile.
        tokens: the prompt; of a long one, only the last `length` tokens are read.
        steps: tokens to write.
        temperature: divides the scores: below 1 bolder, above 1 more varied; 0 takes the best.
        generator: decides the draws.

    Raises:
        ValueError: there is no prompt.
    """
    if not tokens.shape[1]:
        raise ValueError("a prompt of at least one token is needed: GPT-1 only continues")
    training, half = model.training, max(model.length // 2, 1)
    model.eval()
    fresh, cache = tokens[:, -model.length :], None
    for _ in range(steps):
        scores, cache = model.extend(fresh, cache)
        token = choose(scores[:, -1], temperature, generator)
        tokens = torch.cat([tokens, token], dim=1)
        full = cache[0][0].shape[2] == model.length
        fresh, cache = (tokens[:, -half:], None) if full else (token, cache)
    model.train(training)
    return tokens


def choose(
    scores: Float[Tensor, "b vocab"], temperature: float, generator: torch.Generator | None
) -> Int[Tensor, "b 1"]:
    """One token an example: the best one, or one drawn from softmax(scores / temperature)."""
    if temperature == 0:
        return scores.argmax(dim=1, keepdim=True)
    return torch.multinomial((scores / temperature).softmax(dim=1), 1, generator=generator)
