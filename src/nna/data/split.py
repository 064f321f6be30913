"""Part the examples before anything else sees them."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

import numpy as np
import pandas as pd

from nna.data.examples import PARTS, Examples, Part
from nna.errors import UserError

LEAST = 3  # examples a class needs so that each part can hold one


def split(
    examples: Examples,
    seed: int,
    validation: float = 0.15,
    test: float = 0.2,
    most: int | None = None,
) -> dict[Part, Examples]:
    """Training, validation and test parts: as the source prescribes, else drawn.

    Classes keep their shares (stratified); texts are cut into three stretches; graphs without a
    prescribed split draw nodes.

    Args:
        examples: all of them.
        seed: decides what is drawn.
        validation: share of the examples.
        test: share of the examples.
        most: training examples to draw at most; of the other parts half as many each.

    Raises:
        UserError: too few examples, in all or in one class.
    """
    parts: Mapping[Part, np.ndarray] = examples.parts or _draw(examples, seed, validation, test)
    if most is not None:
        counts = {"train": most, "validation": most // 2, "test": most // 2}
        parts = {part: _thin(examples, parts[part], counts[part], seed) for part in PARTS}
    return {part: examples.take(index) for part, index in parts.items()}


def _thin(examples: Examples, index: np.ndarray, most: int, seed: int) -> np.ndarray:
    """At most so many examples of a part, from each class its share; of a text, the start."""
    if most < 1:
        raise UserError("take at least two training examples")
    if len(index) <= most or examples.task == "language-modelling":
        return index[:most]
    drawn = np.random.default_rng(seed).permutation(index)
    labels = _labels(examples.y, examples.classes)
    of_class = pd.Series(np.zeros(len(drawn), int) if labels is None else labels[drawn])
    place = (of_class.groupby(of_class).cumcount() + 0.5) / of_class.map(of_class.value_counts())
    return np.sort(drawn[np.argsort(place.to_numpy(), kind="stable")[:most]])


def _labels(y: np.ndarray | None, classes: tuple[str, ...]) -> np.ndarray | None:
    """Class numbers to share out; masks and boxes have none."""
    return y if classes and y is not None and y.ndim == 1 else None


def _draw(examples: Examples, seed: int, validation: float, test: float) -> dict[Part, np.ndarray]:
    n = len(examples)
    if n < 5:
        raise UserError(f"{n} examples can't be split into training, validation and test: bring 5")
    if examples.task == "language-modelling":
        second = n - round(n * test)
        first = second - round(n * validation)
        everything = np.arange(n)
        return {
            "train": everything[:first],
            "validation": everything[first:second],
            "test": everything[second:],
        }
    labels = _labels(examples.targets, examples.classes)
    if labels is not None:
        _enough(labels, examples.classes)
    each = (
        1 if labels is None else len(examples.classes)
    )  # a part smaller than this would lack a class
    rows = np.arange(n)
    rest, held = _cut(rows, max(each, ceil(n * test)), labels, seed)
    train, checked = _cut(rest, max(each, ceil(len(rest) * validation / (1 - test))), labels, seed)
    nodes = rows if examples.rows is None else examples.rows
    return {"train": nodes[train], "validation": nodes[checked], "test": nodes[held]}


def _cut(
    rows: np.ndarray, size: int, labels: np.ndarray | None, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw `size` of the rows, from each class its share and one at least; the others first."""
    from sklearn.model_selection import train_test_split

    shares = None if labels is None else labels[rows]
    kept, drawn = map(
        np.asarray, train_test_split(rows, test_size=size, random_state=seed, stratify=shares)
    )
    if labels is None:
        return kept, drawn
    # by its share a class of few rows gets none: one that the others can spare goes over
    lacking = np.setdiff1d(labels[kept], labels[drawn])
    over = [int(np.flatnonzero(labels[kept] == one)[0]) for one in lacking]
    return np.delete(kept, over), np.concatenate([drawn, kept[over]])


def _enough(labels: np.ndarray, classes: tuple[str, ...]) -> None:
    counts = np.bincount(labels, minlength=len(classes))
    if len(classes) < 2:
        raise UserError(f"only one class ({', '.join(classes)}): there is nothing to tell apart")
    if counts.min() < LEAST:
        rare = classes[int(counts.argmin())]
        raise UserError(
            f"class {rare!r} has {counts.min()} examples; a fair split needs {LEAST}: "
            "bring more, or leave the class out"
        )
    if len(classes) * 5 > len(labels):
        raise UserError(
            f"{len(classes)} classes in {len(labels)} examples: too few to split fairly; "
            "if the target is a number, say --task regression"
        )
