"""What was said."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from nna.tasks.base import Brought, Scores


def read(scores: np.ndarray) -> list[int]:
    """The likeliest letter at each step, repetitions and silence left out."""
    best = scores[~np.isnan(scores).any(1)].argmax(1)
    kept = best[np.r_[True, best[1:] != best[:-1]]]
    return kept[kept > 0].tolist()


class Transcription(Brought):
    """Targets are letters, fewer than the steps of the sound."""

    name = "transcription"

    def scores(self, given: Mapping[str, np.ndarray], targets: Mapping[str, Any]) -> Scores:
        """Whether all letters are right."""
        pairs = zip(given["output"], targets["letters"], strict=True)
        return {"right": (np.array([read(one) == list(goal) for one, goal in pairs], float), True)}

    def answers(self, given: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
        """The letters."""
        return [{"letters": "".join("-abcd"[i] for i in read(one))} for one in given["output"]]

    def target(self, x: Any, given: Any, classes: int, draw: torch.Generator) -> Any:
        """One to three letters."""
        batch, _, vocab = given
        counts = [1 + i % 3 for i in range(batch)]
        return {"letters": [torch.randint(1, vocab, (n,), generator=draw) for n in counts]}


TASK = Transcription()
