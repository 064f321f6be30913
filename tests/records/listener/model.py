"""A recurrent network over a sound."""

import torch
from torch import Tensor, nn

from .spec import Config


class Listener(nn.Module):
    """Scores of letters at each step; letter 0 stands for none."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.cell = nn.GRUCell(config.channels, config.width)
        self.head = nn.Linear(config.width, config.vocab)

    def forward(self, audio: Tensor, audio_mask: Tensor) -> Tensor:
        """Scores `(b, steps, vocab)`."""
        state = audio.new_zeros(len(audio), self.cell.hidden_size)
        scores = []
        for x, there in zip(audio.unbind(1), audio_mask.unbind(1), strict=True):
            state = torch.where(there[:, None], self.cell(x, state), state)
            scores.append(self.head(state))
        return torch.stack(scores, dim=1)
