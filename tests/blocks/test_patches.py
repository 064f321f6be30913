"""Patches of pictures against cutting by hand."""

import pytest
import torch

from nna.blocks.patches import Patches


def test_each_patch_is_mapped_by_itself_row_by_row():
    torch.manual_seed(0)
    cut = Patches(channels=2, width=5, side=6, patch=3)
    image = torch.randn(1, 2, 6, 6)
    weight = cut.conv.weight.flatten(1)
    bias = cut.conv.bias
    assert bias is not None
    by_hand = [
        weight @ image[0, :, top : top + 3, left : left + 3].flatten() + bias
        for top in (0, 3)
        for left in (0, 3)
    ]
    assert cut.count == 4
    torch.testing.assert_close(cut(image)[0], torch.stack(by_hand))


def test_patches_that_do_not_tile_the_picture_are_refused():
    with pytest.raises(ValueError, match="side 3 don't tile a picture of side 8"):
        Patches(channels=1, width=4, side=8, patch=3)
