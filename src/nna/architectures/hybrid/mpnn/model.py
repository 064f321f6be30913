"""Message passing neural network (MPNN): neighbours send, nodes update, a readout sees them all.

Gilmer, Schoenholz, Riley, Vinyals, Dahl. Neural Message Passing for Quantum Chemistry. ICML 2017,
arXiv:1704.01212.

Answers: eight graph networks, each with its own notation, turned out to be one scheme of messages,
updates and a readout; those with a matrix for each kind of edge had no place for edges
described by numbers. Here a small network makes the matrix of an edge from its features.

Departs from the paper: messages go along the edges as given (an undirected edge is two), by one
edge network instead of one for either direction; edges are those of the graph, without virtual
ones, master node or towers; the edge network has one hidden layer; the head has one, of `hidden`
units.

Shapes: n nodes and e directed edges of all graphs of a batch, b graphs, features of a node,
edge_features of an edge, hidden numbers of a node's state (d in the paper).
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from nna.architectures.hybrid.mpnn.spec import Config


def messages(
    h: Float[Tensor, "n hidden"], edges: Int[Tensor, "2 e"], a: Float[Tensor, "e hidden hidden"]
) -> Float[Tensor, "n hidden"]:
    """What each node receives: the sum of h_w A(e_vw) over its neighbours w (equation 1)."""
    sender, receiver = edges
    sent = (h[sender][:, None] @ a)[:, 0]  # A acts on rows, from the right
    return torch.zeros_like(h).index_add(0, receiver, sent)


def softmax_within(
    scores: Float[Tensor, " n"], graph: Int[Tensor, " n"], sizes: Int[Tensor, " b"]
) -> Float[Tensor, " n"]:
    """Softmax over the nodes of each graph."""
    most = scores.new_zeros(len(sizes)).scatter_reduce(
        0, graph, scores.detach(), "amax", include_self=False
    )
    shares = (scores - most[graph]).exp()
    return shares / shares.new_zeros(len(sizes)).index_add(0, graph, shares)[graph]


class Set2Set(nn.Module):
    """Look at all nodes of a graph several times, each time with a query made of what was seen."""

    def __init__(self, width: int, reads: int) -> None:
        super().__init__()
        self.reads = reads
        self.lstm = nn.LSTMCell(2 * width, width)

    def forward(
        self, x: Float[Tensor, "n width"], graph: Int[Tensor, " n"], sizes: Int[Tensor, " b"]
    ) -> Float[Tensor, "b two_width"]:
        q = c = x.new_zeros(len(sizes), x.shape[1])
        seen = torch.cat([q, q], dim=1)
        for _ in range(self.reads):
            q, c = self.lstm(seen, (q, c))
            shares = softmax_within((x * q[graph]).sum(1), graph, sizes)
            r = torch.zeros_like(q).index_add(0, graph, shares[:, None] * x)
            seen = torch.cat([q, r], dim=1)
        return seen


class MPNN(nn.Module):
    """Edge network, T steps of messages and one GRU, set2set, a head (equations 1 to 3)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.features > config.hidden:
            raise ValueError(
                f"{config.features} features don't fit into {config.hidden} hidden numbers: "
                "a state begins as them, padded"
            )
        self.steps = config.steps
        self.hidden = config.hidden
        self.edge_network = nn.Sequential(
            nn.Linear(config.edge_features, config.edge_hidden),
            nn.ReLU(),
            nn.Linear(config.edge_hidden, config.hidden**2),
        )
        self.update = nn.GRUCell(config.hidden, config.hidden)
        self.project = nn.Linear(config.hidden + config.features, config.hidden)
        self.readout = Set2Set(config.hidden, config.reads)
        self.head = nn.Sequential(
            nn.Linear(2 * config.hidden, config.hidden),
            nn.ReLU(),
            nn.Linear(config.hidden, config.classes),
        )

    def forward(
        self,
        nodes: Float[Tensor, "n features"],
        edges: Int[Tensor, "2 e"],
        edge_features: Float[Tensor, "e edge_features"],
        sizes: Int[Tensor, " b"],
    ) -> Float[Tensor, "b classes"]:
        a = self.edge_network(edge_features).unflatten(1, (self.hidden, self.hidden))
        h = nn.functional.pad(nodes, (0, self.hidden - nodes.shape[1]))
        for _ in range(self.steps):
            h = self.update(messages(h, edges, a), h)  # equation 2
        number = torch.arange(len(sizes), device=sizes.device)
        graph = number.repeat_interleave(sizes, output_size=len(nodes))
        tuples = self.project(torch.cat([h, nodes], dim=1))
        return self.head(self.readout(tuples, graph, sizes))  # equation 3
