"""Steps of the chapter on recurrent networks: one step, and what is left after many."""

from __future__ import annotations

import numpy as np
import torch

from nna.learn.derive import slope, tensor
from nna.learn.step import Step


def elman_step(x, h, weight_x, weight_h, bias):
    """The next state of a simple recurrent network."""
    return np.tanh(weight_x @ x + weight_h @ h + bias)


def gradient_left(gates):
    """What is left of a gradient on its way back along the cell; gates: the forget gates passed."""
    return np.prod(gates)


def half_life(gate):
    """After how many steps half of the gradient is left, with a forget gate that stays put."""
    return np.log(0.5) / np.log(gate)


def lstm_step(i, f, g, o, c):
    """The next h and c of an LSTM; i, f, g, o: what goes into the gates, before they bend."""
    i, f, o = (1 / (1 + np.exp(-z)) for z in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


def gru_step(r, z, n, n_h, h):
    """The next state of a GRU as libraries have it.

    r, z: what goes into the reset and update gates; n: what the input gives to the candidate; n_h:
    what the state gives to it, before it is reset. The update gate keeps the old state.
    """
    r, z = 1 / (1 + np.exp(-r)), 1 / (1 + np.exp(-z))
    return (1 - z) * np.tanh(n + r * n_h) + z * h


def lstm_parameters(inputs, cells):
    """Weights and biases of an LSTM with one bias a gate."""
    return 4 * cells * (inputs + cells + 1)


def hopfield_weights(patterns):
    """The links of Hopfield's network by Hebb's rule; patterns: rows of -1 and 1.

    Divided by the number of units; no unit is linked to itself.
    """
    links = patterns.T @ patterns / patterns.shape[1]
    return links - np.diag(np.diag(links))


def _sigma(z):
    return 1 / (1 + np.exp(-z))


def _cell(i, f, g, o, c):
    size = len(c)
    cell = torch.nn.LSTMCell(1, size).double()
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.zero_()
        cell.bias_ih.copy_(tensor(np.concatenate([i, f, g, o])))
        h, c = cell(torch.zeros(1, 1).double(), (torch.zeros(1, size).double(), tensor(c)[None]))
    return h[0].numpy(), c[0].numpy()


def _gated(r, z, n, n_h, h):
    cell = torch.nn.GRUCell(1, len(h)).double()
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.zero_()
        cell.bias_ih.copy_(tensor(np.concatenate([r, z, n])))
        cell.bias_hh.copy_(tensor(np.concatenate([0 * r, 0 * z, n_h])))
        return cell(torch.zeros(1, 1).double(), tensor(h)[None])[0].numpy()


def _recurrent(x, h, weight_x, weight_h, bias):
    cell = torch.nn.RNNCell(len(x), len(h)).double()
    with torch.no_grad():
        cell.weight_ih.copy_(tensor(weight_x))
        cell.weight_hh.copy_(tensor(weight_h))
        cell.bias_ih.copy_(tensor(bias))
        cell.bias_hh.zero_()
        return cell(tensor(x)[None], tensor(h)[None])[0].numpy()


def _carried(gates):
    def cell(c):
        for gate in gates:
            c = gate * c
        return c

    return slope(cell, 1.0)


def _waited(gate):
    from scipy import optimize

    return optimize.brentq(lambda steps: gate**steps - 0.5, 0, 1e5, xtol=1e-13)


def _counted(inputs, cells):
    layer = torch.nn.LSTM(inputs, cells, bias=False)
    return sum(p.numel() for p in layer.parameters()) + 4 * cells


def _linked(patterns):
    count = patterns.shape[1]
    links = np.zeros((count, count))
    for a in range(count):
        for b in range(count):
            links[a, b] = sum(p[a] * p[b] for p in patterns) / count if a != b else 0.0
    return links


def _wrong_lstm(kind):
    def made(i, f, g, o, c):
        i, f, o = _sigma(i), _sigma(f), _sigma(o)
        new = {
            "candidate": f * c + i * _sigma(g),
            "exchanged": i * c + f * np.tanh(g),
            "whole": f * c + np.tanh(g),
        }.get(kind, f * c + i * np.tanh(g))
        return (o * new if kind == "output" else o * np.tanh(new)), new

    return made


STEPS = (
    Step(
        answer=elman_step,
        section="One equation",
        ask="The equation that the whole chapter is about.",
        draw=lambda r: (
            r.normal(size=3),
            r.normal(size=3),
            r.normal(size=(3, 3)),
            r.normal(size=(3, 3)),
            r.normal(size=3),
        ),
        truth=_recurrent,
        mistakes={
            "The state doesn't bend": lambda x, h, a, b, c: a @ x + b @ h + c,
            "The past is left out": lambda x, h, a, b, c: np.tanh(a @ x + c),
            "Each of the two weights has its own partner": lambda x, h, a, b, c: np.tanh(
                b @ x + a @ h + c
            ),
            "The bias is missing": lambda x, h, a, b, c: np.tanh(a @ x + b @ h),
        },
        hint="A sum of what comes in and what was there, then a bend.",
    ),
    Step(
        answer=gradient_left,
        section="Why the past fades",
        ask="Along the cell of an LSTM a gradient passes one forget gate after another.",
        draw=lambda r: (r.uniform(0.5, 1, 10),),
        truth=_carried,
        mistakes={
            "Gates act one after another: their effects don't add": lambda f: f.sum(),
            "A mean of gates isn't what all of them leave": lambda f: f.mean(),
            "The way back passes all gates, not only the last": lambda f: f[-1],
            "The gates aren't equal: their mean can't stand for each": lambda f: f.mean() ** len(f),
        },
        hint="How much is left behind two gates of one half?",
    ),
    Step(
        answer=half_life,
        section="Why the past fades",
        ask="How long is the memory of a gate that stays where it is?",
        draw=lambda r: (r.uniform(0.3, 0.999),),
        truth=_waited,
        mistakes={
            "That is when a third or so is left, not a half": lambda f: -1 / np.log(f),
            "That is true for gates close to one only": lambda f: np.log(2) / (1 - f),
            "Time isn't negative: which logarithm stands where?": lambda f: np.log(2) / np.log(f),
            "Something is upside down": lambda f: np.log(f) / np.log(0.5),
        },
        hint="Set a power of the gate to one half and solve for the exponent.",
    ),
    Step(
        answer=lstm_step,
        section="Why the past fades",
        ask="The cell itself. Which gates bend how?",
        draw=lambda r: tuple(r.normal(size=3) for _ in range(5)),
        truth=_cell,
        mistakes={
            "The candidate has both signs: it isn't a gate": _wrong_lstm("candidate"),
            "Which gate keeps, and which lets in?": _wrong_lstm("exchanged"),
            "Not all of the candidate is let in": _wrong_lstm("whole"),
            "The cell bends once more before it is shown": _wrong_lstm("output"),
        },
        hint="Three gates between 0 and 1, one candidate between -1 and 1; then c, then h.",
    ),
    Step(
        answer=gru_step,
        section="Why the past fades",
        ask="The GRU of the libraries (reset after the product).",
        draw=lambda r: tuple(r.normal(size=3) for _ in range(5)),
        truth=_gated,
        mistakes={
            "The update gate keeps the old state here; yours keeps the candidate": (
                lambda r, z, n, m, h: _sigma(z) * np.tanh(n + _sigma(r) * m) + (1 - _sigma(z)) * h
            ),
            "The state's part of the candidate is to be reset": lambda r, z, n, m, h: (
                (1 - _sigma(z)) * np.tanh(n + m) + _sigma(z) * h
            ),
            "The input's part isn't reset": lambda r, z, n, m, h: (
                (1 - _sigma(z)) * np.tanh(_sigma(r) * (n + m)) + _sigma(z) * h
            ),
            "The candidate has both signs": lambda r, z, n, m, h: (
                (1 - _sigma(z)) * _sigma(n + _sigma(r) * m) + _sigma(z) * h
            ),
        },
        hint="First the candidate, then a mean of it and of the old state.",
    ),
    Step(
        answer=lstm_parameters,
        section="Why the past fades",
        ask="What a layer of cells costs.",
        draw=lambda r: tuple(map(int, r.integers(1, 99, 2))),
        truth=_counted,
        mistakes={
            "That is one of its maps; how many are there?": lambda n, m: m * (n + m + 1),
            "Gates see the state as well": lambda n, m: 4 * m * (n + 1),
            "The candidate is a map like those of the gates": lambda n, m: 3 * m * (n + m + 1),
            "One bias a map is asked; PyTorch keeps two": lambda n, m: 4 * m * (n + m + 2),
        },
        hint="Each map reads input, state and a one, and writes to every cell.",
    ),
    Step(
        answer=hopfield_weights,
        section="Recurrence without a sequence",
        ask="Hebb's rule for a whole set of patterns.",
        draw=lambda r: (r.choice([-1.0, 1.0], size=(4, 4)),),
        truth=_linked,
        mistakes={
            "A unit is linked to itself": lambda p: p.T @ p / p.shape[1],
            "Links join units, not patterns": lambda p: (
                p @ p.T / p.shape[1] - np.diag(np.diag(p @ p.T / p.shape[1]))
            ),
            "They aren't divided by the number of units": lambda p: (
                p.T @ p - np.diag(np.diag(p.T @ p))
            ),
            "Only one pattern is learnt": lambda p: (
                (np.outer(p[0], p[0]) - np.eye(p.shape[1])) / p.shape[1]
            ),
        },
        hint="What does one pattern give to the link of units a and b?",
    ),
)
