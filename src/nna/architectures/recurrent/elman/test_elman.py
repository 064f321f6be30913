"""What is claimed of the Elman network, beyond the contract it shares with the rest."""

import itertools
import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nna.architectures.recurrent.elman.model import Elman, elman_step
from nna.architectures.recurrent.elman.spec import Config


def test_the_fused_kernel_computes_the_equation():
    torch.manual_seed(0)
    model = Elman(Config(channels=3, hidden=7, classes=2)).double()
    params = [p for p in model.body.parameters() if p.requires_grad]
    series = torch.randn(4, 25, 3, dtype=torch.float64, requires_grad=True)
    state = torch.zeros(4, 7, dtype=torch.float64)
    for x in series.unbind(1):
        state = elman_step(x, state, *params)
    defined, fused = model.head(state), model(series)
    torch.testing.assert_close(fused, defined, rtol=0, atol=1e-12)
    for one, other in zip(
        torch.autograd.grad(fused.square().sum(), [series, *params]),
        torch.autograd.grad(defined.square().sum(), [series, *params]),
        strict=True,
    ):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


def _with(hidden: int, **tensors: object) -> Elman:
    """A network of one channel and one score with the weights given: W, U, b, V, c."""
    model = Elman(Config(channels=1, hidden=hidden, classes=1)).double()
    names = {
        "w": "body.weight_ih_l0",
        "u": "body.weight_hh_l0",
        "b": "body.bias_ih_l0",
        "v": "head.weight",
        "c": "head.bias",
    }
    with torch.no_grad():
        for key, value in tensors.items():
            own = model.get_parameter(names[key])
            own.copy_(torch.tensor(value, dtype=torch.float64).reshape(own.shape))
    return model


def test_the_cards_example_by_hand():
    model = _with(2, w=[1, -1], u=[[0.5, 0], [1, -0.5]], b=[0, 0.5], v=[1, 2], c=[-1])
    series = torch.tensor([[[1.0], [0.0]]], dtype=torch.float64)
    hidden, _ = model.body(series)
    expected = [[[0.7616, -0.4621], [0.3634, 0.9038]]]
    torch.testing.assert_close(hidden, torch.tensor(expected).double(), rtol=0, atol=6e-5)
    assert model(series).item() == pytest.approx(1.1710, abs=6e-5)


def test_three_units_set_by_hand_tell_the_exclusive_or_of_the_last_two_bits():
    """The solution of the card's second exercise, on every stream of eight bits."""
    model = _with(
        3,
        w=[20, 20, 20],
        u=[[0, 0, 0], [10, 0, 0], [10, 0, 0]],
        b=[-10, 0, -20],
        v=[0, 1, -1],
        c=[-1],
    )
    streams = torch.tensor([*itertools.product((0.0, 1.0), repeat=8)]).double()
    told = model(streams[..., None])[:, 0] > 0
    assert (told == (streams[:, -1] != streams[:, -2])).all()


def test_without_its_context_it_answers_by_the_last_step_alone():
    torch.manual_seed(0)
    model = Elman(Config(channels=2, hidden=9, classes=3)).double()
    series = torch.randn(2, 6, 2, dtype=torch.float64)
    series[1, -1] = series[0, -1]
    assert not torch.allclose(model(series)[0], model(series)[1])
    nn.init.zeros_(model.body.get_parameter("weight_hh_l0"))
    torch.testing.assert_close(model(series)[0], model(series)[1], rtol=0, atol=1e-12)


def test_a_logistic_network_whose_context_starts_at_a_half_is_the_same_function():
    """sigmoid(a) = (1 + tanh(a / 2)) / 2: the paper's units with other weights."""
    torch.manual_seed(0)
    model, series = Elman(Config(channels=3, hidden=5, classes=2)).double(), torch.randn(4, 9, 3)
    w, u, b = (p.detach() for p in model.body.parameters() if p.requires_grad)
    logistic = torch.full((4, 5), 0.5).double()
    for x in series.double().unbind(1):
        logistic = torch.sigmoid(2 * (x @ w.T + (2 * logistic - 1) @ u.T + b))
    hidden, _ = model.body(series.double())
    torch.testing.assert_close(2 * logistic - 1, hidden[:, -1])


@pytest.mark.parametrize(
    ("channels", "hidden", "equation", "both_biases"),
    [(10, 20, 620, 640), (100, 128, 29_312, 29_440)],
)
def test_one_map_with_one_bias_is_learnt(channels, hidden, equation, both_biases):
    body = Elman(Config(channels=channels, hidden=hidden, classes=2)).body
    assert sum(p.numel() for p in body.parameters() if p.requires_grad) == equation
    assert sum(p.numel() for p in body.parameters()) == both_biases


def _influence(scale: float, size: float, steps: int = 100) -> float:
    """The largest singular value of a state's Jacobian by the state 100 steps before."""
    torch.manual_seed(0)
    model = Elman(Config(channels=1, hidden=6, classes=1)).double()
    with torch.no_grad():
        turn = torch.linalg.qr(torch.randn(6, 6, dtype=torch.float64))[0]
        model.body.get_parameter("weight_hh_l0").copy_(scale * turn)
        model.body.get_parameter("bias_ih_l0").zero_()
    series = size * torch.randn(1, steps, 1, dtype=torch.float64)

    def last(first: torch.Tensor) -> torch.Tensor:
        return model.body(series, first[None, None])[1][0, 0]

    jacobian = torch.autograd.functional.jacobian(last, torch.zeros(6, dtype=torch.float64))
    return torch.linalg.matrix_norm(jacobian, 2).item()


def test_the_gradient_through_time_shrinks_or_grows_by_powers():
    assert _influence(0.9, 0.0) == pytest.approx(0.9**100)
    assert _influence(1.1, 0.0) == pytest.approx(1.1**100)
    assert _influence(0.9, 1.0) < 0.9**100  # where units are bent, tanh takes more


def _chance_of_recall(lag: int, updates: int) -> float:
    """Accuracy at naming the first of several symbols (four to remember, four to distract)."""
    torch.manual_seed(0)
    model = Elman(Config(channels=8, hidden=32, classes=4))
    learnt = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.Adam(learnt, 3e-3)

    def draw(count):
        first = torch.randint(4, (count, 1))
        return F.one_hot(torch.cat([first, torch.randint(4, 8, (count, lag))], 1), 8).float(), first

    for _ in range(updates):
        series, first = draw(32)
        loss = F.cross_entropy(model(series), first[:, 0])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learnt, 1.0)
        optimiser.step()
    with torch.no_grad():
        series, first = draw(400)
        return (model(series).argmax(1) == first[:, 0]).double().mean().item()


@pytest.mark.slow
def test_a_symbol_is_carried_over_five_steps_and_lost_over_a_hundred():
    assert _chance_of_recall(lag=5, updates=150) > 0.9
    assert _chance_of_recall(lag=100, updates=150) < 0.4


def test_the_bits_that_are_asked_follow_from_two_and_from_no_weighted_sum():
    from nna.data import catalog

    data = catalog.load("temporal_xor")
    bits = torch.tensor(data.x)[..., 0]
    assert (torch.tensor(data.y) == (bits[:, -1] != bits[:, -2])).all()
    assert len(bits.unique(dim=0)) == len(bits)
    asked = torch.tensor(data.y).double() - torch.tensor(data.y).double().mean()
    apart = bits.double() - bits.double().mean(0)
    share = (apart.T @ asked) / (apart.norm(dim=0) * asked.norm())
    assert share.abs().max() < 4 / math.sqrt(len(bits))  # of chance


def test_the_redundant_bias_stays_frozen_at_zero():
    redundant = Elman(Config(hidden=4)).body.get_parameter("bias_hh_l0")
    assert not redundant.requires_grad
    assert redundant.count_nonzero() == 0


def test_refuses_a_layer_without_units():
    with pytest.raises(ValueError, match="at least 1"):
        Elman(Config(hidden=0))
