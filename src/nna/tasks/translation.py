"""A sequence for a sequence: what stands in one is to be said in another, of another length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nna.ports.series import shorter
from nna.tasks.base import Brought, Scores

PAD, START, END = 0, 1, 2  # tokens of every vocabulary; words have the numbers from 3 on
SOURCE, PREFIX, TARGET = "source", "prefix", "target"  # fields of an example

Tokens = Sequence[np.ndarray]  # of every example


class Translation(Brought):
    """Teacher forcing: the network reads the source and, at each place, the target before it.

    An example has a `source` that ends with END, a `prefix`, which is START and the target without
    its END, and the `target`. Since each place is judged after the right beginning, an example is
    right as a whole exactly where a network that always continued with its likeliest token would
    write it: the first wrong token is the same. Single tokens may be right more often than those
    that it would write by itself, once it has gone wrong.
    """

    name = "translation"
    translates = True
    learns_as = "language-modelling"

    def scores(self, given: Mapping[str, np.ndarray], targets: Mapping[str, Any]) -> Scores:
        """Which examples are right as a whole, and the share of right tokens of each."""
        return judged(given["output"].argmax(2), targets[TARGET])

    def answers(self, given: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
        """The likeliest token at each place, up to the end of the prefix."""
        out = given["output"]
        there = np.asarray(~np.isnan(out).any(2))
        return [
            {"tokens": " ".join(map(str, row[real].argmax(1).tolist()))}
            for row, real in zip(out, there, strict=True)
        ]

    def baselines(self, train: Mapping[str, Any], test: Mapping[str, Any]) -> dict[str, Scores]:
        """Three that need no network: copying, the usual words, and a dictionary.

        "most frequent" writes at every place what stands there most often; "word for word" puts
        for each source word the target word that keeps it company most (Dice's coefficient of the
        examples that hold them), in the source's order.
        """
        said = {
            "copy": test[SOURCE],
            "most frequent": [_usual(train[TARGET])] * len(test[SOURCE]),
            "word for word": _by_word(train[SOURCE], train[TARGET], test[SOURCE]),
        }
        return {name: judged(one, test[TARGET]) for name, one in said.items()}

    def target(self, x: Any, given: tuple[int, ...], classes: int, draw: Any) -> Any:
        """Tokens as many as the prefix has, of each example: the longest last."""
        import torch

        batch, *steps, vocab = given
        lengths = shorter(batch, *steps) if steps else [1] * batch
        return {TARGET: [torch.randint(vocab, (n,), generator=draw) for n in lengths]}


def judged(said: Tokens, targets: Tokens) -> Scores:
    """Which answers are the target, to its END, and the share of its tokens that stand in place.

    Args:
        said: tokens of each example; what stands behind the target's length does not count.
        targets: what should come out.
    """
    right = np.array([_share(*map(np.asarray, pair)) for pair in zip(said, targets, strict=True)])
    return {"exact match": ((right == 1).astype(float), True), "token accuracy": (right, True)}


def _share(said: np.ndarray, goal: np.ndarray) -> float:
    common = min(len(said), len(goal))
    return float((said[:common] == goal[:common]).sum() / len(goal))


def _usual(targets: Tokens) -> np.ndarray:
    """At each place the token that most targets have there, of those that reach it or ended."""
    longest = max(map(len, targets))
    table = np.full((len(targets), longest), END)
    for row, one in zip(table, targets, strict=True):
        row[: len(one)] = one
    return np.array([np.bincount(column).argmax() for column in table.T])


def _by_word(sources: Tokens, targets: Tokens, asked: Tokens) -> list[np.ndarray]:
    """Each source token's closest companion among the target tokens; the end stays the end."""
    vocab = 1 + max(int(max(one)) for one in (*sources, *targets, *asked))
    held = [np.zeros((len(sources), vocab), np.float32) for _ in range(2)]
    for table, sequences in zip(held, (sources, targets), strict=True):
        for row, one in zip(table, sequences, strict=True):
            row[one] = 1
    together = held[0].T @ held[1]
    company = 2 * together / np.maximum(held[0].sum(0)[:, None] + held[1].sum(0)[None], 1)
    company[:, [PAD, START, END]] = -1
    word = company.argmax(1)
    word[END] = END
    return [word[one] for one in asked]


TASK = Translation()
