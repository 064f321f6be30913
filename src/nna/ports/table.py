"""Rows of numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from nna.errors import UserError
from nna.ports.base import Field, Port
from nna.ports.parsing import numbers


class Tables(Port):
    """Rows `(batch, features)`; a frame with columns of several kinds until it is prepared."""

    axes = ("batch", "features")
    tabular = True
    numbers = ("features",)
    example_axes = 1

    def value(self, value: Any) -> Any:
        """A row: a list of numbers, or an object of named values, of any kind."""
        if not isinstance(value, Mapping):
            return numbers(value, ("features",), gaps=True)
        for key, one in value.items():
            if isinstance(one, list | Mapping):
                held = "a list" if isinstance(one, list) else "an object"
                raise UserError(f"{held} in {key!r}: a row has one value a column")
        if not value:
            raise UserError("nothing in it")
        return value

    def alike(self, port: Any, value: Any) -> Any:
        """How many numbers a row has; of named values nothing."""
        return "names" if isinstance(value, Mapping) else super().alike(port, value)

    def field(self, port: Any, values: Sequence[Any]) -> Field:
        """A frame, where values have names; what an object lacks is a gap."""
        if not isinstance(values[0], Mapping):
            return super().field(port, values)
        frame = pd.DataFrame.from_records([*values])
        return Field(replace(port, features=frame.shape[1]), frame)


PORT = Tables()
