"""What the paper says of AlexNet, beyond the contract it shares with the rest."""

import dataclasses

import pytest
import torch
from torch import nn

from nna import registry
from nna.architectures.convolutional.alexnet.model import AlexNet, pool, response_norm
from nna.architectures.convolutional.alexnet.spec import SPEC, VARIANTS
from nna.blocks.unfilled import outlined
from nna.errors import UserError
from nna.registry import build

PRINTED = VARIANTS["2012"].config


def test_layers_have_the_neurons_of_section_three_all_but_the_first():
    with outlined():
        network = AlexNet(PRINTED).eval()
        x, neurons = torch.zeros(1, 3, 224, 224), []
        for name, layer in [*network.body.named_children(), *network.head.named_children()]:
            x = layer(x)
            if name.startswith(("conv", "fc")):
                neurons.append(x.numel())
    printed = [253_440, 186_624, 64_896, 64_896, 43_264, 4_096, 4_096, 1_000]
    assert neurons[1:] == printed[1:]
    assert neurons[0] == 55 * 55 * 96 == 290_400  # the paper's 253,440 fits no square of places


def test_fully_connected_layers_hold_96_percent_of_the_weights():
    with outlined():
        network = AlexNet(PRINTED)
    last = sum(p.numel() for p in network.head.parameters())
    assert last / VARIANTS["2012"].params == pytest.approx(0.962, abs=5e-4)


@pytest.mark.parametrize(("layer", "apart"), [("conv2", True), ("conv3", False), ("conv4", True)])
def test_towers_meet_in_the_third_convolution_only(layer, apart):
    torch.manual_seed(0)
    convolution = AlexNet(SPEC.tiny).body.get_submodule(layer)
    assert isinstance(convolution, nn.Conv2d)
    x = torch.randn(1, convolution.in_channels, 5, 5)
    changed = x.clone()
    changed[:, x.shape[1] // 2 :] += 1  # the second tower's maps
    first = slice(0, convolution.out_channels // 2)
    same = torch.equal(convolution(changed)[:, first], convolution(x)[:, first])
    assert same == apart


def test_response_normalisation_is_the_formula_of_section_three():
    torch.manual_seed(0)
    a = 100 * torch.rand(1, 7, 2, 2)
    expected = torch.empty_like(a)
    for i in range(7):
        nearby = a[:, max(0, i - 2) : i + 3]
        expected[:, i] = a[:, i] / (2 + 1e-4 * nearby.square().sum(1)) ** 0.75
    torch.testing.assert_close(response_norm(5)(a), expected)


def test_a_strong_map_inhibits_the_two_on_either_side_and_none_beyond():
    a = torch.ones(1, 9, 1, 1)
    loud = a.clone()
    loud[:, 4] = 1000.0
    weaker = (response_norm(5)(loud) < response_norm(5)(a)).flatten().tolist()
    assert weaker == [i in (2, 3, 5, 6) for i in range(9)]


def test_a_lone_response_above_200_comes_out_the_weaker_the_stronger_it_is():
    strengths = torch.tensor([50.0, 100.0, 200.0, 400.0, 800.0])
    a = torch.zeros(5, 5, 1, 1)
    a[:, 2, 0, 0] = strengths
    out = response_norm(5)(a)[:, 2, 0, 0]
    assert out.argmax() == 2
    assert out[0] < out[1] < out[2] > out[3] > out[4]
    peak = torch.tensor(200.0, requires_grad=True)
    (slope,) = torch.autograd.grad(peak / (2 + 1e-4 * peak**2) ** 0.75, peak)
    assert slope.abs() < 1e-6


def test_windows_of_pooling_overlap_so_that_one_dot_is_seen_twice():
    dot = torch.zeros(1, 1, 7, 7)
    dot[..., 3, 2] = 1.0
    assert pool()(dot).sum() == 2
    assert nn.MaxPool2d(2)(dot).sum() == 1


def test_dropout_halves_the_units_in_training_and_leaves_them_be_afterwards():
    torch.manual_seed(0)
    network = AlexNet(SPEC.tiny)
    drop, one = network.head.get_submodule("drop6"), torch.ones(1, 10_000)
    assert (drop(one) == 0).float().mean() == pytest.approx(0.5, abs=0.02)
    assert drop(one).mean() == pytest.approx(1.0, abs=0.04)
    network.eval()
    assert torch.equal(drop(one), one)


def test_what_cannot_be_built_or_read_is_one_clear_line():
    with pytest.raises(UserError, match="nothing is left of 8 pixels"):
        build("alexnet", side=8)
    with pytest.raises(ValueError, match="24 x 24"):
        build("alexnet")(torch.zeros(1, 1, 28, 28))


def test_the_cards_example_by_hand():
    norm, card = response_norm(5), registry.card("alexnet")
    activities = torch.tensor([0.0, 30, 60, 0], dtype=torch.float64)[None, :, None, None]
    alone = activities.clone()
    alone[0, 1] = 0
    misread = nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=2.0)
    third = norm(alone)[0, 2], misread(activities)[0, 2]
    for value in (*norm(activities)[0, 1:3], *third):
        assert f"{value.item():.4f}" in card
    assert f"{2.45**0.75:.4f}" in card
    assert 1 - norm(activities)[0, 2] / third[0] == pytest.approx(0.028, abs=5e-4)


def test_every_picture_large_enough_fits_the_fully_connected_layers():
    """Strides of the first convolution and of three pools repeat every 32 pixels."""
    small = dataclasses.replace(SPEC.tiny, stride=4)
    refused = 0
    for side in range(40, 40 + 64):
        with torch.device("meta"):
            try:
                network = AlexNet(dataclasses.replace(small, side=side)).eval()
            except ValueError:
                refused += 1
                continue
            network(torch.zeros(1, small.channels, side, side))
    assert refused == 23  # the smallest that is left anything of has 63 pixels
