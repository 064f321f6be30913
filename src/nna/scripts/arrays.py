"""Examples as scripts hold them, and figures of what a network gives for them, in NumPy alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

Arrays = Mapping[str, np.ndarray]
IGNORED = -100  # a target that no loss counts
REACH = 4.0  # deviations around a mode's centre within which a sample belongs to it
LEAST = 0.008  # share of the samples that a mode needs


@dataclass(frozen=True)
class Examples:
    """Some examples: what goes in by name, what should come out, and of one graph the nodes."""

    inputs: Arrays
    targets: Arrays = field(default_factory=dict)
    rows: np.ndarray | None = None  # of one graph: the nodes that are examples here

    def __len__(self) -> int:
        """How many."""
        return len(self.inputs.get("sizes", self.x) if self.rows is None else self.rows)

    @property
    def x(self) -> np.ndarray:
        """The first input."""
        return next(iter(self.inputs.values()))

    @property
    def target(self) -> np.ndarray:
        """The first target; of one graph, those of its examples alone."""
        whole = next(iter(self.targets.values()))
        return whole if self.rows is None else whole[self.rows]


def some(examples: Examples, rows: np.ndarray) -> Examples:
    """The examples at `rows`."""
    inputs, targets = (
        {name: of[rows] for name, of in side.items()}
        for side in (examples.inputs, examples.targets)
    )
    return Examples(inputs, targets)


def some_nodes(examples: Examples, rows: np.ndarray) -> Examples:
    """The whole graph, those of its nodes marked."""
    assert examples.rows is not None
    return replace(examples, rows=examples.rows[rows])


def some_graphs(examples: Examples, rows: np.ndarray) -> Examples:
    """The graphs at `rows`, as one graph of unconnected parts."""
    sizes, edges = examples.inputs["sizes"], examples.inputs["edges"]
    graph = np.repeat(np.arange(len(sizes)), sizes)  # of every node
    first = np.cumsum(sizes) - sizes
    nodes = [np.flatnonzero(graph == row) for row in rows]
    between = [np.flatnonzero(graph[edges[1]] == row) for row in rows]
    starts = np.cumsum(sizes[rows]) - sizes[rows] - first[rows]
    parts = [edges[:, at] + start for at, start in zip(between, starts, strict=True)]
    inputs = dict(examples.inputs)
    inputs["nodes"] = inputs["nodes"][np.concatenate(nodes)]
    inputs["edges"] = np.concatenate(parts, axis=1).astype(edges.dtype)
    if "edge_features" in inputs:
        inputs["edge_features"] = inputs["edge_features"][np.concatenate(between)]
    inputs["sizes"] = sizes[rows]
    return Examples(inputs, {name: of[rows] for name, of in examples.targets.items()})


def for_keras(values: np.ndarray) -> np.ndarray:
    """Pictures with their channels last, whole numbers short."""
    if values.ndim == 4:
        return np.moveaxis(values, 1, -1)
    return values.astype("int32") if values.dtype == np.int64 else values


def accuracy(scores: np.ndarray, target: np.ndarray) -> float:
    """The share of targets that got the highest score, of those that count."""
    return float((scores.argmax(-1) == target)[target != IGNORED].mean())


def exact_match(scores: np.ndarray, target: np.ndarray) -> float:
    """The share of sequences in which every target that counts got the highest score."""
    return float(((scores.argmax(-1) == target) | (target == IGNORED)).all(1).mean())


def mse(given: np.ndarray, x: np.ndarray) -> float:
    """The mean squared error over all numbers."""
    return float(np.square(given.astype(np.float64) - x).mean())


def bits_per_byte(scores: np.ndarray, target: np.ndarray) -> float:
    """The mean surprise at a byte, in bits."""
    high = scores.max(-1, keepdims=True)
    total = (high + np.log(np.exp(scores - high).sum(-1, keepdims=True)))[..., 0]
    own = np.take_along_axis(scores, target[..., None], -1)[..., 0]
    return float((total - own).astype(np.float64).mean() / np.log(2))


def modes(samples: np.ndarray, x: np.ndarray, kinds: np.ndarray) -> float:
    """How many modes of the data enough of the samples lie at.

    Args:
        samples: made, `(n, ...)`.
        x: of the data, `(m, ...)`.
        kinds: the mode of each, `(m,)`.
    """
    samples, x = samples.reshape(len(samples), -1), x.reshape(len(x), -1)
    centres = np.stack([x[kinds == k].mean(0) for k in np.unique(kinds)])
    spread = np.sqrt(np.mean([x[kinds == k].var(0).mean() for k in np.unique(kinds)]))
    apart = np.linalg.norm(samples[:, None] - centres, axis=2)
    near = apart.argmin(1)[apart.min(1) <= REACH * spread]
    return float((np.bincount(near, minlength=len(centres)) >= LEAST * len(samples)).sum())
