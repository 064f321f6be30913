"""One-dimensional convolutional network: the same units look at every stretch of a series.

Waibel, Hanazawa, Hinton, Shikano, Lang. Phoneme Recognition Using Time-Delay Neural Networks. IEEE
Transactions on Acoustics, Speech, and Signal Processing 37(3), 1989, doi:10.1109/29.21701.

Answers: a perceptron over a window of speech has weights of its own for each moment, so it must be
shown each sound at each place, and cut exactly. In a time-delay network a unit sees a few steps,
the same unit looks at all stretches of the series, and the evidence it finds is added up: what is
found counts, not when.

Departs from the paper: the weights that add up the evidence, equal over time, are learnt (one
number and a bias a class), and what they give passes no further activation. Dilations (Yu, Koltun
2016) and rectified units are later; the variant "tdnn" has neither.

Shapes: b examples, t steps, c numbers a step; a layer of kernel k and dilation d leaves
t - (k - 1) d steps.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.convolutional.cnn1d.spec import Config


class CNN1D(nn.Module):
    """Layers over time without padding, then the sum of the evidence (figure 2)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        layers = len(config.widths) + 1
        if len(config.kernels) != layers or len(config.dilations) != layers:
            raise ValueError(
                f"{len(config.widths)} hidden layers and the last need {layers} kernels and "
                f"dilations, not {len(config.kernels)} and {len(config.dilations)}"
            )
        self.reach = config.reach
        activation = {"sigmoid": nn.Sigmoid, "relu": nn.ReLU}[config.activation]
        widths = (config.channels, *config.widths, config.classes)
        self.body = nn.Sequential()
        for c_in, c_out, kernel, dilation in zip(
            widths[:-1], widths[1:], config.kernels, config.dilations, strict=True
        ):
            self.body.append(nn.Conv1d(c_in, c_out, kernel, dilation=dilation))
            self.body.append(activation())
        self.body[-1] = nn.Sigmoid()  # evidence for each class, at each step, from 0 to 1
        self.scale = nn.Parameter(torch.ones(config.classes))
        self.bias = nn.Parameter(torch.zeros(config.classes))

    def forward(self, series: Float[Tensor, "b t channels"]) -> Float[Tensor, "b classes"]:
        if series.shape[1] < self.reach:
            raise ValueError(f"a series of {series.shape[1]} steps; it needs {self.reach}")
        evidence = self.body(series.transpose(1, 2))
        return self.scale * evidence.sum(dim=2) + self.bias
