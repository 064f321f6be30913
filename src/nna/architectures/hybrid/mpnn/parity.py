"""The message passing network against PyTorch Geometric's layers, and against loops in NumPy."""

import numpy as np
import torch
from torch import Tensor, nn

from nna import agreement
from nna.architectures.hybrid.mpnn.model import MPNN
from nna.architectures.hybrid.mpnn.spec import Config
from nna.spec import Rename

RULES = (
    Rename(r"^conv\.nn\.", "edge_network."),
    Rename(r"^gru\.", "update."),
    Rename(r"^set2set\.lstm\.(.+)_l0$", r"readout.lstm.\1"),
)
CONFIGS = (
    Config(features=3, edge_features=2, classes=2, hidden=6, edge_hidden=5, steps=4, reads=3),
    Config(features=7, edge_features=4, classes=3, hidden=7, edge_hidden=9, steps=1, reads=2),
)


def _graphs(config: Config) -> dict[str, Tensor]:
    """Three graphs: directed edges, a double one, a loop, and nodes without any."""
    torch.manual_seed(0)
    edges = torch.tensor([[0, 1, 2, 2, 2, 4, 5, 6, 7, 7, 5], [1, 0, 0, 1, 1, 5, 6, 4, 7, 4, 7]])
    return {
        "nodes": torch.randn(10, config.features),
        "edges": edges,
        "edge_features": torch.randn(edges.shape[1], config.edge_features),
        "sizes": torch.tensor([4, 5, 1]),
    }


def geometric() -> dict[str, float]:
    """Messages, update and readout by other hands; what joins them is PyTorch's own."""
    from torch_geometric.nn import NNConv, Set2Set

    class Reference(nn.Module):
        def __init__(self, config: Config) -> None:
            super().__init__()
            d, of = config.hidden, config.edge_features
            inner = nn.Sequential(
                nn.Linear(of, config.edge_hidden), nn.ReLU(), nn.Linear(config.edge_hidden, d * d)
            )
            self.conv = NNConv(d, d, inner, aggr="add", root_weight=False, bias=False)
            self.gru = nn.GRUCell(d, d)
            self.project = nn.Linear(d + config.features, d)
            self.set2set = Set2Set(d, config.reads)
            self.head = nn.Sequential(nn.Linear(2 * d, d), nn.ReLU(), nn.Linear(d, config.classes))
            self.config = config

        def forward(self, nodes: Tensor, edges: Tensor, features: Tensor, sizes: Tensor) -> Tensor:
            missing = nodes.new_zeros(len(nodes), self.config.hidden - self.config.features)
            h = torch.cat([nodes, missing], 1)
            for _ in range(self.config.steps):
                h = self.gru(self.conv(h, edges, features), h)
            batch = torch.repeat_interleave(torch.arange(len(sizes)), sizes)
            return self.head(self.set2set(self.project(torch.cat([h, nodes], 1)), batch))

    gaps: dict[str, float] = {}
    for config in CONFIGS:
        inputs = _graphs(config)
        found = agreement.modules(MPNN(config), Reference(config), inputs, RULES)
        gaps = agreement.worst(gaps, found)
    return gaps


def loops() -> dict[str, float]:
    """Every edge, node, gate and share on its own."""
    gaps: dict[str, float] = {}
    for config in CONFIGS:
        inputs = _graphs(config)
        model = MPNN(config)

        def naive(p: dict[str, np.ndarray], config: Config = config, **of: np.ndarray):
            return np.array([_graph(p, config, *one) for one in _apart(**of)])

        gaps = agreement.worst(gaps, agreement.equations(model, naive, inputs))
    return gaps


def _apart(nodes: np.ndarray, edges: np.ndarray, edge_features: np.ndarray, sizes: np.ndarray):
    first = 0
    for size in sizes:
        inside = [
            (int(v) - first, int(w) - first, e)
            for v, w, e in zip(*edges, edge_features, strict=True)
            if first <= v < first + size
        ]
        yield nodes[first : first + size], inside
        first += size


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _graph(p: dict[str, np.ndarray], config: Config, x: np.ndarray, edges: list) -> np.ndarray:
    d = config.hidden
    h = [np.concatenate([row, np.zeros(d - len(row))]) for row in x]
    for _ in range(config.steps):
        m = [np.zeros(d) for _ in h]
        for sender, receiver, e in edges:
            inner = np.maximum(_linear(p, "edge_network.0", e), 0)
            matrix = _linear(p, "edge_network.2", inner).reshape(d, d)
            m[receiver] = m[receiver] + sum(h[sender][i] * matrix[i] for i in range(d))
        h = [_gru(p, message, state) for message, state in zip(m, h, strict=True)]
    t = [_linear(p, "project", np.concatenate([s, row])) for s, row in zip(h, x, strict=True)]
    q, c, r = np.zeros(d), np.zeros(d), np.zeros(d)
    for _ in range(config.reads):
        q, c = _lstm(p, np.concatenate([q, r]), q, c)
        weights = [np.exp(row @ q) for row in t]
        r = sum(w * row for w, row in zip(weights, t, strict=True)) / sum(weights)
    inner = np.maximum(_linear(p, "head.0", np.concatenate([q, r])), 0)
    return _linear(p, "head.2", inner)


def _linear(p: dict[str, np.ndarray], name: str, x: np.ndarray) -> np.ndarray:
    return p[f"{name}.weight"] @ x + p[f"{name}.bias"]


def _gru(p: dict[str, np.ndarray], x: np.ndarray, h: np.ndarray) -> np.ndarray:
    of_x = np.split(p["update.weight_ih"] @ x + p["update.bias_ih"], 3)
    of_h = np.split(p["update.weight_hh"] @ h + p["update.bias_hh"], 3)
    reset, keep = (_sigmoid(of_x[i] + of_h[i]) for i in (0, 1))
    return keep * h + (1 - keep) * np.tanh(of_x[2] + reset * of_h[2])


def _lstm(
    p: dict[str, np.ndarray], x: np.ndarray, h: np.ndarray, c: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    both = p["readout.lstm.weight_ih"] @ x + p["readout.lstm.weight_hh"] @ h
    both = both + p["readout.lstm.bias_ih"] + p["readout.lstm.bias_hh"]
    enter, forget, new, out = np.split(both, 4)
    c = _sigmoid(forget) * c + _sigmoid(enter) * np.tanh(new)
    return _sigmoid(out) * np.tanh(c), c
