"""Part the examples before anything else sees them."""

from __future__ import annotations

import numpy as np

from nna.data.examples import Examples, Part
from nna.errors import UserError

LEAST = 3  # examples a class needs so that each part can hold one


def split(
    examples: Examples, seed: int, validation: float = 0.15, test: float = 0.2
) -> dict[Part, Examples]:
    """Training, validation and test parts: as the source prescribes, else drawn.

    Classes keep their shares (stratified); texts are cut into three stretches; graphs without a
    prescribed split draw nodes.

    Raises:
        UserError: too few examples, in all or in one class.
    """
    parts = examples.parts or _draw(examples, seed, validation, test)
    return {part: examples.take(index) for part, index in parts.items()}


def _draw(
    examples: Examples, seed: int, validation: float, test: float
) -> dict[Part, np.ndarray]:
    n = len(examples)
    if n < 5:
        raise UserError(f"{n} examples can't be split into training, validation and test: bring 5")
    if examples.task == "language-modelling":
        first, second = int(n * (1 - validation - test)), int(n * (1 - test))
        everything = np.arange(n)
        return {
            "train": everything[:first],
            "validation": everything[first:second],
            "test": everything[second:],
        }
    from sklearn.model_selection import train_test_split

    labels = examples.targets if examples.classes else None
    if labels is not None:
        _enough(labels, examples.classes)
    rows = np.arange(n)
    rest, held = train_test_split(rows, test_size=test, random_state=seed, stratify=labels)
    train, checked = train_test_split(
        rest,
        test_size=validation / (1 - test),
        random_state=seed,
        stratify=None if labels is None else labels[rest],
    )
    return {"train": train, "validation": checked, "test": held}


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
