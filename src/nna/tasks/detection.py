"""Boxes around things, and what each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nna.tasks.base import Task

if TYPE_CHECKING:
    import torch


class Detection(Task):
    """Targets are boxes, `(n, boxes, 5)`: class, left, top, right, bottom in pixels; -1: none."""

    name = "detection"
    needs = "pycocotools"
    portable = scored = True
    moves = "boxes"
    beside = "annotations.json and images/ (COCO), or Annotations/ and JPEGImages/ (VOC)"

    def renumbered(self, y: np.ndarray, number: np.ndarray) -> np.ndarray:
        """Boxes as they are, of classes numbered otherwise."""
        y = np.array(y)
        y[..., 0] = super().renumbered(y[..., 0].astype(int), number)
        return y

    def resized(self, y: np.ndarray, size: tuple[int, int], side: int) -> tuple[np.ndarray, str]:
        """Boxes are stretched as the pictures are."""
        height, width = size
        y = y.copy()
        y[..., 1:] *= np.array([side / width, side / height] * 2, y.dtype)
        y[y[..., 0] < 0] = -1
        return y, "; boxes with them"

    def lacking(self, y: np.ndarray, part: str) -> str | None:
        """A training part without a single box; pictures without one are tests, too."""
        if part != "train" or (y[..., 0] >= 0).any():
            return None
        return "the train part has no picture with a box: bring more of them"

    def target(
        self, x: torch.Tensor, given: tuple[int, ...], classes: int, draw: torch.Generator
    ) -> torch.Tensor:
        """Two boxes a picture."""
        import torch

        corners = torch.rand(len(x), 2, 2, 2, generator=draw).sort(dim=2).values * x.shape[-1]
        labels = torch.randint(classes, (len(x), 2, 1), generator=draw)
        return torch.cat([labels, corners.flatten(2)], dim=2)


TASK = Detection()
