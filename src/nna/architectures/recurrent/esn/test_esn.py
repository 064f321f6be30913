"""What is claimed of echo state networks, beyond the contract shared with the rest."""

import numpy as np
import pytest
import torch

from nna import contract, registry
from nna.architectures.recurrent.esn.model import ESN, reservoir
from nna.architectures.recurrent.esn.objective import RidgeReadout
from nna.architectures.recurrent.esn.spec import VARIANTS, Config
from nna.data import catalog
from nna.learning.base import Batch, Turn


def _model(**config) -> ESN:
    torch.manual_seed(0)
    return ESN(Config(**{"hidden": 50, **config})).double()


@pytest.mark.parametrize(("hidden", "classes"), [(60, 1), (30, 4)])
def test_a_readout_is_all_that_is_learnt(hidden, classes):
    model = ESN(Config(hidden=hidden, classes=classes))
    assert contract.count_parameters(model) == (hidden + 1) * classes
    fixed = sum(buffer.numel() for buffer in model.buffers())
    assert fixed == hidden * (hidden + 1) + hidden


@pytest.mark.parametrize(("radius", "density"), [(0.8, 0.05), (0.9, 0.1), (1.3, 1.0)])
def test_the_reservoir_is_as_sparse_and_as_large_as_asked(radius, density):
    torch.manual_seed(0)
    weight = reservoir(120, radius, density)
    assert torch.linalg.eigvals(weight.double()).abs().max().item() == pytest.approx(radius)
    assert (weight != 0).double().mean().item() == pytest.approx(density, rel=0.2)


def _apart(model: ESN, steps: int) -> float:
    """How far two states that began anywhere are apart after the same inputs."""
    one, other = torch.rand(2, 1, 50, dtype=torch.float64)
    for x in torch.rand(steps, 1, 1, dtype=torch.float64) / 2:
        one, other = model.step(x, one), model.step(x, other)
    return (one - other).abs().max().item()


def test_below_one_the_state_forgets_where_it_began_and_far_above_it_does_not():
    assert _apart(_model(spectral_radius=0.9), 300) < 1e-9
    assert _apart(_model(spectral_radius=3.0), 300) > 1e-2


def test_with_a_radius_above_one_a_reservoir_never_comes_to_rest_without_input():
    torch.manual_seed(0)
    for radius, rests in ((0.9, True), (1.5, False)):
        model = _model(spectral_radius=radius, input_scale=0.0)
        state = torch.rand(1, 50, dtype=torch.float64)
        for _ in range(400):
            state = model.step(torch.zeros(1, 1, dtype=torch.float64), state)
        assert (state.abs().max().item() < 1e-9) == rests


def _recalled(hidden: int, lags: int, steps: int = 2_000) -> list[float]:
    """How well (r squared) the best readout recalls the input of so many steps ago."""
    model = _model(hidden=hidden, density=1.0, input_scale=0.1)
    model.bias.zero_()
    u = torch.rand(steps, 1, 1, dtype=torch.float64) - 0.5
    state, states = torch.zeros(1, hidden, dtype=torch.float64), []
    for x in u:
        state = model.step(x, state)
        states.append(state[0].numpy())
    h, known = np.array(states)[200:], u[:, 0, 0].numpy()
    h = h - h.mean(0)
    shares = []
    for lag in range(lags):
        wanted = known[200 - lag : steps - lag]
        wanted = wanted - wanted.mean()
        told = h @ np.linalg.lstsq(h, wanted, rcond=None)[0]
        shares.append(float(told @ told / (wanted @ wanted)))
    return shares


def test_its_memory_is_no_longer_than_its_units_are_many():
    """Jaeger 2002: the sum of r squared over all lags is at most the number of units."""
    shares = _recalled(hidden=10, lags=60)
    noise = 10 / 1_800  # r squared that ten units find in any other numbers
    assert sum(shares) - 60 * noise < 11  # a finite series shows a little more than it holds
    assert sum(shares[:5]) > 4
    assert max(shares[30:]) < 0.1


@pytest.mark.parametrize("alpha", [1e-2, 1.0])
def test_the_readout_solves_its_normal_equations(alpha):
    model = _model(hidden=8)
    x, y = torch.rand(60, 9, 1).double(), torch.rand(60, 1).double()
    turn = Turn(lambda *_: None, 1.0, progress=0.0)
    RidgeReadout(alpha=alpha).step(model, {}, Batch({"series": x}, {"y": y[:, 0]}), turn)
    h, errors = model.hidden(x), model(x) - y
    assert errors.mean().abs().item() < 1e-9
    slope = (h - h.mean(0)).T @ errors + alpha * model.linear.weight.T
    assert slope.abs().max().item() < 1e-9


def test_it_tells_the_next_output_of_a_driven_system_better_than_any_weighted_sum():
    data = catalog.load("narma")
    x, y = torch.tensor(data.x), torch.tensor(data.y)
    torch.manual_seed(0)
    model = ESN(VARIANTS["desk"].config)
    turn = Turn(lambda *_: None, 1.0, progress=0.0)
    with torch.no_grad():
        batch = Batch({"series": x[:2_000]}, {"y": y[:2_000]})
        RidgeReadout().step(model, {}, batch, turn)
        ours = (model(x[3_500:])[:, 0] - y[3_500:]).square().mean().sqrt().item()
    rows, told = np.c_[data.x[..., 0], np.ones(len(y))].astype(float), y.numpy()
    weights = np.linalg.lstsq(rows[:2_000], told[:2_000], rcond=None)[0]
    linear = np.sqrt(np.square(rows[3_500:] @ weights - told[3_500:]).mean())
    assert ours < 0.8 * linear


def test_rows_of_narma_follow_the_equation():
    data = catalog.load("narma")
    y = np.asarray(data.y)
    assert data.x.min() >= 0
    assert data.x.max() <= 0.5
    assert 0 < y.min() < y.max() < 1
    product = data.x[:, -1, 0] * data.x[:, -10, 0]
    assert np.corrcoef(product, y)[0, 1] > 0.5  # 1.5 u(t-9) u(t) is a part of y


def test_the_cards_example_by_hand():
    model = ESN(Config(hidden=2, leak=0.5)).double()
    values = {
        "weight_in": [[1.0], [-1.0]],
        "weight": [[0.5, 0.0], [1.0, 0.0]],
        "bias": [0.0, 0.5],
        "linear.weight": [[2.0, 1.0]],
        "linear.bias": [-0.5],
    }
    with torch.no_grad():
        for name, value in values.items():
            model.state_dict()[name].copy_(torch.tensor(value).double())
    state, card = torch.zeros(1, 2, dtype=torch.float64), registry.card("esn")
    for x in (1.0, 0.0):
        state = model.step(torch.tensor([[x]], dtype=torch.float64), state)
        for value in state[0]:
            assert f"{value.item():.4f}" in card
    series = torch.tensor([[[1.0], [0.0]]], dtype=torch.float64)
    assert f"{model(series).item():.4f}" in card


def test_refuses_sizes_and_shares_that_make_no_reservoir():
    with pytest.raises(ValueError, match="at least 1"):
        ESN(Config(hidden=0))
    for wrong in (
        Config(hidden=3, leak=0.0),
        Config(hidden=3, density=1.5),
        Config(hidden=3, spectral_radius=0.0),
    ):
        with pytest.raises(ValueError, match="above 0"):
            ESN(wrong)
