"""What the paper claims of CoAtNet, beyond the contract it shares with the rest."""

import dataclasses

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import nna
from nna.architectures.hybrid.coatnet.model import (
    CoAtNet,
    MBConv,
    RelativeAttention,
    TransformerBlock,
    offsets,
    relative_attention,
)
from nna.architectures.hybrid.coatnet.spec import SPEC, VARIANTS, Config
from nna.blocks.stochastic_depth import StochasticDepth
from nna.blocks.unfilled import outlined
from nna.errors import UserError


def near(values: torch.Tensor, printed: list) -> None:
    """As the card prints them, to four digits."""
    torch.testing.assert_close(values, torch.tensor(printed), rtol=0, atol=6e-5)


def test_the_cards_example_by_hand():
    q, k, v = (torch.tensor(x).view(3, 1) for x in ([1.0, 0, 2], [1.0, 2, 0], [1.0, 2, 3]))
    places, w = torch.arange(3), torch.tensor([-1.0, 1, 2, 0, -1])
    bias = w[places[:, None] - places + 2]
    assert bias.tolist() == [[2, 1, -1], [0, 2, 1], [-1, 0, 2]]
    weights = relative_attention(q, k, torch.eye(3), bias)
    near(weights[0], [0.4955, 0.4955, 0.0091])
    near(weights[1], [0.0900, 0.6652, 0.2447])
    near(weights[2], [0.0420, 0.8438, 0.1142])
    near(relative_attention(q, k, v, bias)[:, 0], [1.5136, 2.1547, 2.0722])
    asks_nothing = torch.tensor([[1.0], [0], [0]])
    near(relative_attention(asks_nothing, k, torch.eye(3), bias)[2], [0.0420, 0.1142, 0.8438])
    near(relative_attention(asks_nothing, k, v, bias)[2], [2.8018])  # exercise 2


@pytest.mark.parametrize(("side", "rows"), [(1, 1), (2, 9), (7, 169), (14, 729)])
def test_a_table_has_a_row_for_each_offset_and_no_more(side, rows):
    index = offsets(side)
    assert index.shape == (side**2, side**2)
    assert index.unique().tolist() == [*range(rows)]
    met: dict[int, set[tuple[int, int]]] = {}
    for i in range(0, side**2, 5):
        for j in range(side**2):
            apart = (i // side - j // side, i % side - j % side)
            met.setdefault(int(index[i, j]), set()).add(apart)
    assert all(len(apart) == 1 for apart in met.values())
    assert RelativeAttention(32, 64, side).table.shape == (rows, 2)


def _attention(side: int = 4) -> RelativeAttention:
    torch.manual_seed(0)
    attention = RelativeAttention(32, 32, side)
    nn.init.normal_(attention.table)
    return attention


def test_without_queries_weights_depend_on_the_offset_alone():
    side, attention = 4, _attention()
    bias = attention.table[attention.index][..., 0].detach()
    n = side**2
    for seed in (1, 2):  # whatever the picture
        torch.manual_seed(seed)
        weights = relative_attention(torch.zeros(n, 8), torch.randn(n, 8), torch.eye(n), bias)
        ratios = weights / weights.diagonal()[:, None]
        row = ratios[5] / ratios[5, 6]  # place (1, 1) to its right neighbour (1, 2)
        assert row[9] == pytest.approx(float(ratios[6, 10] / ratios[6, 7]), rel=1e-5)
        torch.testing.assert_close(weights, bias.softmax(-1))


def test_only_the_biases_know_where_a_place_is():
    attention, x = _attention(), torch.randn(1, 32, 4, 4)
    shuffle = torch.randperm(16)

    def turn(maps):
        return maps.flatten(2)[..., shuffle].unflatten(2, (4, 4))

    apart = (attention(turn(x)) - turn(attention(x))).abs().max()
    assert apart > 1e-2
    nn.init.zeros_(attention.table)
    torch.testing.assert_close(attention(turn(x)), turn(attention(x)), rtol=1e-4, atol=1e-5)


def test_offsets_of_a_larger_picture_have_no_bias():
    config = dataclasses.replace(SPEC.tiny, side=64, stride=8)
    small, large = (
        {*map(tuple, _apart(side))} for side in (8, 16)
    )  # maps of the third stage of a picture, and of one of twice the side
    assert small < large
    assert (len(small), len(large), len(large - small)) == (225, 961, 736)
    model = CoAtNet(config).eval()
    assert model(torch.zeros(1, 2, 64, 64)).shape == (1, 5)
    with pytest.raises(ValueError, match="biases are for maps of side"):
        model(torch.zeros(1, 2, 128, 128))


def _apart(side: int) -> list[list[int]]:
    places = torch.cartesian_prod(torch.arange(side), torch.arange(side))
    return (places[:, None] - places).flatten(0, 1).tolist()


def test_attention_costs_the_square_of_the_places():
    def cost(side: int) -> int:
        with outlined(), FlopCounterMode(display=False) as counter:
            x = torch.zeros(1, side**2, 32)
            relative_attention(x, x, x, torch.zeros(side**2, side**2))
        return counter.get_total_flops()

    assert cost(28) == 16 * cost(14)
    assert 56**4 == 256 * 14**4 == 9_834_496  # exercise 3


def test_the_published_sizes_halve_five_times_and_change_from_convolution_to_attention():
    with outlined():
        model = CoAtNet(VARIANTS["0"].config)
        sides, x = [], model.stem(torch.zeros(1, 3, 224, 224))
        for stage in model.body:
            x = stage(x)
            sides.append(x.shape[-1])
    assert sides == [56, 28, 14, 7]
    kinds = [[type(block) for block in stage.children()] for stage in model.body]
    assert kinds == [[MBConv] * 2, [MBConv] * 3, [TransformerBlock] * 5, [TransformerBlock] * 2]


def test_the_gate_is_squeezed_to_a_quarter_of_what_comes_out():
    block = MBConv(8, 24, stride=2, rate=0.0)
    assert block.weigh.squeeze.out_channels == 6
    assert block.weigh.squeeze.in_channels == block.project.in_channels == 96


def test_a_block_that_keeps_its_shape_skips_with_nothing_learnt():
    x = torch.randn(2, 32, 4, 4)
    for block in (MBConv(32, 32, 1, 0.0), TransformerBlock(32, 32, 1, 0.0, side=4)):
        assert not [*block.skip.children()]
        torch.testing.assert_close(block.skip(x), x, rtol=0, atol=0)
    halved = MBConv(32, 32, 2, 0.0).skip(x)
    torch.testing.assert_close(halved[0, 0, 0, 0], x[0, 0, :2, :2].mean())


def test_dropping_rises_linearly_from_never_in_the_first_block():
    model = CoAtNet(dataclasses.replace(SPEC.tiny, drop_path=0.5))
    rates = [module.rate for module in model.modules() if isinstance(module, StochasticDepth)]
    assert rates == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4, 0.5])


@pytest.mark.parametrize("stride", [1, 2, 4, 32])
def test_where_the_stride_is_less_the_first_layers_keep_the_side(stride):
    config = Config(depths=(1, 1, 1, 1), widths=(4, 4, 32, 32), stem=4, side=32, stride=stride)
    with outlined():
        model = CoAtNet(config)
        stem = model.stem(torch.zeros(1, 3, 32, 32))
        assert model.body(stem).shape[-1] == 32 // stride
    assert stem.shape[-1] == (16 if stride == 32 else 32)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"stride": 12}, "power of two, not 12"),
        ({"stride": 64}, "power of two, not 64"),
        ({"side": 11}, "multiple of 2, not 11"),
        ({"widths": (16, 16, 32, 40)}, "multiples of 32"),
        ({"depths": (1, 1, 1)}, "four depths"),
    ],
)
def test_sizes_that_do_not_fit_are_refused_in_one_sentence(changed, told):
    with pytest.raises(UserError, match=told):
        nna.build("coatnet/desk", **changed)
