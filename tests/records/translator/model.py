"""A recurrent encoder and decoder; what pads a source is passed over."""

import torch
from torch import Tensor, nn

from .spec import Config


class Translator(nn.Module):
    """Reads `source`, then writes what comes after each token of `before`."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.embed = nn.Embedding(config.vocab, config.width)
        self.encoder = nn.GRUCell(config.width, config.width)
        self.decoder = nn.GRUCell(config.width, config.width)
        self.head = nn.Linear(config.width, config.vocab)

    def forward(
        self, source: Tensor, source_mask: Tensor, before: Tensor, before_mask: Tensor
    ) -> Tensor:
        """Scores `(b, length of before, vocab)`."""
        state = self.embed.weight.new_zeros(len(source), self.embed.embedding_dim)
        for x, there in zip(self.embed(source).unbind(1), source_mask.unbind(1), strict=True):
            state = torch.where(there[:, None], self.encoder(x, state), state)
        scores = []
        for x, there in zip(self.embed(before).unbind(1), before_mask.unbind(1), strict=True):
            state = torch.where(there[:, None], self.decoder(x, state), state)
            scores.append(self.head(state))
        return torch.stack(scores, dim=1)
