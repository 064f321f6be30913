import torch
from torch import nn

from nna.lab import pictures
from nna.training.in_memory import Tensors


def test_the_seed_splits_the_digits_and_none_is_on_both_sides():
    train, test = pictures.digits(3, 1000)
    again, _ = pictures.digits(3, 1000)
    other, _ = pictures.digits(4, 1000)
    assert (len(train), len(test)) == (1000, 797)
    assert torch.equal(train.x, again.x)
    assert not torch.equal(train.x, other.x)
    splits = (pictures.digits(3, 1000), pictures.digits(4, 500))
    ink, same = (torch.cat([a.x, b.x]).sum((1, 2, 3)).sort().values for a, b in splits)
    assert torch.equal(ink, same)


def test_enlarged_digits_lie_in_the_middle_of_the_canvas():
    train, _ = pictures.digits(0, 10, side=16, canvas=24)
    assert train.x.shape == (10, 1, 24, 24)
    assert train.x[:, :, 4:20, 4:20].sum() == train.x.sum() > 0


def test_shifting_moves_every_pixel_and_loses_what_leaves():
    x = torch.arange(9.0).reshape(1, 1, 3, 3)
    assert pictures.shifted(x, 1, 0)[0, 0].tolist() == [[0, 0, 0], [0, 1, 2], [3, 4, 5]]
    assert pictures.shifted(x, 0, -2)[0, 0].tolist() == [[2, 0, 0], [5, 0, 0], [8, 0, 0]]
    assert torch.equal(pictures.shifted(x, 0, 0), x)


def test_accuracy_is_the_share_of_the_highest_scores_that_are_right():
    x = torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, 1.0], [0.0, 3.0]])
    examples = Tensors.pair(x, torch.tensor([0, 1, 1, 1]))
    assert pictures.accuracy(nn.Identity(), examples) == 75


def test_scattered_pictures_are_whole_and_lie_where_the_draw_says():
    x = torch.rand(50, 1, 3, 3) + 0.1
    there = pictures.scattered(x, 5, torch.Generator().manual_seed(0))
    again = pictures.scattered(x, 5, torch.Generator().manual_seed(0))
    assert torch.equal(there, again)
    assert torch.equal((there > 0).sum((1, 2, 3)), torch.full((50,), 9))
    assert torch.allclose(there.sum((1, 2, 3)), x.sum((1, 2, 3)))
    corners = {tuple(picture.nonzero()[0].tolist()) for picture in there[:, 0]}
    assert corners == {(i, j) for i in range(3) for j in range(3)}


def test_multiply_adds_are_those_of_one_example_and_of_each_group_alone():
    x = torch.zeros(7, 4, 8, 8)
    layers = nn.Sequential(nn.Conv2d(4, 6, 3, padding=1), nn.Conv2d(6, 6, 3, groups=6))
    assert pictures.multiply_adds(layers, x) == 64 * 9 * 4 * 6 + 36 * 9 * 6
