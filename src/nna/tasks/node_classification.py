"""One of some classes for each node of a graph."""

from nna.tasks.base import Task


class NodeClassification(Task):
    """Targets are class numbers, `(nodes,)`."""

    name = "node-classification"
    weighs = one_class = True
    independent = False


TASK = NodeClassification()
