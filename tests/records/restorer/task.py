"""Clean pictures from noisy ones."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from nna.tasks.base import Brought, Scores


class Restoration(Brought):
    """Targets are pictures, as inputs are."""

    name = "restoration"
    learns_as = "regression"

    def scores(self, given: Mapping[str, np.ndarray], targets: Mapping[str, Any]) -> Scores:
        """The mean squared distance of each picture to the clean one."""
        off = np.square(given["output"] - targets["y"]).mean((1, 2, 3))
        return {"distance to the clean picture": (off, False)}

    def answers(self, given: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
        """How bright each picture is in the mean."""
        return [{"brightness": float(one.mean())} for one in given["output"]]

    def target(self, x: Any, given: Any, classes: int, draw: torch.Generator) -> Any:
        """Pictures of the network's size."""
        return torch.rand(given, generator=draw)


TASK = Restoration()
