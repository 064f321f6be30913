"""The words that are missing from a text, from those on both sides of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from nna.spec import IGNORED
from nna.tasks.base import Brought, Scores

TOKENS, WORDS, PAIR = "tokens", "words", "pair"  # fields of an example
FADED = 3.0  # sightings that a neighbour's counts are drawn towards the general ones by


class MaskedLanguageModelling(Brought):
    """Targets are the words at the places that are asked; elsewhere stands what no loss counts.

    In examples to learn from nothing need be missing: the objective leaves words out and asks for
    them. In those to be tested on they are missing already, the same for everybody. Where examples
    are pairs of texts, a second target, `pair`, says what holds of the two, such as whether the
    second follows the first; a network scores it in its output called "output".
    """

    name = "masked-language-modelling"

    def scores(self, given: Mapping[str, np.ndarray], targets: Mapping[str, Any]) -> Scores:
        """At every missing word whether it is found, and the surprise in nats; then the pairs."""
        hits, nats = [], []
        for scores, words in zip(given[WORDS], targets[WORDS], strict=True):
            at = np.flatnonzero(np.asarray(words) != IGNORED)
            log = _log_softmax(scores[at].astype(np.float64))
            hits.append(scores[at].argmax(1) == words[at])
            nats.append(-log[np.arange(len(at)), words[at]])
        found: dict[str, tuple[np.ndarray, bool]] = {
            "accuracy": (np.concatenate(hits).astype(float), True),
            "nats per word": (np.concatenate(nats), False),
        }
        if PAIR in targets:
            right = given["output"].argmax(1) == np.asarray(targets[PAIR])
            found["pair accuracy"] = (right.astype(float), True)
        return found

    def answers(self, given: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
        """The likeliest word at each place of the text."""
        out = given[WORDS]
        there = np.asarray(~np.isnan(out).any(2))
        return [
            {"words": " ".join(map(str, row[real].argmax(1).tolist()))}
            for row, real in zip(out, there, strict=True)
        ]

    def baselines(self, train: Mapping[str, Any], test: Mapping[str, Any]) -> dict[str, Scores]:
        """Counts of words, of words after their left neighbour, and between both neighbours."""
        vocab = 1 + max(int(np.max(one)) for one in (*train[TOKENS], *test[TOKENS]))
        alone, after = np.ones(vocab), np.zeros((vocab, vocab))
        for tokens, words in zip(train[TOKENS], train[WORDS], strict=True):
            text = np.where(np.asarray(words) == IGNORED, tokens, words)
            np.add.at(alone, words[words != IGNORED], 1)
            np.add.at(after, (text[:-1], text[1:]), 1)
        share = np.log(alone / alone.sum())
        left, right = (np.log(_faded(counts, share)) for counts in (after, after.T))
        places = [*_places(test)]
        goals, before, behind = (np.array(of) for of in zip(*places, strict=True))
        given = {
            "most frequent": np.tile(share, (len(goals), 1)),
            "bigram": left[before],
            "both neighbours": left[before] + right[behind] - share,
        }
        found: dict[str, Scores] = {name: _judged(of, goals) for name, of in given.items()}
        if PAIR in test:
            usual = np.bincount(train[PAIR]).argmax()
            majority = (np.asarray(test[PAIR]) == usual).astype(float)
            words = found["most frequent"]
            found["most frequent"] = {**words, "pair accuracy": (majority, True)}
        return found

    def target(self, x: Any, given: Any, classes: int, draw: Any) -> Any:
        """The tokens themselves, whose places may all be asked for, and one of the classes each."""
        import torch

        shapes = given if isinstance(given, Mapping) else {WORDS: given}
        found: dict[str, Any] = {WORDS: [one.flatten().long().clone() for one in x]}
        if (pairs := shapes.get("output")) is not None:
            found[PAIR] = torch.randint(pairs[-1], pairs[:1], generator=draw)
        return found


def _places(part: Mapping[str, Any]) -> Iterator[tuple[int, int, int]]:
    """Every word that is asked for, and what stands on its left and on its right."""
    for tokens, words in zip(part[TOKENS], part[WORDS], strict=True):
        for at in np.flatnonzero(np.asarray(words) != IGNORED):
            beyond = min(at + 1, len(tokens) - 1)
            yield int(words[at]), int(tokens[max(at - 1, 0)]), int(tokens[beyond])


def _faded(counts: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Shares by counts of neighbours, drawn to the general shares where few were seen."""
    return (counts + FADED * np.exp(share)) / (counts.sum(1, keepdims=True) + FADED)


def _judged(scores: np.ndarray, goals: np.ndarray) -> dict[str, tuple[np.ndarray, bool]]:
    own = _log_softmax(scores)[np.arange(len(goals)), goals]
    return {
        "accuracy": ((scores.argmax(1) == goals).astype(float), True),
        "nats per word": (-own, False),
    }


def _log_softmax(scores: np.ndarray) -> np.ndarray:
    from scipy.special import log_softmax

    return log_softmax(scores, axis=1)


TASK = MaskedLanguageModelling()
