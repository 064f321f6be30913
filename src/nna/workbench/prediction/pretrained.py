"""Public weights answer for a text: words that are missing, what comes next, a continuation."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from nna import registry
from nna.errors import UserError
from nna.tokenization import Tokenizer
from nna.training import devices
from nna.workbench.prediction.answers import Answers, WordAnswer
from nna.workbench.prediction.texts import written

WORDS = "words"  # the output that scores words, where a network gives several


@dataclass(frozen=True, slots=True)
class Pretrained:
    """A network with public weights for texts, and the tokenizer that goes with them."""

    reference: str
    model: nn.Module
    tokenizer: Tokenizer

    @property
    def writes(self) -> bool:
        """Whether it reads from the left only, and so continues texts."""
        return self.tokenizer.how.mask is None

    def predict(self, text: str, top: int = 5) -> Answers:
        """The likeliest words for each mask of a text; of a model that writes, the next tokens.

        Args:
            text: one text; of one too long for the network a part is read, which a warning tells.
            top: how many to list.

        Raises:
            UserError: no mask in the text, or behind what the network reads; nothing to continue;
                the tokenizer can't be had.

        Example:
            >>> public = nna.pretrained("bert/base@uncased")  # doctest: +SKIP
            >>> public.predict("Paris is the [MASK] of France.")[0].word  # doctest: +SKIP
        """
        if not 1 <= top <= self.tokenizer.vocab:
            raise UserError(f"--top must be between 1 and {self.tokenizer.vocab}, got {top}")
        return self._next(text, top) if self.writes else self._masks(text, top)

    def write(self, prompt: str, steps: int, seed: int = 0) -> str:
        """The prompt and so many tokens more.

        Raises:
            UserError: it doesn't write, or needs a prompt.
        """
        if not self.writes:
            raise UserError(
                f"{self.reference} doesn't write: give it a text with {self.tokenizer.how.mask} "
                "where a word is missing"
            )
        if steps < 1:
            raise UserError(f"--steps must be at least 1, got {steps}")
        tokens = self._start(prompt)
        return self.tokenizer.decode(written(self.model, self.reference, tokens, steps, seed))

    def _masks(self, text: str, top: int) -> Answers:
        mask = self.tokenizer.how.mask
        assert mask is not None
        number, whole = self.tokenizer.number(mask), self.tokenizer.numbers(text)
        if number not in whole:
            raise UserError(f"{text[:60]!r} holds no {mask}: put one where a word is missing")
        given = self.tokenizer.encode(text)
        read = given["tokens"][0].tolist()
        if read.count(number) < whole.count(number):
            raise UserError(
                f"the text has {len(whole):,} tokens, of which {len(read)} are read, and a {mask} "
                "stands behind these: shorten it"
            )
        self._tell_cut(len(whole), len(read), "first")
        at = [place for place, token in enumerate(read) if token == number]
        shares = self._scores(given)[0, at].softmax(1)
        return Answers(
            answer
            for number, of in enumerate(shares, 1)
            for answer in self._likeliest(of, top, number)
        )

    def _next(self, text: str, top: int) -> Answers:
        tokens = self._start(text)
        kept = tokens[-self.tokenizer.length :]
        self._tell_cut(len(tokens), len(kept), "last")
        shares = self._scores({"tokens": torch.tensor([kept])})[0, -1].softmax(0)
        return Answers(self._likeliest(shares, top))

    def _start(self, text: str) -> list[int]:
        """The numbers of a whole text; without one, what this model's texts begin with."""
        how = self.tokenizer.how
        if tokens := self.tokenizer.numbers(text):
            return tokens
        if how.empty is None:
            raise UserError(f"{self.reference} only continues: give it a text to begin with")
        return [self.tokenizer.number(how.empty)]

    def _tell_cut(self, all_: int, read: int, which: str) -> None:
        if read < all_:
            said = f"the text has {all_:,} tokens; the {which} {read} are read"
            warnings.warn(said, UserWarning, stacklevel=4)

    def _likeliest(self, shares: Tensor, top: int, mask: int | None = None) -> Iterator[WordAnswer]:
        values, numbers = shares.topk(top)
        for value, number in zip(values.tolist(), numbers.tolist(), strict=True):
            word = self.tokenizer.decode([number])
            yield WordAnswer(mask=mask, word=word, probability=round(value, 4))

    @torch.no_grad()
    def _scores(self, given: dict[str, Tensor]) -> Tensor:
        out: Any = self.model(**given)
        return out[WORDS] if isinstance(out, dict) else out


def pretrained(reference: str, device: str = "cpu") -> Pretrained:
    """A network with public weights for texts, ready to answer.

    Args:
        reference: "architecture/variant@weights".
        device: as `nna.load` takes it.

    Raises:
        UserError: no weights in the reference, or none for texts; or they can't be had; no device.

    Example:
        >>> nna.pretrained("gpt2/small@openai").write("Once upon a time", 20)  # doctest: +SKIP
        >>> nna.pretrained("gpt2")
        Traceback (most recent call last):
        nna.errors.UserError: gpt2 names no weights; it has: gpt2/small@openai, ...
    """
    name, variant, weights = registry.split(registry.identify(reference))
    known = registry.describe(name).weights
    if weights is None:
        has = ", ".join(f"{name}/{key}" for key in known) or "none"
        raise UserError(f"{reference} names no weights; it has: {has}")
    if registry.published(name, variant, weights).tokenizer is None:
        raise UserError(f"{reference}: its weights are not for texts; see nna.prepare for pictures")
    with warnings.catch_warnings():  # heads that begin anew score no words
        warnings.simplefilter("ignore", UserWarning)
        model = registry.build(reference)
    tokenizer: Tokenizer = vars(model)["tokenizer"]
    return Pretrained(reference, devices.answering(model.eval(), device), tokenizer)
