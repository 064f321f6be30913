"""What the paper says of Network in Network, beyond the contract it shares with the rest."""

import dataclasses

import pytest
import torch
from torch import nn
from torch.nn import functional

from nna.architectures.convolutional.nin.model import NetworkInNetwork, mlpconv
from nna.architectures.convolutional.nin.spec import CIFAR, Config
from nna.blocks.unfilled import outlined
from nna.errors import UserError
from nna.registry import build

SMALL = Config(widths=((6, 5, 4), (6, 5, 4), (5, 4)), channels=1, classes=3)


def test_an_mlpconv_is_one_perceptron_moved_from_place_to_place():
    torch.manual_seed(0)
    layers = mlpconv(2, (5, 4, 3), kernel=3)
    x = torch.randn(1, 2, 6, 7)
    patches = functional.unfold(x, 3, padding=1)[0].T  # a row for each of the 42 places
    f = patches
    for layer in list(layers)[::2]:
        assert isinstance(layer, nn.Conv2d)
        f = functional.linear(f, layer.weight.flatten(1), layer.bias).relu()
    torch.testing.assert_close(layers(x)[0].flatten(1).T, f)


def test_layers_after_the_first_look_at_their_own_place_only():
    torch.manual_seed(0)
    layers = mlpconv(1, (8, 8, 8), kernel=3)
    x = torch.rand(1, 1, 9, 9, requires_grad=True)
    layers(x)[..., 4, 4].sum().backward()
    assert x.grad is not None
    rows, columns = x.grad[0, 0].nonzero(as_tuple=True)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (3, 5, 3, 5)


def test_a_micro_network_sees_an_exclusive_or_of_two_pixels_and_no_single_kernel_does():
    xor = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])[:, None, None]
    wanted = torch.tensor([0.0, 1.0, 1.0, 0.0])
    first, last = nn.Conv2d(1, 2, (1, 2)), nn.Conv2d(2, 1, 1)
    layers = nn.Sequential(first, nn.ReLU(), last)
    with torch.no_grad():
        first.weight.copy_(torch.tensor([[[[1.0, 1.0]]], [[[1.0, 1.0]]]]))
        first.get_parameter("bias").copy_(torch.tensor([0.0, -1.0]))
        last.weight.copy_(torch.tensor([1.0, -2.0]).view(1, 2, 1, 1))
        last.get_parameter("bias").zero_()
    torch.testing.assert_close(layers(xor).flatten(), wanted)
    rows = torch.cat([xor.flatten(1), torch.ones(4, 1)], 1)
    best = rows @ torch.linalg.lstsq(rows, wanted[:, None]).solution
    torch.testing.assert_close(best.flatten(), torch.full((4,), 0.5))


def test_the_head_has_no_weights_and_takes_any_number_of_places():
    torch.manual_seed(0)
    network = NetworkInNetwork(SMALL).eval()
    assert not [*network.head.parameters()]
    assert network(torch.randn(1, 1, 23, 40)).shape == (1, 3)
    assert network(torch.randn(1, 1, 8, 8)).shape == (1, 3)


def test_a_flat_head_would_add_weights_and_this_one_saves_them():
    """A fully connected layer from the last micro network's 192 maps of 8 x 8 (table 5)."""
    with outlined():
        network = NetworkInNetwork(CIFAR)
        maps = network.body[:-1](torch.zeros(1, 3, 32, 32))
    assert maps.shape[1:] == (192, 8, 8)
    flat, last = maps.numel() * 10 + 10, network.body[-1]
    assert flat > 60 * sum(p.numel() for p in last.parameters())


def test_a_rectified_last_map_that_is_zero_everywhere_never_learns_again():
    """Why the last layer isn't rectified here."""
    torch.manual_seed(0)
    network = NetworkInNetwork(SMALL)
    bias = network.body[-1].get_parameter("bias")
    nn.init.constant_(bias, -100.0)
    maps = network.body(torch.rand(4, 1, 8, 8))
    for rectified, learns in ((maps.relu(), False), (maps, True)):
        loss = functional.cross_entropy(rectified.mean((2, 3)), torch.tensor([0, 1, 2, 0]))
        (gradient,) = torch.autograd.grad(loss, bias, retain_graph=True)
        assert bool(gradient.any()) == learns


def test_the_mean_of_a_map_forgets_where_and_a_flat_head_does_not():
    """A mark further from all edges than the 27 pixels that a last unit sees, moved by 16."""
    torch.manual_seed(0)
    network = NetworkInNetwork(SMALL).eval()
    pictures = torch.zeros(2, 1, 96, 96)
    mark = torch.rand(6, 6)
    pictures[0, 0, 44:50, 36:42] = mark
    pictures[1, 0, 44:50, 52:58] = mark
    maps = network.body(pictures)
    assert (maps[0] - maps[1]).abs().max() > 1e-3
    scores = network(pictures)
    torch.testing.assert_close(scores[0], scores[1])
    flat = nn.Linear(maps[0].numel(), 2)
    assert (flat(maps.flatten(1)).diff(dim=0)).abs().max() > 1e-4


def test_scores_are_means_of_confidence_so_joined_pictures_have_the_mean_score():
    """Two pictures side by side, each amid empty space: the score is the mean of theirs."""
    torch.manual_seed(0)
    network = NetworkInNetwork(dataclasses.replace(SMALL, kernels=(1, 1, 1))).eval()
    network.body[1] = network.body[4] = nn.Identity()  # without pooling nothing reaches across
    left, right = torch.randn(2, 1, 1, 8, 8)
    both = network(torch.cat([left, right], dim=3))
    torch.testing.assert_close(both, (network(left) + network(right)) / 2)


def test_a_kernel_too_few_is_refused_in_one_sentence():
    with pytest.raises(UserError, match="3 micro networks, 2 kernels"):
        build("nin/cifar10", kernels=(5, 5))
