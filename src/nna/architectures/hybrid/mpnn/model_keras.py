"""Keras twin of `model.py`: part by part, under the same names."""

from typing import Any

import keras
from keras import layers, ops

from nna.architectures.hybrid.mpnn.spec import Config

KerasTensor = Any  # what Keras says its layers return is too wide to check


def messages(h: KerasTensor, edges: KerasTensor, a: KerasTensor) -> KerasTensor:
    """What each node receives: the sum of h_w A(e_vw) over its neighbours w (equation 1)."""
    sender, receiver = edges[0], edges[1]
    sent = ops.matmul(ops.take(h, sender, axis=0)[:, None], a)[:, 0]  # A acts from the right
    return ops.segment_sum(sent, receiver, ops.shape(h)[0])


def softmax_within(scores: KerasTensor, graph: KerasTensor, graphs: int) -> KerasTensor:
    """Softmax over the nodes of each graph."""
    most = ops.segment_max(ops.stop_gradient(scores), graph, graphs)
    shares = ops.exp(scores - ops.take(most, graph))
    return shares / ops.take(ops.segment_sum(shares, graph, graphs), graph)


class Set2Set(layers.Layer):
    """Look at all nodes of a graph several times, each time with a query made of what was seen."""

    def __init__(self, width: int, reads: int) -> None:
        super().__init__()
        self.reads = reads
        self.lstm = layers.LSTMCell(width)

    def call(self, x: KerasTensor, graph: KerasTensor, sizes: KerasTensor) -> KerasTensor:
        """Graphs `(b, 2 width)` of nodes `(n, width)`, each of a graph of that number."""
        graphs = ops.shape(sizes)[0]
        q = c = ops.zeros((graphs, x.shape[1]))
        seen = ops.concatenate([q, q], axis=1)
        for _ in range(self.reads):
            q, (_, c) = self.lstm(seen, [q, c])
            matches: Any = x * ops.take(q, graph, axis=0)
            shares = softmax_within(ops.sum(matches, 1), graph, graphs)
            r = ops.segment_sum(shares[:, None] * x, graph, graphs)
            seen = ops.concatenate([q, r], axis=1)
        return seen


class MPNN(keras.Model):
    """The same network as `model.MPNN`: `[nodes, edges, edge_features, sizes]`."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.features > config.hidden:
            raise ValueError(
                f"{config.features} features don't fit into {config.hidden} hidden numbers: "
                "a state begins as them, padded"
            )
        self.steps, self.hidden = config.steps, config.hidden
        self.edge_network = keras.Sequential(
            [layers.Dense(config.edge_hidden), layers.ReLU(), layers.Dense(config.hidden**2)]
        )
        self.update = layers.GRUCell(config.hidden, reset_after=True)
        self.project = layers.Dense(config.hidden)
        self.readout = Set2Set(config.hidden, config.reads)
        self.head = keras.Sequential(
            [layers.Dense(config.hidden), layers.ReLU(), layers.Dense(config.classes)]
        )

    def call(self, inputs: list[KerasTensor]) -> KerasTensor:
        """Scores `(b, classes)` of graphs, whose nodes and edges stand one after the other."""
        nodes, edges, edge_features, sizes = inputs
        a = ops.reshape(self.edge_network(edge_features), (-1, self.hidden, self.hidden))
        h = ops.pad(nodes, [(0, 0), (0, self.hidden - nodes.shape[1])])
        for _ in range(self.steps):
            h, _ = self.update(messages(h, edges, a), [h])  # equation 2
        passed = ops.arange(ops.shape(nodes)[0])[:, None] >= ops.cumsum(ops.cast(sizes, "int32"))
        graph = ops.sum(ops.cast(passed, "int32"), 1)  # graphs that end before a node
        tuples = self.project(ops.concatenate([h, nodes], axis=1))
        return self.head(self.readout(tuples, graph, sizes))  # equation 3
