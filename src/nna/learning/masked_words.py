"""Words left out of a text at random, to be found again from those on both sides.

Devlin, Chang, Lee, Toutanova (2019), BERT, section 3.1 and appendix A.1: of 15 % of the words 80 %
give place to the mask, 10 % to a word drawn at random, 10 % stay as they are, so that a network
can't tell which words are asked for. Drawn anew whenever an example is met, as Liu and others
(2019), RoBERTa, section 4.1, have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from nna.learning.base import Batch, Gradient, Quantities
from nna.learning.losses import judged
from nna.learning.models import having
from nna.learning.settings import setting
from nna.spec import IGNORED

TOKENS, WORDS, PAIR = "tokens", "words", "pair"


@runtime_checkable
class Vocabulary(Protocol):
    """A network that scores the words of a vocabulary."""

    vocab: int


@dataclass(frozen=True)
class MaskedWords(Gradient):
    """For networks whose output `words` scores every word of the vocabulary at every place.

    A target `pair`, a class of each example, is learnt by the output called "output".
    """

    share: float = setting(0.15, 0, 1)  # of an example's words that are asked for; one at least
    masked: float = setting(0.8, 0, 1)  # of those, how many give place to the mask
    random: float = setting(0.5, 0, 1)  # of the others, how many to any word: 10 % in all
    mask_token: int = setting(4, 0)  # the mask's number

    tasks: ClassVar[tuple[str, ...]] = ("masked-language-modelling",)

    def drawn(self, tokens: Tensor, words: Tensor, vocab: int) -> tuple[Tensor, Tensor]:
        """Some of the words left out, and the targets that ask for these alone.

        Args:
            tokens: `(b, t)`.
            words: the word at each place that may be asked for, elsewhere IGNORED, `(b, t)`.
            vocab: how many words there are.
        """
        free = words != IGNORED
        count = (self.share * free.sum(1, keepdim=True)).round().clamp_min(1)
        lot = torch.rand_like(free, dtype=torch.float32).masked_fill(~free, 2.0)
        asked = free & (lot.argsort(1).argsort(1) < count)
        fate = torch.rand_like(lot)
        other = torch.randint_like(tokens, vocab)
        left_out = torch.where(fate < self.masked, self.mask_token, other)
        changed = asked & (fate < self.masked + (1 - self.masked) * self.random)
        return torch.where(changed, left_out, tokens), words.masked_fill(~asked, IGNORED)

    def asked(self, model: nn.Module, batch: Batch) -> tuple[Mapping[str, Tensor], Tensor]:
        """The inputs, with words left out in training, and the words that are asked for."""
        inputs, words = dict(batch.inputs), batch.targets[WORDS]
        if model.training:
            vocab = having(model, Vocabulary).vocab
            inputs[TOKENS], words = self.drawn(inputs[TOKENS], words, vocab)
        return inputs, words

    def judged(
        self, given: Mapping[str, Tensor], words: Tensor, batch: Batch
    ) -> tuple[Tensor, Quantities]:
        """The surprise at the words that are asked for, and at the class of each pair."""
        loss, quantities = judged(given[WORDS], words)
        if PAIR not in batch.targets:
            return loss, quantities
        of_pair, also = judged(given["output"], batch.targets[PAIR])
        return loss + of_pair, {**quantities, "pair error": also["error"]}

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """Mean over the words that are asked for, and over the pairs."""
        inputs, words = self.asked(model, batch)
        return self.judged(model(**inputs), words, batch)
