"""What the paper claims of minimal GRUs, beyond the contract shared with the rest."""

import pytest
import torch
from torch import Tensor, nn

from nna import contract, registry
from nna.architectures.recurrent.min_gru.model import Layer, MinGRU, g, scan
from nna.architectures.recurrent.min_gru.spec import Config
from nna.data import catalog


def _layer(inputs: int = 3, hidden: int = 7, gate_bias: float = -1.0) -> Layer:
    torch.manual_seed(0)
    return Layer(inputs, hidden, gate_bias)


def _loop(layer: Layer, series: Tensor) -> Tensor:
    h, states = series.new_zeros(len(series), layer.gate.out_features), []
    for x in series.unbind(1):
        h = layer.step(x, h)
        states.append(h)
    return torch.stack(states, dim=1)


@pytest.mark.parametrize(
    ("dtype", "within"), [(torch.float64, 1e-11), (torch.float32, 1e-5)], ids=["double", "single"]
)
@pytest.mark.parametrize("steps", [1, 2, 100, 128])
def test_the_scan_is_the_recurrence_in_values_and_gradients(dtype, within, steps):
    layer, series = _layer().to(dtype), torch.randn(4, steps, 3, dtype=dtype, requires_grad=True)
    noise = torch.randn(4, steps, 7, dtype=dtype)
    scanned, looped = layer(series), _loop(layer, series)
    assert (scanned - looped).abs().max() <= within * looped.abs().max()
    by = [series, *layer.parameters()]
    slopes = (torch.autograd.grad((out * noise).sum(), by) for out in (scanned, looped))
    for one, other in zip(*slopes, strict=True):
        assert (one - other).abs().max() <= within * other.abs().max()


def test_the_papers_sums_of_logarithms_are_the_same_function():
    """Appendix B: states are exp(K_t + log sum over s <= t of exp(log write_s - K_s))."""
    torch.manual_seed(0)
    keep, write = torch.rand(2, 2, 60, 3, dtype=torch.float64)
    total = keep.log().cumsum(1)
    states = torch.exp(total + torch.logcumsumexp(write.log() - total, dim=1))
    torch.testing.assert_close(scan(keep, write), states)


def test_what_is_written_once_lasts_over_a_thousand_steps_of_shut_gates():
    keep, write = torch.ones(1, 1_000, 1), torch.zeros(1, 1_000, 1)
    write[0, 0] = 0.7
    assert (scan(keep, write) == write[0, 0]).all()
    half = scan(keep / 2, torch.ones_like(write))
    assert half[0, -1, 0].item() == pytest.approx(2.0)


def test_what_is_written_is_above_zero_and_continuous():
    x = torch.linspace(-30, 30, 601, dtype=torch.float64)
    assert (g(x) > 0).all()
    assert (g(x).diff() > 0).all()
    edge = torch.tensor([-1e-9, 0.0, 1e-9], dtype=torch.float64)
    torch.testing.assert_close(g(edge), torch.full_like(edge, 0.5), rtol=0, atol=1e-8)


@pytest.mark.parametrize(("times", "percent"), [(1, 33), (2, 22), (3, 17), (4, 13)])
def test_it_has_the_printed_shares_of_a_grus_weights(times, percent):
    """Section 3.1.2, for states 1 to 4 times as wide as the input; biases not counted."""
    inputs, hidden = 64, 64 * times
    ours = sum(p.numel() for n, p in Layer(inputs, hidden, 0.0).named_parameters() if "w" in n)
    gru = sum(p.numel() for n, p in nn.GRU(inputs, hidden).named_parameters() if "weight" in n)
    assert round(100 * ours / gru) == percent


@pytest.mark.parametrize(("i", "h", "layers"), [(10, 20, 1), (3, 8, 3)])
def test_two_maps_a_layer_are_learnt(i, h, layers):
    model = MinGRU(Config(hidden=h, layers=layers, channels=i))
    learnt = contract.count_parameters(model.layers)
    assert learnt == 2 * h * (i + 1) + (layers - 1) * 2 * h * (h + 1)


def test_under_one_input_a_unit_moves_one_way_and_settles_so_that_it_cannot_count_parity():
    """After ones alone, an odd number or an even one: the answer must swing, the state doesn't."""
    layer = _layer(inputs=1, gate_bias=0.0).double()
    states = layer(torch.ones(1, 200, 1, dtype=torch.float64))[0]
    moved = states.diff(dim=0)
    assert ((moved >= -1e-12).all(0) | (moved <= 1e-12).all(0)).all()
    assert moved[-1].abs().max() < 1e-9
    rnn = nn.RNN(1, 1, batch_first=True).double()  # one unit whose state swings
    with torch.no_grad():
        for name, value in (("weight_ih_l0", 0.0), ("weight_hh_l0", -3.0)):
            rnn.get_parameter(name).fill_(value)
        rnn.get_parameter("bias_ih_l0").fill_(0.01)
        rnn.get_parameter("bias_hh_l0").zero_()
    signs = rnn(torch.ones(1, 200, 1, dtype=torch.float64))[0][0, 100:, 0].sign()
    assert (signs[1:] == -signs[:-1]).all()


def test_a_gate_reads_the_input_and_not_what_the_layer_holds():
    layer, x = _layer(), torch.randn(1, 3)
    z = 1 - (layer.step(x, torch.ones(1, 7)) - layer.step(x, torch.zeros(1, 7)))
    torch.testing.assert_close(z, torch.sigmoid(layer.gate(x)))
    other = 1 - (layer.step(x, torch.full((1, 7), 6.0)) - layer.step(x, torch.full((1, 7), 5.0)))
    torch.testing.assert_close(z, other)


def test_a_layer_set_by_hand_keeps_what_is_marked_and_nothing_else():
    data = catalog.load("marked_symbol")
    model = MinGRU(Config(hidden=4, channels=5, classes=4)).double()
    layer = model.layers[0]
    assert isinstance(layer, Layer)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        layer.gate.weight[:, 4] = 80.0  # open where the mark is
        layer.gate.bias.fill_(-40.0)
        layer.candidate.weight[:, :4] = torch.eye(4)
        model.head.weight.copy_(torch.eye(4))
        told = model(torch.tensor(data.x[:500]).double()).argmax(1)
    assert (told == torch.tensor(data.y)[:500]).all()


def test_one_step_is_marked_and_its_symbol_is_the_class():
    data = catalog.load("marked_symbol")
    marks = data.x[..., 4]
    assert (marks.sum(1) == 1).all()
    assert (data.x[..., :4].sum(2) == 1).all()
    assert (data.x[marks == 1][:, :4].argmax(1) == data.y).all()


def test_the_cards_example_by_hand():
    layer, card = Layer(1, 1, 0.0).double(), registry.card("min_gru")
    with torch.no_grad():
        for name, value in {"gate": (2.0, -1.0), "candidate": (1.0, 0.0)}.items():
            part = getattr(layer, name)
            part.weight.fill_(value[0])
            part.bias.fill_(value[1])
    series = torch.tensor([[[1.0], [0.0], [-1.0]]], dtype=torch.float64)
    for value in (*torch.sigmoid(layer.gate(series)).flatten(), *layer(series).flatten()):
        assert f"{value.item():.4f}" in card


def test_refuses_networks_without_units_or_layers():
    with pytest.raises(ValueError, match="at least 1"):
        MinGRU(Config(hidden=0))
    with pytest.raises(ValueError, match="at least 1"):
        MinGRU(Config(hidden=2, layers=0))
