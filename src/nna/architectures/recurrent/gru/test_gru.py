"""What the paper claims of gated recurrent units, beyond the contract they share with the rest."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nna.architectures.recurrent.gru.model import GRU, gru_step
from nna.architectures.recurrent.gru.spec import Config


def _model(hidden: int = 4, channels: int = 3, gate_bias: float = 0.0) -> GRU:
    torch.manual_seed(0)
    config = Config(hidden=hidden, channels=channels, classes=2, gate_bias=gate_bias)
    return GRU(config).double()


def _biases(model: GRU) -> tuple[torch.Tensor, ...]:
    """Of the reset gates, update gates and candidates."""
    return model.body.bias.detach().chunk(3)


def test_the_cards_example_by_hand():
    w, u = torch.tensor([[1.0], [0.0], [-1.0], [2.0], [1.0], [0.5]]), torch.zeros(6, 2)
    u[0], u[4], u[5] = torch.tensor([[2.0, 0.0], [1.0, -1.0], [0.5, 1.0]])
    of_x = torch.tensor([[1.0]]) @ w.T
    h = gru_step(of_x, torch.tensor([[0.5, -0.5]]), u)
    r = torch.sigmoid(torch.tensor([2.0, 0.0]))
    z = torch.sigmoid(torch.tensor([-1.0, 2.0]))
    torch.testing.assert_close(r, torch.tensor([0.8808, 0.5]), rtol=0, atol=6e-5)
    torch.testing.assert_close(z, torch.tensor([0.2689, 0.8808]), rtol=0, atol=6e-5)
    muted = r * torch.tensor([0.5, -0.5])
    torch.testing.assert_close(muted, torch.tensor([0.4404, -0.25]), rtol=0, atol=6e-5)
    c = torch.tanh(torch.tensor([1 + 0.4404 + 0.25, 0.5 + 0.2202 - 0.25]))
    torch.testing.assert_close(c, torch.tensor([0.9342, 0.4384]), rtol=0, atol=6e-5)
    torch.testing.assert_close(h, torch.tensor([[0.8174, -0.3881]]), rtol=0, atol=6e-5)


@pytest.mark.parametrize(("channels", "hidden", "learnt"), [(100, 128, 87_936), (10, 20, 1_860)])
def test_three_maps_make_three_quarters_of_an_lstms_parameters(channels, hidden, learnt):
    body = _model(hidden, channels).body
    assert sum(p.numel() for p in body.parameters()) == learnt
    lstm = nn.LSTM(channels, hidden)
    assert 4 * learnt == 3 * sum(p.numel() for n, p in lstm.named_parameters() if "hh" not in n) + (
        3 * lstm.get_parameter("weight_hh_l0").numel()
    )


def test_with_z_for_the_new_state_it_is_the_same_network_negated():
    """Chung et al. 2014, section 3.2: h <- (1 - z) h + z c."""
    model, x, h = _model(), torch.randn(5, 12).double(), torch.rand(5, 4).double()
    u = model.body.weight_hh.detach()
    negated = torch.cat([u[:4], -u[4:8], u[8:]])
    r, z = (x[:, :8] + h @ negated[:8].T).chunk(2, 1)
    r, z = torch.sigmoid(r), torch.sigmoid(z - 2 * x[:, 4:8])
    chung = (1 - z) * h + z * torch.tanh(x[:, 8:] + (r * h) @ negated[8:].T)
    torch.testing.assert_close(chung, gru_step(x, h, u))


def test_open_reset_gates_and_shut_update_gates_leave_an_elman_network():
    model, series = _model(), torch.randn(2, 9, 3, dtype=torch.float64)
    simple = nn.RNN(3, 4, batch_first=True).double()
    with torch.no_grad():
        _biases(model)[0].fill_(800.0)
        _biases(model)[1].fill_(-800.0)
        for kind in ("ih", "hh"):
            own = getattr(model.body, f"weight_{kind}")
            simple.get_parameter(f"weight_{kind}_l0").copy_(own[8:])
            simple.get_parameter(f"bias_{kind}_l0").zero_()
    torch.testing.assert_close(model.body(series), simple(series)[0][:, -1])


def test_a_shut_reset_gate_drops_all_that_was():
    """Section 2.3: the hidden state is forced to ignore the past and begins anew."""
    model, series = _model(), torch.randn(2, 9, 3, dtype=torch.float64)
    with torch.no_grad():
        _biases(model)[0].fill_(-800.0)
        _biases(model)[1].fill_(-800.0)
    torch.testing.assert_close(model.body(series), model.body(series[:, -1:]))


def test_with_update_gates_open_the_state_lasts_for_ever():
    h = torch.rand(2, 4).double()
    x = torch.randn(2, 12).double()
    x[:, 4:8] = 800.0
    torch.testing.assert_close(gru_step(x, h, _model().body.weight_hh), h, rtol=0, atol=0)


def test_the_reset_gate_before_or_behind_the_matrix_is_one_only_where_units_stay_apart():
    """PyTorch's form computes r (U h), the paper's U (r h): the same for diagonal U alone."""
    model, series = _model(), torch.randn(2, 9, 3, dtype=torch.float64)
    shipped = nn.GRU(3, 4, batch_first=True).double()

    def gap() -> float:
        with torch.no_grad():
            for kind in ("ih", "hh"):
                own = getattr(model.body, f"weight_{kind}")
                shipped.get_parameter(f"weight_{kind}_l0").copy_(own)
                shipped.get_parameter(f"bias_{kind}_l0").zero_()
            return (model.body(series) - shipped(series)[0][:, -1]).abs().max().item()

    assert gap() > 1e-4
    candidates = model.body.weight_hh.detach().chunk(3)[2]
    candidates.copy_(candidates.diag().diag())
    assert gap() < 1e-12


@pytest.mark.parametrize(("bias", "left"), [(0.0, 7.9e-31), (1.0, 2.5e-14), (3.0, 7.8e-3)])
def test_the_gradient_along_the_state_is_the_product_of_its_update_gates(bias, left):
    model = _model(gate_bias=bias)
    nn.init.zeros_(model.body.weight_hh)
    h = first = torch.zeros(1, 4, dtype=torch.float64, requires_grad=True)
    of_x = model.body.bias.detach().expand(1, 12)
    for _ in range(100):
        h = gru_step(of_x, h, model.body.weight_hh)
    (gradient,) = torch.autograd.grad(h[0, 0], first)
    assert gradient[0, 0].item() == pytest.approx((1 / (1 + math.exp(-bias))) ** 100, rel=1e-9)
    assert gradient[0, 0].item() == pytest.approx(left, rel=0.02)


def test_its_state_never_leaves_one_so_that_it_cannot_count_as_an_lstm_can():
    model = _model(channels=1)
    with torch.no_grad():
        for tensor in model.body.parameters():
            tensor.mul_(50.0)
    ones = torch.ones(1, 200, 1, dtype=torch.float64)
    assert (model.body(ones).abs() <= 1).all()
    lstm = nn.LSTM(1, 1, batch_first=True).double()
    with torch.no_grad():
        for tensor in lstm.parameters():
            tensor.zero_()
        lstm.get_parameter("bias_ih_l0").copy_(torch.tensor([800.0, 800.0, 800.0, 0.0]))
    assert lstm(ones)[1][1].item() == 200


def _chance_of_recall(body: nn.Module, updates: int = 100, lag: int = 50) -> float:
    """Accuracy at naming the first of 51 symbols (four to remember, four to distract)."""
    model = nn.ModuleList([body, nn.Linear(32, 4)])
    optimiser = torch.optim.Adam(model.parameters(), 1e-2)

    def draw(count):
        first = torch.randint(4, (count, 1))
        return F.one_hot(torch.cat([first, torch.randint(4, 8, (count, lag))], 1), 8).float(), first

    for _ in range(updates):
        series, first = draw(32)
        loss = F.cross_entropy(model[1](body(series)), first[:, 0])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    with torch.no_grad():
        series, first = draw(400)
        return (model[1](body(series)).argmax(1) == first[:, 0]).double().mean().item()


@pytest.mark.exhaustive
def test_a_symbol_over_50_steps_takes_gates_that_start_open():
    torch.manual_seed(0)
    sizes = {"hidden": 32, "channels": 8, "classes": 4}
    assert _chance_of_recall(GRU(Config(**sizes, gate_bias=3.0)).body) > 0.95
    assert _chance_of_recall(GRU(Config(**sizes, gate_bias=0.0)).body) < 0.4


def test_update_gates_start_as_asked_and_all_other_biases_at_zero():
    r, z, c = _biases(_model(gate_bias=2.0))
    assert (z == 2).all()
    assert all((bias == 0).all() for bias in (r, c))


def test_refuses_a_layer_without_units():
    with pytest.raises(ValueError, match="at least 1"):
        GRU(Config(hidden=0))
