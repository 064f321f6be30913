"""Steps of the chapter on graphs, maps and depth as time."""

from __future__ import annotations

import numpy as np
import torch

from nna.learn.derive import slope, tensor
from nna.learn.step import Step


def normalised(links):
    """The matrix that a graph convolution spreads features by; links: symmetric, of 0 and 1."""
    own = links + np.eye(len(links))
    root = 1 / np.sqrt(own.sum(axis=1))
    return root[:, None] * own * root


def messages(features, edges):
    """The sum of the neighbours' features at each node; edges: rows of (from, to)."""
    total = np.zeros_like(features)
    np.add.at(total, edges[:, 1], features[edges[:, 0]])
    return total


def map_step(weights, x, place, width, rate):
    """The weights of a self-organising map in a row after one example.

    weights: (units, inputs); place: of the unit that won. Units are drawn by a bell of that width.
    """
    near = np.exp(-((np.arange(len(weights)) - place) ** 2) / (2 * width**2))
    return weights + rate * near[:, None] * (x - weights)


def runge_kutta(matrix, x, h):
    """X after one step of length h of the classical fourth-order method, for x' = matrix x."""
    k1 = matrix @ x
    k2 = matrix @ (x + h / 2 * k1)
    k3 = matrix @ (x + h / 2 * k2)
    k4 = matrix @ (x + h * k3)
    return x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def adjoint(matrix, above, h, steps):
    """The gradient by the first state, from that by the last; steps of Euler of x' = matrix x."""
    for _ in range(steps):
        above = above + h * matrix.T @ above
    return above


def _spread(links):
    count = len(links)
    degree = [1 + sum(row) for row in links]
    own = [[1.0 if a == b else links[a][b] for b in range(count)] for a in range(count)]
    return np.array(
        [[own[a][b] / (degree[a] * degree[b]) ** 0.5 for b in range(count)] for a in range(count)]
    )


def _gathered(features, edges):
    count = len(features)
    table = np.zeros((count, count))
    for start, end in edges:
        table[end, start] += 1
    return table @ features


def _mapped(weights, x, place, width, rate):
    # descent on half the weighted squared distance; the weights of the bell are held fixed
    def loss(w):
        gaps = (w - tensor(x)).square().sum(1)
        bell = torch.exp(-((torch.arange(len(w)) - place) ** 2).double() / (2 * width**2))
        return bell * gaps / 2

    return weights - rate * slope(loss, weights)


def _series(matrix, x, h):
    """The exponential to its fourth power, which the method equals on linear equations."""
    term, total = x, x
    for order in range(1, 5):
        term = h / order * matrix @ term
        total = total + term
    return total


def _unrolled(matrix, above, h, steps):
    def last(x, m, g):
        for _ in range(steps):
            x = x + h * (m @ x)
        return x * g

    return slope(last, np.zeros(len(above)), matrix, above)


def _links(r):
    upper = np.triu(r.random((5, 5)) < 0.5, 1).astype(float)
    return (upper + upper.T,)


def _graph(r):
    return r.normal(size=(5, 3)), r.integers(0, 5, size=(8, 2))


def _last(features, edges):
    total = np.zeros_like(features)
    total[edges[:, 1]] = features[edges[:, 0]]
    return total


def _rooted(own):
    root = 1 / np.sqrt(np.maximum(own.sum(1), 1e-12))
    return root[:, None] * own * root


def _weighted(matrix, x, h, parts):
    k1 = matrix @ x
    k2 = matrix @ (x + h / 2 * k1)
    k3 = matrix @ (x + h / 2 * k2)
    k4 = matrix @ (x + h * k3)
    return x + h * sum(p * k for p, k in zip(parts, (k1, k2, k3, k4), strict=True))


STEPS = (
    Step(
        answer=normalised,
        section="Nodes and neighbours",
        ask="Each node hears itself and its neighbours, weighed by the degrees of both.",
        draw=_links,
        truth=_spread,
        mistakes={
            "A node doesn't hear itself": _rooted,
            "Degrees of both ends count: rows that sum to one aren't symmetric": lambda a: (
                (a + np.eye(len(a))) / (a + np.eye(len(a))).sum(1, keepdims=True)
            ),
            "The link to itself counts in the degree as well": lambda a: (
                (a + np.eye(len(a)))
                / np.sqrt(np.outer(np.maximum(a.sum(1), 1), np.maximum(a.sum(1), 1)))
            ),
            "Degrees of both ends are there, their roots are not": lambda a: (
                (a + np.eye(len(a))) / np.outer(a.sum(1) + 1, a.sum(1) + 1)
            ),
        },
        hint="First the links to itself, then the degrees, then both sides.",
    ),
    Step(
        answer=messages,
        section="Nodes and neighbours",
        ask="Message passing from a list of edges. Some edges come twice.",
        draw=_graph,
        truth=_gathered,
        mistakes={
            "An edge has a direction: who hears whom?": lambda x, e: _gathered(x, e[:, ::-1]),
            "Of several edges into one node only the last is heard": _last,
            "A node hears itself only where it has an edge to itself": lambda x, e: (
                x + _gathered(x, e)
            ),
            "A sum is asked, not a mean": lambda x, e: (
                _gathered(x, e) / np.maximum(np.bincount(e[:, 1], minlength=len(x)), 1)[:, None]
            ),
        },
        hint="Go through the edges one at a time; adding by a list of places isn't the same.",
    ),
    Step(
        answer=map_step,
        section="Maps",
        ask="The winner and its neighbours on the map move towards the example.",
        draw=lambda r: (
            r.normal(size=(6, 2)),
            r.normal(size=2),
            int(r.integers(0, 6)),
            r.uniform(0.5, 2),
            r.uniform(0.05, 0.5),
        ),
        truth=_mapped,
        mistakes={
            "Only the winner moves": lambda w, x, p, s, a: (
                w + a * (np.arange(len(w)) == p)[:, None] * (x - w)
            ),
            "They move away": lambda w, x, p, s, a: 2 * w - map_step(w, x, p, s, a),
            "The neighbourhood has no width": lambda w, x, p, s, a: map_step(w, x, p, 1.0, a),
            "All units move alike, however far from the winner": lambda w, x, p, s, a: (
                w + a * (x - w)
            ),
        },
        hint="How near a unit is on the map says how much of the way it goes.",
    ),
    Step(
        answer=runge_kutta,
        section="Depth as time",
        ask="The solver that a neural ODE begins with, four looks a step.",
        draw=lambda r: (r.normal(size=(3, 3)), r.normal(size=3), r.uniform(0.1, 1)),
        truth=_series,
        mistakes={
            "That is Euler's step: one look": lambda m, x, h: x + h * m @ x,
            "The looks in the middle count double": lambda m, x, h: _weighted(
                m, x, h, (0.25, 0.25, 0.25, 0.25)
            ),
            "That is the midpoint rule: two looks": lambda m, x, h: (
                x + h * m @ (x + h / 2 * (m @ x))
            ),
            "The parts of the four looks must sum to one": lambda m, x, h: _weighted(
                m, x, h, (1 / 4, 2 / 4, 2 / 4, 1 / 4)
            ),
        },
        hint="Look at the start, twice in the middle, and at the end, each from the last look.",
    ),
    Step(
        answer=adjoint,
        section="Depth as time",
        ask="The way back through Euler's steps, without keeping the states.",
        draw=lambda r: (
            r.normal(size=(3, 3)),
            r.normal(size=3),
            r.uniform(0.05, 0.3),
            int(r.integers(2, 6)),
        ),
        truth=_unrolled,
        mistakes={
            "Backwards the matrix is used the other way round": lambda m, g, h, n: adjoint(
                m.T, g, h, n
            ),
            "That goes back by one step only": lambda m, g, h, n: adjoint(m, g, h, 1),
            "The gradient isn't the state run back in time: mind the sign": lambda m, g, h, n: (
                adjoint(m, g, -h, n)
            ),
            "One long step isn't many short ones": lambda m, g, h, n: adjoint(m, g, h * n, 1),
        },
        hint="One step of Euler is a linear layer: what is its way back?",
    ),
)
