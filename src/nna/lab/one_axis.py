"""Data along one axis: heart beats, words of chapters, and DNA with a motif to be found."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from torch import Generator, Tensor

STEPS, BEAT = 200, 40  # of the series: samples, samples from one beat to the next
TOPICS = (
    "specialnames", "compound", "types", "formatstrings", "typesseq", "string-methods", "debugger",
)  # fmt: skip
WORDS, VOCAB = 40, 2000  # a fragment of text; known words
BASES, MOTIF = 60, 8  # a sequence, what is planted in it


def beats(count: int, draw: Generator) -> tuple[Tensor, Tensor]:
    """Series `(count, 1, 200)` of beats every 40 samples, and which of them hold an odd one.

    A beat is three bumps like those of an electrocardiogram. In half of the series the last bump
    of one beat points down. Each series has mean zero, so that no sum over it tells.
    """
    import torch

    at = torch.arange(STEPS).float()
    y = torch.arange(count) % 2
    start = BEAT * torch.rand(count, 1, generator=draw)
    starts = start + BEAT * torch.arange(5) + 2 * torch.randn(count, 5, generator=draw)
    odd = torch.zeros(count, 5)
    which = 1 + torch.randint(3, (count,), generator=draw)  # 1 to 3: those that lie inside
    odd[torch.arange(count), which] = y.float()
    x = 0.1 * torch.randn(count, STEPS, generator=draw)
    for shift, height, width in ((-8, 0.2, 2.0), (0, 1.0, 1.0), (10, 0.3, 3.0)):
        signed = height * (1 - 2 * odd * (shift == 10))
        away = at - (starts + shift)[..., None]
        x += (signed[..., None] * (-0.5 * (away / width) ** 2).exp()).sum(1)
    return (x - x.mean(1, keepdim=True))[:, None], y


def fragments(cut: float, step: int = 1) -> list[tuple[np.ndarray, np.ndarray]]:
    """Word numbers `(fragments, 40)` and chapters: to train on, and to test on.

    The test part is a run of 30 % of each chapter, from `cut` of its length on, around its end; of
    both parts every `step`-th fragment is kept.
    """
    import re
    from collections import Counter
    from pydoc_data.topics import topics

    import numpy as np

    parts: tuple[list[tuple[list[str], int]], ...] = ([], [])
    for chapter, name in enumerate(TOPICS):
        words = re.findall(r"[a-z]+|[^\sa-z]", topics[name].lower())
        begin = int(cut * len(words))
        words = words[begin:] + words[:begin]
        edge = int(0.3 * len(words))
        for part, piece in ((1, words[:edge]), (0, words[edge:])):
            ends = range(WORDS, len(piece) + 1, WORDS)
            parts[part].extend((piece[end - WORDS : end], chapter) for end in ends)
    common = Counter(word for words, _ in parts[0] for word in words).most_common(VOCAB)
    number = {word: place + 2 for place, (word, _) in enumerate(common)}
    return [
        (
            np.array([[number.get(word, 1) for word in words] for words, _ in part[::step]]),
            np.array([chapter for _, chapter in part[::step]]),
        )
        for part in parts
    ]


def sequences(count: int, draw: Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Sequences of four bases as `(count, 4, 60)` ones, which hold the motif, and its log odds.

    The motif prefers one base at each of 8 places, drawn by the seed, with 0.85 against 0.05 for
    each other. In half of the sequences one drawn from it stands at a random place; in the other
    half one with its bases in a random order, so that counts of bases tell nothing.
    """
    import torch
    from torch.nn.functional import one_hot

    best = torch.randint(4, (MOTIF,), generator=draw)
    share = torch.full((MOTIF, 4), 0.05)
    share[torch.arange(MOTIF), best] = 0.85
    y = torch.arange(count) % 2
    bases = torch.randint(4, (count, BASES), generator=draw)
    planted = torch.multinomial(share, count, replacement=True, generator=draw).T
    places = torch.randint(BASES - MOTIF + 1, (count,), generator=draw)
    for row, motif, place, holds in zip(bases, planted, places.tolist(), y.tolist(), strict=True):
        order = slice(None) if holds else torch.randperm(MOTIF, generator=draw)
        row[place : place + MOTIF] = motif[order]
    return one_hot(bases, 4).transpose(1, 2).float(), y, (share / 0.25).log().T


def scan(x: Tensor, y: Tensor, kept: int, odds: Tensor) -> float:
    """Test accuracy (%) of who knows the motif: its greatest log odds, against a threshold."""
    import torch

    best = torch.nn.functional.conv1d(x, odds[None]).amax((1, 2))
    said = best[:kept, None] > best[:kept]  # each example's score as the threshold
    threshold = best[:kept][(said == y[:kept, None].bool()).float().mean(0).argmax()]
    return 100 * ((best[kept:] > threshold) == y[kept:].bool()).float().mean().item()


def likeness(weight: Tensor, odds: Tensor) -> float:
    """The greatest correlation of any stretch of any filter with the motif's log odds `(4, 8)`.

    Both less their mean over the four bases at each place: a constant there answers nothing.
    """
    import torch

    centred = weight.detach() - weight.detach().mean(1, keepdim=True)
    wanted = (odds - odds.mean(0)).flatten()
    stretches = centred.unfold(2, MOTIF, 1).transpose(1, 2).flatten(2)
    return float(torch.cosine_similarity(stretches, wanted, dim=2).max())
