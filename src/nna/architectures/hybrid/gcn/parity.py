"""The graph convolutional network against PyTorch Geometric's, and against dense matrices."""

import numpy as np
import torch
from torch import Tensor, nn

from nna import agreement
from nna.architectures.hybrid.gcn.model import GCN
from nna.architectures.hybrid.gcn.spec import Config
from nna.spec import Rename, Transpose

RULES = (
    Rename(r"^conv1\.(lin\.)?", "first."),
    Rename(r"^conv2\.(lin\.)?", "second."),
    Transpose(r"weight$"),
)


def geometric() -> dict[str, float]:
    """On directed random graphs with double edges, double loops, and a node without edges."""
    from torch_geometric.nn import GCNConv

    class Reference(nn.Module):
        def __init__(self, config: Config) -> None:
            super().__init__()
            self.conv1 = GCNConv(config.features, config.hidden)
            self.conv2 = GCNConv(config.hidden, config.classes)
            for conv in (self.conv1, self.conv2):
                nn.init.normal_(conv.bias)

        def forward(self, nodes: Tensor, edges: Tensor) -> Tensor:
            return self.conv2(self.conv1(nodes, edges).relu(), edges)

    gaps: dict[str, float] = {}
    for config in (
        Config(features=7, classes=4),
        Config(features=1433, classes=7),
        Config(features=20, classes=3, hidden=64, dropout=0.1),
    ):
        torch.manual_seed(0)
        edges = torch.randint(11, (2, 40))  # of twelve nodes
        awkward = torch.tensor([[3, 3, 3, 5, 5], [4, 4, 3, 5, 5]])
        inputs = {
            "nodes": torch.randn(12, config.features),
            "edges": torch.cat([edges, awkward], dim=1),
        }
        found = agreement.modules(GCN(config), Reference(config), inputs, RULES)
        gaps = agreement.worst(gaps, found)
    return gaps


def dense() -> dict[str, float]:
    """On an undirected graph, with the matrices of the paper written out."""
    torch.manual_seed(0)
    model = GCN(Config(features=5, classes=3, hidden=6))
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            nn.init.normal_(parameter)
    pairs = torch.tensor([[0, 0, 1, 2, 4, 4], [1, 2, 2, 3, 5, 3]])
    edges = torch.cat([pairs, pairs.flip(0)], dim=1)
    return agreement.equations(model, _dense, {"nodes": torch.randn(7, 5), "edges": edges})


def _dense(p: dict[str, np.ndarray], nodes: np.ndarray, edges: np.ndarray) -> np.ndarray:
    a = np.eye(len(nodes))
    for sender, receiver in edges.T:
        a[receiver, sender] = 1
    a_hat = np.zeros_like(a)
    for i in range(len(a)):
        for j in range(len(a)):
            a_hat[i, j] = a[i, j] / np.sqrt(a[i].sum() * a[j].sum())
    hidden = np.maximum(a_hat @ nodes @ p["first.weight"] + p["first.bias"], 0)
    return a_hat @ hidden @ p["second.weight"] + p["second.bias"]
