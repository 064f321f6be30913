"""What the paper claims of Xception, beyond the contract it shares with the rest."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.functional import conv2d

from nna.architectures.convolutional.xception.model import Residual, Xception, block, separable
from nna.architectures.convolutional.xception.spec import VARIANTS, Config
from nna.blocks.unfilled import outlined

SMALL = Config(widths=(4, 6, 8, 10, 12, 14), blocks=1)


def meta(variant: str) -> Xception:
    with outlined():
        return Xception(VARIANTS[variant].config).eval()


def test_thirty_six_convolutions_in_fourteen_modules():
    """Section 3: a separable convolution counts as one; shortcuts don't count."""
    model = meta("full")
    depthwise = [m for m in model.modules() if isinstance(m, nn.Conv2d) and m.groups > 1]
    assert len(model.stem) + len(depthwise) == 36
    residual = [m for m in model.modules() if isinstance(m, Residual)]
    assert len(residual) == 12  # all modules but the first and the last
    assert sum(isinstance(m.skip, nn.Identity) for m in residual) == 8


def test_the_maps_have_the_sides_of_figure_5():
    model, x = meta("full"), torch.zeros(1, 3, 299, 299, device="meta")
    shapes = []
    for part in (*model.stem, *model.entry, model.middle, model.exit):
        x = part(x)
        shapes.append(tuple(x.shape[1:]))
    assert [width for width, _, _ in shapes] == [32, 64, 128, 256, 728, 728, 2048]
    assert [side for _, side, _ in shapes] == [149, 147, 74, 37, 19, 19, 10]


def test_it_has_about_as_many_parameters_as_inception_v3():
    """Table 3 prints 23,626,728 for that, so that a gain is one of structure, not of size."""
    assert VARIANTS["full"].params / 23_626_728 == pytest.approx(0.967, abs=0.001)


def test_it_is_an_inception_module_with_a_tower_for_each_channel():
    """Section 1.2, figure 4: 1x1 convolution, then each of its outputs by a filter of its own."""
    torch.manual_seed(0)
    before = nn.Conv2d(5, 6, 1, bias=False)
    layer: Any = separable(6, 6, "none")
    x = torch.randn(2, 5, 7, 7)
    towers = [
        conv2d(conv2d(x, before.weight[i : i + 1]), layer.depthwise.weight[i : i + 1], padding=1)
        for i in range(6)
    ]
    torch.testing.assert_close(layer.depthwise(before(x)), torch.cat(towers, dim=1))


@pytest.mark.parametrize("activation", ["none", "relu", "elu"])
def test_only_with_nothing_between_the_halves_a_convolution_is_linear(activation):
    torch.manual_seed(0)
    layer = separable(5, 7, activation)
    layer.norm = nn.Identity()
    x, y = torch.randn(2, 1, 5, 6, 6)
    whole, parts = layer(2 * x - 3 * y), 2 * layer(x) - 3 * layer(y)
    assert torch.allclose(whole, parts, atol=1e-5) == (activation == "none")


def test_a_silent_branch_of_the_middle_flow_leaves_its_input_unchanged():
    torch.manual_seed(0)
    layer: Any = block(SMALL, 8, 8, 8, 8).eval()
    nn.init.zeros_(layer.branch[-1].norm.weight)
    x = torch.randn(2, 8, 5, 5)  # negative values included: no ReLU follows the addition
    torch.testing.assert_close(layer(x), x)


def test_one_layer_has_no_more_filters_than_channels_come_in():
    """Eight random filters of a grey picture: the best common one, and no better."""
    torch.manual_seed(0)
    filters = torch.randn(8, 1, 3, 3)
    strengths = torch.linalg.svdvals(filters.flatten(1)).square()
    x = torch.randn(64, 1, 10, 10)
    wanted = conv2d(x, filters, padding=1)

    def error(layer: nn.Module) -> float:
        optimiser = torch.optim.Adam(layer.parameters(), lr=0.03)
        for _ in range(300):
            loss = (layer(x) - wanted).square().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        with torch.no_grad():
            return float((layer(x) - wanted).square().mean() / wanted.square().mean())

    layer = separable(1, 8, "none")
    layer.norm = nn.Identity()
    bound = 1 - float(strengths[0] / strengths.sum())
    assert bound > 0.4
    assert error(layer) == pytest.approx(bound, abs=0.03)
    assert error(nn.Conv2d(1, 8, 3, padding=1, bias=False)) < 0.01  # why the stem is ordinary
