"""What the paper claims of EfficientNet, beyond the contract it shares with the rest."""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, interpolate
from torch.utils.flop_counter import FlopCounterMode

import nna
from nna.architectures.convolutional.efficientnet.model import EfficientNet, MBConv
from nna.architectures.convolutional.efficientnet.spec import (
    ALPHA,
    BETA,
    GAMMA,
    VARIANTS,
    Config,
    compound,
)
from nna.blocks.unfilled import outlined
from nna.errors import UserError


def blocks(config: Config) -> list[MBConv]:
    with outlined():
        model = EfficientNet(config)
    return [module for module in model.modules() if isinstance(module, MBConv)]


def cost(**changes: Any) -> int:
    """Multiply-adds of the stages."""
    config = Config(**changes)
    with outlined(), FlopCounterMode(display=False) as counter:
        model: Any = EfficientNet(config).eval()
        x = torch.zeros(1, model.stem[0].conv.out_channels, config.side // 2, config.side // 2)
        model.body(x)
    return counter.get_total_flops() // 2


def test_the_proportions_double_the_cost():
    assert pytest.approx(1.92, abs=0.001) == ALPHA * BETA**2 * GAMMA**2


@pytest.mark.parametrize(
    ("size", "phi"), [("b0", 0.0), ("b1", 0.5), ("b2", 1.0), ("b3", 2.0), ("b5", 5.0), ("b7", 7.0)]
)
def test_published_sizes_are_near_the_rule_in_width_and_side(size, phi):
    _, width, side = compound(phi)
    config = VARIANTS[size].config
    assert config.width_multiplier == pytest.approx(width, rel=0.05)
    assert config.side / 224 == pytest.approx(side, rel=0.05)


def test_the_largest_is_shallower_than_the_rule():
    deep, _, _ = compound(7.0)
    assert deep == pytest.approx(3.58, abs=0.01)
    assert VARIANTS["b7"].config.depth_multiplier == 3.1


def test_cost_grows_with_depth_and_with_the_squares_of_width_and_side():
    """Section 3.1: nearly, since first blocks differ and depthwise filters grow but in width."""
    once = cost()
    assert cost(depth_multiplier=2.0) / once == pytest.approx(2, rel=0.1)
    assert cost(width_multiplier=2.0) / once == pytest.approx(4, rel=0.1)
    assert cost(side=448) / once == pytest.approx(4, rel=0.01)


@pytest.mark.parametrize(("size", "count"), [*enumerate((16, 23, 23, 26, 32, 39, 45, 55))])
def test_blocks_are_multiplied_and_rounded_up_stage_by_stage(size, count):
    assert len(blocks(VARIANTS[f"b{size}"].config)) == count


def test_the_gate_is_squeezed_to_a_quarter_of_what_comes_in_not_of_what_is_within():
    for block in blocks(Config()):
        inner, c_in = block.weigh.squeeze.in_channels, block.weigh.squeeze.out_channels * 4
        assert inner in {c_in, 6 * c_in}


def test_blocks_are_dropped_the_likelier_the_later_and_only_in_training():
    found = blocks(Config(drop_path=0.2))
    rates = {i: block.drop.rate for i, block in enumerate(found) if block.drop is not None}
    assert rates == pytest.approx({i: 0.2 * i / 16 for i in rates})
    assert len(rates) == 16 - 7  # the first block of a stage has no skip connection
    torch.manual_seed(0)
    block = MBConv(8, 8, 2, 3, 1, rate=0.5).train()
    x = torch.randn(64, 8, 4, 4)
    untouched = (block(x) == x).flatten(1).all(dim=1)
    assert 16 < int(untouched.sum()) < 48
    assert not (block.eval()(x) == x).flatten(1).all(dim=1).any()


@pytest.mark.exhaustive
def test_what_was_learnt_at_one_size_is_not_known_at_another():
    """Stripes two or four pixels wide, both in any direction, place and contrast."""
    torch.manual_seed(0)

    def stripes(coarse: Tensor) -> Tensor:
        place, period = torch.rand(len(coarse), 1, 1, 1), 4.0 + 4 * coarse.view(-1, 1, 1, 1)
        along = torch.arange(16.0).view(1, 1, 1, 16).expand(len(coarse), 1, 16, 16)
        waves = (2 * torch.pi * (along / period + place)).sin() * (0.5 + torch.rand_like(place))
        return torch.where(torch.rand_like(place) < 0.5, waves, waves.mT)

    config = Config(
        depth_multiplier=0.2,
        width_multiplier=0.25,
        dropout=0.0,
        drop_path=0.0,
        stride=16,
        channels=1,
        classes=2,
    )
    model = EfficientNet(config).train()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.005)
    for _ in range(80):
        coarse = torch.randint(2, (32,))
        loss = cross_entropy(model(stripes(coarse)), coarse)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    coarse = torch.arange(64) % 2
    images = stripes(coarse)
    with torch.no_grad():
        near = model.eval()(interpolate(images, scale_factor=2.0, mode="bilinear")).argmax(1)
        right = model(images).argmax(1) == coarse
    assert right.float().mean() > 0.9
    assert near[coarse == 0].float().mean() > 0.8  # fine ones, at twice the size, pass for coarse


@pytest.mark.parametrize(("total", "side"), [(32, 2), (4, 16), (1, 64)])
def test_small_images_keep_their_pixels_where_the_first_strides_are_left_out(total, side):
    with outlined():
        model = EfficientNet(Config(depth_multiplier=0.2, width_multiplier=0.2, stride=total))
        assert model.body(model.stem(torch.zeros(1, 3, 64, 64))).shape[-1] == side
    with pytest.raises(UserError, match="power of two, not 12"):
        nna.build("efficientnet/b0", stride=12)
