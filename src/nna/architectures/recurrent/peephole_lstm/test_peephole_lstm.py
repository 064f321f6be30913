"""What the papers claim of peepholes, beyond the contract shared with the rest."""

import math

import pytest
import torch
from torch import nn

from nna import contract, registry
from nna.architectures.recurrent.peephole_lstm.model import PeepholeLSTM, Recurrence
from nna.architectures.recurrent.peephole_lstm.spec import Config
from nna.data import catalog


@pytest.mark.parametrize(("i", "h", "learnt"), [(10, 20, 2_540), (100, 128, 117_632)])
def test_peepholes_cost_three_weights_a_cell(i, h, learnt):
    body = PeepholeLSTM(Config(hidden=h, channels=i)).body
    assert contract.count_parameters(body) == learnt == 4 * (h * (h + i) + h) + 3 * h


def test_without_peepholes_it_is_todays_lstm():
    torch.manual_seed(0)
    body, lstm = Recurrence(Config(hidden=5, channels=3)).double(), nn.LSTM(3, 5, batch_first=True)
    lstm.double()
    with torch.no_grad():
        body.peephole.zero_()
        body.bias.normal_()
        lstm.get_parameter("weight_ih_l0").copy_(body.weight_ih)
        lstm.get_parameter("weight_hh_l0").copy_(body.weight_hh)
        lstm.get_parameter("bias_ih_l0").copy_(body.bias)
        lstm.get_parameter("bias_hh_l0").zero_()
    series = torch.randn(2, 9, 3, dtype=torch.float64, requires_grad=True)
    ours, theirs = body(series), lstm(series)[0][:, -1]
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
    one, other = (torch.autograd.grad(out.square().sum(), series)[0] for out in (ours, theirs))
    torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


def _timer(steps: int, sharpness: float = 400.0, rise: float = 0.25) -> Recurrence:
    """One cell that climbs by `rise` and empties itself after so many steps; no input, no U."""
    body, threshold = Recurrence(Config(hidden=1)).double(), rise * (steps - 0.5)
    with torch.no_grad():
        body.weight_ih.zero_()
        body.weight_hh.zero_()
        body.peephole.copy_(torch.tensor([[0.0], [-sharpness], [sharpness]]))
        body.bias.copy_(
            torch.tensor([800.0, sharpness * threshold, math.atanh(rise), -sharpness * threshold])
        )
    return body


def _run(body: Recurrence, steps: int) -> tuple[list[float], list[float]]:
    """What one cell shows and holds at every step, without input."""
    h = c = torch.zeros(1, 1, dtype=torch.float64)
    shown, held = [], []
    for _ in range(steps):
        h, c = body.step(body.bias[None].detach(), (h, c))
        shown.append(h.item())
        held.append(c.item())
    return shown, held


@pytest.mark.parametrize("period", [3, 7, 20])
def test_one_cell_set_by_hand_fires_every_n_steps_without_input(period):
    shown, _ = _run(_timer(period), 5 * period)
    fired = [step for step, out in enumerate(shown, start=1) if out > 0.1]
    assert fired == [period * k for k in range(1, 6)]


def test_the_cards_timer_by_hand():
    shown, held = _run(_timer(3, sharpness=40.0), 4)
    assert held == pytest.approx([0.25, 0.5, 0.7466, 0.2557], abs=6e-5)
    assert shown == pytest.approx([0.0, 0.0031, 0.6283, 0.0], abs=6e-5)
    card = registry.card("peephole_lstm")
    for value in (*held[2:], *shown[1:3]):
        assert f"{value:.4f}" in card


def test_with_its_output_gate_shut_an_lstm_cannot_act_on_what_its_cell_holds():
    """The same weights, U drawn at random, peepholes or none: who knows that the cell is full?"""
    for seeing in (True, False):
        body = _timer(5)
        with torch.no_grad():
            body.weight_hh.normal_()
            body.bias[3] = -800.0  # of the output gate
            body.peephole[2] = 0.0
            if not seeing:
                body.peephole.zero_()
                body.bias[1] = 40.0  # the forget gate open, as it was while the cell was empty
        _, held = _run(body, 12)
        assert (max(held) < 1.5) == seeing  # 12 steps of 0.25 are 3


def test_the_output_gate_sees_the_cell_as_it_is_and_the_others_as_it_was():
    body = _timer(4)
    with torch.no_grad():
        body.bias[0] = 800.0
    full = torch.tensor([[0.76]], dtype=torch.float64)  # of 1 at which it fires: 0.875
    h, c = body.step(body.bias[None].detach(), (torch.zeros_like(full), full))
    assert c.item() == pytest.approx(1.01)  # the forget gate saw 0.76 and kept it
    assert h.item() == pytest.approx(math.tanh(1.01), rel=1e-6)  # the output gate saw 1.01


@pytest.mark.parametrize(("forget", "told"), [(0.0, False), (8.0, True)])
def test_a_leaking_cell_cannot_tell_30_steps_from_40(forget, told):
    body = Recurrence(Config(hidden=1, forget_bias=forget)).double()
    with torch.no_grad():
        for tensor in (body.weight_ih, body.weight_hh, body.peephole):
            tensor.zero_()
        body.bias[2] = 0.1
    _, held = _run(body, 40)
    apart = abs(held[39] - held[29]) / held[39]
    assert (apart > 0.1) if told else (apart < 1e-8)


def test_intervals_are_those_between_the_last_two_spikes():
    data = catalog.load("spike_intervals")
    y = torch.tensor(data.y).tolist()
    for series, interval in zip(data.x[:200, :, 0], y[:200], strict=True):
        (spikes,) = series.nonzero()
        assert spikes[-1] - spikes[-2] == interval
        assert spikes[-1] >= 30
    assert {*y} == {*range(5, 15)}


def test_refuses_a_layer_without_cells():
    with pytest.raises(ValueError, match="at least 1"):
        PeepholeLSTM(Config(hidden=0))
