"""What the paper claims of the single shot detector, beyond the contract."""

import torch

from nna.architectures.convolutional.ssd.model import SSD, Scaled, default_boxes
from nna.architectures.convolutional.ssd.spec import VARIANTS
from nna.blocks.boxes import overlap
from nna.blocks.unfilled import outlined
from nna.objectives.multibox import match


def test_of_300_pixels_six_maps_and_8732_boxes():
    with outlined():
        model = SSD(VARIANTS["300"].config).eval()
        image = torch.zeros(1, 3, 300, 300)
        assert [m.shape[2] for m in model.maps(image)] == [38, 19, 10, 5, 3, 1]
        assert model(image).shape == (1, 8732, 9 + 20)


def test_scores_of_a_box_come_from_around_its_own_place():
    torch.manual_seed(0)
    model = SSD(VARIANTS["desk"].config).eval()
    image = torch.rand(1, 3, 32, 32, requires_grad=True)
    rows = model(image)
    first = rows[0, 0, 8:].sum()  # the top left place of the finest map
    (gradient,) = torch.autograd.grad(first, image)
    seen = gradient[0].abs().sum(0) > 0
    assert seen[0, 0]
    assert not seen[-8:, -8:].any()


def test_channels_are_brought_to_one_length_at_each_pixel():
    torch.manual_seed(0)
    x = Scaled(5)(100 * torch.randn(2, 5, 3, 3))
    torch.testing.assert_close(x.norm(dim=1), torch.full((2, 3, 3), 20.0))


def test_every_true_box_gets_a_reference_and_those_of_half_overlap_join():
    references = torch.tensor([[0.0, 0, 10, 10], [20, 20, 30, 30], [0, 0, 10, 8], [50, 0, 60, 10]])
    truth = torch.tensor([[3.0, 0, 0, 10, 10], [7, 27, 27, 37, 37], [-1, -1, -1, -1, -1]])
    label, goal = match(references, truth, 0.5)
    assert label.tolist() == [4, 8, 4, 0]
    assert torch.equal(goal[1], truth[1, 1:])
    assert match(references, truth[2:], 0.5)[0].tolist() == [0, 0, 0, 0]


def test_what_is_smaller_than_every_default_box_gets_none_by_overlap():
    """By overlap alone; only the rule that each thing gets its nearest box trains them at all."""
    config = VARIANTS["300"].config
    maps = [torch.zeros(1, 1, side, side) for side in (38, 19, 10, 5, 3, 1)]
    boxes = default_boxes(maps, (300, 300), config.anchor_sizes, config.aspect_ratios)
    corner = 300 * torch.rand(500, 2, generator=torch.Generator().manual_seed(0)).clamp(0.1, 0.9)
    for side, share in ((12, 0.0), (60, 0.99)):
        things = torch.cat([corner, corner + side], dim=1)
        matched = (overlap(things, boxes).amax(1) >= 0.5).float().mean()
        assert (matched <= share) if share == 0 else (matched >= share)
