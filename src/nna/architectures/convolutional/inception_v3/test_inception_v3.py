"""What the paper claims of Inception-v3, beyond the contract it shares with the rest."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

import nna
from nna.architectures.convolutional.inception_v3.model import Blueprint, InceptionV3
from nna.architectures.convolutional.inception_v3.spec import VARIANTS, Config
from nna.blocks.unfilled import outlined
from nna.errors import UserError


def weights(module: nn.Module) -> int:
    """Of convolutions, without norms."""
    return sum(m.weight.numel() for m in module.modules() if isinstance(m, nn.Conv2d))


def test_factors_are_cheaper_by_what_the_paper_says():
    chain = Blueprint(32).chain
    whole = {k: weights(chain(32, (32, k, k))) for k in (3, 5, 7)}
    two = weights(chain(32, (32, 3, 3), (32, 3, 3)))
    assert 1 - two / whole[5] == pytest.approx(0.28)  # section 3.1
    pairs = {k: weights(chain(32, (32, 1, k), (32, k, 1))) for k in (3, 7)}
    assert 1 - pairs[3] / whole[3] == pytest.approx(1 / 3)  # section 3.2
    assert 1 - pairs[7] / whole[7] == pytest.approx(5 / 7)


def test_rows_and_columns_see_7x7_once_and_13x13_twice():
    torch.manual_seed(0)
    layer = Blueprint(2).factored(768, 128).eval()
    image = torch.rand(1, 48, 17, 17, requires_grad=True)
    for branch, side in zip(layer.branches, (1, 7, 13, 3), strict=True):
        (gradient,) = torch.autograd.grad(branch(image)[0, :, 8, 8].sum(), image)
        rows, columns = gradient[0].abs().sum(0).nonzero().T
        assert int(rows.max() - rows.min()) + 1 == int(columns.max() - columns.min()) + 1 == side


def test_the_grids_are_table_1s():
    with outlined():
        model = InceptionV3(VARIANTS["v3"].config).eval()
        x, seen = model.stem(torch.zeros(1, 3, 299, 299)), []
        for module in model.body:
            x = module(x)
            seen.append(tuple(x.shape[1:]))
    assert [seen[2], seen[7], seen[10]] == [(288, 35, 35), (768, 17, 17), (2048, 8, 8)]
    assert all(c >= before for (c, *_), (before, *_) in zip(seen[1:], seen, strict=False))


def test_the_auxiliary_head_is_gone_in_evaluation_and_teaches_only_what_lies_below():
    torch.manual_seed(0)
    model: Any = InceptionV3(Config(width=2, channels=1, classes=4))
    image = torch.rand(2, 1, 299, 299)
    scores, other = model.train()(image)
    assert scores.shape == other.shape == (2, 4)
    stem, late = model.stem[0].conv.weight, model.body.get_submodule("7a").branches[0][0].conv
    below, above = torch.autograd.grad(other.square().sum(), (stem, late.weight), allow_unused=True)
    assert below.abs().max() > 0
    assert above is None
    assert model.eval()(image).shape == (2, 4)


def made(row: torch.Tensor, column: torch.Tensor) -> torch.Tensor:
    """The 7x7 kernel that a row kernel and then a column kernel amount to."""
    dot = functional.pad(torch.ones(1, 1, 1, 1), (6, 6, 6, 6))
    return functional.conv2d(functional.conv2d(dot, row), column)[0, 0].flip(0, 1)


def test_a_row_and_a_column_through_one_channel_cannot_make_a_diagonal():
    torch.manual_seed(0)
    diagonal = torch.eye(7)
    for between in (1, 2, 7):
        kernel = made(torch.randn(between, 1, 1, 7), torch.randn(1, between, 7, 1))
        assert torch.linalg.matrix_rank(kernel) == between
    energies = torch.linalg.svdvals(diagonal).square()
    missed = energies[1:].sum() / energies.sum()  # of its best approximation of rank one
    torch.testing.assert_close(missed, torch.tensor(6 / 7))
    row, column = diagonal.view(7, 1, 1, 7), diagonal.view(1, 7, 7, 1)
    torch.testing.assert_close(made(row, column), diagonal)  # through seven channels it can


def test_more_modules_than_were_published_are_refused_in_one_sentence():
    with pytest.raises(UserError, match=r"1 to 3, 1 to 4, 1 to 2 modules, not \(3, 5, 2\)"):
        nna.build("inception_v3/v3", depths=(3, 5, 2))
