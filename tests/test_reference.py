"""What parity proofs rest on: narrow references, and convolutions in NumPy."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn

from nna import reference


@settings(max_examples=25)
@given(
    sides=st.tuples(st.integers(5, 9), st.integers(5, 9)),
    kernel=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    stride=st.integers(1, 3),
    rim=st.integers(0, 2),
    channels=st.tuples(st.integers(1, 3), st.integers(1, 3)),
)
def test_a_convolution_in_numpy_is_torchs(sides, kernel, stride, rim, channels):
    draws = np.random.default_rng(0)
    x = draws.standard_normal((channels[0], *sides))
    weight = draws.standard_normal((channels[1], channels[0], *kernel))
    theirs = nn.functional.conv2d(
        torch.as_tensor(x)[None], torch.as_tensor(weight), stride=stride, padding=rim
    )[0]
    np.testing.assert_allclose(reference.convolved(x, weight, stride, rim), theirs, atol=1e-12)


def grouped():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8, 1e-3), nn.Conv2d(8, 8, 3, groups=8), nn.Linear(8, 12)
    )


@pytest.mark.parametrize("build", [grouped, grouped()])
def test_a_narrow_model_keeps_its_depth_and_a_share_of_its_channels(build):
    first, norm, apart, linear = made = reference.narrow(build, 4)
    shapes = [tuple(layer.weight.shape) for layer in made]
    assert shapes == [(2, 3, 3, 3), (2,), (2, 1, 3, 3), (3, 2)]
    assert (first.in_channels, apart.groups, norm.eps, linear.in_features) == (3, 2, 1e-3, 2)
    assert made[:3](torch.randn(2, 3, 5, 5)).shape == (2, 2, 1, 1)
    assert norm.num_batches_tracked == 1


def test_what_would_have_no_values_is_refused():
    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear, self.scale = nn.Linear(4, 4), nn.Parameter(torch.ones(4))

    with pytest.raises(ValueError, match=r"^scale is of no layer that can be narrowed$"):
        reference.narrow(Scaled, 4)
