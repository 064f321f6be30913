"""Keras twin of `model.py`: part by part, under the same names."""

from typing import Any

import keras
from keras import layers, ops

from nna.architectures.hybrid.gcn.spec import Config

KerasTensor = Any  # what Keras says its layers return is too wide to check


def propagate(x: KerasTensor, edges: KerasTensor) -> KerasTensor:
    """D^-1/2 (A + I) D^-1/2 x, D the degrees of A + I: section 2.2's renormalisation trick."""
    sender, receiver, nodes = edges[0], edges[1], ops.shape(x)[0]
    between = ops.cast(sender != receiver, x.dtype)
    degree = 1 + ops.segment_sum(between, receiver, nodes)
    scale = ops.rsqrt(degree)
    weight = between * ops.take(scale, sender) * ops.take(scale, receiver)
    sent = weight[:, None] * ops.take(x, sender, axis=0)
    return x / degree[:, None] + ops.segment_sum(sent, receiver, nodes)


class GraphConvolution(layers.Layer):
    """Propagate x W (equation 8), then add a bias."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.weight = self.add_weight((c_in, c_out), "glorot_uniform", name="weight")
        self.bias = self.add_weight((c_out,), "zeros", name="bias")

    def call(self, x: KerasTensor, edges: KerasTensor) -> KerasTensor:
        """Nodes `(n, c_out)`."""
        return propagate(ops.matmul(x, self.weight), edges) + self.bias


class GCN(keras.Model):
    """The same network as `model.GCN`, for a whole graph: `[nodes, edges]`."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.dropout = layers.Dropout(config.dropout)
        self.first = GraphConvolution(config.features, config.hidden)
        self.second = GraphConvolution(config.hidden, config.classes)

    def call(self, inputs: list[KerasTensor], training: bool | None = None) -> KerasTensor:
        """Scores `(n, classes)` of nodes `(n, features)`, joined by edges `(2, e)`."""
        nodes, edges = inputs
        hidden = ops.relu(self.first(self.dropout(nodes, training=training), edges))
        return self.second(self.dropout(hidden, training=training), edges)
