"""Pairs of sequences of different lengths."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from nna.tasks.base import Brought, Scores

END = 0


class SequencePairs(Brought):
    """Targets are sequences of tokens; what is measured is the share of right ones."""

    name = "sequence-pairs"
    learns_as = "language-modelling"

    def scores(self, given: Mapping[str, np.ndarray], targets: Mapping[str, Any]) -> Scores:
        """The share of right tokens of each sequence."""
        said = given["output"].argmax(2)
        right = [
            (row[: len(goal)] == goal).mean()
            for row, goal in zip(said, targets["after"], strict=True)
        ]
        return {"right tokens": (np.array(right), True)}

    def answers(self, given: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
        """The tokens, up to the end."""
        out = given["output"]
        there = ~np.isnan(out).any(2)
        return [
            {"tokens": " ".join(map(str, row.argmax(1)[real].tolist()))}
            for row, real in zip(out, there, strict=True)
        ]

    def target(self, x: Any, given: Any, classes: int, draw: torch.Generator) -> Any:
        """A sequence as long as the network's, of each example: the longest last."""
        batch, length, vocab = given
        lengths = [max(1, length - (batch - 1 - i) % length) for i in range(batch)]
        return {"after": [torch.randint(vocab, (n,), generator=draw) for n in lengths]}


TASK = SequencePairs()
