"""What scripts on Keras train with: losses, a schedule, batches, and a closed form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops
from sklearn.cluster import KMeans
from sklearn.linear_model import RidgeCV

from nna.scripts.arrays import IGNORED, Examples

KerasTensor = Any  # what Keras says its layers return is too wide to check


def perceptron_criterion(y_true: KerasTensor, y_pred: KerasTensor) -> KerasTensor:
    """Sums on the wrong side of zero, or on it: at rate 1 its gradient is the perceptron's rule."""
    signs = 2.0 * ops.one_hot(ops.reshape(y_true, (-1,)), y_pred.shape[-1]) - 1
    return ops.sum(ops.where(signs * y_pred <= 0, -signs * y_pred, 0.0), axis=-1)


class LabelSmoothing(keras.losses.Loss):
    """Cross-entropy against targets that are a little unsure: `smoothing` goes to all words alike.

    Szegedy and others (2016), section 7.
    """

    def __init__(self, smoothing: float = 0.1) -> None:
        super().__init__()
        self.smoothing = smoothing

    def call(self, y_true: KerasTensor, y_pred: KerasTensor) -> KerasTensor:
        """The mean over all steps that are no padding."""
        there = ops.cast(ops.not_equal(y_true, IGNORED), y_pred.dtype)
        log = ops.log_softmax(y_pred)
        sure = ops.one_hot(ops.maximum(y_true, 0), y_pred.shape[-1], dtype=y_pred.dtype)
        own = ops.sum(sure * log, axis=-1)
        lost = (1 - self.smoothing) * own + self.smoothing * ops.mean(log, axis=-1)
        return -ops.sum(there * lost) / ops.sum(there)


class InverseSqrt(keras.optimizers.schedules.LearningRateSchedule):
    """A rate that rises evenly for `warm` steps, then falls with the square root of the steps.

    Vaswani and others (2017), equation 3, with the rate that it reaches.
    """

    def __init__(self, rate: float, warm: float) -> None:
        self.rate, self.warm = rate, warm + 1

    def __call__(self, step: KerasTensor) -> KerasTensor:
        """The rate at a step."""
        done = ops.cast(step, "float32") + 1
        return self.rate * ops.minimum(done / self.warm, ops.sqrt(self.warm / done))


class Batches(keras.utils.PyDataset):
    """Examples in batches, in another order every epoch.

    Args:
        count: of the examples.
        size: of a batch.
        given: what the network is given of the examples in some rows, and what should come out.
        draws: mixes the rows; None: they stay in order.
    """

    def __init__(
        self,
        count: int,
        size: int,
        given: Callable[[np.ndarray], tuple[Any, Any]],
        draws: np.random.Generator | None = None,
    ) -> None:
        super().__init__()
        self.rows, self.size, self.given, self.draws = np.arange(count), size, given, draws
        self.on_epoch_end()

    def __len__(self) -> int:
        """How many batches."""
        return -(-len(self.rows) // self.size)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        """One of them."""
        return self.given(self.rows[index * self.size : (index + 1) * self.size])

    def on_epoch_end(self) -> None:
        """Mix the rows."""
        if self.draws is not None:
            self.draws.shuffle(self.rows)


def of_nodes(examples: Examples) -> tuple[Any, Any]:
    """The whole graph, and the classes of those nodes alone that are examples."""
    whole = next(iter(examples.targets.values()))
    asked = np.full_like(whole, IGNORED)
    asked[examples.rows] = examples.target
    return tuple(examples.inputs.values()), asked


def of_graphs(
    examples: Examples, graphs: int, nodes: int, edges: int
) -> tuple[tuple[Any, ...], Any]:
    """Graphs as one, filled up to always the same sizes: every other one would be compiled anew.

    The last graph is the filling; no loss counts it.

    Args:
        examples: `graphs` of them at the most.
        graphs: so many there will be, and the filling.
        nodes: so many in all, and at least one of the filling.
        edges: so many in all.
    """
    given = examples.inputs
    none = graphs - len(examples)
    more, free = nodes + 1 - len(given["nodes"]), edges - given["edges"].shape[1]
    filled = (
        np.pad(given["nodes"], [(0, more), (0, 0)]),
        np.pad(given["edges"], [(0, 0), (0, free)], constant_values=nodes),
        np.pad(given["edge_features"], [(0, free), (0, 0)]),
        np.append(np.pad(given["sizes"], (0, none)), more).astype("int32"),
    )
    return filled, np.pad(examples.target, (0, none + 1), constant_values=IGNORED)


def of_words(
    examples: Examples, vocab: int, draws: np.random.Generator | None = None
) -> tuple[Any, Any]:
    """Texts with some words left out, and what they are; of pairs of texts their class, too.

    Of 15 % of the words 80 % give place to the mask, 10 % to any word, 10 % stay: Devlin and others
    (2019), section 3.1.

    Args:
        examples: some.
        vocab: how many words there are.
        draws: which words are left out; None: they are left out already.
    """
    inputs, words = dict(examples.inputs), examples.targets["words"]
    if draws is not None:
        tokens, free = inputs["tokens"], words != IGNORED
        count = np.maximum(np.round(0.15 * free.sum(1, keepdims=True)), 1)
        lot = np.where(free, draws.random(free.shape), 2.0)
        asked = free & (lot.argsort(1).argsort(1) < count)
        fate, other = draws.random(free.shape), draws.integers(vocab, size=free.shape)
        changed = np.where(fate < 0.8, 4, other)  # 4 is the mask
        inputs["tokens"] = np.where(asked & (fate < 0.9), changed, tokens).astype(tokens.dtype)
        words = np.where(asked, words, IGNORED).astype(words.dtype)
    asked_for = {"words": words}
    if "pair" in examples.targets:
        asked_for["output"] = examples.targets["pair"]
    return tuple(inputs.values()), asked_for


def solve(network: Any, table: np.ndarray, classes: np.ndarray, seed: int) -> None:
    """Place the units by k-means, set their widths by their neighbours, solve for the head.

    Broomhead, Lowe (1988), section 3; Moody, Darken (1989), sections 3 and 4.
    """
    units, outputs = network.centres.shape[0], network.head.units
    centres = KMeans(units, random_state=seed).fit(table).cluster_centers_
    apart = np.sort(np.linalg.norm(centres[:, None] - centres, axis=2), axis=1)
    network.centres.assign(centres)
    network.widths.assign(2 * apart[:, 1:5].mean(1))  # twice as wide as the nearest four are far
    hidden = ops.convert_to_numpy(network.hidden(ops.convert_to_tensor(table)))
    readout = RidgeCV(alphas=len(table) * np.logspace(-7, -1, 7))
    readout.fit(hidden.astype(np.float64), np.eye(outputs)[classes])
    network.head.kernel.assign(readout.coef_.T)
    network.head.bias.assign(readout.intercept_)
