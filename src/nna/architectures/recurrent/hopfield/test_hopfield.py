"""What Hopfield claims of his network, how much it holds, and what breaks it."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

from nna.architectures.recurrent.hopfield.model import Hopfield
from nna.architectures.recurrent.hopfield.objective import Hebb
from nna.architectures.recurrent.hopfield.spec import Config
from nna.data import associative_memory
from nna.errors import UserError
from nna.learning.base import Batch, Turn


def signs(seed, *shape):
    return 2.0 * torch.randint(2, shape, generator=torch.Generator().manual_seed(seed)) - 1


def remembering(*memories):
    """A network that was shown some memories, a group after another."""
    model = Hopfield(Config(features=memories[0].shape[1]))
    for group in memories:
        turn = Turn(lambda *_: None, learning_rate=1.0, progress=0.0)
        Hebb().step(model, {}, Batch({"table": group}, {"y": group}), turn)
    return model


def recalled(patterns, flipped):
    """The share of damaged cues that bring the whole pattern back."""
    asked = associative_memory.recall(patterns.numpy(), 300, flipped)
    x, y = (torch.as_tensor(np.asarray(of))[len(patterns) :] for of in (asked.x, asked.y))
    return float((remembering(patterns)(x) == y).all(1).float().mean())


def overlap(load, units=500):
    """Mean agreement of memories with the states where the net rests that starts at them."""
    memories = signs(0, round(load * units), units)
    return float((remembering(memories)(memories) * memories).mean())


@settings(max_examples=60, deadline=None)
@given(units=st.integers(2, 12), whole=st.booleans(), seed=st.integers(0, 2**32 - 1))
def test_no_unit_that_takes_its_turn_raises_the_energy_and_the_rest_is_a_minimum(
    units, whole, seed
):
    """Whatever the links are, Hebb's or not, if only they are symmetric."""
    model = Hopfield(Config(features=units)).double()
    with torch.no_grad():
        model.weight.normal_(generator=torch.Generator().manual_seed(seed))
        if whole:
            model.weight.copy_(torch.round(2 * model.weight))  # so that ties happen
        links, state = model.links(), signs(seed + 1, 4, units).double()
        for unit in range(units):
            only = torch.zeros_like(links)
            only[unit] = links[unit]  # the others have no input, and stay
            after = model.sweep(state, only)
            assert (model.energy(after) <= model.energy(state) + 1e-9).all()
            state = after
        rest = model(state)
        for unit in range(units):
            neighbour = rest.clone()
            neighbour[:, unit] *= -1
            assert (model.energy(rest) <= model.energy(neighbour) + 1e-9).all()
    assert torch.equal(model(rest), rest)


def test_units_that_act_all_at_once_may_swing_for_ever():
    """Two units that want to differ, and begin alike: in turns they part, together they can't."""
    model = Hopfield(Config(features=2))
    with torch.no_grad():
        model.weight.fill_(-1.0)
    alike = torch.ones(1, 2)
    together = (alike @ model.links()).sign()
    assert torch.equal(together, -alike)
    assert torch.equal((together @ model.links()).sign(), alike)
    assert model(alike).sum() == 0


@pytest.mark.slow
def test_it_holds_an_eighth_of_a_pattern_a_unit_and_a_fifth_breaks_it_down():
    """Amit, Gutfreund, Sompolinsky (1985): 0.138 in the limit of many units."""
    assert overlap(0.05) > 0.999
    assert overlap(0.125) > 0.94
    assert overlap(0.20) < 0.68


@pytest.mark.slow
def test_without_a_single_wrong_sign_it_holds_n_over_four_log_n():
    """McEliece, Posner, Rodemich, Venkatesh (1987): of most of them, twice as many."""

    def exact(seed, memories):
        patterns = signs(seed, memories, 500)
        model = remembering(patterns)
        with torch.no_grad():
            kept = patterns @ model.links() * patterns >= 0
        return float(kept.all(1).float().mean())

    limit = 500 / math.log(500)
    assert [exact(seed, int(limit / 4)) for seed in range(10)] == [1.0] * 10
    assert 0.8 < np.mean([exact(seed, int(limit / 2)) for seed in range(5)]) < 1.0
    assert exact(0, int(limit)) < 0.2


def test_five_real_digits_are_too_alike_where_five_random_patterns_are_not():
    pictures, digit = associative_memory.digits()
    first = torch.tensor(np.stack([pictures[digit == k][0] for k in range(10)]))
    assert recalled(first[:3], 10) > 0.98
    assert recalled(first[:5], 10) < 0.5
    assert recalled(signs(0, 5, 64), 10) > 0.94
    assert recalled(first, 10) == 0.0
    assert recalled(signs(0, 10, 64), 10) > 0.3


def test_it_also_remembers_what_it_was_never_shown():
    """Every memory's negative, and what the majority of three memories says."""
    memories = signs(0, 5, 500)
    model = remembering(memories)
    blend = memories[:3].sum(0, keepdim=True).sign()
    assert torch.equal(model(-memories), -memories)
    rest = model(blend)
    assert float((rest * blend).mean()) > 0.95
    assert (rest != memories).any(1).all()
    assert (rest != -memories).any(1).all()
    with torch.no_grad():
        assert model.energy(rest).min() > model.energy(memories).max()


def test_memories_are_added_one_by_one_or_all_at_once_or_twice():
    memories, cue = signs(0, 6, 40), signs(1, 20, 40)
    once = remembering(memories)
    in_turn = remembering(*memories.split(1))
    assert torch.equal(once.weight, in_turn.weight)
    assert torch.equal(remembering(memories, memories)(cue), once(cue))


def test_a_single_unit_is_refused_in_one_line():
    with pytest.raises(UserError, match="two units"):
        Hopfield(Config(features=1))
