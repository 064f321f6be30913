"""Plain networks of dense layers for experiments: any activation, any start, batch norm or none."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from torch import Tensor, nn

ACTIVATIONS = {
    "relu": nn.ReLU,
    "leaky": nn.LeakyReLU,  # slope 0.01 below zero
    "prelu": nn.PReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,  # Swish
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}
Start = Literal["he", "glorot"] | float  # a number: the standard deviation of all weights


def dense(sizes: Sequence[int], activation: str, start: Start, norm: bool = False) -> nn.Sequential:
    """A network that flattens its input: hidden layers, then one linear layer.

    Args:
        sizes: numbers an input, units of each hidden layer, scores.
        activation: activation after each hidden layer, a key of `ACTIVATIONS`.
        start: Gaussian weights by He (fan in, gain of ReLU) or by Glorot, or of a standard
            deviation; the last layer's are always Glorot's. Biases are zero.
        norm: batch norm before each activation.
    """
    layers = nn.Sequential(nn.Flatten())
    for n_in, n_out in pairwise(sizes[:-1]):
        hidden = nn.Sequential(started(nn.Linear(n_in, n_out), start))
        if norm:
            hidden.append(nn.BatchNorm1d(n_out))
        layers.append(hidden.append(ACTIVATIONS[activation]()))
    return layers.append(started(nn.Linear(sizes[-2], sizes[-1]), "glorot"))


def started(layer: nn.Linear, start: Start) -> nn.Linear:
    """The layer with fresh weights, and no bias at first."""
    if start == "he":
        nn.init.kaiming_normal_(layer.weight)
    elif start == "glorot":
        nn.init.xavier_normal_(layer.weight)
    else:
        nn.init.normal_(layer.weight, std=start)
    nn.init.zeros_(layer.bias)
    return layer


def hidden(model: nn.Sequential, x: Tensor) -> list[Tensor]:
    """What each hidden layer of a network made by `dense` answers, first to last."""
    answers = []
    for layer in list(model)[:-1]:
        x = layer(x)
        answers.append(x)
    return answers[1:]
