"""The nodes of one graph, which are the examples."""

from nna.ports.base import Port


class GraphNodes(Port):
    """Nodes `(nodes, features)`."""

    axes = ("nodes", "features")
    numbers = ("features",)
    separate = False
    whole_numbers = True  # words that stand in a document, as a rule: left as they are


PORT = GraphNodes()
