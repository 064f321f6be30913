"""What the paper claims of the U-Net, beyond the contract it shares with the rest."""

import dataclasses

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

import nna
from nna.architectures.convolutional.unet.model import UNet, middle
from nna.architectures.convolutional.unet.spec import VARIANTS, Config
from nna.blocks.unfilled import outlined
from nna.errors import UserError


def test_of_572_pixels_388_come_out():
    with outlined():
        model = UNet(VARIANTS["2015"].config).eval()
        assert model(torch.zeros(1, 1, 572, 572)).shape == (1, 2, 388, 388)


def test_it_has_23_convolutions():
    with outlined():
        model = UNet(VARIANTS["2015"].config)
    kinds = (nn.Conv2d, nn.ConvTranspose2d)
    assert sum(isinstance(m, kinds) for m in model.modules()) == 23  # section 2


def test_tiles_that_overlap_give_the_same_mask_as_the_whole():
    """Figure 2: a picture too large for the memory is done tile by tile, without seams."""
    torch.manual_seed(0)
    model = UNet(Config(width=4, depth=1, dropout=0.0)).eval()
    image = torch.randn(1, 1, 36, 36)
    whole = model(image)  # loses 8 pixels at each side
    left, right = model(image[..., :28]), model(image[..., 8:])
    assert whole.shape[-1] == 20
    torch.testing.assert_close(torch.cat([left, right[..., 4:]], dim=3), whole)


def test_the_middle_is_cut_out_of_both_sides():
    x = torch.arange(36.0).view(1, 1, 6, 6)
    assert middle(x, torch.zeros(1, 1, 2, 4)).flatten().tolist() == [13, 14, 15, 16, 19, 20, 21, 22]


class Nothing(nn.Module):
    """In the place of the way down's maps."""

    def __init__(self, up: nn.Module) -> None:
        super().__init__()
        self.up = up

    def forward(self, low, skip):
        return self.up(low, torch.zeros_like(skip))


def rims_wrong(cut: bool) -> float:
    """Share of wrong pixels near the rims of random bright bars, after training on others."""
    torch.manual_seed(0)

    def draw(n: int) -> tuple[torch.Tensor, torch.Tensor]:
        place = torch.rand(n, 1, 32, 1)
        wide = torch.nn.functional.interpolate(place, (32, 32))
        mask = (wide > 0.6).long()[:, 0]
        return mask[:, None].float() + 0.3 * torch.randn(n, 1, 32, 32), mask

    model = UNet(Config(width=8, depth=3, padding=1, dropout=0.0))
    if cut:
        model.up = nn.ModuleList(Nothing(up) for up in model.up)
    optimiser = torch.optim.Adam(model.parameters(), 3e-3)
    for _ in range(60):
        image, mask = draw(16)
        loss = cross_entropy(model(image), mask)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    image, mask = draw(32)
    with torch.no_grad():
        return float((model.eval()(image).argmax(1) != mask).float().mean())


@pytest.mark.exhaustive
def test_without_the_way_across_masks_lose_their_rims():
    assert rims_wrong(cut=False) < 0.02
    assert rims_wrong(cut=True) > 0.1


def test_an_impossible_padding_is_refused_in_one_sentence():
    with pytest.raises(UserError, match=r"padding is 0 .* or 1, not 2"):
        nna.build("unet", padding=2)


def test_any_side_will_do_with_padding():
    model = UNet(dataclasses.replace(VARIANTS["desk"].config, width=2)).eval()
    assert model(torch.zeros(1, 3, 37, 50)).shape[-2:] == (32, 48)  # what divides by 8
