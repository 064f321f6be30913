"""TextCNN: features of a few neighbouring words, each kept at its strongest in the text.

Kim. Convolutional Neural Networks for Sentence Classification. EMNLP 2014, arXiv:1408.5882.

Answers: a bag of words counts words and forgets what stood beside what. Here each feature looks at
three, four or five neighbouring words, whose vectors are learnt, wherever they stand; the greatest
response in the text is all that is kept of it, so that texts of any length give one row of numbers.

Departs from the paper: one set of word vectors, learnt (its CNN-rand, and CNN-non-static once
others' vectors are put in); the bound on the norm of the last layer's rows is left to weight decay.
As in its code, zeros stand before and after the text; here one more than there, so that every
kernel sees nothing but padding once, and padding further changes nothing.

Shapes: b examples, t words, width numbers a word, units features of each kernel.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from nna.architectures.convolutional.textcnn.spec import Config


class TextCNN(nn.Module):
    """Words to vectors, features of neighbours, maxima over time, a linear head (figure 1)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.rim = max(config.kernels)
        self.stem = nn.Embedding(config.vocab, config.width, padding_idx=0)
        self.body = nn.ModuleList(
            nn.Conv1d(config.width, config.units, kernel) for kernel in config.kernels
        )
        self.drop = nn.Dropout(config.dropout)
        self.head = nn.Linear(len(config.kernels) * config.units, config.classes)

    def forward(self, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b classes"]:
        words = F.pad(self.stem(tokens).transpose(1, 2), (self.rim, self.rim))
        strongest = [F.relu(look(words)).amax(dim=2) for look in self.body]  # equations 2 and 4
        return self.head(self.drop(torch.cat(strongest, dim=1)))
