"""Verification: classes of the test part are seen nowhere else; what can't be parted is refused."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from nna.data.examples import Examples
from nna.data.splits.class_disjoint import unseen
from nna.errors import UserError
from nna.spec import Image
from nna.workbench.evaluation import metrics

IMAGES, LABELS = load_digits(return_X_y=True)


def digits(rows: np.ndarray) -> Examples:
    names, labels = np.unique(LABELS[rows], return_inverse=True)
    return Examples.of(
        x=IMAGES[rows].reshape(-1, 1, 8, 8).astype(np.float32),
        y=labels,
        port=Image(channels=1, size=8),
        task="classification",
        classes=tuple(str(name) for name in names),
    )


@pytest.mark.parametrize("seed", range(5))
def test_no_class_of_the_test_part_is_seen_before(seed):
    divided = unseen(digits(np.arange(len(LABELS))), seed)
    assert divided.parts is not None
    parts = {name: LABELS[rows] for name, rows in divided.parts.items()}
    assert sum(map(len, parts.values())) == len(LABELS)
    assert not set(parts["test"]) & (set(parts["train"]) | set(parts["validation"]))
    assert set(parts["train"]) == set(parts["validation"])
    assert len(set(parts["test"])) == 3


def test_three_classes_are_too_few():
    with pytest.raises(UserError, match="verification needs four"):
        unseen(digits(np.flatnonzero(LABELS < 3)), 0)


def test_a_class_of_two_examples_is_named():
    rows = np.concatenate([np.flatnonzero(LABELS < 5), np.flatnonzero(LABELS == 7)[:2]])
    with pytest.raises(UserError, match="class '7' has 2 examples"):
        unseen(digits(rows), 0)


def test_pairs_are_told_by_distance_and_not_at_all_when_all_is_one_point():
    y = np.arange(300) % 3
    apart = metrics.verification(np.eye(3)[y], y)
    assert apart["AUC"].value == 1
    assert apart["equal error rate"].value == 0
    collapsed = metrics.verification(np.zeros((300, 2)), y)
    assert collapsed["AUC"].value == 0.5
