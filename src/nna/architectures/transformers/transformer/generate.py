"""Let a transformer translate: of the translations that grow word by word, keep the likeliest."""

import math
from collections.abc import Callable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from nna.architectures.transformers.transformer.model import Transformer
from nna.tasks.translation import END, START


def length_penalty(length: int, alpha: float) -> float:
    """By what the log-probability of `length` tokens is divided: Wu 2016, equation 14."""
    return ((5 + length) / 6) ** alpha


@torch.no_grad()
def translate(  # noqa: PLR0913 - what a user may set, one by one
    model: Transformer,
    source: Int[Tensor, "b s"],
    source_mask: Bool[Tensor, "b s"],
    beam: int = 4,
    alpha: float = 0.6,
    extra: int = 50,
) -> list[list[int]]:
    """The translation of each sentence, without START and END, by beam search (section 6.1).

    Args:
        model: put into evaluation mode meanwhile.
        source: sentences that end with END.
        source_mask: where they have tokens.
        beam: unfinished translations kept at every length; 1 with `alpha` 0 is greedy.
        alpha: how much longer translations are favoured; 0: not at all.
        extra: tokens that a translation may have more than its source.

    Raises:
        ValueError: no beam is kept.
    """
    if beam < 1:
        raise ValueError(f"beam must be at least 1, got {beam}")
    training = model.training
    model.eval()
    memory, found = model.encode(source, source_mask), []
    for states, mask in zip(memory, source_mask, strict=True):
        most = min(int(mask.sum()) + extra, len(model.waves))

        def scores(
            tokens: Tensor, states: Tensor = states[None], mask: Tensor = mask[None]
        ) -> Tensor:
            rows, there = len(tokens), torch.ones_like(tokens, dtype=torch.bool)
            memories = states.expand(rows, -1, -1)
            return model.decode(tokens, there, memories, mask.expand(rows, -1))[:, -1]

        found.append(_search(scores, beam, alpha, most))
    model.train(training)
    return found


def _search(
    scores: Callable[[Int[Tensor, "k t"]], Float[Tensor, "k vocab"]],
    beam: int,
    alpha: float,
    most: int,
) -> list[int]:
    """The best of all translations that ended, or of those that were cut off at `most` tokens.

    Args:
        scores: of what comes next, for some beginnings.
        beam: as for `translate`.
        alpha: likewise.
        most: tokens of a translation.
    """
    tokens, logs = torch.tensor([[START]]), torch.zeros(1)
    best, written = -math.inf, tokens[0]
    for length in range(1, most + 1):
        of_next = scores(tokens).log_softmax(1)
        total = (logs[:, None] + of_next).flatten()
        logs, places = total.topk(min(2 * beam, len(total)))  # at most half of them end
        rows, fresh = places // of_next.shape[1], places % of_next.shape[1]
        tokens = torch.cat([tokens[rows], fresh[:, None]], dim=1)
        ended = (fresh == END) | (length == most)
        for log, row in zip(logs[ended].tolist(), tokens[ended], strict=True):
            if log / length_penalty(length, alpha) > best:
                best, written = log / length_penalty(length, alpha), row
        tokens, logs = tokens[~ended][:beam], logs[~ended][:beam]
        if not len(logs) or float(logs[0]) / length_penalty(most, alpha) <= best:
            break  # none of the others can become better than the best that ended
    return [token for token in written[1:].tolist() if token != END]
