"""The order of the examples, and random changes that depend on nothing but the seed."""

import pytest
import torch

from nna.training.in_memory import Feed, Tensors, shuffled

TRAIN = Tensors.pair(
    torch.rand(700, 1, 8, 8, generator=torch.manual_seed(0)), torch.arange(700) % 10
)


def test_every_epoch_shows_each_example_once_in_another_order():
    first, second = shuffled(100, 0, 0), shuffled(100, 0, 1)
    assert sorted(first.tolist()) == sorted(second.tolist()) == list(range(100))
    assert not torch.equal(first, second)
    assert torch.equal(first, shuffled(100, 0, 0))


@pytest.mark.parametrize("changes", [(), ("affine",), ("flip", "mixup")])
@pytest.mark.parametrize("processes", [1, 2])
def test_a_step_is_the_same_whatever_was_asked_for_before(changes, processes):
    feeds = [Feed(TRAIN, 64, 3, changes, processes - 1, processes) for _ in range(2)]
    in_order = [feeds[0].batch(1, step) for step in range(11)]
    torch.rand(5)
    for step in (10, 4, 9, 0):
        again = feeds[1].batch(1, step)
        assert torch.equal(again.x, in_order[step].x)
        assert torch.equal(again.target, in_order[step].target)
    assert sum(len(batch) for batch in in_order) == 700 // processes


def test_changes_are_drawn_anew_in_every_epoch_and_disturb_no_other_draw():
    feed = Feed(TRAIN, 700, 3, ("affine",))
    state = torch.get_rng_state()
    first, second = (feed.batch(epoch, 0) for epoch in range(2))
    assert torch.equal(state, torch.get_rng_state())
    first, second = (b.x[b.target == 0].sum(0) for b in (first, second))
    assert not torch.allclose(first, second, atol=1e-2)
