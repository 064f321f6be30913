"""What the papers claim of diagonal state spaces, beyond the contract shared with the rest."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from nna import contract, registry
from nna.architectures.recurrent.s4d.model import S4D, StateSpace, convolve, kernel
from nna.architectures.recurrent.s4d.spec import Config
from nna.data import catalog


def _system(hidden: int = 3, states: int = 8) -> StateSpace:
    torch.manual_seed(0)
    return StateSpace(hidden, states)


def _stepwise(system: StateSpace, u: Tensor) -> Tensor:
    pairs = torch.complex(*torch.zeros(2, len(u), *system.a_imag.shape, dtype=u.dtype))
    answers = []
    for value in u.unbind(1):
        y, pairs = system.step(value, pairs)
        answers.append(y)
    return torch.stack(answers, dim=1)


@pytest.mark.parametrize(
    ("dtype", "within"), [(torch.float64, 1e-11), (torch.float32, 1e-5)], ids=["double", "single"]
)
@pytest.mark.parametrize("steps", [1, 7, 200])
def test_the_convolution_is_the_recurrence_in_values_and_gradients(dtype, within, steps):
    system, u = _system().to(dtype), torch.randn(2, steps, 3, dtype=dtype, requires_grad=True)
    noise = torch.randn(2, steps, 3, dtype=dtype)
    at_once, stepwise = system(u), _stepwise(system, u)
    assert (at_once - stepwise).abs().max() <= within * stepwise.abs().max()
    by = [u, *system.parameters()]
    slopes = (torch.autograd.grad((out * noise).sum(), by) for out in (at_once, stepwise))
    for one, other in zip(*slopes, strict=True):
        # at one step the system is flat in some directions, and nothing is left to compare there
        assert (one - other).abs().max() <= within * other.abs().max().clamp(min=1e-2)


def test_the_published_layer_has_its_numbers():
    assert contract.count_parameters(StateSpace(256, 64)) == 33_280 == 256 * (2 + 4 * 32)


def test_it_starts_as_s4d_lin():
    a, _, dt = _system(hidden=50, states=16).system()
    torch.testing.assert_close(a.real, torch.full_like(a.real, -0.5))
    torch.testing.assert_close(a.imag[:, 0], math.pi * torch.arange(8))
    assert (dt >= 0.001).all()
    assert (dt <= 0.1).all()


def test_the_kernel_is_the_answer_to_a_single_one_and_dies_out():
    system = _system().double()
    with torch.no_grad():
        system.d.zero_()
        system.log_dt.fill_(math.log(0.1))
    impulse = torch.zeros(1, 600, 3, dtype=torch.float64)
    impulse[0, 0] = 1.0
    k = kernel(*system.system(), 600)
    torch.testing.assert_close(_stepwise(system, impulse)[0].T, k)
    bound = k[:, :20].abs().max() * math.exp(-0.5 * 0.1 * 500)  # real parts are -1/2
    assert k[:, 520:].abs().max() < 10 * bound


def test_convolving_by_fourier_transforms_is_convolving_and_nothing_wraps():
    u, k = torch.randn(2, 9, 3, dtype=torch.float64), torch.randn(3, 9, dtype=torch.float64)
    found = convolve(u, k)
    for b in range(2):
        for h in range(3):
            expected = np.convolve(u[b, :, h], k[h])[:9]
            assert found[b, :, h].numpy() == pytest.approx(expected)


def test_it_adds_up_and_does_not_know_the_time_so_that_it_cannot_keep_what_is_marked():
    """What a symbol leaves behind is the same with a mark beside it and without."""
    system = _system().double()
    symbol, mark, other = torch.randn(3, 1, 40, 3, dtype=torch.float64)
    with_mark = system(symbol + mark) - system(mark)
    torch.testing.assert_close(with_mark, system(symbol))
    torch.testing.assert_close(system(symbol + other), system(symbol) + system(other))
    later = torch.cat([torch.zeros(1, 5, 3, dtype=torch.float64), symbol], dim=1)
    torch.testing.assert_close(system(later)[:, 5:], system(symbol))


def test_with_half_the_step_of_time_it_reads_a_series_of_twice_the_rate():
    system = _system().double()
    u = torch.randn(1, 30, 3, dtype=torch.float64)
    slow = system(u)
    with torch.no_grad():
        system.log_dt.sub_(math.log(2))
    fast = system(u.repeat_interleave(2, dim=1))
    torch.testing.assert_close(fast[:, 1::2], slow)


def test_a_pair_rings_at_its_own_frequency():
    system = _system(hidden=1, states=2).double()
    with torch.no_grad():
        system.log_dt.zero_()
        system.log_a_real.fill_(math.log(0.05))
        system.a_imag.fill_(2 * math.pi * 9 / 128)
        system.d.zero_()
    loud = {}
    for turns in (6, 9, 12, 15):
        wave = torch.sin(2 * math.pi * turns * torch.arange(128.0) / 128).double()
        loud[turns] = system(wave[None, :, None]).square().mean().item()
    assert loud[9] > 2 * max(loud[6], loud[12], loud[15])


def test_no_phase_and_no_weighted_sum_tells_the_frequency():
    data = catalog.load("noisy_waves")
    x, y = data.x[..., 0], np.asarray(data.y)
    power = np.abs(np.fft.rfft(x, axis=1))[:, [6, 9, 12, 15]]
    assert (power.argmax(1) == y).mean() > 0.99
    for turn in range(4):
        assert np.abs(x[y == turn].mean(0)).max() < 5 * math.sqrt(1.5 / 750)


def test_the_cards_example_by_hand():
    system, card = _system(hidden=1, states=2).double(), registry.card("s4d")
    with torch.no_grad():
        system.log_dt.zero_()
        system.log_a_real.fill_(math.log(0.5))
        system.a_imag.fill_(math.pi / 2)
        system.c.copy_(torch.tensor([[[1.0, 0.0]]]))
        system.d.zero_()
    u = torch.tensor([[[1.0], [0.0], [2.0]]], dtype=torch.float64)
    for value in (*kernel(*system.system(), 3)[0], *system(u).flatten()):
        assert f"{value.item():.4f}" in card


def test_refuses_sizes_that_make_no_network():
    with pytest.raises(ValueError, match="at least 1"):
        S4D(Config(hidden=0))
    for states in (0, 3, 66):
        with pytest.raises(ValueError, match="even number"):
            S4D(Config(hidden=2, states=states))
