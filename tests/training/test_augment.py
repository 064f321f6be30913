"""Augmentation changes pictures a little, keeps their shape, and is for pictures only."""

import pytest
import torch

from nna.errors import UserError
from nna.training.augment import augment, check


def test_pictures_change_but_keep_shape_and_ink():
    torch.manual_seed(0)
    x = torch.zeros(32, 1, 16, 16)
    x[:, :, 5:11, 6:10] = 1
    changed = augment(x, ("affine",))
    assert changed.shape == x.shape
    assert not torch.equal(changed, x)
    assert float(changed.sum() / x.sum()) == pytest.approx(1.0, abs=0.1)


def test_a_flip_mirrors_some_and_leaves_the_rest():
    torch.manual_seed(0)
    x = torch.randn(64, 1, 4, 4)
    changed = augment(x, ("flip",))
    same = [torch.equal(a, b) for a, b in zip(x, changed, strict=True)]
    mirrored = [torch.equal(a.flip(-1), b) for a, b in zip(x, changed, strict=True)]
    assert 10 < sum(same) < 54
    assert all(s != m for s, m in zip(same, mirrored, strict=True))


def test_unknown_names_and_other_kinds_of_examples_are_refused():
    with pytest.raises(UserError, match="no augmentation 'rotate'"):
        check(("rotate",), "image")
    with pytest.raises(UserError, match="for pictures"):
        check(("flip",), "table")
