"""The detector that came before networks: a linear classifier slid over the picture."""

from __future__ import annotations

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

from nna.blocks.boxes import best, overlap
from nna.data.examples import Examples
from nna.workbench.evaluation import metrics
from nna.workbench.evaluation.metrics import Figure
from nna.workbench.prepared_data import Material

SHARE = 0.5  # overlap from which a window holds a thing
EMPTY = 10_000  # windows without a thing that are learnt from
LIKELY = 0.05  # score from which a window counts, as a network's box does


def sliding(material: Material) -> dict[str, Figure]:
    """Logistic regression on the pixels of windows of the usual size, four steps a window."""
    from sklearn.linear_model import LogisticRegression

    train, test = material.parts["train"], material.parts["test"]
    boxes = np.asarray(train.y)
    real = boxes[boxes[..., 0] >= 0]
    height, width = np.asarray(train.x).shape[2:]
    size = (
        min(height, max(4, round(float((real[:, 4] - real[:, 2]).mean())))),
        min(width, max(4, round(float((real[:, 3] - real[:, 1]).mean())))),
    )
    corners, pixels = _cut(train, size)
    labels = np.stack([_labels(corners, rows) for rows in boxes])
    rng = np.random.default_rng(0)
    empty = rng.permutation(np.flatnonzero(labels.ravel() == 0))[:EMPTY]
    chosen = np.concatenate([np.flatnonzero(labels.ravel()), empty])
    fitted = LogisticRegression(max_iter=1000, tol=1e-2).fit(
        pixels.reshape(labels.size, -1)[chosen], labels.ravel()[chosen]
    )
    corners, pixels = _cut(test, size)
    shares = fitted.predict_proba(pixels.reshape(-1, pixels.shape[2]))
    shares = shares.reshape(len(test), len(corners), -1)
    found = [_picked(corners, of_picture, fitted.classes_) for of_picture in shares]
    return metrics.detection(found, np.asarray(test.y), len(material.classes))


def _cut(examples: Examples, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Corners of the windows `(k, 4)`, and their pixels in every picture `(n, k, numbers)`."""
    step = max(1, min(size) // 4)
    views = sliding_window_view(np.asarray(examples.x), size, axis=(2, 3))[:, :, ::step, ::step]
    n, _, rows, columns = views.shape[:4]
    pixels = views.transpose(0, 2, 3, 1, 4, 5).reshape(n, rows * columns, -1)
    top, left = (step * one.ravel() for one in np.indices((rows, columns)))
    return np.stack([left, top, left + size[1], top + size[0]], 1).astype(np.float32), pixels


def _labels(corners: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """0 for nothing, else 1 + class."""
    real = boxes[boxes[:, 0] >= 0]
    if not len(real):
        return np.zeros(len(corners), np.int64)
    shared = overlap(torch.as_tensor(corners), torch.as_tensor(real[:, 1:])).numpy()
    holds = shared.max(1) >= SHARE
    return np.where(holds, 1 + real[shared.argmax(1), 0].astype(np.int64), 0)


def _picked(corners: np.ndarray, shares: np.ndarray, classes: np.ndarray) -> np.ndarray:
    rows = []
    for column, label in enumerate(classes):
        if label == 0:
            continue
        likely = np.flatnonzero(shares[:, column] >= LIKELY)
        scores = torch.as_tensor(shares[likely, column], dtype=torch.float32)
        boxes, kept, _ = best(torch.as_tensor(corners[likely]), scores, metrics.BOXES)
        rows += [[label - 1, float(s), *b] for b, s in zip(boxes.tolist(), kept, strict=True)]
    return np.array(rows, np.float32).reshape(-1, 6)
