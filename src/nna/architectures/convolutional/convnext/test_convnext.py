"""What the paper claims of ConvNeXt, beyond the contract it shares with the rest."""

import dataclasses

import pytest
import torch
from torch import nn

import nna
from nna.architectures.convolutional.convnext.model import Block, ConvNeXt
from nna.architectures.convolutional.convnext.spec import VARIANTS, Config
from nna.blocks.stochastic_depth import StochasticDepth
from nna.errors import UserError


def small(**changes) -> Config:
    """Two stages of one block, for grey pictures."""
    config = Config(depths=(1, 1), widths=(8, 16), patch=2, channels=1, classes=3)
    return dataclasses.replace(config, **changes)


def awake(model: nn.Module) -> nn.Module:
    """With branches as strong as what they are added to."""
    for block in [module for module in model.modules() if isinstance(module, Block)]:
        nn.init.ones_(block.scale)
    return model.eval()


def test_a_fresh_block_is_nearly_the_identity():
    x = torch.randn(2, 16, 9, 9)
    torch.testing.assert_close(Block(16, kernel=7, rate=0.0)(x), x, rtol=0, atol=1e-5)


def test_a_block_sees_its_window_and_no_further():
    torch.manual_seed(0)
    x = torch.randn(1, 4, 15, 15, requires_grad=True)
    awake(Block(4, kernel=7, rate=0.0))(x)[0, :, 7, 7].sum().backward()
    touched = (x.grad != 0).any(1)[0]
    window = torch.zeros(15, 15, dtype=torch.bool)
    window[4:11, 4:11] = True
    assert torch.equal(touched, window)


def test_windows_mix_pixels_and_the_perceptron_mixes_channels_neither_both():
    torch.manual_seed(0)
    block, x = Block(6, kernel=5, rate=0.0), torch.randn(1, 6, 8, 8)
    moved = x.clone()
    moved[:, 2] += 1
    changed = (block.spatial(moved) != block.spatial(x)).any(dim=(0, 2, 3))
    assert changed.tolist() == [False, False, True, False, False, False]

    with torch.no_grad():  # windows that let their middle through
        nn.init.zeros_(block.spatial.weight)[:, :, 2, 2] = 1
    shuffle = torch.randperm(64)
    turn = lambda maps: maps.flatten(2)[..., shuffle].unflatten(2, (8, 8))  # noqa: E731
    torch.testing.assert_close(awake(block)(turn(x)), turn(block(x)))


def test_the_perceptron_holds_nearly_all_of_a_block():
    block = Block(384, kernel=7, rate=0.0)
    count = sum(p.numel() for p in block.parameters())
    assert count == 8 * 384**2 + 58 * 384
    assert sum(p.numel() for p in block.spatial.parameters()) < 0.02 * count


def test_even_in_training_an_image_does_not_depend_on_its_batch():
    torch.manual_seed(0)
    model = awake(ConvNeXt(small())).train()
    images = torch.randn(4, 1, 16, 16)
    torch.testing.assert_close(model(images)[:1], model(images[:1]), rtol=1e-4, atol=1e-5)


def test_dropping_rises_linearly_from_never_in_the_first_block():
    model = ConvNeXt(small(depths=(2, 3), drop_path=0.4))
    rates = [module.rate for module in model.modules() if isinstance(module, StochasticDepth)]
    assert rates == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4])


def test_a_distance_beyond_its_windows_leaves_no_trace():
    torch.manual_seed(0)
    model = awake(ConvNeXt(small()).double())

    def scores(apart: int) -> torch.Tensor:
        """Of a picture with two marks, far from its border."""
        image = torch.zeros(1, 1, 64, 160, dtype=torch.double)
        image[:, :, 31, 32] = image[:, :, 31, 32 + apart] = 5.0
        return model(image)

    assert (scores(4) - scores(12)).abs().max() > 1e-6
    torch.testing.assert_close(scores(60), scores(88), rtol=0, atol=1e-12)


def test_a_picture_too_small_for_the_stages_is_told_by_the_sizes():
    assert VARIANTS["tiny"].config.least == 32
    assert VARIANTS["desk"].config.least == 4


def test_widths_and_depths_that_differ_in_number_are_refused_in_one_sentence():
    with pytest.raises(UserError, match="2 widths for 3 depths"):
        nna.build("convnext/desk", depths=(1, 1, 1))
