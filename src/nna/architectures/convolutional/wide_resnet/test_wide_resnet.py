"""What the paper claims of wide residual networks, beyond the contract they share with the rest."""

import pytest
import torch
from torch import nn

from nna import contract
from nna.architectures.convolutional.wide_resnet.model import Basic, WideResNet
from nna.architectures.convolutional.wide_resnet.spec import VARIANTS, Config
from nna.blocks.unfilled import outlined


def build(**changes) -> WideResNet:
    torch.manual_seed(0)
    return WideResNet(Config(**{"channels": 1, "classes": 4, **changes})).eval()


@pytest.mark.parametrize("size", ["40-2", "28-10", "22-8", "16-8"])
def test_the_name_counts_the_convolutions_with_the_three_of_the_shortcuts(size):
    with outlined():
        model = WideResNet(VARIANTS[size].config)
    count = sum(isinstance(module, nn.Conv2d) for module in model.modules())
    assert count == int(size.split("-")[0])


def test_parameters_grow_linearly_with_depth_and_with_the_square_of_the_width():
    def block_weights(**sizes) -> int:
        with outlined():
            model = WideResNet(Config(**sizes))
        inner = [p for name, p in model.named_parameters() if "branch.3" in name]
        return sum(p.numel() for p in inner)

    once = block_weights(depths=(2, 2, 2), width=2)
    assert block_weights(depths=(4, 4, 4), width=2) == 2 * once
    assert block_weights(depths=(2, 2, 2), width=4) == 4 * once


def test_a_silent_branch_leaves_even_negative_inputs_unchanged():
    block = Basic(8, 8, stride=1, dropout=0.0).eval()
    for weights in block.branch[-1].parameters():
        nn.init.zeros_(weights)
    x = torch.randn(2, 8, 5, 5)
    assert torch.equal(block(x), x)  # no ReLU follows the addition


def test_dropout_touches_the_branch_alone():
    block = Basic(8, 8, stride=1, dropout=1.0).train()
    x = torch.randn(2, 8, 5, 5)
    assert torch.equal(block(x), x)


def test_dropout_stands_between_the_two_convolutions_of_a_block():
    block = Basic(4, 4, stride=1, dropout=0.5)
    kinds = [type(module) for module in block.branch.modules()]
    assert kinds.index(nn.Conv2d) < kinds.index(nn.Dropout) < len(kinds) - 1
    assert kinds[-1] is nn.Conv2d


def test_the_wide_bottleneck_of_width_one_counts_as_resnet_50():
    with outlined():
        thin = WideResNet(Config(block="bottleneck", depths=(3, 4, 6, 3), width=1, classes=1000))
    assert contract.count_parameters(thin) == 25_557_032


def test_width_does_not_let_it_see_farther():
    """Two dots on black, 28 or 36 pixels apart; a last pixel sees 25 across, at any width."""

    def dots(distance: int) -> torch.Tensor:
        image = torch.zeros(1, 1, 104, 104, dtype=torch.double)
        image[..., 48, 32] = image[..., 48, 32 + distance] = 3.0
        return image

    def gap(near: int, far: int, **sizes) -> float:
        model = build(**sizes).double()
        with torch.no_grad():
            return float((model(dots(near)) - model(dots(far))).abs().max())

    for width in (1, 6):
        assert gap(28, 36, depths=(1, 1, 1), width=width) < 1e-12
        assert gap(8, 16, depths=(1, 1, 1), width=width) > 1e-7
    assert gap(28, 36, depths=(2, 2, 2), width=1) > 1e-7  # one more block a stage: 53 across
