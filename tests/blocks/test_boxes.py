"""Boxes: overlap by hand, offsets and back, and suppression of near copies."""

import torch
from hypothesis import given, settings, strategies as st

from nna.blocks.boxes import best, offsets, overlap, shifted


def test_overlap_by_hand():
    one = torch.tensor([[0.0, 0, 2, 2], [0, 0, 1, 1]])
    other = torch.tensor([[1.0, 1, 3, 3], [0, 0, 2, 2], [5, 5, 6, 6]])
    expected = torch.tensor([[1 / 7, 1.0, 0.0], [0.0, 0.25, 0.0]])
    torch.testing.assert_close(overlap(one, other), expected)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000))
def test_offsets_lead_back(seed):
    noise = torch.Generator().manual_seed(seed)

    def draw():
        low = torch.rand(7, 2, generator=noise, dtype=torch.float64)
        return torch.cat([low, low + 0.1 + torch.rand(7, 2, generator=noise)], dim=1)

    boxes, references = draw(), draw()
    torch.testing.assert_close(shifted(references, offsets(boxes, references)), boxes)
    assert offsets(references, references).abs().max() == 0


def test_copies_of_a_better_box_go_and_distant_ones_stay():
    boxes = torch.tensor([[0.0, 0, 10, 10], [1, 0, 11, 10], [20, 20, 30, 30], [0, 0, 4, 4]])
    scores = torch.tensor([0.5, 0.9, 0.3, 0.8])
    kept, of_kept, places = best(boxes, scores, count=4)
    assert places.tolist() == [1, 3, 2]
    assert of_kept.tolist() == scores[places].tolist()
    assert torch.equal(kept, boxes[places])
    assert best(boxes, scores, count=1)[2].tolist() == [1]
