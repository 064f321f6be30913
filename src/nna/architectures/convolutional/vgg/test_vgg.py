"""What the paper claims of VGG, beyond the contract it shares with the rest."""

from typing import Any

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional
from torch.nn.functional import cross_entropy

import nna
from nna.architectures.convolutional.vgg.model import VGG, dense
from nna.architectures.convolutional.vgg.spec import VARIANTS, Config
from nna.blocks.convolution import vgg_stage
from nna.blocks.unfilled import outlined
from nna.errors import UserError


@pytest.mark.parametrize(("depth", "side"), [(1, 3), (2, 5), (3, 7)])
def test_a_stack_of_small_kernels_sees_what_one_large_kernel_sees(depth, side):
    layers: Any = vgg_stage(1, 4, depth)
    for convolution in layers[::2]:
        nn.init.constant_(convolution.weight, 1.0)  # no ReLU closes
    image = torch.ones(1, 1, 15, 15, requires_grad=True)
    (gradient,) = torch.autograd.grad(layers(image)[0, 0, 7, 7], image)
    rows, columns = gradient[0, 0].nonzero().T
    assert int(rows.max() - rows.min()) + 1 == int(columns.max() - columns.min()) + 1 == side


def test_a_7x7_kernel_has_81_percent_more_weights_than_three_of_3x3():
    three = sum(m.weight.numel() for m in vgg_stage(16, 16, 3) if isinstance(m, nn.Conv2d))
    assert round(100 * nn.Conv2d(16, 16, 7).weight.numel() / three) == 181  # section 2.3


def test_without_the_nonlinearity_between_two_layers_are_one_5x5_convolution():
    first, second = (nn.Conv2d(1, 1, 3, padding=1, bias=False) for _ in range(2))
    image = torch.randn(2, 1, 11, 11)
    merged = functional.conv2d(first.weight, second.weight.flip(2, 3), padding=2)
    one, two = functional.conv2d(image, merged, padding=2), second(first(image))
    torch.testing.assert_close(two[:, :, 1:-1, 1:-1], one[:, :, 1:-1, 1:-1])


@pytest.mark.parametrize("size", sorted(VARIANTS.keys() - {"desk"}))
def test_the_name_counts_the_layers_with_weights_and_most_weights_lie_in_one(size):
    with outlined():
        model = VGG(VARIANTS[size].config)
    layers = [m for m in model.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert len(layers) == int(size)
    counts = [sum(p.numel() for p in layer.parameters()) for layer in layers]
    assert max(counts) == counts[-3] == 102_764_544 > 0.7 * sum(counts)


def test_the_dense_layers_are_convolutions_over_a_larger_map():
    """Section 3.2: one pass over a large image scores every window of it."""
    head: Any = dense(4 * 3 * 3, hidden=8, classes=5, dropout=0.5).eval()
    weight, bias = head[0].weight.view(8, 4, 3, 3), head[0].bias
    maps = torch.randn(1, 4, 5, 6)
    slid = head[1:](functional.conv2d(maps, weight, bias).permute(0, 2, 3, 1))
    for row in range(3):
        for column in range(4):
            window = maps[:, :, row : row + 3, column : column + 3]
            torch.testing.assert_close(slid[:, row, column], head(window.flatten(1)))


def train(depth: int, spread: float | None) -> float:
    """Mean loss over the last ten of sixty steps on digits."""
    torch.manual_seed(0)
    images, labels = load_digits(return_X_y=True)
    x, y = torch.tensor(images[:256] / 16).float().view(-1, 1, 8, 8), torch.tensor(labels[:256])
    model = VGG(
        Config(
            depths=(depth,), widths=(16,), hidden=32, dropout=0.0, side=8, channels=1, classes=10
        )
    )
    convolutions = [m for m in model.modules() if isinstance(m, nn.Conv2d)]
    if spread is not None:
        for module in convolutions:
            nn.init.normal_(module.weight, std=spread)
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3, fused=True)
    losses = []
    for _ in range(60):
        chosen = torch.randint(256, (32,))
        loss = cross_entropy(model(x[chosen]), y[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    return sum(losses[-10:]) / 10


@pytest.mark.slow
def test_deep_it_does_not_learn_from_weights_of_one_spread_everywhere():
    shallow = train(depth=2, spread=0.05)
    deep = train(depth=16, spread=0.05)
    fitted = train(depth=16, spread=None)  # He's rule: by each layer's width
    assert shallow < 1.0
    assert deep > 2.2  # chance is log 10 = 2.3
    assert fitted < 1.6


def test_more_stages_than_the_side_can_be_halved_are_refused_in_one_sentence():
    with pytest.raises(UserError, match="halve a side of 16 pixels to nothing"):
        nna.build("vgg/11", side=16)
