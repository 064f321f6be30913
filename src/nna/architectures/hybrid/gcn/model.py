"""Graph convolutional network (GCN): describe a node by itself and its neighbours, twice.

Kipf, Welling. Semi-Supervised Classification with Graph Convolutional Networks. ICLR 2017,
arXiv:1609.02907.

Answers: filters defined on a graph's spectrum cost its eigenvectors, or polynomials of its
Laplacian (ChebNet), and overfit the neighbourhoods of one graph. A first-order filter with one
weight matrix needs only a sum over edges; depth, not order, gives reach. With it, a few labelled
nodes suffice to classify the rest.

Departs from the paper: each layer has a bias, which equation 9 and the authors' TensorFlow code
leave out and their PyTorch code has: 23,063 parameters for Cora, not 23,040.

Shapes: n nodes, e directed edges (an undirected one is two), features of a node, classes.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from nna.architectures.hybrid.gcn.spec import Config


def propagate(x: Float[Tensor, "n c"], edges: Int[Tensor, "2 e"]) -> Float[Tensor, "n c"]:
    """D^-1/2 (A + I) D^-1/2 x, D the degrees of A + I: section 2.2's renormalisation trick.

    An edge given twice counts twice in A; edges from a node to itself are replaced by those of I.
    """
    sender, receiver = edges
    between = (sender != receiver).to(x.dtype)
    degree = x.new_ones(len(x)).index_add(0, receiver, between)
    scale = degree.rsqrt()
    weight = between * scale[sender] * scale[receiver]
    return (x / degree[:, None]).index_add(0, receiver, weight[:, None] * x[sender])


class GraphConvolution(nn.Module):
    """Propagate x W (equation 8), then add a bias."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(c_in, c_out))
        self.bias = nn.Parameter(torch.zeros(c_out))
        nn.init.xavier_uniform_(self.weight)

    def forward(
        self, x: Float[Tensor, "n c_in"], edges: Int[Tensor, "2 e"]
    ) -> Float[Tensor, "n c_out"]:
        return propagate(x @ self.weight, edges) + self.bias


class GCN(nn.Module):
    """Two convolutions with a ReLU between (equation 9; its softmax is the loss's)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.dropout = nn.Dropout(config.dropout)
        self.first = GraphConvolution(config.features, config.hidden)
        self.second = GraphConvolution(config.hidden, config.classes)

    def forward(
        self, nodes: Float[Tensor, "n features"], edges: Int[Tensor, "2 e"]
    ) -> Float[Tensor, "n classes"]:
        hidden = self.first(self.dropout(nodes), edges).relu()
        return self.second(self.dropout(hidden), edges)
