"""Contrastive and triplet losses, against plain loops and PyTorch's own."""

import itertools

import pytest
import torch
from torch import nn

from nna import objectives
from nna.learning.base import Batch, Gradient
from nna.objectives.contrastive import Contrastive
from nna.objectives.triplet import Triplet, semi_hard

POINTS = torch.randn(12, 3, generator=torch.manual_seed(3))
LABEL = torch.tensor([0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3])  # of the last class there is one


def loss(name: str, points: torch.Tensor, label: torch.Tensor = LABEL) -> float:
    found = objectives.get(name)
    assert isinstance(found, Gradient)
    return float(found.loss(nn.Identity(), Batch({"input": points}, {"y": label}))[0])


def test_contrastive_is_the_mean_over_both_kinds_of_pairs():
    near, far = [], []
    for i, j in itertools.combinations(range(len(LABEL)), 2):
        d = float((POINTS[i] - POINTS[j]).norm())
        if LABEL[i] == LABEL[j]:
            near.append(d**2 / 2)
        else:
            far.append(max(0.0, Contrastive().margin - d) ** 2 / 2)
    expected = (sum(near) / len(near) + sum(far) / len(far)) / 2
    assert loss("contrastive", POINTS) == pytest.approx(expected, abs=1e-5)


def test_without_pairs_of_two_classes_one_point_for_all_is_the_best():
    alone = torch.zeros(len(LABEL), dtype=torch.int64)
    assert (
        loss("contrastive", torch.zeros(12, 3), alone) < 1e-9 < loss("contrastive", POINTS, alone)
    )
    assert loss("contrastive", torch.zeros(12, 3)) > 0.2  # with them it is not


def test_semi_hard_negatives_are_those_of_a_plain_loop():
    squared = torch.cdist(POINTS, POINTS).square()
    chosen = set()
    for a, p in itertools.permutations(range(len(LABEL)), 2):
        if LABEL[a] == LABEL[p]:
            others = [n for n in range(len(LABEL)) if LABEL[n] != LABEL[a]]
            beyond = [n for n in others if squared[a, n] > squared[a, p]]
            nearest = min(beyond, key=lambda n: squared[a, n]) if beyond else None
            furthest = max(others, key=lambda n: squared[a, n])
            chosen.add((a, p, furthest if nearest is None else nearest))
    anchor, positive, negative = (t.tolist() for t in semi_hard(squared, LABEL))
    assert set(zip(anchor, positive, negative, strict=True)) == chosen


def test_the_triplet_loss_is_pytorchs_on_the_same_triplets():
    triplets = semi_hard(torch.cdist(POINTS, POINTS).square(), LABEL)
    theirs = nn.TripletMarginWithDistanceLoss(
        distance_function=lambda a, b: (a - b).square().sum(1), margin=Triplet().margin
    )
    expected = float(theirs(*(POINTS[index] for index in triplets)))
    assert loss("triplet", POINTS) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", ["contrastive", "triplet"])
def test_a_batch_of_one_class_breaks_nothing(name):
    assert loss(name, POINTS, torch.zeros(12, dtype=torch.int64)) >= 0
