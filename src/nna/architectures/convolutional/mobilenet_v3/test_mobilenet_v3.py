"""What the paper claims of MobileNetV3, beyond the contract it shares with the rest."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.functional import hardswish, relu6, silu
from torch.utils.flop_counter import FlopCounterMode

from nna.architectures.convolutional.mobilenet_v3.model import Bottleneck, MobileNetV3
from nna.architectures.convolutional.mobilenet_v3.spec import ROWS, VARIANTS, Row
from nna.blocks.squeeze import SqueezeExcitation
from nna.blocks.unfilled import outlined


@pytest.mark.parametrize(
    ("variant", "sides", "last"),
    [
        ("large", [112, 56, 56, *3 * [28], *6 * [14], *3 * [7]], 960),
        ("small", [56, *2 * [28], *5 * [14], *3 * [7]], 576),
    ],
)
def test_the_maps_have_the_sides_of_tables_1_and_2(variant, sides, last):
    seen = []
    with outlined():
        model = MobileNetV3(VARIANTS[variant].config).eval()
        for module in model.modules():
            if isinstance(module, Bottleneck):
                module.register_forward_hook(lambda _, __, out: seen.append(out.shape))
        x = model.last(model.body(model.stem(torch.zeros(1, 3, 224, 224))))
    widths = [row.width for row in ROWS[variant]]
    assert [tuple(shape) for shape in seen] == [
        (1, width, side, side) for width, side in zip(widths, sides, strict=True)
    ]
    assert x.shape == (1, last, 7, 7)


def test_h_swish_is_made_of_one_product_and_stays_near_swish():
    x = torch.linspace(-8, 8, 1601)
    torch.testing.assert_close(hardswish(x), x * relu6(x + 3) / 6)  # section 5.2
    assert float((hardswish(x) - silu(x)).abs().max()) < 0.15
    assert hardswish(x[x <= -3]).count_nonzero() == 0
    torch.testing.assert_close(hardswish(x[x >= 3]), x[x >= 3])


@pytest.mark.parametrize(("attention", "reached"), [(False, 9), (True, 81)])
def test_weighing_channels_lets_a_pixel_reach_the_whole_map(attention, reached):
    torch.manual_seed(0)
    block = Bottleneck(4, 16, 4, Row(3, 16, 4, attention, "hswish", 1)).eval()
    x = torch.randn(1, 4, 9, 9)
    moved = x.clone()
    moved[..., 4, 4] += 1
    changed = (block(moved) - block(x)).abs().sum(dim=1) > 0
    assert int(changed.sum()) == reached


def test_the_squeezed_layer_is_a_quarter_of_the_inner_one_in_eights():
    with outlined():
        model = MobileNetV3(VARIANTS["large"].config)
    gates = [m for m in model.modules() if isinstance(m, SqueezeExcitation)]
    assert [m.squeeze.in_channels for m in gates] == [72, 120, 120, 480, 672, 672, 960, 960]
    assert [m.squeeze.out_channels for m in gates] == [24, 32, 32, 120, 168, 168, 240, 240]


def test_the_widest_layer_costs_almost_nothing_after_the_mean():
    with outlined():
        model = MobileNetV3(VARIANTS["large"].config).eval()
        layer, maps = model.head[0], torch.zeros(1, 960, 7, 7)
        with FlopCounterMode(display=False) as after:
            layer(maps.mean(dim=(2, 3)))
        with FlopCounterMode(display=False) as before:
            layer(maps.flatten(2).transpose(1, 2)).mean(dim=1)
    assert after.get_total_flops() // 2 == 960 * 1280
    assert before.get_total_flops() == 49 * after.get_total_flops()


def test_a_shut_gate_never_opens_again():
    def learn(gate: type[nn.Module]) -> tuple[float, float]:
        """A block that must learn to pass on its input, from gates that are all but shut."""
        torch.manual_seed(0)
        block: Any = Bottleneck(8, 16, 8, Row(3, 16, 8, True, "relu", 1)).train()
        block.shortcut = False
        weigh: Any = SqueezeExcitation(16, 8, gate=gate)
        block.weigh = weigh
        nn.init.constant_(weigh.excite.bias, -6.0)
        start = weigh.excite.weight.detach().clone()
        optimiser = torch.optim.Adam(block.parameters(), lr=0.01)
        losses = []
        for _ in range(150):
            x = torch.randn(8, 8, 6, 6)
            loss = (block(x) - x).square().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(float(loss.detach()))
        moved = float((weigh.excite.weight - start).detach().abs().max())
        return losses[-1], moved

    loss, moved = learn(nn.Hardsigmoid)
    assert moved == 0
    assert loss > 0.9  # it gives zero for noise of variance one
    loss, moved = learn(nn.Sigmoid)
    assert moved > 0.05
    assert loss < 0.8
