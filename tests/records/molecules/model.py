"""One round of messages over a batch of graphs, then their sum."""

import torch
from torch import Tensor, nn

from .spec import Config


class GraphClassifier(nn.Module):
    """Scores of whole graphs."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.message = nn.Linear(config.features, config.width)
        self.update = nn.Linear(config.width, config.width)
        self.head = nn.Linear(config.width, config.classes)

    def forward(self, nodes: Tensor, edges: Tensor, sizes: Tensor) -> Tensor:
        """Scores `(graphs, classes)`."""
        sent = self.message(nodes).relu()
        heard = torch.zeros_like(sent).index_add(0, edges[1], sent[edges[0]])
        states = (sent + self.update(heard)).relu()
        number = torch.arange(len(sizes), device=sizes.device)
        graph = number.repeat_interleave(sizes, output_size=len(nodes))
        whole = states.new_zeros(len(sizes), states.shape[1]).index_add(0, graph, states)
        return self.head(whole)
