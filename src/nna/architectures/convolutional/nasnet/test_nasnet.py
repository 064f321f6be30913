"""What the paper claims of NASNet, beyond the contract it shares with the rest."""

import pytest
import torch
from torch import nn

import nna
from nna import agreement, contract
from nna.architectures.convolutional.nasnet.model import Cell, NASNet, Same, project, separable
from nna.architectures.convolutional.nasnet.spec import NORMAL, REDUCTION, VARIANTS, Config
from nna.blocks.stochastic_depth import StochasticDepth
from nna.blocks.unfilled import outlined
from nna.errors import UserError


def small(**changes) -> Config:
    """One normal cell between halvings, for grey pictures."""
    fields = {"depth": 1, "width": 4, "stem": 4, "stride": 1, "channels": 1, "classes": 3}
    return Config(**(fields | changes))


def cell(drawn) -> Cell:
    return Cell(drawn, project(6, 8), project(6, 8), widths=(8, 8), rate=0.0)


def test_a_cell_is_five_sums_of_two_operations_of_states_made_before():
    for drawn in (NORMAL, REDUCTION):
        assert len(drawn.sums) == 5
        for made, pair in enumerate(drawn.sums):
            assert all(state < 2 + made for _, state in pair)


def test_every_sum_comes_out_or_is_read_again():
    for drawn in (NORMAL, REDUCTION):
        read = {state for pair in drawn.sums for _, state in pair}
        assert set(range(7)) <= read | set(drawn.joined)


@pytest.mark.parametrize(("drawn", "side", "channels"), [(NORMAL, 9, 48), (REDUCTION, 5, 32)])
def test_one_cell_keeps_the_side_and_one_halves_it(drawn, side, channels):
    x = torch.randn(1, 6, 9, 9)
    assert cell(drawn)(x, x).shape == (1, channels, side, side)


@pytest.mark.parametrize(("variant", "name"), [("large", 4032), ("mobile", 1056), ("cifar", 768)])
def test_the_name_counts_the_channels_that_the_head_reads(variant, name):
    with outlined():
        model = NASNet(VARIANTS[variant].config)
    assert model.head.in_features == name


def test_the_search_knew_nothing_of_large_images_cells_are_all_alike():
    with outlined():
        model = NASNet(VARIANTS["mobile"].config)
    drawn = [cell.drawn for cell in model.body]
    run = [NORMAL] * 4
    assert drawn == [REDUCTION] * 2 + run + [REDUCTION] + run + [REDUCTION] + run


def test_a_separable_convolution_costs_a_fraction_of_a_whole_one():
    twice = contract.count_parameters(separable(168, 168, kernel=5, stride=1))
    assert twice == 2 * (25 * 168 + 168**2 + 2 * 168)
    assert twice < 0.05 * 2 * 25 * 168**2


@pytest.mark.parametrize("side", [7, 8])
def test_padding_puts_the_odd_pixel_behind(side):
    """As TensorFlow pads: of an even side the windows of a stride of two start inside."""
    pool = Same(nn.MaxPool2d(3, 2), 3, 2, value=float("-inf"))
    x = torch.arange(float(side)).expand(1, 1, side, side)
    expected = {7: [1.0, 3.0, 5.0, 6.0], 8: [2.0, 4.0, 6.0, 7.0]}[side]
    assert pool(x)[0, 0, 0].tolist() == expected


def test_dropped_paths_are_of_some_examples_and_grow_with_depth():
    model = NASNet(small(depth=2, drop_path=0.4))
    rates = [one.rate for one in model.modules() if isinstance(one, StochasticDepth)]
    assert rates == pytest.approx([0.4 * (i + 1) / len(rates) for i in range(len(rates))])


def test_a_move_by_one_pixel_changes_the_scores_and_by_the_stride_does_not():
    torch.manual_seed(0)
    model = NASNet(small(side=240)).double().eval()
    agreement.unsettle(model)
    thing = torch.randn(5, 5, dtype=torch.double)

    def scores(row: int) -> torch.Tensor:
        image = torch.zeros(1, 1, 240, 240, dtype=torch.double)
        image[0, 0, row : row + 5, 116:121] = thing
        return model(image)

    moved = (scores(117) - scores(116)).abs().max()
    stride = (scores(120) - scores(116)).abs().max()
    assert moved > 1e-6
    assert stride < 1e-12


def test_a_stem_of_another_stride_is_refused_in_one_sentence():
    with pytest.raises(UserError, match=r"stride is 8 or 1 .*, not 4"):
        nna.build("nasnet/mobile", stride=4)
