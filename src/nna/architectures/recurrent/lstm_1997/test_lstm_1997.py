"""What the paper claims of its LSTM, and what its successor says of it."""

import math

import pytest
import torch
from torch import nn

from nna import contract, registry
from nna.architectures.recurrent.lstm_1997.model import LSTM1997, g, h
from nna.architectures.recurrent.lstm_1997.spec import ADDING, VARIANTS, Config
from nna.data import catalog


@pytest.mark.parametrize(("i", "hidden", "learnt"), [(10, 20, 1_860), (100, 128, 87_936)])
def test_three_maps_are_learnt_where_each_cell_has_its_gates_and_cells_alone_are_read(
    i, hidden, learnt
):
    body = LSTM1997(Config(hidden=hidden, recurrence="cells", channels=i)).body
    assert contract.count_parameters(body) == learnt == 3 * (hidden * (hidden + i) + hidden)


@pytest.mark.parametrize(("i", "hidden", "cells"), [(2, 4, 2), (8, 6, 2), (5, 9, 3)])
def test_a_block_of_cells_costs_two_gates(i, hidden, cells):
    body = LSTM1997(Config(hidden=hidden, cells=cells, channels=i)).body
    units = hidden + 2 * hidden // cells
    assert contract.count_parameters(body) == units * (i + units + 1)


def _steady(**config) -> LSTM1997:
    """A network whose gates and candidates depend on their biases alone: weights zero."""
    model = LSTM1997(Config(**{"hidden": 4, "channels": 2, **config})).double()
    for weight in (model.body.weight_ih, model.body.weight_hh):
        nn.init.zeros_(weight)
    return model


def test_the_squashings_are_hyperbolic_tangents_of_half_the_sum():
    z = torch.linspace(-9, 9, 41, dtype=torch.float64)
    torch.testing.assert_close(g(z), 2 * torch.tanh(z / 2))
    torch.testing.assert_close(h(z), torch.tanh(z / 2))


def test_errors_along_a_cell_stay_as_they_are_over_a_thousand_steps():
    model = _steady()
    kept = torch.randn(1, 4, dtype=torch.float64, requires_grad=True)
    state = (torch.zeros(1, model.body.read, dtype=torch.float64), kept)
    of_x = torch.randn(1, sum(model.body.sizes), dtype=torch.float64)
    for _ in range(1_000):
        state = model.body.step(of_x, state)
    (gradient,) = torch.autograd.grad(state[1].sum(), kept)
    assert (gradient == 1).all()


def test_cells_of_a_block_share_their_gates_and_blocks_do_not():
    torch.manual_seed(0)
    model = _steady(hidden=6, cells=3, gate_bias=-2.0)
    with torch.no_grad():
        model.body.bias[2:].fill_(1.0)  # of the cells
    _, kept = model.body(torch.zeros(1, 1, 2, dtype=torch.float64))
    first, second = kept[0, :3], kept[0, 3:]
    assert len(first.unique()) == len(second.unique()) == 1
    written = 2 * math.tanh(0.5)
    assert first[0].item() == pytest.approx(written / (1 + math.exp(2)))
    assert second[0].item() == pytest.approx(written / (1 + math.exp(4)))  # twice the bias


@pytest.mark.parametrize("steps", [10, 1_000])
def test_on_an_endless_stream_a_cell_grows_with_every_step_until_nothing_new_shows(steps):
    """Gers 2000, section 2; a forget gate, half open, keeps the cell in bounds."""
    model = _steady(gate_bias=0.0)
    with torch.no_grad():
        model.body.bias[4:].fill_(1.0)
    series = torch.zeros(1, steps, 2, dtype=torch.float64)
    shown, kept = model.body(series)
    written = 0.5 * 2 * math.tanh(0.5)
    assert kept[0, 0].item() == pytest.approx(steps * written)
    assert shown[0, 0].item() == pytest.approx(0.5 * math.tanh(steps * written / 2))
    slope = 0.5 * (1 - math.tanh(steps * written / 2) ** 2) / 2  # of what shows, by the cell
    assert slope < (0.02 if steps == 10 else 1e-12)

    lstm = nn.LSTM(2, 4, batch_first=True).double()
    with torch.no_grad():
        for tensor in lstm.parameters():
            tensor.zero_()
        lstm.get_parameter("bias_ih_l0")[8:12].fill_(1.0)
    bound = 0.5 * math.tanh(1.0) / (1 - 0.5)
    assert lstm(series)[1][1][0, 0, 0].item() <= bound + 1e-12


def _errors(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> float:
    with torch.no_grad():
        return (model(x)[:, 0] - y).square().mean().sqrt().item()


@pytest.mark.slow
def test_it_adds_what_is_marked_and_its_cells_drift_where_no_series_ends():
    """Trained on series of 40 steps, then asked in streams of ten such series, nothing reset."""
    data = catalog.load("adding")
    x, y = torch.tensor(data.x), (torch.tensor(data.y) - 0.5) * 5  # about 1 of the mean
    torch.manual_seed(0)
    model = LSTM1997(ADDING)
    optimiser = torch.optim.Adam(model.parameters(), 3e-2)
    for batch in torch.randperm(5_000).split(40):
        optimiser.zero_grad()
        (model(x[batch])[:, 0] - y[batch]).square().mean().backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    test, asked = x[5_000:], y[5_000:]
    assert _errors(model, test, asked) < 0.5
    streams = test.reshape(100, 10 * 40, 2)
    assert _errors(model, streams, asked[9::10]) > 0.8
    _, once = model.body(test)
    _, often = model.body(streams)
    assert often.abs().amax(1).mean() > 2 * once.abs().amax(1).mean()


def test_input_gates_start_shut_each_block_more_than_the_last():
    for variant in ("adding", "temporal_order_3"):
        config = VARIANTS[variant].config
        biases = LSTM1997(config).body.bias_in
        assert biases.tolist() == [config.gate_bias * k for k in range(1, len(biases) + 1)]


def test_marked_numbers_are_two_and_no_weighted_sum_tells_theirs():
    data = catalog.load("adding")
    numbers, marks = data.x[..., 0], data.x[..., 1]
    assert ((marks == 1).sum(1) == 2).all()
    assert (marks[:, [0, -1]] == -1).all()
    assert not marks[:, 20:-1].any()
    assert data.y == pytest.approx(0.5 + (numbers * (marks == 1)).sum(1) / 4, abs=1e-6)
    assert torch.tensor(data.y).std().item() == pytest.approx(math.sqrt(2 / 3) / 4, rel=0.03)


def test_the_cards_step_by_hand():
    model = LSTM1997(Config(hidden=1, recurrence="cells")).double()
    values = {
        "body.weight_ih": [2.0, 0.0, 1.0],
        "body.weight_hh": [0.0, 1.0, -1.0],
        "body.bias_in": [-1.0],
        "body.bias": [0.0, 0.0],
    }
    with torch.no_grad():
        for name, value in values.items():
            own = model.get_parameter(name)
            own.copy_(torch.tensor(value, dtype=torch.float64).reshape(own.shape))
    x, state = torch.tensor([[1.0]]).double(), (torch.tensor([[0.4]]), torch.tensor([[1.5]]))
    state = (state[0].double(), state[1].double())
    of_x = x @ model.body.weight_ih.T + torch.cat([model.body.bias_in, model.body.bias])
    net = (of_x + state[0] @ model.body.weight_hh.T)[0]
    assert net.tolist() == pytest.approx([1.0, 0.4, 0.6])
    y_in, y_out = torch.sigmoid(net[:2])
    shown, kept = model.body.step(of_x, state)
    card = registry.card("lstm_1997")
    for value in (y_in, y_out, g(net[2]), y_in * g(net[2]), kept, h(kept), shown):
        assert f"{value.item():.4f}" in card


def test_refuses_layers_without_cells_and_blocks_that_do_not_come_out_even():
    with pytest.raises(ValueError, match="at least 1"):
        LSTM1997(Config(hidden=0))
    with pytest.raises(ValueError, match="blocks of 2"):
        LSTM1997(Config(hidden=3, cells=2))
