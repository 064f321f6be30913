"""One of some classes for each example."""

from nna.tasks.base import Task


class Classification(Task):
    """Targets are class numbers, `(n,)`."""

    name = "classification"
    weighs = one_class = in_column = True
    by_folder = True
    portable = comparable = scored = True
    learnt_by = ("cross_entropy", "auxiliary_cross_entropy", "balanced_cross_entropy")
    blends = True


TASK = Classification()
