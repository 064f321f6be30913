"""What the paper says of LeNet-1, beyond the contract it shares with the rest."""

import pytest
import torch

from nna.architectures.convolutional.lenet1.model import TABLE, LeNet1
from nna.architectures.convolutional.lenet1.spec import Config


@pytest.fixture
def network():
    torch.manual_seed(0)
    return LeNet1(Config()).eval()


def written(row: int, column: int) -> torch.Tensor:
    """A stroke on empty paper."""
    picture = -torch.ones(1, 1, 28, 28)
    picture[..., row : row + 7, column : column + 2] = 1.0
    return picture


def test_every_layer_has_its_share_of_2578_parameters(network):
    counted = {
        name: sum(p.numel() for p in layer.parameters())
        for name, layer in [*network.body.named_children(), ("out", network.head)]
    }
    assert counted == {"h1": 104, "h2": 8, "h3": 512, "h4": 24, "out": 1_930}
    assert sum(counted.values()) == 2_578


def test_units_and_connections_are_those_of_the_paper(network):
    x, units = torch.zeros(1, 1, 28, 28), [28 * 28]
    for layer in network.body:
        x = layer(x)
        units.append(x.numel())
    assert units == [784, 2_304, 576, 768, 192]
    assert sum(units) + 10 + 1 == 4_635  # the last is the unit that feeds the biases
    h3 = 64 * sum(25 * len(maps) + 1 for maps in TABLE)
    assert 2_304 * 26 + 576 * 5 + h3 + 192 * 5 + 10 * 193 == 98_442


def test_a_map_of_h3_ignores_the_maps_it_is_not_connected_to(network):
    x = torch.randn(1, 4, 12, 12)
    before = network.body.h3(x)
    for out, maps in enumerate(TABLE):
        others = [m for m in range(4) if m not in maps]
        changed = x.clone()
        changed[:, others] = torch.randn(1, len(others), 12, 12)
        assert torch.equal(network.body.h3(changed)[:, out], before[:, out])


def test_where_in_a_block_of_four_a_feature_fired_does_not_matter(network):
    x = torch.randn(1, 4, 24, 24)
    blocks = x.unfold(2, 2, 2).unfold(3, 2, 2).flip(4, 5)  # each block turned by half a circle
    turned = blocks.permute(0, 1, 2, 4, 3, 5).reshape(x.shape)
    assert not torch.equal(turned, x)
    torch.testing.assert_close(network.body.h2(turned), network.body.h2(x))


def test_no_dot_falls_between_its_windows_as_with_every_second_place(network):
    averaged, skipped = [], []
    for column in range(8, 12):
        dot = torch.zeros(1, 4, 24, 24)
        dot[..., 9, column] = 1.0
        averaged.append(network.body.h2[0](dot).sum().item())
        skipped.append(float(dot[..., ::2, ::2].sum()))
    assert averaged == pytest.approx([averaged[0]] * 4)
    assert averaged[0] > 0.9
    assert skipped == [0.0] * 4


def test_maps_follow_a_stroke_that_moves_by_four_pixels(network):
    still, moved = network.body(written(10, 10)), network.body(written(10, 14))
    torch.testing.assert_close(moved[..., 1:], still[..., :-1])


def test_no_output_is_an_exclusive_or_of_the_two_halves():
    """Before the activation, outputs add what either half says: the corners of a square balance."""
    for seed in range(20):
        torch.manual_seed(seed)
        network = LeNet1(Config(classes=2)).eval()
        left, right = torch.randn(2, 2, 12, 12), torch.randn(2, 2, 12, 12)
        corners = torch.stack([torch.cat([left[i], right[j]]) for i in (0, 1) for j in (0, 1)])
        for layer in (network.body.get_submodule("h3"), network.body.get_submodule("h4")):
            corners = layer(corners)
        s = network.head[0](corners.flatten(1))
        torch.testing.assert_close(s[0] + s[3], s[1] + s[2])
        said = network.head(corners.flatten(1)).argmax(1).tolist()
        assert said not in ([0, 1, 1, 0], [1, 0, 0, 1])


def test_pictures_of_another_size_are_refused(network):
    with pytest.raises(ValueError, match="28 x 28"):
        network(torch.zeros(1, 1, 32, 32))
