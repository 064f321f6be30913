"""Examples themselves, given back through a narrow code."""

import numpy as np

from nna.tasks.base import Unsupervised


class Reconstruction(Unsupervised):
    """What is given back is compared with what went in."""

    name = "reconstruction"
    strange = True

    def usualness(self, outputs: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Minus the mean squared error: what is given back badly is strange."""
        return -np.square(outputs - x).reshape(len(x), -1).mean(1)


TASK = Reconstruction()
