"""Keep whole classes apart: verification is tested on classes that training never saw."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import numpy as np

from nna import tasks
from nna.data.examples import Examples
from nna.data.splits import stratified
from nna.errors import UserError

LEAST = 3  # examples a class needs: two to make a pair, and one for the validation part


def unseen(examples: Examples, seed: int, validation: float = 0.15, test: float = 0.3) -> Examples:
    """Classified examples made ready for verification: their split parts the classes.

    No test example is of a class that training or validation holds. A split that the source
    prescribes doesn't part classes, and gives way.

    Args:
        examples: each with a class.
        seed: decides which classes are kept for the test part.
        validation: share of the examples of all other classes.
        test: share of the classes, two at least.

    Raises:
        UserError: fewer than four classes (two to learn from, two to tell apart), or too few
            examples of one.
    """
    labels, classes = examples.labels, examples.classes
    if labels is None or len(classes) < 4:
        raise UserError(
            f"{len(classes)} classes; verification needs four: two to learn from, and two never "
            "seen to be tested on"
        )
    counts = np.bincount(labels, minlength=len(classes))
    if counts.min() < LEAST:
        rare = classes[int(counts.argmin())]
        raise UserError(
            f"class {rare!r} has {counts.min()} examples; verification needs {LEAST}: bring more, "
            "or leave the class out"
        )
    order = np.random.default_rng(seed).permutation(len(classes))
    held = np.sort(order[: max(2, round(len(classes) * test))])
    away = np.isin(labels, held)
    rest = np.flatnonzero(~away)
    size = max(len(classes) - len(held), ceil(len(rest) * validation))
    train, checked = stratified.cut(rest, size, labels, seed)
    names = ", ".join(classes[k] for k in held)
    return replace(
        examples,
        task=tasks.get("verification"),
        parts={
            "train": train,
            "validation": checked,
            "test": np.flatnonzero(away),
        },
        notes=(*examples.notes, f"split by class: tested on {names}, never seen in training"),
    )
