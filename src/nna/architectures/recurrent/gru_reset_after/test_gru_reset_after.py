"""What is claimed of the GRU that libraries run, beyond the contract it shares with the rest."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nna.architectures.recurrent.gru_reset_after.model import GRUResetAfter, gru_step
from nna.architectures.recurrent.gru_reset_after.spec import Config


def _model(hidden: int = 4, channels: int = 3, gate_bias: float = 0.0) -> GRUResetAfter:
    torch.manual_seed(0)
    config = Config(hidden=hidden, channels=channels, classes=2, gate_bias=gate_bias)
    return GRUResetAfter(config).double()


def test_the_fused_kernel_computes_the_equations():
    model, series = _model(), torch.randn(4, 25, 3, dtype=torch.float64, requires_grad=True)
    params = list(model.body.parameters())
    with torch.no_grad():
        for bias in params[2:]:
            bias.normal_()
    state = torch.zeros(4, 4, dtype=torch.float64)
    for x in series.unbind(1):
        state = gru_step(x, state, *params)
    defined, fused = model.head(state), model(series)
    torch.testing.assert_close(fused, defined, rtol=0, atol=1e-12)
    for one, other in zip(
        torch.autograd.grad(fused.square().sum(), [series, *params]),
        torch.autograd.grad(defined.square().sum(), [series, *params]),
        strict=True,
    ):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("channels", "hidden", "learnt"), [(100, 128, 88_320), (10, 20, 1_920)])
def test_three_maps_have_two_biases_each(channels, hidden, learnt):
    count = sum(p.numel() for p in _model(hidden, channels).body.parameters())
    assert count == learnt == 3 * (hidden * (hidden + channels) + 2 * hidden)


def test_of_the_second_biases_only_those_of_the_candidates_say_something_new():
    model, series = _model(), torch.randn(2, 9, 3, dtype=torch.float64)
    first, second = (model.body.get_parameter(f"bias_{kind}_l0") for kind in ("ih", "hh"))
    with torch.no_grad():
        second.normal_()
        before = model(series)
        first[:8] += second[:8]
        second[:8] = 0
        torch.testing.assert_close(model(series), before)
        first[8:] += second[8:]
        second[8:] = 0
        assert not torch.allclose(model(series), before)


def test_the_cards_example_by_hand():
    """The step of `gru` once more: the second unit reads the first, muted or not."""
    w, u = torch.tensor([[1.0], [0.0], [-1.0], [2.0], [1.0], [0.5]]), torch.zeros(6, 2)
    u[0], u[4], u[5] = torch.tensor([[2.0, 0.0], [1.0, -1.0], [0.5, 1.0]])
    none = torch.zeros(6)
    h = gru_step(torch.tensor([[1.0]]), torch.tensor([[0.5, -0.5]]), w, u, none, none)
    c = torch.tanh(torch.tensor([1 + 0.8808 * 1.0, 0.5 + 0.5 * -0.25]))
    torch.testing.assert_close(c, torch.tensor([0.9546, 0.3584]), rtol=0, atol=6e-5)
    torch.testing.assert_close(h, torch.tensor([[0.8323, -0.3977]]), rtol=0, atol=6e-5)


def test_a_shut_reset_gate_hides_the_matrix_and_its_bias():
    model, series = _model(), torch.randn(2, 9, 3, dtype=torch.float64)
    first, second = (model.body.get_parameter(f"bias_{kind}_l0") for kind in ("ih", "hh"))
    with torch.no_grad():
        first[:8] = -800.0  # nothing kept, nothing read
        second[8:].normal_()
    alone = torch.tanh(series[:, -1] @ model.body.get_parameter("weight_ih_l0")[8:].T)
    torch.testing.assert_close(model.body(series)[0][:, -1], alone)


def _chance_of_recall(body: nn.Module, updates: int = 100, lag: int = 50) -> float:
    """Accuracy at naming the first of 51 symbols (four to remember, four to distract)."""
    model = nn.ModuleList([body, nn.Linear(32, 4)])
    optimiser = torch.optim.Adam(model.parameters(), 1e-2)

    def draw(count):
        first = torch.randint(4, (count, 1))
        return F.one_hot(torch.cat([first, torch.randint(4, 8, (count, lag))], 1), 8).float(), first

    for _ in range(updates):
        series, first = draw(32)
        loss = F.cross_entropy(model[1](body(series)[0][:, -1]), first[:, 0])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    with torch.no_grad():
        series, first = draw(400)
        scores = model[1](body(series)[0][:, -1])
        return (scores.argmax(1) == first[:, 0]).double().mean().item()


@pytest.mark.slow
def test_a_symbol_over_50_steps_takes_gates_that_start_open():
    torch.manual_seed(0)
    sizes = {"hidden": 32, "channels": 8, "classes": 4}
    assert _chance_of_recall(GRUResetAfter(Config(**sizes, gate_bias=4.0)).body) > 0.95
    assert _chance_of_recall(GRUResetAfter(Config(**sizes, gate_bias=0.0)).body) < 0.4


def test_update_gates_start_as_asked_and_all_other_biases_at_zero():
    body = _model(gate_bias=2.0).body
    r, z, n = body.get_parameter("bias_ih_l0").chunk(3)
    assert (z == 2).all()
    assert all((bias == 0).all() for bias in (r, n, body.get_parameter("bias_hh_l0")))


def test_refuses_a_layer_without_units():
    with pytest.raises(ValueError, match="at least 1"):
        GRUResetAfter(Config(hidden=0))
