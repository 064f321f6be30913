"""What is claimed of sparse autoencoders: which codes cost nothing, and which causes are found."""

import math
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

from nna import registry
from nna.architectures.autoencoders.sparse_autoencoder.model import SparseAutoencoder
from nna.architectures.autoencoders.sparse_autoencoder.objective import (
    SparseReconstruction,
    divergence,
)
from nna.architectures.autoencoders.sparse_autoencoder.spec import Config
from nna.learning.base import Batch
from nna.tasks.factor_recovery import matched

RATE = st.floats(0.01, 0.99)


class Given(torch.nn.Module):
    """A network that gives what it was made with."""

    def __init__(self, output, code):
        super().__init__()
        self.given = {"output": output, "code": code}

    def forward(self, table):
        return self.given


def loss_of(x, output, code, **settings_):
    aim = SparseReconstruction(**settings_)
    return aim.loss(Given(output, code), Batch({"table": x}))[0].item()


def test_the_cards_example_by_hand():
    x, out = torch.tensor([[1.0, 0.0]] * 2), torch.tensor([[0.6, 0.2]] * 2)
    code = torch.tensor([[0.1], [0.5]])
    error = loss_of(x, out, code, mean_activation=0.1, sparsity_weight=0.0)
    assert error == pytest.approx(0.1)
    activity = torch.tensor([0.3], requires_grad=True)
    penalty = divergence(0.1, activity)
    (slope,) = torch.autograd.grad(penalty.sum(), activity)
    total = loss_of(x, out, code, mean_activation=0.1)
    assert total == pytest.approx(0.1 + 3 * penalty.item())
    card = registry.card("sparse_autoencoder")
    for value in (penalty.item(), slope.item(), total):
        assert f"{value:.4f}" in card
    sparse = torch.tensor([[0.0], [0.2]])
    assert loss_of(x, out, sparse, mean_activation=0.1) == pytest.approx(0.1)


@given(RATE, RATE)
def test_the_penalty_is_least_and_nothing_where_a_unit_is_on_as_often_as_wished(rho, rho_hat):
    apart = divergence(rho, torch.tensor([rho_hat], dtype=torch.float64)).item()
    assert apart >= -1e-12
    assert divergence(rho, torch.tensor([rho], dtype=torch.float64)).item() == pytest.approx(
        0, abs=1e-12
    )
    if abs(rho - rho_hat) > 0.01:
        assert apart > 1e-5


@given(RATE, st.floats(0.02, 0.98))
def test_its_slope_is_that_of_the_notes(rho, rho_hat):
    activity = torch.tensor([rho_hat], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(divergence(rho, activity).sum(), activity)
    assert slope.item() == pytest.approx(-rho / rho_hat + (1 - rho) / (1 - rho_hat), abs=1e-9)


@settings(max_examples=20)
@given(st.integers(2, 40), st.integers(0, 99))
def test_what_counts_is_how_often_a_unit_is_on_and_not_for_whom(count, seed):
    """Lifetime sparseness: the examples may share the same total in any way."""
    draw = torch.Generator().manual_seed(seed)
    even = torch.full((count, 3), 1 / count)
    alone = torch.zeros(count, 3)
    alone[torch.randint(count, (3,), generator=draw), torch.arange(3)] = 1.0
    x = torch.zeros(count, 2)
    costs = [loss_of(x, x, code, mean_activation=0.2) for code in (even, alone)]
    assert costs[0] == pytest.approx(costs[1], abs=1e-5)


def test_dead_and_ever_active_units_cost_much_but_nothing_infinite():
    x, code = torch.zeros(4, 2), torch.tensor([[0.0, 1.0]] * 4)
    cost = loss_of(x, x, code, mean_activation=0.05, sparsity_weight=1.0)
    assert math.isfinite(cost)
    assert cost > 5


def test_without_weight_it_is_half_the_squared_error_of_an_example():
    torch.manual_seed(0)
    model, table = SparseAutoencoder(Config(features=5, code=7)), torch.randn(9, 5)
    loss, _ = SparseReconstruction(sparsity_weight=0.0).loss(model, Batch({"table": table}))
    error = (model(table)["output"] - table).square()
    torch.testing.assert_close(loss, 0.5 * error.sum() / 9)


def bars(rows: int, share: float, seed: int):
    """Pictures of 6 by 6 pixels in which each row and each column is drawn so often."""
    draw = torch.Generator().manual_seed(seed)
    drawn = torch.rand(rows, 12, generator=draw) < share
    x = (drawn[:, :6, None] | drawn[:, None, 6:]).flatten(1).float()
    return x, drawn.double().numpy()


@cache
def recovered(share: float, weight: float) -> tuple[float, float]:
    """How well single units follow the bars of new pictures, and how well single pixels do."""
    torch.manual_seed(0)
    x, _ = bars(2_000, share, 1)
    new, factors = bars(500, share, 2)
    x, new = ((of - x.mean()) / x.std() for of in (x, new))
    model = SparseAutoencoder(Config(features=36, code=36))
    aim = SparseReconstruction(mean_activation=0.05, sparsity_weight=weight)
    optimiser = torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(300):
        optimiser.zero_grad()
        aim.loss(model, Batch({"table": x[torch.randint(len(x), (128,))]}))[0].backward()
        optimiser.step()
    with torch.no_grad():
        code = model(new)["code"].numpy()
    return float(matched(code, factors).mean()), float(matched(new.numpy(), factors).mean())


def test_its_units_stand_for_the_bars_where_a_plain_autoencoders_mix_them():
    sparse, pixels = recovered(1 / 6, 3.0)
    plain, _ = recovered(1 / 6, 0.0)
    assert sparse > pixels
    assert sparse > plain + 0.1


def test_causes_that_are_present_half_of_the_time_it_does_not_find():
    found, pixels = recovered(0.5, 3.0)
    assert found < pixels


def test_the_sizes_of_the_exercises():
    for variant, sizes in {
        "patches": (64, 25),
        "digits": (784, 196),
        "coloured_patches": (192, 400),
    }.items():
        config = registry.describe("sparse_autoencoder").variants[variant].config
        assert (config.features, config.code) == sizes


def test_codes_lie_between_nothing_and_one_and_readers_of_codes_see_them():
    torch.manual_seed(0)
    model, table = SparseAutoencoder(Config(features=5, code=7)), 9 * torch.randn(9, 5)
    given_ = model(table)
    torch.testing.assert_close(given_["code"], model.encoder(table), rtol=0, atol=0)
    assert np.all((given_["code"].detach().numpy() >= 0) & (given_["code"].detach().numpy() <= 1))


def test_a_layer_without_units_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        SparseAutoencoder(Config(features=4, code=0))
