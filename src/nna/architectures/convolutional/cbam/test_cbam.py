"""What the paper claims of CBAM, beyond the contract it shares with the rest."""

import pytest
import torch
from torch import nn

import nna
from nna import agreement, contract, reference, weights
from nna.architectures.convolutional.cbam.model import CBAMNet, ChannelGate, SpatialGate, gates
from nna.architectures.convolutional.cbam.spec import VARIANTS
from nna.architectures.convolutional.cbam.weights import TIMM
from nna.blocks.unfilled import outlined
from nna.errors import UserError


@pytest.fixture
def maps() -> torch.Tensor:
    """Positive, so that a gate is what comes out over what went in."""
    torch.manual_seed(0)
    return torch.rand(2, 8, 10, 10) + 0.1


def spatial(kernel: int = 7) -> SpatialGate:
    gate = SpatialGate(kernel).eval()
    agreement.unsettle(gate)
    return gate


def test_one_gate_weighs_channels_alone_and_the_other_places_alone(maps):
    by_channel = ChannelGate(8, 4).eval()(maps) / maps
    by_place = spatial()(maps) / maps
    torch.testing.assert_close(by_channel, by_channel[..., :1, :1].expand_as(maps))
    torch.testing.assert_close(by_place, by_place[:, :1].expand_as(maps))
    for factors in (by_channel, by_place):
        assert 0 < factors.min() < factors.max() < 1


def test_the_module_is_timms(maps):
    reference.torchvision()
    from timm.layers.cbam import CbamModule

    theirs = CbamModule(8, rd_ratio=1 / 4)
    agreement.unsettle(theirs)
    found = agreement.modules(gates(8, ratio=4, kernel=7), theirs, {"input": maps}, TIMM)
    assert max(found.values()) < 1e-6


def test_a_small_strong_feature_moves_the_maximum_and_drowns_in_the_mean():
    torch.manual_seed(0)
    gate = ChannelGate(8, 4).eval()
    calm = torch.full((1, 8, 40, 40), 0.5)
    spot = calm.clone()
    spot[0, 3, 20, 20] = 3.0

    def score(pooled: torch.Tensor) -> torch.Tensor:
        return gate.excite(gate.relu(gate.squeeze(pooled)))

    by_mean = (score(spot.mean((2, 3), True)) - score(calm.mean((2, 3), True))).abs().max()
    by_most = (score(spot.amax((2, 3), True)) - score(calm.amax((2, 3), True))).abs().max()
    assert by_most > 100 * by_mean > 0


def test_a_place_is_weighed_by_its_neighbourhood_of_seven_by_seven(maps):
    gate = spatial()
    before = (gate(maps) / maps)[0, 0]
    moved = maps.clone()
    moved[0, :, 5, 5] += 1.0
    changed = ((gate(moved) / moved)[0, 0] - before).abs() > 1e-7
    rows, columns = changed.nonzero(as_tuple=True)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (2, 8, 2, 8)


def test_the_spatial_gate_tells_where_and_the_channel_gate_cannot(maps):
    order = torch.randperm(100)
    shuffled = maps.flatten(2)[..., order].view_as(maps)
    by_channel, by_place = ChannelGate(8, 4).eval(), spatial()
    torch.testing.assert_close(by_channel(shuffled) / shuffled, by_channel(maps) / maps)
    moved = (by_place(maps) / maps).flatten(2)[..., order].view_as(maps)
    assert (by_place(shuffled) / shuffled - moved).abs().max() > 1e-2


def test_the_spatial_gate_cannot_tell_which_channel_speaks(maps):
    order = torch.tensor([3, 1, 4, 0, 5, 7, 2, 6])
    gate, other = spatial(), ChannelGate(8, 4).eval()
    torch.testing.assert_close(gate(maps[:, order]), gate(maps)[:, order])
    assert (other(maps[:, order]) - other(maps)[:, order]).abs().max() > 1e-3


def test_the_gates_add_what_their_equations_say():
    with outlined():
        model = CBAMNet(VARIANTS["50"].config)
    stages = zip((3, 4, 6, 3), (256, 512, 1024, 2048), strict=True)
    added = sum(n * (2 * c * c // 16 + 2 * 7 * 7 + 2) for n, c in stages)  # 2: scale and shift
    assert contract.count_parameters(model) == 25_557_032 + added  # ResNet-50's


@pytest.mark.parametrize("size", ["18", "34", "50", "101"])
def test_the_name_counts_the_layers_of_the_network_without_its_gates(size):
    with outlined():
        model = CBAMNet(VARIANTS[size].config)
    convolutions = [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d) and ".skip." not in name and ".gates." not in name
    ]
    assert len(convolutions) + 1 == int(size)


def test_weights_trained_with_timm_load_by_its_names():
    reference.torchvision()
    import timm

    torch.manual_seed(0)
    theirs = timm.create_model("resnet18", block_args={"attn_layer": "cbam"}).eval()
    model = nna.build("cbam/18").eval()
    weights.load_exactly(model, weights.translate(theirs.state_dict(), TIMM))
    image = torch.randn(1, 3, 64, 64)
    torch.testing.assert_close(model(image), theirs(image))


def test_a_stem_of_another_stride_is_refused_in_one_sentence():
    with pytest.raises(UserError, match=r"stride is 4 .* or 1, not 2"):
        nna.build("cbam/50", stride=2)
