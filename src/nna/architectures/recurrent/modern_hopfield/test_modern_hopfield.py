"""What Ramsauer and others prove of modern Hopfield networks, and where they average."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

from nna.architectures.recurrent.modern_hopfield.model import ModernHopfield
from nna.architectures.recurrent.modern_hopfield.objective import Store
from nna.architectures.recurrent.modern_hopfield.spec import Config
from nna.data.sets import many_digits_recall
from nna.errors import UserError
from nna.learning.base import Batch, Turn

STILL = Turn(lambda *_: None, learning_rate=1.0, progress=0.0)


def signs(seed, *shape):
    return 2.0 * torch.randint(2, shape, generator=torch.Generator().manual_seed(seed)) - 1


def remembering(memories, beta, steps=1):
    places, features = memories.shape
    config = Config(features=features, memory=places, beta=beta, iterations=steps)
    model = ModernHopfield(config).to(memories.dtype).requires_grad_(False)
    Store().step(model, {}, Batch({"table": memories}, {"y": memories}), STILL)
    return model


def digits():
    """A thousand digits, and 100 cues for some of them."""
    examples = many_digits_recall.load()
    x = torch.as_tensor(np.asarray(examples.x))
    return x[:1000], x[1000:1100]


@settings(max_examples=60, deadline=None)
@given(
    features=st.integers(1, 6),
    memories=st.integers(1, 8),
    beta=st.floats(0.05, 8),
    seed=st.integers(0, 2**32 - 1),
)
def test_no_update_raises_the_energy_and_it_is_never_negative(features, memories, beta, seed):
    torch.manual_seed(seed)
    config = Config(features=features, memory=memories, beta=beta)
    model = ModernHopfield(config).double().requires_grad_(False)
    state = 3 * torch.randn(4, features).double()
    for _ in range(5):
        after = model.update(state)
        assert (model.energy(after) <= model.energy(state) + 1e-9).all()
        assert (model.energy(after) >= -1e-9).all()
        state = after


def test_one_update_misses_a_memory_by_an_error_that_falls_exponentially_in_beta():
    """Its bound: 2 M (m - 1) exp(-beta d), d being by how much a memory prefers itself."""
    torch.manual_seed(0)
    memories = torch.nn.functional.normalize(torch.randn(20, 30).double(), dim=1)
    likeness = memories @ memories.T
    apart = 1 - likeness.fill_diagonal_(-1).amax(1)
    errors = []
    for beta in (5.0, 10.0, 20.0, 40.0, 80.0):
        model = remembering(memories, beta)
        error = (model(memories) - memories).norm(dim=1)
        assert (error <= 2 * 19 * torch.exp(-beta * apart)).all()
        errors.append(float(error.max()))
    assert all(twice < 2 * once**1.5 for once, twice in pairwise(errors))
    assert errors[4] < 1e-12


def test_it_holds_twenty_thousand_patterns_in_64_numbers_where_hebbs_rule_holds_nine():
    patterns = signs(0, 20_000, 64)
    cues = patterns[:100].clone()
    cues[:, :10] *= -1
    given_back = remembering(patterns, beta=1.0)(cues).sign()
    assert float((given_back == patterns[:100]).all(1).float().mean()) > 0.98


@pytest.mark.slow
def test_small_beta_gives_averages_of_some_memories_and_smaller_beta_of_all():
    memories, cues = digits()

    def at_rest(beta, steps):
        model = remembering(memories, beta, steps)
        rest = model(cues)
        shares = model.shares(rest)
        blended = torch.exp(-(shares * shares.clamp_min(1e-30).log()).sum(1))
        return len(np.unique(rest.numpy().round(2), axis=0)), blended, rest

    asked_for = len(cues.unique(dim=0))
    kinds, blended, _ = at_rest(1.0, 20)  # each finds its own
    assert kinds > 0.8 * asked_for
    assert blended.median() < 1.1
    kinds, blended, rest = at_rest(0.25, 400)  # many end at one blend of similar digits
    assert 2 <= kinds < 0.2 * asked_for
    assert 2 < blended.min() <= blended.max() < 500
    assert not (rest.sign()[:, None] == memories[None]).all(2).any(1).all()
    kinds, blended, rest = at_rest(0.02, 20)  # all end near the mean
    assert kinds == 1
    assert blended.min() > 990
    assert (rest - memories.mean(0)).norm(dim=1).max() < 0.1


def test_great_beta_is_the_nearest_memory():
    torch.manual_seed(0)
    memories, state = torch.randn(30, 6), torch.randn(50, 6)
    nearest = memories[(state @ memories.T).argmax(1)]
    torch.testing.assert_close(remembering(memories, 1e4)(state), nearest)


def test_numbers_come_back_as_well_as_signs():
    torch.manual_seed(0)
    memories = torch.randn(100, 40)
    cues = memories + 0.3 * torch.randn(100, 40)
    torch.testing.assert_close(remembering(memories, 2.0)(cues), memories, rtol=0, atol=1e-3)


@pytest.mark.parametrize("stored", [3, 5])
def test_places_that_are_not_filled_are_refused_in_one_line(stored):
    model = ModernHopfield(Config(features=6, memory=4, beta=1.0))
    patterns = signs(0, stored, 6)
    with pytest.raises(UserError, match=rf"{stored} patterns .* 4 places: --set memory={stored}"):
        Store().step(model, {}, Batch({"table": patterns}, {"y": patterns}), STILL)


@pytest.mark.parametrize("wrong", [{"beta": 0.0}, {"memory": 0}, {"iterations": 0}])
def test_a_network_without_memories_updates_or_beta_is_refused(wrong):
    with pytest.raises(UserError, match="needs memories, an update and beta above 0"):
        ModernHopfield(Config(**{"features": 2, "memory": 2, "beta": 1.0} | wrong))
