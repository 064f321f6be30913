"""What is known of restricted Boltzmann machines, where sums over all states are still exact."""

import math
from itertools import product

import pytest
import torch

from nna.architectures.generative.rbm.model import RBM
from nna.architectures.generative.rbm.objective import PersistentContrastiveDivergence
from nna.architectures.generative.rbm.spec import VARIANTS, Config
from nna.errors import UserError
from nna.learning.base import Batch, Turn
from nna.learning.contrastive_divergence import ContrastiveDivergence


def stripes(side):
    """Bars and stripes: every row, or every column, all on or all off; each twice in 32, of 4x4."""
    rows = torch.tensor([*product((0.0, 1.0), repeat=side)])
    bars = rows[:, :, None].expand(-1, side, side)
    return torch.cat([bars, bars.transpose(1, 2)]).flatten(1)


def nats(model, table):
    """Mean cost of an example, exactly."""
    with torch.no_grad():
        return float(model.log_partition() - model(table).mean())


def taught(objective, table, hidden, steps, rate=0.1):
    torch.manual_seed(0)
    model = RBM(Config(features=table.shape[1], hidden=hidden))
    batch = Batch({"table": table})
    for step in range(steps):
        turn = Turn(lambda *_: None, rate * (1 - step / steps), step / steps)
        objective.step(model, {}, batch, turn)
    return model


def ascended(table, hidden, steps=500, seed=0):
    """By the likelihood's own gradient, which sums over all states give."""
    torch.manual_seed(seed)
    model = RBM(Config(features=table.shape[1], hidden=hidden))
    torch.nn.init.normal_(model.weight)
    optimiser = torch.optim.Adam(model.parameters(), 0.1)
    for _ in range(steps):
        loss = model.log_partition() - model(table).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return nats(model, table)


@pytest.mark.parametrize(("features", "hidden"), [(5, 3), (3, 5)])
def test_probabilities_of_all_pictures_add_up_to_one(features, hidden):
    torch.manual_seed(0)
    model = RBM(Config(features=features, hidden=hidden)).double()
    torch.nn.init.normal_(model.weight)
    every = torch.tensor([*product((0.0, 1.0), repeat=features)]).double()
    total = (model(every)[:, 0] - model.log_partition()).exp().sum()
    assert total.item() == pytest.approx(1.0, abs=1e-12)


def test_the_likelihoods_gradient_is_correlations_awake_less_correlations_asleep():
    torch.manual_seed(0)
    model = RBM(Config(features=6, hidden=3)).double()
    torch.nn.init.normal_(model.weight)
    table = torch.bernoulli(torch.full((9, 6), 0.5)).double()
    (model(table).mean() - model.log_partition()).backward()
    with torch.no_grad():
        every = torch.tensor([*product((0.0, 1.0), repeat=6)]).double()
        p = (model(every)[:, 0] - model.log_partition()).exp()
        awake = model.hidden_given(table).T @ table / len(table)
        asleep = (model.hidden_given(every) * p[:, None]).T @ every
    torch.testing.assert_close(model.weight.grad, awake - asleep)


def test_drawing_the_layers_in_turn_draws_from_the_machine():
    torch.manual_seed(0)
    model = RBM(Config(features=3, hidden=2))
    torch.nn.init.normal_(model.weight)
    with torch.no_grad():
        visible = torch.zeros(20_000, 3)
        for _ in range(30):
            hidden = torch.bernoulli(model.hidden_given(visible))
            visible = torch.bernoulli(model.visible_given(hidden))
        every = torch.tensor([*product((0.0, 1.0), repeat=3)])
        expected = (model(every)[:, 0] - model.log_partition()).exp()
    codes = (visible @ torch.tensor([4.0, 2.0, 1.0])).long()
    found = torch.bincount(codes, minlength=8) / len(codes)
    torch.testing.assert_close(found, expected, rtol=0, atol=0.015)


@pytest.mark.slow
def test_chains_that_persist_learn_bars_and_stripes_better_than_one_step_from_the_data():
    table = stripes(4)
    best = math.log(32) - 4 * math.log(2) / 32  # of the 32 two pairs are alike
    one = nats(taught(ContrastiveDivergence(), table, hidden=16, steps=3000, rate=0.2), table)
    kept = nats(
        taught(PersistentContrastiveDivergence(), table, hidden=16, steps=3000, rate=0.2), table
    )
    assert best < kept < one < 16 * math.log(2)
    assert kept < 4.5


def test_a_machine_that_copies_everything_without_error_has_the_likelihood_of_fair_coins():
    """One hidden unit a pixel, which must agree with it: every picture costs the same energy."""
    table = stripes(3)
    learnt = taught(ContrastiveDivergence(), table, hidden=9, steps=1500, rate=0.5)
    copies = RBM(Config(features=9, hidden=9))
    with torch.no_grad():
        copies.weight.copy_(20 * torch.eye(9))
        copies.visible_bias.fill_(-10)
        copies.hidden_bias.fill_(-10)

    def error(model):
        with torch.no_grad():
            return ContrastiveDivergence().measure(model, Batch({"table": table}))["reconstruction"]

    assert error(copies) < 1e-3 < error(learnt)
    assert nats(copies, table) == pytest.approx(9 * math.log(2), abs=1e-3)
    assert nats(learnt, table) < 5.0


@pytest.mark.slow
def test_one_hidden_unit_cannot_model_parity_and_three_can():
    """Montufar and Ay (2011): one unit less than the pairs of neighbours that cover the support."""
    even = torch.tensor([[0.0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]])
    few = min(ascended(even, 1, seed=seed) for seed in range(2))
    enough = min(ascended(even, 3, seed=seed) for seed in (2, 3))
    assert few > math.log(4) + 0.2
    assert enough < math.log(4) + 0.05


def test_an_exact_sum_that_would_take_years_is_refused_in_one_line():
    model = RBM(VARIANTS["mnist"].config)
    with pytest.raises(UserError, match=r"784 visible and 500 hidden .*--set hidden=20"):
        model.log_partition()
