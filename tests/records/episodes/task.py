"""Episodes: each example is a task of its own."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from nna.tasks.base import Brought, Scores


class Episodes(Brought):
    """Targets are the classes of an episode's queries, `(episodes, queries)`."""

    name = "episodes"
    learns_as = "classification"

    def scores(self, given: Mapping[str, np.ndarray], targets: Mapping[str, Any]) -> Scores:
        """The share of right answers in each episode."""
        return {"right": ((given["output"].argmax(2) == targets["y"]).mean(1), True)}

    def answers(self, given: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
        """The classes named."""
        return [{"classes": " ".join(map(str, one.argmax(1)))} for one in given["output"]]

    def target(self, x: Any, given: Any, classes: int, draw: torch.Generator) -> Any:
        """A class each query."""
        return torch.randint(given[2], given[:2], generator=draw)


TASK = Episodes()
