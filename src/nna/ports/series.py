"""Equally spaced series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nna.ports.base import Field, Port, Turn, of_lengths, padded
from nna.ports.image import flattened
from nna.ports.parsing import numbers

if TYPE_CHECKING:
    import torch


class ManySeries(Port):
    """Series `(batch, steps, channels)`; of different lengths where the network takes a mask."""

    axes = ("batch", "steps", "channels")
    numbers = ("channels", "steps")
    example_axes = 2

    def draw(
        self, port: Any, config: Any, batch: int, noise: torch.Generator
    ) -> torch.Tensor | list[Any]:
        """The first shorter than the last, where lengths may differ."""
        values: Any = super().draw(port, config, batch, noise)
        return of_lengths(values, shorter(batch, values.shape[1])) if port.mask else values

    def collate(
        self, name: str, port: Any, values: torch.Tensor | Sequence[Any], target: bool = False
    ) -> dict[str, torch.Tensor]:
        """Shorter ones are padded with zeros."""
        import torch

        if isinstance(values, torch.Tensor) and (target or not port.mask):
            return {name: values}
        return padded(name, [*values], port, target)

    def fit(self, field: Field, port: Any, config: Any) -> tuple[Field, list[str]]:
        """Of different lengths where the network takes a mask."""
        own: Any = field.port
        return replace(field, port=replace(own, mask=port.mask)) if port.mask else field, []

    def value(self, value: Any) -> Any:
        """Steps of numbers; a plain list has one channel."""
        array = numbers(value)
        return super().value(array[:, None] if array.ndim == 1 else array)

    def flat(self, field: Field) -> np.ndarray:
        """All numbers; where lengths differ, each channel's mean and spread, and the length."""
        if not isinstance(field.values, list):
            return super().flat(field)
        rows = [[*one.mean(0), *one.std(0), len(one)] for one in map(np.asarray, field.values)]
        return np.array(rows, dtype=np.float64)

    def turned(self, kind: str) -> Turn | None:
        """Into a row of all numbers."""
        return {"table": flattened}.get(kind)


def shorter(batch: int, longest: int) -> list[int]:
    """Lengths of some examples, the last of the longest, those before it shorter."""
    return [max(1, longest - (batch - 1 - i) % longest) for i in range(batch)]


PORT = ManySeries()
