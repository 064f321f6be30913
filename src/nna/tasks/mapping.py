"""A place on a grid for each example, like examples near each other."""

import numpy as np

from nna.tasks.base import Unsupervised


class Mapping(Unsupervised):
    """Answers are units of the grid."""

    name = "mapping"
    strange = on_grid = True

    def usualness(self, outputs: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Minus the squared distance to the nearest unit."""
        return outputs.max(1)


TASK = Mapping()
