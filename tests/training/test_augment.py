"""Augmentation changes pictures a little, takes masks and boxes along, for pictures only."""

import pytest
import torch

from nna.errors import UserError
from nna.learning.base import Batch
from nna.training.augment import CHANGES, MOVING, augment, check


def of(x: torch.Tensor, target: torch.Tensor | None = None) -> Batch:
    return Batch({"input": x}, {} if target is None else {"y": target})


def test_pictures_change_but_keep_shape_and_ink():
    torch.manual_seed(0)
    x = torch.zeros(32, 1, 16, 16)
    x[:, :, 5:11, 6:10] = 1
    for name in ("affine", "crop"):
        changed = augment(of(x), (name,)).x
        assert changed.shape == x.shape
        assert not torch.equal(changed, x)
        assert float(changed.sum() / x.sum()) == pytest.approx(1.0, abs=0.1)


def test_a_flip_mirrors_some_and_leaves_the_rest():
    torch.manual_seed(0)
    x = torch.randn(64, 1, 4, 4)
    changed = augment(of(x), ("flip",)).x
    same = [torch.equal(a, b) for a, b in zip(x, changed, strict=True)]
    mirrored = [torch.equal(a.flip(-1), b) for a, b in zip(x, changed, strict=True)]
    assert 10 < sum(same) < 54
    assert all(s != m for s, m in zip(same, mirrored, strict=True))


@pytest.mark.parametrize("name", sorted(CHANGES))
@pytest.mark.parametrize("channels", [1, 3])
def test_the_seed_decides_and_every_picture_has_its_own_change(name, channels):
    x, target = torch.rand(1, channels, 16, 16).repeat(8, 1, 1, 1) * 4 - 2, torch.arange(8)
    x = x + torch.arange(8.0).view(8, 1, 1, 1) / 100
    runs = []
    for _ in range(2):
        torch.manual_seed(3)
        runs.append(augment(of(x, target), (name,), classes=8))
    assert torch.equal(runs[0].x, runs[1].x)
    changed = runs[0].x
    assert changed.shape == x.shape
    assert changed.isfinite().all()
    moved = changed - torch.arange(8.0).view(8, 1, 1, 1) / 100
    assert len({tuple(one.flatten().mul(1e3).round().tolist()) for one in moved}) > 1


@pytest.mark.parametrize("name", ["affine", "flip", "crop"])
def test_a_mask_moves_with_its_picture(name):
    torch.manual_seed(0)
    mask = torch.zeros(16, 24, 24, dtype=torch.int64)
    mask[:, 6:15, 9:20] = 2
    changed = augment(of(mask[:, None].float(), mask), (name,), classes=3)
    assert changed.target is not None
    assert changed.target.dtype == torch.int64
    assert set(changed.target.unique().tolist()) <= {0, 2}
    agree = ((changed.x[:, 0] > 1) == (changed.target == 2)).float().mean()
    assert agree > 0.97  # but for rounding at the rim
    assert not torch.equal(changed.target, mask)


def painted(n: int) -> tuple[torch.Tensor, torch.Tensor]:
    """A block or two on black, away from the rim, each in a channel of its own, and their boxes."""
    draw = torch.Generator().manual_seed(0)
    x, boxes = torch.zeros(n, 2, 30, 40), torch.full((n, 2, 5), -1.0)
    for i in range(n):
        for row in range(1 + i % 2):
            left, top = (int(torch.randint(5, 9, (), generator=draw)) for _ in range(2))
            left += 16 * row
            x[i, row, top : top + 11, left : left + 8] = 1
            boxes[i, row] = torch.tensor([3.0, left, top, left + 8, top + 11])
    return x, boxes


def around(channel: torch.Tensor) -> torch.Tensor:
    """The tightest box around what is painted."""
    rows, columns = (channel > 0.5).nonzero().T
    return torch.stack([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]).float()


@pytest.mark.parametrize(
    ("name", "least", "most"), [("flip", -0.01, 0.01), ("crop", -0.01, 0.01), ("affine", -0.6, 1)]
)
def test_a_box_moves_with_its_thing(name, least, most):
    """To the pixel; around what was turned within a pixel, for its rim is grey."""
    x, boxes = painted(24)
    torch.manual_seed(0)
    changed = augment(of(x, boxes), (name,))
    assert changed.target is not None
    assert not torch.equal(changed.target, boxes)
    assert torch.equal(changed.target[..., 0], boxes[..., 0])  # none was lost, none appeared
    assert (changed.target[boxes[..., 0] < 0] == -1).all()
    for picture, rows in zip(changed.x, changed.target, strict=True):
        for channel, row in zip(picture, rows, strict=True):
            if row[0] >= 0:
                beyond = (row[1:] - around(channel)) * torch.tensor([-1, -1, 1, 1])
                assert least <= beyond.min() <= beyond.max() <= most


def test_a_thing_whose_middle_left_the_picture_has_no_box_and_others_end_at_the_rim():
    torch.manual_seed(0)
    x, boxes = torch.zeros(64, 1, 16, 16), torch.full((64, 2, 5), -1.0)
    x[:, :, 6:10, 0:3] = 1
    boxes[:, 1] = torch.tensor([0.0, 0, 6, 3, 10])
    changed = augment(of(x, boxes), ("crop",)).target
    assert changed is not None
    rows = changed[:, 1]
    gone = rows[:, 0] < 0
    assert 0 < gone.sum() < 64
    assert (rows[gone] == -1).all()
    assert set(rows[~gone][:, 3].tolist()) == {2.0, 3, 4, 5}  # by -1 the middle stays, by -2 not
    assert set(rows[~gone][:, 1].tolist()) == {0.0, 1, 2}  # cut at the rim
    assert (changed[:, 0] == -1).all()


@pytest.mark.parametrize("name", ["mixup", "cutmix"])
def test_blended_labels_are_the_shares_of_the_blended_pictures(name):
    torch.manual_seed(0)
    target = torch.arange(6) % 3
    x = torch.nn.functional.one_hot(target, 3).float()[:, :, None, None].expand(6, 3, 12, 12)
    changed = augment(of(x.contiguous(), target), (name,), classes=3)
    shares = changed.x.mean((2, 3))
    assert changed.target is not None
    torch.testing.assert_close(changed.target, shares, atol=1e-5, rtol=0)
    assert ((changed.target > 0.02) & (changed.target < 0.98)).any()


def test_two_blends_are_one_too_many():
    with pytest.raises(UserError, match="only one"):
        augment(of(torch.rand(4, 1, 8, 8), torch.arange(4)), ("mixup", "cutmix"), classes=4)


def test_unknown_names_and_other_kinds_of_examples_are_refused():
    with pytest.raises(UserError, match="no augmentation 'rotate'"):
        check(("rotate",), "image")
    with pytest.raises(UserError, match="for pictures"):
        check(("flip",), "table")
    with pytest.raises(UserError, match="masks can't follow 'cutmix'"):
        check(("cutmix",), "image", "segmentation")
    with pytest.raises(UserError, match="blends classes"):
        check(("mixup",), "image", "reconstruction")
    with pytest.raises(UserError, match="boxes can't follow 'randaugment'"):
        check(("randaugment",), "image", "detection")
    for name in MOVING:
        check((name,), "image", "segmentation")
        check((name,), "image", "detection")
