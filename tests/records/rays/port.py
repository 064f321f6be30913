"""Rays: where each starts and where it goes."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from nna.ports import Port
from nna.spec import NOWHERE, At


@dataclass(frozen=True, slots=True, kw_only=True)
class Rays:
    """Rays, `(batch, 2, 3)`: start and direction."""

    kind: Literal["rays"] = "rays"
    free: ClassVar[tuple[str, ...]] = ()

    def shape(self, batch: int, config: Any) -> tuple[int, ...]:
        """Shape of a batch of rays."""
        return (batch, 2, 3)

    def full_shape(self, batch: int, config: Any, at: At = NOWHERE) -> tuple[int, ...]:
        """Shape of the rays for which costs are stated."""
        return self.shape(batch, config)


class Behaviour(Port):
    """Rays are left as they are."""

    axes = ("batch", "end", "axis")
    whole_numbers = True


PORT = Behaviour()
