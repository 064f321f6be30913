"""Sequences of tokens: whole numbers below the size of a vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from nna.ports.base import Field, Port, of_lengths, padded
from nna.ports.series import shorter
from nna.spec import size

if TYPE_CHECKING:
    import torch


class ManyTokens(Port):
    """Tokens `(batch, length)`; of different lengths where the network takes a mask."""

    axes = ("batch", "length")
    numbers = ("vocab", "length")
    separate = False
    whole_numbers = integers = True

    def draw(
        self, port: Any, config: Any, batch: int, noise: torch.Generator
    ) -> torch.Tensor | list[Any]:
        """The first shorter than the last, where lengths may differ."""
        import torch

        shape = port.shape(batch, config)
        values = torch.randint(size(port.vocab, config), shape, generator=noise)
        many = port.mask or port.along
        return of_lengths(values, shorter(batch, shape[1])) if many else values

    def collate(
        self, name: str, port: Any, values: torch.Tensor | Sequence[Any], target: bool = False
    ) -> dict[str, torch.Tensor]:
        """Shorter ones are padded: with token 0, as targets with what no loss counts."""
        import torch

        if isinstance(values, torch.Tensor) and (target or not port.mask):
            return {name: values}
        return padded(name, [*values], port, target)

    def fit(self, field: Field, port: Any, config: Any) -> tuple[Field, list[str]]:
        """Of different lengths where the network takes a mask, or what goes with such."""
        own: Any = field.port
        many = port.mask or port.along
        taken = replace(own, mask=port.mask, along=port.along) if many else own
        return replace(field, port=taken), []

    def flat(self, field: Field) -> np.ndarray:
        """How often each token stands in each text: a token's number has no order or size."""
        from sklearn.feature_extraction.text import CountVectorizer

        port, itself = cast(Any, field.port), cast(Any, list)  # a text is its tokens
        vocab = size(port.vocab, None)
        counter = CountVectorizer(analyzer=itself, vocabulary={i: i for i in range(vocab)})
        texts = [np.asarray(text).tolist() for text in field.values]
        return counter.transform(texts).toarray().astype(np.float64)

    def field(self, port: Any, values: Sequence[Any]) -> Field:
        """Their vocabulary reaches to the largest."""
        field = super().field(port, values)
        own: Any = field.port
        return replace(field, port=replace(own, vocab=1 + max(int(one.max()) for one in values)))

    def sizes(self, wanted: Any, field: Field) -> dict[str, int]:
        """The vocabulary; of texts an example each, also the length of the longest."""
        decided, own = super().sizes(wanted, field), cast(Any, field.port).length
        if isinstance(wanted.length, str):
            longest = max(map(len, field.values))
            decided[wanted.length] = max(longest, own) if isinstance(own, int) else longest
        return decided


PORT = ManyTokens()
