"""Parts of convolutional networks: sizes, and equality with the equations they are made from."""

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn

from nna.blocks.convolution import conv_norm, he_start
from nna.blocks.norms import ChannelNorm
from nna.blocks.squeeze import SqueezeExcitation
from nna.blocks.stochastic_depth import StochasticDepth


@settings(deadline=None, max_examples=30)
@given(
    side=st.integers(7, 20),
    kernel=st.sampled_from([1, 3, 5, 7]),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 3),
)
def test_the_side_that_comes_out_depends_on_the_stride_alone(side, kernel, stride, dilation):
    layer = conv_norm(2, 4, kernel, stride, dilation=dilation)
    assert layer(torch.zeros(2, 2, side, side)).shape == (
        2,
        4,
        -(-side // stride),
        -(-side // stride),
    )


def test_a_kernel_of_two_lengths_keeps_both_sides():
    assert conv_norm(1, 1, (1, 7))(torch.zeros(2, 1, 5, 9)).shape == (2, 1, 5, 9)


def test_a_depthwise_convolution_keeps_channels_apart():
    layer = conv_norm(3, 3, 3, groups=3).eval()
    x = torch.randn(1, 3, 5, 5)
    moved = x.clone()
    moved[:, 1] += 1
    changed = (layer(x) != layer(moved)).flatten(2).any(-1)
    assert changed.tolist() == [[False, True, False]]


def test_he_keeps_the_spread_of_a_gradient_through_many_rectified_layers():
    torch.manual_seed(0)
    net = nn.Sequential(*(nn.Sequential(nn.Conv2d(64, 64, 3), nn.ReLU()) for _ in range(5)))
    he_start(net)
    x = torch.randn(4, 64, 21, 21, requires_grad=True)
    out = net(x)
    noise = torch.randn_like(out)
    (gradient,) = torch.autograd.grad(out, x, noise)
    # each output pixel hands its gradient to as many inputs as each input hears from
    assert 0.3 < float(gradient.square().sum() / noise.square().sum()) < 3


def test_squeeze_and_excitation_scales_each_channel_by_one_number_of_the_whole_picture():
    torch.manual_seed(0)
    block = SqueezeExcitation(4, 2)
    x = torch.randn(2, 4, 3, 3)
    mean = x.mean((2, 3))
    assert block.squeeze.bias is not None
    assert block.excite.bias is not None
    inner = torch.relu(mean @ block.squeeze.weight.flatten(1).T + block.squeeze.bias)
    gate = torch.sigmoid(inner @ block.excite.weight.flatten(1).T + block.excite.bias)
    torch.testing.assert_close(block(x), x * gate[:, :, None, None])


def test_stochastic_depth_drops_whole_examples_and_keeps_the_mean():
    torch.manual_seed(0)
    layer = StochasticDepth(0.25)
    out = layer(torch.ones(4000, 2, 3))
    assert out.flatten(1).unique(dim=1).shape[1] == 1  # all of an example or nothing
    torch.testing.assert_close(out.unique(), torch.tensor([0.0, 4 / 3]))
    assert float(out.mean()) == pytest.approx(1, abs=0.05)
    x = torch.randn(3, 2)
    assert torch.equal(layer.eval()(x), x)


def test_a_share_beyond_one_is_refused():
    with pytest.raises(ValueError, match=r"\[0, 1\)"):
        StochasticDepth(1.0)


def test_channel_norm_is_layer_norm_at_each_pixel():
    torch.manual_seed(0)
    norm = ChannelNorm(5)
    nn.init.normal_(norm.weight)
    x = torch.randn(2, 5, 3, 4)
    mean = x.mean(1, keepdim=True)
    spread = (x.var(1, unbiased=False, keepdim=True) + 1e-6).sqrt()
    expected = (x - mean) / spread * norm.weight.view(1, 5, 1, 1) + norm.bias.view(1, 5, 1, 1)
    torch.testing.assert_close(norm(x), expected)
