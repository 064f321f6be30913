"""A place on a grid for each example, like examples near each other."""

from nna.tasks.base import Unsupervised


class Mapping(Unsupervised):
    """Answers are units of the grid."""

    name = "mapping"


TASK = Mapping()
