"""Examples themselves, given back through a narrow code."""

from nna.tasks.base import Unsupervised


class Reconstruction(Unsupervised):
    """What is given back is compared with what went in."""

    name = "reconstruction"


TASK = Reconstruction()
