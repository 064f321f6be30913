"""Scenes of digits: masks, boxes and pictures agree, and parts share nothing."""

import numpy as np

from nna.data import catalog
from nna.data.images.scenes import CLASSES, INK, SIDE, scenes
from nna.data.splits.split import split

MADE = scenes()


def test_boxes_are_the_tightest_around_the_masks():
    for mask, boxes in zip(MADE.masks[:200], MADE.boxes[:200], strict=True):
        for digit, left, top, right, bottom in boxes[boxes[:, 0] >= 0].astype(int):
            inside = mask[top:bottom, left:right] == 1 + digit
            assert inside.any(0)[[0, -1]].all()
            assert inside.any(1)[[0, -1]].all()
        assert set(np.unique(mask)) == {0, *(1 + boxes[boxes[:, 0] >= 0, 0]).astype(int)}


def test_pictures_are_in_range_and_every_class_occurs_in_every_part():
    assert MADE.x.shape[1:] == (3, SIDE, SIDE)
    assert MADE.x.min() >= 0
    assert MADE.x.max() <= 1
    for rows in MADE.parts.values():
        assert len(np.unique(MADE.masks[rows])) == len(CLASSES)
    assert 0 < INK < 1


def test_the_parts_are_those_prescribed_and_the_seed_decides():
    parts = split(catalog.load("digit_scenes"), seed=5)
    assert [len(parts[p]) for p in ("train", "validation", "test")] == [1200, 150, 250]
    assert np.array_equal(scenes().x[:50], MADE.x[:50])
    assert not np.array_equal(scenes(seed=1).x[:50], MADE.x[:50])
