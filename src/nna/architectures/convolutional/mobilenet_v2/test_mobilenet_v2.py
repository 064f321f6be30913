"""What the paper claims of MobileNetV2, beyond the contract it shares with the rest."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import relu6
from torch.utils.flop_counter import FlopCounterMode

import nna
from nna.architectures.convolutional.mobilenet_v2.model import InvertedResidual, MobileNetV2, eights
from nna.architectures.convolutional.mobilenet_v2.spec import VARIANTS
from nna.blocks.unfilled import outlined
from nna.errors import UserError


def lost(kept: Tensor, x: Tensor) -> float:
    """Share of the variance of `x` that the best linear map from `kept` doesn't restore."""
    kept = torch.cat([kept, torch.ones(len(kept), 1)], 1)
    guess = kept @ torch.linalg.lstsq(kept, x).solution
    return float((guess - x).var() / x.var())


def blocks(name: str) -> list[InvertedResidual]:
    with outlined():
        model = MobileNetV2(VARIANTS[name].config)
    return [module for module in model.modules() if isinstance(module, InvertedResidual)]


def test_relu_destroys_what_narrow_layers_hold_and_spares_it_in_wide_ones():
    """Section 3.2, figure 1: random maps of three numbers."""
    torch.manual_seed(0)
    x = torch.randn(2000, 3)
    narrow, wide = x @ torch.randn(3, 3), x @ torch.randn(3, 60)
    assert lost(narrow, x) < 1e-6
    assert lost(narrow.relu(), x) > 0.15
    assert lost(wide.relu(), x) < 0.02


def test_a_silent_branch_leaves_the_input_unchanged_negative_values_included():
    block: Any = InvertedResidual(8, 8, stride=1, growth=6).eval()
    nn.init.zeros_(block.project.norm.weight)
    x = torch.randn(2, 8, 5, 5)
    torch.testing.assert_close(block(x), x)


def test_seventeen_blocks_ten_with_a_shortcut():
    found = blocks("1.0")
    assert len(found) == 17  # the sum of table 2's n; the text says 19
    assert sum(block.shortcut for block in found) == 10


@pytest.mark.parametrize(("c_in", "growth", "c_out"), [(24, 6, 24), (64, 6, 96), (16, 3, 24)])
def test_a_block_costs_what_section_3_3_says(c_in, growth, c_out):
    with outlined(), FlopCounterMode(display=False) as counter:
        InvertedResidual(c_in, c_out, 1, growth)(torch.zeros(1, c_in, 10, 12))
    assert counter.get_total_flops() // 2 == 10 * 12 * c_in * growth * (c_in + 9 + c_out)


def test_wide_layers_never_need_to_be_held_whole():
    """Section 5.1: a block is a sum over its inner channels, each filtered by itself."""
    torch.manual_seed(0)
    block: Any = InvertedResidual(4, 6, stride=2, growth=3).eval()
    x = torch.randn(2, 4, 7, 7)
    wide = relu6(block.expand(x))
    total = torch.zeros(())
    for channel in range(12):
        alone = torch.zeros_like(wide)
        alone[:, channel] = wide[:, channel]
        filtered = relu6(block.depthwise(alone))[:, channel : channel + 1]
        weight = block.project.conv.weight[:, channel : channel + 1]
        total = total + nn.functional.conv2d(filtered, weight)
    torch.testing.assert_close(block.project.norm(total), block(x), rtol=0, atol=1e-6)


@pytest.mark.parametrize(("variant", "last"), [("0.35", 1280), ("1.0", 1280), ("1.4", 1792)])
def test_thinner_networks_keep_the_last_convolution(variant, last):
    with outlined():
        model: Any = MobileNetV2(VARIANTS[variant].config)
    assert model.last[0].conv.out_channels == last


def test_widths_are_multiples_of_eight_and_never_a_tenth_too_narrow():
    for width in torch.linspace(1, 500, 999).tolist():
        assert eights(width) % 8 == 0
        assert eights(width) >= 0.9 * width
        assert eights(width) <= 1.1 * width + 8


def test_no_more_passes_between_blocks_than_the_narrow_layer_has_channels():
    """Noise of 64 channels into a block of 16: three quarters of it are gone, though it trains."""
    torch.manual_seed(0)
    block: Any = InvertedResidual(64, 16, stride=1, growth=6)
    reader = nn.Conv2d(16, 64, 1)
    optimiser = torch.optim.Adam([*block.parameters(), *reader.parameters()], lr=0.01)
    for _ in range(100):
        x = torch.randn(4, 64, 8, 8)
        loss = (reader(block(x)) - x).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    x = torch.randn(32, 64, 8, 8)
    with torch.no_grad():
        wide, narrow = block.eval().expand(x), block(x)
    pixels = x.movedim(1, -1).flatten(0, 2)
    assert lost(wide.movedim(1, -1).flatten(0, 2), pixels) < 1e-6
    assert lost(narrow.movedim(1, -1).flatten(0, 2), pixels) > 0.72  # three quarters, less chance


def test_more_stages_than_table_2_has_are_refused_in_one_sentence():
    with pytest.raises(UserError, match="7 stages, not 8"):
        nna.build("mobilenet_v2/1.0", depths=(1,) * 8)
