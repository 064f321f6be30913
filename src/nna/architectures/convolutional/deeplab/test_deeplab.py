"""What the paper claims of dilation, beyond the contract DeepLab shares with the rest."""

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

import nna
from nna.architectures.convolutional.deeplab.model import DeepLab, Pyramid, backbone
from nna.architectures.convolutional.deeplab.spec import VARIANTS, Config
from nna.blocks.convolution import conv_norm
from nna.blocks.unfilled import outlined
from nna.errors import UserError


def reach(layers: nn.Module, side: int = 41) -> int:
    """Side of the square of inputs that the middle output pixel depends on."""
    for parameter in layers.parameters():
        if parameter.ndim > 1:
            nn.init.ones_(parameter)
    x = torch.zeros(1, 1, side, side, requires_grad=True)
    out = layers.eval()(x)
    (gradient,) = torch.autograd.grad(out[0, 0, side // 2, side // 2], x)
    return int((gradient[0, 0] != 0).any(0).sum())


def test_dilations_of_1_2_4_see_15_pixels_with_the_weights_of_7():
    spread = nn.Sequential(*(conv_norm(1, 1, 3, dilation=rate) for rate in (1, 2, 4)))
    plain = nn.Sequential(*(conv_norm(1, 1, 3) for _ in range(3)))
    assert (reach(spread), reach(plain)) == (15, 7)
    sizes = [sum(p.numel() for p in layers.parameters()) for layers in (spread, plain)]
    assert sizes[0] == sizes[1]


@pytest.mark.parametrize(("stride", "side"), [(32, 2), (16, 4), (8, 8), (4, 16)])
def test_the_output_stride_decides_the_resolution_and_not_the_weights(stride, side):
    torch.manual_seed(0)
    config = Config(depths=(1, 2, 1, 1), width=4, stride=stride)
    stages = backbone(config).eval()
    assert stages(torch.zeros(1, 4, 16, 16)).shape[-1] == side
    strided = backbone(Config(depths=(1, 2, 1, 1), width=4, stride=32))
    assert {k: v.shape for k, v in stages.state_dict().items()} == {
        k: v.shape for k, v in strided.state_dict().items()
    }


def test_without_stride_the_same_weights_compute_the_same_maps_only_denser():
    """Section 3.1: dilation repairs what removing a stride would have broken."""
    torch.manual_seed(0)
    strided = nn.Sequential(nn.Conv2d(1, 2, 3, stride=2, padding=1), nn.Conv2d(2, 1, 3, padding=1))
    dense = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.Conv2d(2, 1, 3, padding=2, dilation=2))
    dense.load_state_dict(strided.state_dict())
    x = torch.randn(1, 1, 16, 16)
    torch.testing.assert_close(dense(x)[:, :, ::2, ::2], strided(x))


def test_a_dilation_beyond_the_map_is_a_1x1_convolution():
    """Section 3.3 and figure 4: why the pyramid needs the mean of the picture besides."""
    torch.manual_seed(0)
    view = conv_norm(3, 3, 3, dilation=9).eval()
    x = torch.randn(1, 3, 8, 8)
    conv = view.get_submodule("conv")
    centre = torch.nn.functional.conv2d(x, conv.get_parameter("weight")[:, :, 1:2, 1:2])
    torch.testing.assert_close(conv(x), centre)


def test_the_pyramid_joins_five_views():
    pyramid = Pyramid(8, 4, (12, 24, 36))
    assert len(pyramid.views) + 1 == 5
    assert pyramid.join.get_parameter("conv.weight").shape[1] == 5 * 4


@pytest.mark.slow
def test_lines_finer_than_the_output_are_lost():
    """Stripes of one pixel can't be told apart at an eighth of the resolution; broad ones can."""

    def learn(period: int) -> float:
        torch.manual_seed(0)
        config = Config(
            depths=(1, 1), width=8, stride=8, dilations=(2,), hidden=16, channels=1, classes=2
        )
        model = DeepLab(config)
        optimiser = torch.optim.Adam(model.parameters(), 1e-2, fused=True)
        wrong = 1.0
        for _ in range(80):
            start = torch.randint(2 * period, (16, 1, 1))
            mask = ((torch.arange(32).view(1, 1, 32) + start) // period % 2).expand(16, 32, 32)
            scores = model(mask[:, None].float())
            loss = cross_entropy(scores, mask)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            wrong = float((scores.argmax(1) != mask).float().mean())
        return wrong

    assert learn(period=16) < 0.15
    assert learn(period=1) > 0.35  # chance is a half


def test_the_published_sizes_share_their_weights():
    with outlined():
        sizes = [DeepLab(VARIANTS[name].config).state_dict() for name in ("101", "101-16")]
    assert {k: v.shape for k, v in sizes[0].items()} == {k: v.shape for k, v in sizes[1].items()}


def test_an_impossible_stride_is_refused_in_one_sentence():
    with pytest.raises(UserError, match="4, 8, 16 or 32, not 3"):
        nna.build("deeplab", stride=3)
