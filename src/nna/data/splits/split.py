"""Part the examples before anything else sees them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import ceil

import numpy as np

from nna.data.examples import PARTS, Examples, Part
from nna.data.splits import stratified
from nna.data.splits.parts import cut_at, dealt
from nna.errors import UserError

BOTH = 1.6  # times as large are validation and test, cut by groups and by time at once
DEALS = 20  # of groups, of which the one is taken that leaves most classes in every part
LEAST = 3  # examples a class needs so that each part can hold one


def split(
    examples: Examples,
    seed: int,
    validation: float = 0.15,
    test: float = 0.2,
    max_samples: int | None = None,
) -> dict[Part, Examples]:
    """Training, validation and test parts: as the source prescribes, else drawn.

    Classes keep their shares (stratified); texts are cut into three stretches; graphs without a
    prescribed split draw nodes. Where examples know their groups, no group is in two parts; where
    they know their moments, validation lies after training and the test after both; where they know
    both, rows that would break either promise are in no part. A split without a validation part
    gets one from its training part, by the same rules.

    Args:
        examples: all of them.
        seed: decides what is drawn.
        validation: share of the examples.
        test: share of the examples.
        max_samples: training examples to draw at most; of the other parts half as many each.

    Raises:
        UserError: too few examples, in all, in one class, or of groups or moments.
    """
    parts: Mapping[Part, np.ndarray] = examples.parts or _draw(examples, seed, validation, test)
    if examples.parts:
        _kept(examples, parts)
    if "validation" not in parts:
        parts = _checked(examples, parts, seed, validation)
    if max_samples is not None:
        counts = {"train": max_samples, "validation": max_samples // 2, "test": max_samples // 2}
        parts = {part: _thin(examples, parts[part], counts[part], seed) for part in PARTS}
    return {part: examples.take(index) for part, index in parts.items()}


def _thin(examples: Examples, index: np.ndarray, max_samples: int, seed: int) -> np.ndarray:
    """At most so many examples of a part, from each class its share; of a text, the start."""
    if max_samples < 1:
        raise UserError("take at least two training examples")
    if examples.task.sequence:
        return index[:max_samples]
    return stratified.thin(index, max_samples, _labels(examples.y, examples.classes), seed)


def _labels(y: np.ndarray | None, classes: tuple[str, ...]) -> np.ndarray | None:
    """Class numbers to share out; masks and boxes have none."""
    return y if classes and y is not None and y.ndim == 1 else None


def _draw(examples: Examples, seed: int, validation: float, test: float) -> dict[Part, np.ndarray]:
    n = len(examples)
    if n < 5:
        raise UserError(f"{n} examples can't be split into training, validation and test: bring 5")
    if examples.task.sequence:
        second = n - round(n * test)
        first = second - round(n * validation)
        everything = np.arange(n)
        return {
            "train": everything[:first],
            "validation": everything[first:second],
            "test": everything[second:],
        }
    labels = _labels(examples.labels, examples.classes)
    if labels is not None:
        _enough(labels, examples.classes)
    if examples.groups is not None or examples.times is not None:
        return _by_keys(examples, labels, seed, {"validation": validation, "test": test})
    each = (
        1 if labels is None else len(examples.classes)
    )  # a part smaller than this would lack a class
    rows = np.arange(n)
    rest, held = stratified.cut(rows, max(each, ceil(n * test)), labels, seed)
    train, checked = stratified.cut(
        rest, max(each, ceil(len(rest) * validation / (1 - test))), labels, seed
    )
    nodes = rows if examples.rows is None else examples.rows
    return {"train": nodes[train], "validation": nodes[checked], "test": nodes[held]}


def _by_keys(
    examples: Examples, labels: np.ndarray | None, seed: int, held: Mapping[Part, float]
) -> dict[Part, np.ndarray]:
    """Whole groups, stretches of time, or both; the deal that lacks the fewest classes."""
    parts: tuple[Part, ...] = ("train", *held)
    groups, times, n = examples.groups, examples.times, len(examples)
    if groups is not None and times is not None:
        held = {part: BOTH * share for part, share in held.items()}
    shares = [1 - sum(held.values()), *held.values()]
    _several(examples, parts)
    stretch = None
    if times is not None:
        stretch = cut_at(times, [round(n * sum(shares[: k + 1])) for k in range(len(parts) - 1)])
    best, fewest = np.empty(0), None
    for deal in range(DEALS if groups is not None else 1):
        place = stretch
        if groups is not None:
            place = dealt(groups, shares, seed + deal)
            place = place if stretch is None else np.where(place == stretch, place, -1)
        assert place is not None
        lacking = _lacking(place, labels, len(parts))
        if fewest is None or lacking < fewest:
            best, fewest = place, lacking
        if not any(lacking):
            break
    found: dict[Part, np.ndarray] = {p: np.flatnonzero(best == k) for k, p in enumerate(parts)}
    _whole(found, labels, examples)
    return found


def _several(examples: Examples, parts: tuple[Part, ...]) -> None:
    """See that there is a group and a moment for every part."""
    for known, what in ((examples.groups, "groups"), (examples.times, "moments")):
        if known is not None and (count := len(np.unique(known))) < len(parts):
            raise UserError(f"{count} {what} can't be split into {', '.join(parts)}: bring more")


def _lacking(place: np.ndarray, labels: np.ndarray | None, parts: int) -> tuple[int, int, int]:
    """How many parts are empty, and how many classes training and the other parts lack."""
    counts = np.bincount(place[place >= 0], minlength=parts)
    if labels is None:
        return int((counts == 0).sum()), 0, 0
    every = labels.max() + 1
    missing = [every - len(np.unique(labels[place == k])) for k in range(parts)]
    return int((counts == 0).sum()), missing[0], sum(missing[1:])


def _whole(parts: Mapping[Part, np.ndarray], labels: np.ndarray | None, examples: Examples) -> None:
    """See that no part is empty, and that training knows every class."""
    keys = {"--groups": examples.groups, "--time": examples.times}
    by = [name for name, known in keys.items() if known is not None]
    how = f"a split by {' and '.join(by)}"
    other = "leave one of them out" if len(by) == 2 else "bring more rows"
    if empty := [part for part, rows in parts.items() if not len(rows)]:
        raise UserError(f"{how} leaves no row for {empty[0]}: {other}")
    if labels is None:
        return
    known = np.isin(np.arange(len(examples.classes)), labels[parts["train"]])
    if not known.all():
        name = examples.classes[int((~known).argmax())]
        raise UserError(f"{how} leaves no row of class {name!r} for training: {other}")


def _kept(examples: Examples, parts: Mapping[Part, np.ndarray]) -> None:
    """See that a prescribed split keeps what groups and times promise."""
    for one, other in combinations(PARTS, 2):
        if one not in parts or other not in parts:
            continue
        known, asked = parts[one], parts[other]
        groups, times = examples.groups, examples.times
        if groups is not None and len(both := np.intersect1d(groups[known], groups[asked])):
            raise UserError(
                f"{len(both):,} of the --groups stand in {one} and in {other}: mend the split, or "
                "leave out --groups"
            )
        if times is not None and times[known].max() >= times[asked].min():
            raise UserError(
                f"by --time, rows for {one} are not all before those for {other}: mend the split, "
                "or leave out --time"
            )


def _twice(labels: np.ndarray, classes: tuple[str, ...]) -> None:
    counts = np.bincount(labels, minlength=len(classes))
    if counts.min() < 2:
        raise UserError(
            f"class {classes[int(counts.argmin())]!r} has {counts.min()} training rows; two are "
            "the least: one to learn from and one for validation"
        )


def _checked(
    examples: Examples, parts: Mapping[Part, np.ndarray], seed: int, validation: float
) -> dict[Part, np.ndarray]:
    """A prescribed split with a validation part from its training rows."""
    known, tested = parts["train"], parts["test"]
    rest = examples.take(known)
    if len(rest) < 3:
        raise UserError(f"{len(rest)} training rows: no row can be kept for validation")
    labels = _labels(rest.labels, rest.classes)
    if rest.groups is not None or rest.times is not None:
        own = _by_keys(rest, labels, seed, {"validation": validation})
        train, checked = own["train"], own["validation"]
    else:
        if labels is not None:
            _twice(labels, rest.classes)
        least = 1 if labels is None else len(rest.classes)
        train, checked = stratified.cut(
            np.arange(len(rest)), max(least, ceil(len(rest) * validation)), labels, seed
        )
    return {"train": known[train], "validation": known[checked], "test": tested}


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
