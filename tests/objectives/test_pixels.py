"""Classes of pixels: the loss, and the figures made of confusion matrices."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from nna.learning.base import Batch
from nna.objectives.pixel_cross_entropy import PixelCrossEntropy, middle
from nna.workbench.evaluation import metrics


def test_pixels_without_a_class_do_not_count():
    scores = torch.zeros(1, 2, 2, 2)
    scores[:, 1] = 5.0
    mask = torch.tensor([[[1, 1], [0, -1]]])
    loss, beside = PixelCrossEntropy().loss(nn.Identity(), Batch({"input": scores}, {"y": mask}))
    surprise = torch.log1p(torch.tensor(-5.0).exp())
    torch.testing.assert_close(loss, (2 * surprise + surprise + 5) / 3)
    assert float(beside["pixel error"]) == pytest.approx(1 / 3)


def test_scores_of_the_middle_are_held_against_the_middle_of_the_mask():
    mask = torch.arange(36).view(1, 6, 6)
    assert middle(mask, torch.zeros(1, 2, 2, 2)).flatten().tolist() == [14, 15, 20, 21]


def test_intersection_over_union_by_hand():
    truth = np.array([[[0, 0, 1], [0, 1, -1]]])
    predicted = np.array([[[0, 1, 1], [0, 0, 1]]])
    confusions = metrics.pixel_confusions(predicted, truth, classes=3)
    assert confusions.tolist() == [[[2, 1, 0], [1, 1, 0], [0, 0, 0]]]
    shares = metrics.iou(confusions.sum(0))
    assert shares[:2] == pytest.approx([2 / 4, 1 / 3])
    assert np.isnan(shares[2])
    figures = metrics.segmentation(np.repeat(confusions, 5, axis=0))
    assert figures["mean IoU"].value == pytest.approx((1 / 2 + 1 / 3) / 2)
    assert figures["pixel accuracy"].value == pytest.approx(3 / 5)


def test_iou_is_scikit_learns_jaccard_score():
    from sklearn.metrics import jaccard_score

    rng = np.random.default_rng(0)
    truth, predicted = rng.integers(0, 4, (2, 3, 8, 8))
    ours = metrics.iou(metrics.pixel_confusions(predicted, truth, 4).sum(0))
    each: Any = None  # a figure a class, which scikit-learn's types leave out
    known = jaccard_score(truth.ravel(), predicted.ravel(), average=each)
    np.testing.assert_allclose(ours, known)
