"""What the paper says of the zip-code network, beyond the contract it shares with the rest."""

import pytest
import torch

from nna.architectures.convolutional.lenet_1989.model import ZipCodeNet
from nna.architectures.convolutional.lenet_1989.spec import Config


@pytest.fixture
def network():
    torch.manual_seed(0)
    return ZipCodeNet(Config()).eval()


def layers(network):
    return {"h1": network.body.h1, "h2": network.body.h2, "h3": network.h3, "out": network.head}


def test_every_layer_has_the_free_parameters_of_section_three(network):
    counted = {
        name: sum(p.numel() for p in layer.parameters()) for name, layer in layers(network).items()
    }
    assert counted == {"h1": 1_068, "h2": 2_592, "h3": 5_790, "out": 310}


def test_units_and_connections_are_those_of_the_paper(network):
    units = {"h1": network.body.h1.bias.numel(), "h2": network.body.h2.bias.numel()}
    units |= {"h3": 30, "out": 10}
    fan_in = {"h1": 25, "h2": 200, "h3": 192, "out": 30}
    connections = {name: units[name] * (fan_in[name] + 1) for name in units}
    assert connections == {"h1": 19_968, "h2": 38_592, "h3": 5_790, "out": 310}
    assert sum(connections.values()) == 64_660
    assert 16 * 16 + sum(units.values()) == 1_256


def test_a_map_of_h2_reads_eight_maps_and_every_map_of_h1_is_read_eight_times(network):
    reads = torch.zeros(12, 12, dtype=torch.bool)
    x = torch.randn(1, 12, 8, 8)
    before = network.body.h2(x)
    for source in range(12):
        changed = x.clone()
        changed[:, source] += 1
        reads[:, source] = (network.body.h2(changed) != before).flatten(2).any(2)[0]
    assert (reads.sum(0) == 8).all()
    assert (reads.sum(1) == 8).all()
    assert len({tuple(row.tolist()) for row in reads}) == 12


def test_beyond_the_edge_lies_empty_paper_not_grey(network):
    """On paper, -1 everywhere, units at the edge can't tell that there is one; on grey they do."""
    paper = network.body.h1(-torch.ones(1, 1, 16, 16))
    grey = network.body.h1(torch.zeros(1, 1, 16, 16))
    torch.testing.assert_close(paper, paper[..., :1, :1].expand_as(paper))
    assert (grey - grey[..., 3:4, 3:4]).abs().max() > 0.01


def test_units_of_a_map_share_their_weights_but_not_their_biases(network):
    h1 = network.body.h1
    torch.nn.init.normal_(h1.bias)
    image = torch.randn(1, 1, 16, 16)
    empty = h1(torch.zeros(1, 1, 16, 16))[0, :, 2, 2] - h1(torch.zeros(1, 1, 16, 16))[0, :, 4, 5]
    assert (empty != 0).all()  # one and the same sight, two answers
    moved = torch.roll(image, (4, 6), (2, 3))
    here, there = h1(image)[0, :, 2, 2], h1(moved)[0, :, 4, 5]
    torch.testing.assert_close(here - h1.bias[:, 2, 2], there - h1.bias[:, 4, 5])


def test_maps_follow_a_picture_that_moves_by_two_pixels_but_not_by_one(network):
    """With biases at zero, so that undersampling alone is to blame."""
    picture = -torch.ones(1, 1, 16, 16)
    picture[..., 5:11, 6:9] = 1.0
    still = network.body.h1(picture)
    by_two = network.body.h1(torch.roll(picture, 2, 3))
    torch.testing.assert_close(by_two, torch.roll(still, 1, 3))
    by_one = network.body.h1(torch.roll(picture, 1, 3))
    for cells in (-1, 0, 1):
        assert (by_one - torch.roll(still, cells, 3)).abs().max() > 0.1


def test_activation_keeps_plus_and_minus_one_and_the_output_stays_within_its_ends(network):
    ends = torch.tensor([-1.0, 1.0])
    torch.testing.assert_close(network.head[1](ends), ends, atol=1e-4, rtol=0)
    assert network(1e4 * torch.randn(8, 1, 16, 16)).abs().max() <= 1.7159


def test_pictures_of_another_size_are_refused(network):
    with pytest.raises(ValueError, match="16 x 16"):
        network(torch.zeros(1, 1, 20, 20))
