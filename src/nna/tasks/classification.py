"""One of some classes for each example."""

from nna.tasks.base import Task


class Classification(Task):
    """Targets are class numbers, `(n,)`."""

    name = "classification"
    in_column = True
    by_folder = True
    blends = True


TASK = Classification()
