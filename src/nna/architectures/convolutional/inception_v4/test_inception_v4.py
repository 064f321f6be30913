"""What the paper claims of Inception-v4, beyond the contract it shares with the rest."""

import pytest
import torch
from torch import nn

import nna
from nna.architectures.convolutional.inception_v4.model import Blueprint, InceptionV4
from nna.architectures.convolutional.inception_v4.spec import VARIANTS, Config
from nna.blocks.unfilled import outlined
from nna.errors import UserError

SMALL = Config(width=2, depths=(1, 1, 1), stride=1, side=8, channels=1, classes=4)


def test_the_grids_are_figure_9s():
    with outlined():
        model = InceptionV4(VARIANTS["v4"].config).eval()
        x, seen = model.stem(torch.zeros(1, 3, 299, 299)), {}
        seen["stem"] = tuple(x.shape[1:])
        for name, module in model.body.named_children():
            x = module(x)
            seen[name] = tuple(x.shape[1:])
    assert seen["stem"] == seen["a4"] == (384, 35, 35)
    assert seen["a-b"] == seen["b7"] == (1024, 17, 17)
    assert seen["b-c"] == seen["c3"] == (1536, 8, 8)


def longest(module: nn.Module) -> int:
    """Convolutions on the longest path."""
    if isinstance(module, nn.Conv2d):
        return 1
    lengths = [longest(child) for child in module.children()]
    return max(lengths, default=0) if isinstance(module, nn.ModuleList) else sum(lengths)


def test_equal_modules_repeat_and_make_76_layers():
    with outlined():
        model = InceptionV4(VARIANTS["v4"].config)
    shapes = {
        name: [tuple(p.shape) for p in module.parameters()]
        for name, module in model.body.named_children()
    }
    for kind, times in (("a", 4), ("b", 7), ("c", 3)):
        assert all(shapes[f"{kind}{i}"] == shapes[f"{kind}1"] for i in range(1, times + 1))
    assert longest(model) + 1 == 76


def test_means_at_the_border_are_of_the_pixels_there_are():
    pool = Blueprint(2).pooled(384, 96)[0]
    torch.testing.assert_close(pool(torch.ones(1, 1, 4, 4)), torch.ones(1, 1, 4, 4))


def test_modules_a_b_and_c_see_5_13_and_5_pixels():
    torch.manual_seed(0)
    make = Blueprint(2)
    for module, channels, side in ((make.a(), 24, 5), (make.b(), 64, 13), (make.c(), 96, 5)):
        image = torch.rand(1, channels, 17, 17, requires_grad=True)
        (gradient,) = torch.autograd.grad(module.eval()(image)[0, :, 8, 8].sum(), image)
        rows, columns = gradient[0].abs().sum(0).nonzero().T
        seen = int(rows.max() - rows.min()) + 1, int(columns.max() - columns.min()) + 1
        assert seen == (side, side)


def test_a_silent_module_blocks_what_came_before_it_and_its_gradient():
    torch.manual_seed(0)
    model = InceptionV4(SMALL).eval()
    images = torch.rand(2, 1, 8, 8, requires_grad=True)
    one, other = model(images)
    assert (one - other).abs().max() > 1e-4
    for module in model.body.get_submodule("b1").modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.zeros_(module.weight)  # in a residual block this would be the identity
    one, other = model(images)
    torch.testing.assert_close(one, other, rtol=0, atol=0)
    (gradient,) = torch.autograd.grad(one.sum(), images)
    assert gradient.count_nonzero() == 0


def test_a_stage_without_modules_is_refused_in_one_sentence():
    with pytest.raises(UserError, match=r"every stage has a module, not 32 and \(4, 0, 3\)"):
        nna.build("inception_v4/v4", depths=(4, 0, 3))
