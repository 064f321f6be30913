"""Pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nna.errors import UserError
from nna.ports.base import Field, Port, Turn
from nna.ports.parsing import numbers
from nna.spec import Image, Series, Table, size


class Images(Port):
    """Pictures `(batch, channels, height, width)`; they become rows of pixels, or rows in turn."""

    axes = ("batch", "channels", "height", "width")
    pictured = True
    numbers = ("channels", "size", "min_size")
    example_axes = 3

    def value(self, value: Any) -> Any:
        """Channels of rows of pixels; rows alone are a grey picture. Bytes count 255ths."""
        array = numbers(value)
        array = super().value(array[None] if array.ndim == 2 else array)
        if array.shape[0] > 4 >= array.shape[2]:
            raise UserError(f"pictures are (channels, height, width), got {array.shape}")
        return array / np.float32(255) if array.dtype == np.uint8 else array

    def field(self, port: Any, values: Sequence[Any]) -> Field:
        """Their channels, and their shorter side."""
        x = np.stack(values)
        side = min(x.shape[2:])
        return Field(replace(port, channels=x.shape[1], size=side, min_size=side), x)

    def turned(self, kind: str) -> Turn | None:
        """Into a row of all pixels, or into rows of pixels as steps."""
        return {"table": flattened, "series": _rows_as_steps}.get(kind)

    def fit(self, field: Field, port: Any, config: Any) -> tuple[Field, list[str]]:
        """Grey pictures for a network of colours repeat it; too small ones are enlarged."""
        done = []
        for step in (_coloured, _resized):
            field, said = step(field, port, config)
            done += said
        return field, done


def flattened(field: Field) -> tuple[Field, str]:
    """A row of all numbers of each example."""
    x = np.asarray(field.values)
    flat = x.reshape(len(x), -1)
    said = f"{field.port.kind} {'x'.join(map(str, x.shape[1:]))} -> {flat.shape[1]} columns"
    return Field(Table(features=flat.shape[1]), flat), said


def _rows_as_steps(field: Field) -> tuple[Field, str]:
    n, channels, height, width = np.asarray(field.values).shape
    x = np.asarray(field.values).transpose(0, 2, 1, 3).reshape(n, height, channels * width)
    said = f"image -> series: {height} rows as steps of {channels * width} numbers"
    return Field(Series(channels=channels * width, steps=height), x), said


def _coloured(field: Field, port: Image, config: Any) -> tuple[Field, list[str]]:
    x = np.asarray(field.values)
    if isinstance(port.channels, str) or x.shape[1] == port.channels:
        return field, []
    if x.shape[1] != 1:
        raise UserError(
            f"pictures of {x.shape[1]} channels; the architecture takes {port.channels}"
        )
    repeated = np.repeat(x, port.channels, axis=1)
    turned = Image(channels=port.channels, size=x.shape[2], min_size=x.shape[2])
    return Field(turned, repeated), [f"grey -> {port.channels} channels"]


def _resized(field: Field, port: Image, config: Any) -> tuple[Field, list[str]]:
    x = np.asarray(field.values)
    least, full = size(port.min_size, config), size(port.size, config)
    height, width = x.shape[2:]
    fits = height == width == full if least == full else min(height, width) >= least
    if fits:
        return field, []
    import torch
    from torch.nn import functional

    larger = functional.interpolate(
        torch.from_numpy(x.astype(np.float32)), (least, least), mode="bilinear", antialias=True
    )
    resized = Image(channels=x.shape[1], size=least, min_size=least)
    said = f"{height}x{width} -> {least}x{least} pixels (bilinear)"
    return Field(resized, larger.numpy()), [said]


PORT = Images()
