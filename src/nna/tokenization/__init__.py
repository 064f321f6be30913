"""Texts as the tokens that public weights were trained on, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nna import spec
from nna.errors import UserError
from nna.tokenization import files

if TYPE_CHECKING:
    from torch import Tensor

Text = str | tuple[str, str]  # a text, or two that are read as a pair
Side = Literal["left", "right"]


class Tokenizer:
    """The tokenizer of public weights; its files are fetched when the first text comes.

    Example:
        >>> model = nna.build("bert/base@uncased").eval()  # doctest: +SKIP
        >>> model(**model.tokenizer.encode("Paris is the [MASK] of France."))  # doctest: +SKIP
    """

    def __init__(
        self, where: str | Path, how: spec.Tokenizer, inputs: Mapping[str, spec.Input], config: Any
    ) -> None:
        """For one configuration of an architecture.

        Args:
            where: a repository of the hub, or a folder that holds its files.
            how: the kind, and the special tokens.
            inputs: of the network, by the names of `forward`'s arguments.
            config: of the network.
        """
        self.where, self.how, self.inputs = where, how, inputs
        first: Any = next(iter(inputs.values()))
        self.vocab, self.length = spec.size(first.vocab, config), spec.size(first.length, config)

    @cached_property
    def backend(self) -> Any:
        """The same as an object of the library `tokenizers`.

        Raises:
            UserError: its files can't be had or read, or hold another vocabulary than the network.
        """
        read = files.read(self.where, self.how)
        if (own := read.get_vocab_size()) != self.vocab:  # also where a list of words is cut off
            raise UserError(
                f"the tokenizer of {self.where} knows {own:,} tokens, the network {self.vocab:,}: "
                "they don't belong together, or a file is damaged"
            )
        if lacking := [t for t in _special(self.how) if read.token_to_id(t) is None]:
            raise UserError(f"the tokenizer of {self.where} has no {lacking[0]}: another's files")
        return read

    def encode(
        self, *texts: Text, side: Side = "right", length: int | None = None
    ) -> dict[str, Tensor]:
        """Texts as `forward` takes them, each `(b, t)`: shorter ones padded, longer ones cut.

        Args:
            texts: each a text, or two of them.
            side: where one that is too long is cut; special tokens stay.
            length: most tokens of a text; None: as many as the network reads.

        Raises:
            UserError: no text, one that holds half a character, more tokens than the network reads,
                too few for the special tokens, or texts of several lengths where it takes one.
        """
        import torch

        backend = self._checked(texts)
        most = self.length if length is None else length
        least = backend.num_special_tokens_to_add(any(isinstance(t, tuple) for t in texts))
        if not least < most <= self.length:
            raise UserError(f"length must be between {least + 1} and {self.length}, got {most}")
        backend.enable_truncation(most, direction=side)
        if self.how.pad is None:
            backend.no_padding()
        else:
            backend.enable_padding(pad_id=backend.token_to_id(self.how.pad), pad_token=self.how.pad)
        rows = backend.encode_batch(list(texts))
        if len({len(row.ids) for row in rows}) > 1:
            raise UserError("texts of several lengths: this network takes one at a time")
        given: dict[str, Tensor] = {}
        for name, port in self.inputs.items():
            along = isinstance(port, spec.Tokens) and port.along is not None
            given[name] = torch.tensor(
                [row.type_ids if along else row.ids for row in rows], dtype=torch.long
            )
            if getattr(port, "mask", False):
                given[f"{name}_mask"] = torch.tensor([row.attention_mask for row in rows]).bool()
        return given

    def pieces(self, text: Text) -> list[str]:
        """The tokens of a whole text as the vocabulary spells them, special ones among them."""
        return self._whole(text).tokens

    def numbers(self, text: Text) -> list[int]:
        """The numbers of a whole text's tokens, however many."""
        return self._whole(text).ids

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of some tokens, special ones included."""
        return self.backend.decode([*tokens], skip_special_tokens=False)

    def number(self, token: str) -> int:
        """A token's number.

        Raises:
            UserError: there is no such token.
        """
        if (found := self.backend.token_to_id(token)) is None:
            raise UserError(f"the tokenizer of {self.where} has no token {token!r}")
        return found

    def _whole(self, text: Text) -> Any:
        backend = self._checked((text,))
        backend.no_truncation()
        backend.no_padding()
        return backend.encode_batch([text])[0]

    def _checked(self, texts: Sequence[Text]) -> Any:
        """The backend, if it can read the texts: it would stop at half a character."""
        if not texts:
            raise UserError("give at least one text")
        for text in texts:
            for part in (text,) if isinstance(text, str) else text:
                if any("\ud800" <= sign <= "\udfff" for sign in part):
                    raise UserError(f"{ascii(part)[:60]} holds half a character: it isn't UTF-8")
        return self.backend


def _special(how: spec.Tokenizer) -> list[str]:
    tokens = (how.unknown, how.start, how.end, how.pad, how.mask, how.empty)
    return [token for token in tokens if token is not None]
