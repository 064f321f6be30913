"""One of some classes for each pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nna.tasks.base import Task

if TYPE_CHECKING:
    import torch


class Segmentation(Task):
    """Targets are masks of class numbers, `(n, height, width)`; -1 where a pixel has none."""

    name = "segmentation"
    names_classes = False
    portable = scored = weighs = True
    moves = "masks"
    beside = "images/ and masks/"

    def resized(self, y: np.ndarray, size: tuple[int, int], side: int) -> tuple[np.ndarray, str]:
        """Each pixel takes the class of the nearest."""
        import torch
        from torch.nn import functional

        masks = torch.from_numpy(y[:, None].astype(np.float32))
        nearest = functional.interpolate(masks, (side, side), mode="nearest-exact")
        return nearest[:, 0].numpy().astype(y.dtype), "; masks by the nearest pixel"

    def lacking(self, y: np.ndarray, part: str) -> str | None:
        """A part whose masks are empty."""
        if (y >= 0).any():
            return None
        return f"the {part} part has no pixel with a class: bring more masks"

    def target(
        self, x: torch.Tensor, given: tuple[int, ...], classes: int, draw: torch.Generator
    ) -> torch.Tensor:
        """A class for each pixel of the pictures."""
        import torch

        return torch.randint(classes, (len(x), *x.shape[2:]), generator=draw)


TASK = Segmentation()
