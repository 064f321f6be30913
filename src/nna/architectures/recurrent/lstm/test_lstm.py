"""What the papers claim of the LSTM, beyond the contract it shares with the rest."""

import math

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

from nna.architectures.recurrent.lstm.model import LSTM, lstm_step
from nna.architectures.recurrent.lstm.spec import VARIANTS, Config


def test_the_fused_kernel_computes_the_six_equations():
    torch.manual_seed(0)
    model = LSTM(Config(channels=3, hidden=7, classes=2, forget_bias=1.0)).double()
    params = [p for p in model.body.parameters() if p.requires_grad]
    series = torch.randn(4, 25, 3, dtype=torch.float64, requires_grad=True)
    start = torch.zeros(4, 7, dtype=torch.float64)
    state = (start, start)
    for x in series.unbind(1):
        state = lstm_step(x, state, *params)
    defined, fused = model.head(state[0]), model(series)
    torch.testing.assert_close(fused, defined, rtol=0, atol=1e-12)
    for one, other in zip(
        torch.autograd.grad(fused.square().sum(), [series, *params], retain_graph=True),
        torch.autograd.grad(defined.square().sum(), [series, *params]),
        strict=True,
    ):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("channels", "hidden", "equations", "both_biases"),
    [(10, 20, 2_480, 2_560), (100, 128, 117_248, 117_760)],
)
def test_four_maps_with_one_bias_each_are_learnt(channels, hidden, equations, both_biases):
    body = LSTM(Config(channels=channels, hidden=hidden, classes=2, forget_bias=1.0)).body
    assert sum(p.numel() for p in body.parameters() if p.requires_grad) == equations
    assert sum(p.numel() for p in body.parameters()) == both_biases


def _steady(forget: float, hidden: int = 4) -> LSTM:
    """An LSTM whose gates depend on nothing: all weights zero."""
    model = LSTM(Config(channels=2, hidden=hidden, classes=2, forget_bias=forget)).double()
    for name in ("weight_ih_l0", "weight_hh_l0"):
        nn.init.zeros_(model.body.get_parameter(name))
    return model


def _biases(model: LSTM) -> tuple[torch.Tensor, ...]:
    """Of the input gates, forget gates, candidates and output gates."""
    return model.body.get_parameter("bias_ih_l0").detach().chunk(4)


@pytest.mark.parametrize(("forget", "left"), [(0.0, 7.9e-31), (1.0, 2.5e-14), (3.0, 7.8e-3)])
def test_the_gradient_along_the_cell_is_the_product_of_its_forget_gates(forget, left):
    model, state = _steady(forget), torch.zeros(1, 1, 4, dtype=torch.float64)
    cell = torch.ones_like(state, requires_grad=True)
    _, (_, after) = model.body(torch.randn(1, 100, 2, dtype=torch.float64), (state, cell))
    (gradient,) = torch.autograd.grad(after[..., 0].sum(), cell)
    decay = (1 / (1 + math.exp(-forget))) ** 100
    assert gradient[0, 0, 0].item() == pytest.approx(decay, rel=1e-9)
    assert decay == pytest.approx(left, rel=0.02)
    assert gradient[0, 0, 1:].abs().max() == 0


def test_with_forget_gates_open_and_input_gates_shut_a_cell_lasts_for_ever():
    model, state = _steady(forget=40.0), torch.zeros(1, 1, 4, dtype=torch.float64)
    _biases(model)[0].fill_(-800.0)
    cell = torch.randn(1, 1, 4, dtype=torch.float64)
    _, (_, after) = model.body(torch.randn(1, 1_000, 2, dtype=torch.float64), (state, cell))
    torch.testing.assert_close(after, cell, rtol=0, atol=0)


@pytest.mark.parametrize("steps", [10, 1_000])
def test_on_an_endless_stream_forgetting_bounds_what_would_grow_with_every_step(steps):
    stream = torch.zeros(1, steps, 2, dtype=torch.float64)
    cells = {}
    for forget in (0.0, 40.0):
        model = _steady(forget)
        _biases(model)[2].fill_(1.0)
        cells[forget] = model.body(stream)[1][1][0, 0, 0].item()
    written = 0.5 * math.tanh(1.0)  # the input gate is half open
    assert cells[40.0] == pytest.approx(steps * written)
    assert cells[0.0] == pytest.approx(written * (1 - 0.5**steps) / (1 - 0.5))


def _chance_of_recall(forget: float, updates: int) -> float:
    """Accuracy at naming the first of 101 symbols (four to remember, four to distract)."""
    torch.manual_seed(0)
    model = LSTM(Config(channels=8, hidden=32, classes=4, forget_bias=forget))
    learnt = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.Adam(learnt, 3e-3)

    def draw(count):
        first = torch.randint(4, (count, 1))
        return F.one_hot(torch.cat([first, torch.randint(4, 8, (count, 100))], 1), 8).float(), first

    for _ in range(updates):
        series, first = draw(32)
        loss = F.cross_entropy(model(series), first[:, 0])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learnt, 1.0)
        optimiser.step()
        if loss < 0.02:
            break
    with torch.no_grad():
        series, first = draw(400)
        return (model(series).argmax(1) == first[:, 0]).double().mean().item()


@pytest.mark.slow
def test_forget_gates_that_start_half_open_lose_a_symbol_over_100_steps():
    assert _chance_of_recall(forget=0.0, updates=200) < 0.4
    assert (
        _chance_of_recall(forget=5.0, updates=600) > 0.65
    )  # of ten draws, nine name all, one three of four


def test_reads_digits_row_by_row():
    images, labels = load_digits(return_X_y=True)
    series = torch.tensor(images, dtype=torch.float32).view(-1, 8, 8) / 16
    labels = torch.tensor(labels)
    torch.manual_seed(0)
    train, test = torch.randperm(len(labels)).split([1_400, len(labels) - 1_400])
    model = LSTM(Config(channels=8, hidden=32, classes=10, forget_bias=1.0))
    optimiser = torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(15):
        for batch in train[torch.randperm(1_400)].split(64):
            loss = F.cross_entropy(model(series[batch]), labels[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    hits = model(series[test]).argmax(1) == labels[test]
    assert hits.double().mean() > 0.9  # always naming the commonest digit: 0.1


def test_the_redundant_bias_stays_frozen_at_zero_and_forget_gates_start_as_asked():
    model = LSTM(VARIANTS["desk"].config)
    redundant = model.body.get_parameter("bias_hh_l0")
    assert not redundant.requires_grad
    assert redundant.count_nonzero() == 0
    i, f, g, o = _biases(model)
    torch.testing.assert_close(f, torch.full_like(f, 4.6))  # near log 101, the length of its series
    assert all((gate == 0).all() for gate in (i, g, o))


def test_refuses_a_layer_without_cells():
    with pytest.raises(ValueError, match="at least 1"):
        LSTM(Config(hidden=0, forget_bias=1.0))
