"""New examples, like those learnt from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.tasks.base import Unsupervised

if TYPE_CHECKING:
    import torch


class Generation(Unsupervised):
    """Examples are what comes out: what goes in is noise."""

    name = "generation"
    draws = True
    independent = False

    def example(
        self, x: torch.Tensor, given: tuple[int, ...], draw: torch.Generator
    ) -> torch.Tensor:
        """Numbers from 0 to 1, of the shape that the network gives."""
        import torch

        return torch.rand(given, generator=draw)


TASK = Generation()
