"""What is seen along a ray."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from nna.tasks.base import Brought, Scores


class View(Brought):
    """Three targets: colour, depth, opacity."""

    name = "view"

    def scores(self, given: Mapping[str, np.ndarray], targets: Mapping[str, Any]) -> Scores:
        """The squared error of each target."""
        colour = np.square(given["colour"] - targets["colour"]).mean(1)
        depth, opacity = (np.square(given[k] - targets[k]) for k in ("depth", "opacity"))
        return {
            "colour error": (colour, False),
            "depth error": (depth, False),
            "opacity error": (opacity, False),
        }

    def answers(self, given: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
        """Red, green, blue, depth."""
        return [
            dict(zip(("red", "green", "blue"), colour.tolist(), strict=True), depth=float(depth))
            for colour, depth in zip(given["colour"], given["depth"], strict=True)
        ]

    def target(self, x: Any, given: Any, classes: int, draw: torch.Generator) -> Any:
        """One of each."""
        return {name: torch.rand(shape, generator=draw) for name, shape in given.items()}


TASK = View()
