"""What the paper claims of Inception-ResNet, beyond the contract it shares with the rest."""

from typing import Any

import pytest
import torch
from torch import nn

import nna
from nna.architectures.convolutional.inception_resnet.model import (
    Blueprint,
    InceptionResNet,
    Residual,
)
from nna.architectures.convolutional.inception_resnet.spec import VARIANTS
from nna.blocks.unfilled import outlined
from nna.errors import UserError


def test_the_grids_are_those_of_the_released_network():
    with outlined():
        model = InceptionResNet(VARIANTS["v2"].config).eval()
        x, seen = model.stem(torch.zeros(1, 3, 299, 299)), {}
        for name, module in model.body.named_children():
            x = module(x)
            seen[name] = tuple(x.shape[1:])
    assert seen["first"] == seen["a"] == (320, 35, 35)
    assert seen["a-b"] == seen["b"] == (1088, 17, 17)
    assert seen["b-c"] == seen["c"] == (2080, 8, 8)
    assert seen["last"] == (1536, 8, 8)


@pytest.mark.parametrize(("kind", "channels"), [("a", 20), ("b", 68), ("c", 130)])
def test_a_silent_module_hands_its_input_on(kind, channels):
    torch.manual_seed(0)
    layer: Any = Blueprint(2).residual(kind, scale=0.2).eval()
    x = torch.rand(2, channels, 6, 6)  # not negative, as after a ReLU
    assert (layer(x) - x).abs().max() > 1e-3
    nn.init.zeros_(layer.mix.weight)
    nn.init.zeros_(layer.mix.bias)
    torch.testing.assert_close(layer(x), x, rtol=0, atol=0)


def test_modules_with_a_shortcut_are_cheaper_than_those_of_inception_v4():
    """Section 3.2: the same grid, fewer multiply-adds, so that more of them can be afforded."""

    def weights(module: nn.Module) -> int:
        return sum(m.weight.numel() for m in module.modules() if isinstance(m, nn.Conv2d))

    with outlined():
        make = Blueprint(32)
        residual = {kind: weights(make.residual(kind, scale=1.0)) for kind in "abc"}
    concatenating = {"a": 316_416, "b": 2_931_712, "c": 4_546_560}  # Inception-v4's A, B and C
    assert all(residual[kind] < concatenating[kind] / 2 for kind in "abc")


def spread(scale: float) -> float:
    """Of what forty modules B make of noise, in training, by that of the noise."""
    torch.manual_seed(0)
    make = Blueprint(2)
    modules = nn.Sequential(*(make.residual("b", scale) for _ in range(40))).train()
    x = torch.rand(2, 68, 4, 4)
    with torch.no_grad():
        return float(modules(x).std() / x.std())


def test_scaled_residuals_keep_the_signal_from_growing_with_depth():
    whole, scaled = spread(1.0), spread(0.1)
    assert whole > 2 * scaled
    assert scaled < 3


def folded(layer: Any) -> Any:
    """The same function without a scale: it is moved into the 1x1 convolution."""
    mix: Any = nn.Conv2d(layer.mix.in_channels, layer.mix.out_channels, 1)
    with torch.no_grad():
        mix.weight.copy_(layer.scale * layer.mix.weight)
        mix.bias.copy_(layer.scale * layer.mix.bias)
    return Residual(layer.views, mix, scale=1.0, last=False)


def test_the_scale_adds_nothing_that_its_convolution_could_not_compute():
    torch.manual_seed(0)
    layer: Any = Blueprint(2).residual("b", scale=0.1).eval()
    other, x = folded(layer), torch.rand(2, 68, 6, 6)
    torch.testing.assert_close(other(x), layer(x))
    for module in (layer, other):  # but one step of descent moves the two apart
        optimiser = torch.optim.SGD(module.mix.parameters(), lr=0.1)
        module(x).square().mean().backward()
        optimiser.step()
    with torch.no_grad():
        moved = layer.scale * layer.mix.weight - other.mix.weight
    ratio = layer.mix.weight.grad.norm() / other.mix.weight.grad.norm()
    torch.testing.assert_close(ratio, torch.tensor(0.1))  # seen through the scale: s^2 as fast
    assert moved.abs().max() > 1e-4


def test_a_stage_without_modules_is_refused_in_one_sentence():
    with pytest.raises(UserError, match=r"every stage has a module, not 32 and \(10, 0, 10\)"):
        nna.build("inception_resnet/v2", depths=(10, 0, 10))
