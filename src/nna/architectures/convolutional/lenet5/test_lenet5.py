"""What the paper says of LeNet-5, beyond the contract it shares with the rest."""

import math

import pytest
import torch
from torch import nn

from nna.architectures.convolutional.lenet5.model import (
    TABLE,
    GaussianOutput,
    LeNet5,
    TrainedSubsampling,
)
from nna.architectures.convolutional.lenet5.objective import MapCriterion
from nna.architectures.convolutional.lenet5.spec import DESK, PRINTED
from nna.learning.base import Batch


@pytest.fixture
def network():
    torch.manual_seed(0)
    return LeNet5(PRINTED).eval()


def test_every_layer_has_the_parameters_of_section_two_b(network):
    counted = {
        name: sum(p.numel() for p in layer.parameters())
        for name, layer in [*network.body.named_children(), ("f6", network.f6)]
    }
    printed = {"c1": 156, "s2": 12, "c3": 1_516, "s4": 32, "c5": 48_120, "f6": 10_164}
    assert counted == printed


def test_maps_have_the_sizes_of_figure_two(network):
    x, sizes = torch.zeros(1, 1, 32, 32), []
    for layer in network.body:
        x = layer(x)
        sizes.append(tuple(x.shape[1:]))
    assert sizes == [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1)]


def test_a_map_of_c3_ignores_the_maps_it_is_not_connected_to(network):
    x = torch.randn(1, 6, 14, 14)
    before = network.body.c3(x)
    for out, maps in enumerate(TABLE):
        others = [m for m in range(6) if m not in maps]
        changed = x.clone()
        changed[:, others] = torch.randn(1, len(others), 14, 14)
        assert torch.equal(network.body.c3(changed)[:, out], before[:, out])


def test_activation_keeps_plus_and_minus_one(network):
    activation = network.f6[1]
    ends = torch.tensor([-1.0, 1.0])
    torch.testing.assert_close(activation(ends), ends, atol=1e-4, rtol=0)


def test_a_perfect_bitmap_has_no_penalty_and_all_others_have_some():
    output = GaussianOutput(10)
    scores = output(output.bitmaps)
    assert scores.diagonal().abs().max() < 1e-4
    assert scores.fill_diagonal_(-1e9).max() < -4 * 8  # any two digits differ in 8 pixels or more


def test_the_rubbish_class_lies_beyond_every_distance_between_bitmaps():
    bitmaps = GaussianOutput(10).bitmaps
    rubbish = MapCriterion().rubbish
    assert rubbish < 4 * 84
    assert torch.cdist(bitmaps, bitmaps).square().median() < 2 * rubbish


def test_pictures_of_another_size_are_refused():
    with pytest.raises(ValueError, match="32 x 32"):
        LeNet5(DESK)(torch.zeros(1, 1, 36, 36))


def test_map_criterion_is_equation_nine():
    penalties = torch.tensor([[3.0, 5.0, 40.0]])
    batch = Batch({"input": -penalties}, {"y": torch.tensor([1])})
    loss, _ = MapCriterion().loss(nn.Identity(), batch)
    expected = 5 + math.log(
        math.exp(-MapCriterion().rubbish) + sum(math.exp(-p) for p in (3, 5, 40))
    )
    assert loss.item() == pytest.approx(expected, rel=1e-5)


def test_the_cards_example_by_hand():
    picture = torch.tensor([[1.0, 2, 0], [0, 1, 3], [2, 1, 0]], requires_grad=True)
    weight = torch.tensor([[1.0, 0], [0, -1]], requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    out = nn.functional.conv2d(picture[None, None], weight[None, None], bias)[0, 0]
    assert out.tolist() == [[0, -1], [-1, 1]]
    out.backward(torch.tensor([[1.0, 2], [0, -1]]))
    assert picture.grad is not None
    assert weight.grad is not None
    assert bias.grad is not None
    assert weight.grad.tolist() == [[4, -1], [1, 7]]
    assert bias.grad.tolist() == [2]
    assert picture.grad[1, 1] == -2


def test_subsampling_starts_within_two_point_four_over_its_four_inputs():
    torch.manual_seed(0)
    weight = torch.cat([TrainedSubsampling(16).weight.detach().flatten() for _ in range(60)])
    for end in (weight.max(), -weight.min()):
        assert 0.99 * 0.6 < end <= 0.6
