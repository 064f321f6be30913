"""What is known of Boltzmann machines, where sums over all states are still exact."""

import math
from itertools import product

import pytest
import torch

from nna.architectures.generative.boltzmann_machine.model import BoltzmannMachine, every_state
from nna.architectures.generative.boltzmann_machine.objective import Boltzmann, sweep
from nna.architectures.generative.boltzmann_machine.spec import Config
from nna.errors import UserError
from nna.learning.base import Batch, Turn

PARITY = torch.tensor([[0.0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]])


def built(features, hidden, spread=1.0):
    torch.manual_seed(0)
    model = BoltzmannMachine(Config(features=features, hidden=hidden))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=spread)
    return model


def nats(model, table):
    """Mean cost of an example, exactly."""
    return model.log_partition() - model(table).mean()


def ascended(table, hidden, steps=200, seed=0):
    """By the likelihood's own gradient, which sums over all states give."""
    torch.manual_seed(seed)
    model = BoltzmannMachine(Config(features=table.shape[1], hidden=hidden))
    torch.nn.init.normal_(model.weight)
    optimiser = torch.optim.Adam(model.parameters(), 0.1)
    for _ in range(steps):
        optimiser.zero_grad()
        nats(model, table).backward()
        optimiser.step()
    return float(nats(model, table).detach())


def taught(table, hidden, steps=1500, rate=1.0):
    """By the rule, from unequal weights: near zero, what hidden units could find is too faint."""
    model = built(table.shape[1], hidden)
    batch = Batch({"table": table.repeat(64 // len(table), 1)})
    for step in range(steps):
        turn = Turn(lambda *_: None, rate * (1 - step / steps), step / steps)
        Boltzmann().step(model, {}, batch, turn)
    return model.requires_grad_(False)


@pytest.mark.parametrize(("features", "hidden"), [(5, 3), (3, 4), (6, 0)])
def test_the_likelihoods_gradient_is_pairs_awake_less_pairs_asleep(features, hidden):
    model = built(features, hidden).double()
    table = torch.bernoulli(torch.full((9, features), 0.5)).double()
    nats(model, table).backward()
    with torch.no_grad():
        states = every_state(features + hidden, table)
        energy = -0.5 * ((states @ model.links()) * states).sum(1) - states @ model.bias
        asleep = torch.softmax(-energy, 0)
        awake = torch.zeros(len(states)).double()
        for row in table:  # the states of this row, by how likely the machine finds them
            same = (states[:, :features] == row).all(1)
            awake[same] += torch.softmax(-energy[same], 0) / len(table)
        difference = states.T @ ((awake - asleep)[:, None] * states)
    torch.testing.assert_close(model.weight.grad, -difference[tuple(model.pairs)])
    torch.testing.assert_close(model.bias.grad, -difference.diagonal())


def test_drawing_units_in_turn_draws_from_the_machine():
    model = built(2, 2).requires_grad_(False)
    state = torch.zeros(20_000, 4)
    for _ in range(30):
        sweep(model, state, range(4), model.links())
    every = torch.tensor([*product((0.0, 1.0), repeat=2)])
    expected = (model(every)[:, 0] - model.log_partition()).exp()
    found = torch.bincount((state[:, :2] @ torch.tensor([2.0, 1.0])).long(), minlength=4)
    torch.testing.assert_close(found / len(state), expected, rtol=0, atol=0.015)


def test_a_clamped_unit_is_never_drawn():
    model = built(3, 2).requires_grad_(False)
    state = torch.ones(50, 5)
    sweep(model, state, range(3, 5), model.links())
    assert state[:, :3].eq(1).all()
    assert not state[:, 3:].eq(1).all()


@pytest.mark.slow
def test_without_hidden_units_parity_looks_like_fair_coins_and_with_one_it_is_learnt():
    """All means are 1/2 and all pairs 1/4: a third-order statistic is all there is to learn."""
    assert ascended(PARITY, 0) == pytest.approx(3 * math.log(2), abs=1e-3)
    assert min(ascended(PARITY, 1, seed=seed) for seed in range(2)) < math.log(4) + 0.1


@pytest.mark.exhaustive
def test_by_its_own_rule_too_a_hidden_unit_finds_parity():
    assert float(nats(taught(PARITY, 0), PARITY)) > 3 * math.log(2) - 0.01
    assert float(nats(taught(PARITY, 2), PARITY)) < math.log(4) + 0.25


def test_without_hidden_units_it_learns_any_pairs():
    """Two bits that agree, a third that mostly doesn't."""
    table = torch.tensor([[0.0, 0, 1], [1, 1, 0], [0, 0, 1], [1, 1, 1]])
    best = math.log(4) / 2 + math.log(4) / 2 - math.log(2) / 2  # 001 twice, 110 and 111 once
    assert ascended(table, 0) == pytest.approx(best, abs=0.02)


def test_it_settles_too_slowly_where_a_deep_valley_has_to_be_left():
    """Two units, on together or off together, each half of the time; never seen in 200 sweeps."""
    model = BoltzmannMachine(Config(features=2, hidden=0)).requires_grad_(False)
    model.weight.fill_(40.0)
    model.bias.fill_(-20.0)
    agree = (model(torch.tensor([[0.0, 0.0], [1.0, 1.0]]))[:, 0] - model.log_partition()).exp()
    torch.testing.assert_close(agree, torch.tensor([0.5, 0.5]))
    state = torch.zeros(100, 2)
    for _ in range(200):
        sweep(model, state, range(2), model.links())
    assert state.eq(0).all()


def test_surprise_is_the_cost_of_each_unit_given_the_others():
    model = built(3, 2).requires_grad_(False)
    x = torch.tensor([[1.0, 0.0, 1.0]])
    told = float(Boltzmann().measure(model, Batch({"table": x}))["surprise"])
    expected = 0.0
    for unit in range(3):
        both = torch.stack([x[0], x[0]])
        both[1, unit] = 1 - both[1, unit]
        expected -= float(torch.log_softmax(model(both)[:, 0], 0)[0])
    assert told == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("features", "hidden"), [(0, 2), (3, 13), (3, -1)])
def test_too_many_hidden_units_are_refused_in_one_line(features, hidden):
    with pytest.raises(UserError, match=rf"0 to 12 hidden ones.*: {features} and {hidden} were"):
        BoltzmannMachine(Config(features=features, hidden=hidden))


def test_a_sum_that_would_take_hours_is_refused_in_one_line():
    model = BoltzmannMachine(Config(features=64, hidden=4))
    with pytest.raises(UserError, match="68 units is a sum of 2\\^68 states"):
        model.log_partition()
