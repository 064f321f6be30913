"""What a port has to say of itself; most of it has a default."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from nna.errors import UserError
from nna.ports.parsing import numbers as parsed
from nna.spec import IGNORED

if TYPE_CHECKING:
    import torch

    from nna.spec import Input

MASK = "_mask"  # behind the name of an input: where it holds something

Values = np.ndarray | pd.DataFrame | list[Any]
Turn = Callable[["Field"], tuple["Field", str]]


@dataclass(frozen=True, slots=True)
class Field:
    """One named part of examples: a value an example.

    An array's or a frame's first axis counts the examples; where they differ in length, or are of
    several arrays each, the values are a list.
    """

    port: Input
    values: Values

    def __len__(self) -> int:
        return len(self.values)

    def take(self, index: np.ndarray) -> Field:
        """The values at some places."""
        if isinstance(self.values, pd.DataFrame):
            return replace(self, values=self.values.iloc[index])
        if isinstance(self.values, list):
            return replace(self, values=[self.values[i] for i in np.arange(len(self))[index]])
        return replace(self, values=self.values[index])


class Port:
    """A kind of data. One that differs says so; the defaults are of arrays of one shape."""

    tabular: ClassVar[bool] = False  # has columns that mean something each
    pictured: ClassVar[bool] = False
    separate: ClassVar[bool] = True  # examples are arrays that stand for themselves
    numbers: ClassVar[tuple[str, ...]] = ()  # of its declaration, for data: sizes that they have
    example_axes: ClassVar[int | None] = None  # of one example, where a file of an array holds it
    whole_numbers: ClassVar[bool] = False  # as they are, no quantities to be scaled
    integers: ClassVar[bool] = False
    whole: ClassVar[bool] = False  # belongs to all examples at once, as a graph's edges do
    axes: ClassVar[tuple[str, ...]] = ()  # of a batch, the first is "batch"

    def draw(
        self, port: Any, config: Any, batch: int, noise: torch.Generator
    ) -> torch.Tensor | list[Any]:
        """Values of the declared shape, drawn at random, to try a network with.

        Args:
            port: as declared.
            config: of the network.
            batch: how many examples.
            noise: decides them.
        """
        import torch

        return torch.randn(port.shape(batch, config), generator=noise)

    def blank(
        self, name: str, port: Any, config: Any, shape: tuple[int, ...]
    ) -> dict[str, torch.Tensor]:
        """Zeros in place of a batch, by the names of `forward`'s arguments.

        Args:
            name: of the field.
            port: as declared.
            config: of the network.
            shape: that the port declares.
        """
        import torch

        kind = torch.long if self.integers else torch.float32
        made = {name: torch.zeros(shape, dtype=kind)}
        if getattr(port, "mask", False):
            made[f"{name}{MASK}"] = torch.ones(shape[:2], dtype=torch.bool)
        return made

    def alone(self, values: Any) -> Any:
        """The first example's values only."""
        return values[:1]

    def collate(
        self, name: str, port: Any, values: torch.Tensor | Sequence[Any], target: bool = False
    ) -> dict[str, torch.Tensor]:
        """The tensors of a batch, by the names of `forward`'s arguments.

        Args:
            name: of the field.
            port: as declared.
            values: of its examples: a tensor, or a list with a value each.
            target: it is what should come out: what pads it must not count.

        Raises:
            UserError: examples of different shapes, which the network doesn't take.
        """
        import torch

        if isinstance(values, torch.Tensor):
            return {name: values}
        shapes = {tuple(one.shape) for one in values}
        if len(shapes) > 1:
            raise UserError(
                f"examples of {len(shapes)} shapes ({name}); the network takes {port.kind} of one"
            )
        return {name: torch.stack([*values])}

    def value(self, value: Any) -> Any:
        """One example's value, of what a file of records holds in its place.

        Args:
            value: nested lists or an object, as JSON has them, or an array.

        Raises:
            UserError: it is none of this kind; without a word on where it stands.
        """
        return parsed(value, self.axes[1:], self.integers)

    def alike(self, port: Any, value: Any) -> Any:
        """What the values of all examples must have in common: their shape.

        Args:
            port: as declared.
            value: as `value` gives it.
        """
        shape = np.shape(value)
        return shape[1:] if getattr(port, "mask", False) else shape

    def field(self, port: Any, values: Sequence[Any]) -> Field:
        """The values of all examples together, with the sizes that they have.

        Args:
            port: as declared.
            values: as `value` gives them, each `alike`.
        """
        shapes = {np.shape(one) for one in values}
        largest = dict(zip(self.axes[1:], map(max, zip(*shapes, strict=True)), strict=False))
        own = {name: largest[name] for name in self.numbers if name in largest}
        return Field(replace(port, **own), [*values] if len(shapes) > 1 else np.stack(values))

    def turned(self, kind: str) -> Turn | None:
        """How its fields become those of another kind; None: there is no honest way."""
        return None

    def fit(self, field: Field, port: Any, config: Any) -> tuple[Field, list[str]]:
        """A field of this kind as a network takes it, and what was done to it, in words.

        Raises:
            UserError: it can't be made to fit.
        """
        return field, []

    def flat(self, field: Field) -> np.ndarray:
        """A row of numbers an example, `(n, ...)`, for rivals that take nothing else."""
        x = np.asarray(field.values)
        return x.reshape(len(x), -1).astype(np.float64)

    def sizes(self, wanted: Any, field: Field) -> dict[str, int]:
        """The fields of a configuration that the data decide.

        Args:
            wanted: the port that the network declares.
            field: the data, as the network takes them.
        """
        decided = {}
        for attribute in ("channels", "features", "vocab", "steps"):
            name, value = (getattr(one, attribute, None) for one in (wanted, field.port))
            if isinstance(name, str) and isinstance(value, int):
                decided[name] = value
        return decided


def padded(
    name: str, values: Sequence[torch.Tensor], port: Any, target: bool
) -> dict[str, torch.Tensor]:
    """Sequences of different lengths in one tensor, and where it holds something.

    Args:
        name: of the field; the mask, `(batch, longest)`, is called `<name>_mask`.
        values: `(length, ...)` each.
        port: as declared: whether the network takes the mask.
        target: what stands behind the end of shorter ones must not count; else it is 0.

    Raises:
        UserError: they differ in length, and the network takes no mask.
    """
    import torch
    from torch.nn.utils.rnn import pad_sequence

    lengths = torch.tensor([len(one) for one in values])
    many = target or port.mask or getattr(port, "along", None)
    if not many and len(lengths.unique()) > 1:
        raise UserError(
            f"examples of {int(lengths.min())} to {int(lengths.max())} steps ({name}); the network "
            f"takes {port.kind} of one length"
        )
    fill = IGNORED if target else 0
    together = pad_sequence([*values], batch_first=True, padding_value=fill)
    if target or not port.mask:
        return {name: together}
    filled = torch.arange(int(lengths.max()))[None] < lengths[:, None]
    return {name: together, f"{name}{MASK}": filled.to(together.device)}


def of_lengths(values: Any, lengths: Mapping[int, int] | Sequence[int]) -> list[Any]:
    """Each value cut to its own length."""
    return [value[: lengths[i]] for i, value in enumerate(values)]
