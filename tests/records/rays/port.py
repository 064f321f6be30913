"""Rays: where each starts and where it goes."""

from dataclasses import dataclass
from typing import Any, Literal

from nna.ports import Port


@dataclass(frozen=True, slots=True, kw_only=True)
class Rays:
    """Rays, `(batch, 2, 3)`: start and direction."""

    kind: Literal["rays"] = "rays"

    def shape(self, batch: int, config: Any) -> tuple[int, ...]:
        """Shape of a batch of rays."""
        return (batch, 2, 3)

    full_shape = shape


class Behaviour(Port):
    """Rays are left as they are."""

    axes = ("batch", "end", "axis")
    whole_numbers = True


PORT = Behaviour()
