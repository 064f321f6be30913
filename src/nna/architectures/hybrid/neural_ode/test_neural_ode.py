"""What the paper says of depth as time, on equations whose answers are known."""

import dataclasses
import math
from itertools import pairwise

import pytest
import torch
from torch import nn

from nna.architectures.hybrid.neural_ode.model import NeuralODE
from nna.architectures.hybrid.neural_ode.solver import RK4, Dopri5, solve, solve_adjoint
from nna.architectures.hybrid.neural_ode.spec import SPEC

TINY = SPEC.tiny


class Linear(nn.Module):
    """dh/dt = h A: after the time 1 it is h exp(A)."""

    def __init__(self, matrix):
        super().__init__()
        self.matrix = nn.Parameter(torch.as_tensor(matrix, dtype=torch.float64))

    def forward(self, time, state):
        return state @ self.matrix


class Bent(nn.Module):
    """A field on a line, bent at random and changing with time."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1)).double()

    def forward(self, time, state):
        return 3 * self.net(torch.cat([state, torch.full_like(state, time)], dim=1))


def arrives(field, state, solver, end=1.0):
    return solve(lambda t, s: (field(t, s[0]),), (state,), solver, 0.0, end)[0]


MATRIX = [[0.2, 1.0], [-0.7, -0.4]]
POINTS = torch.tensor([[1.0, 0.0], [0.3, -2.0]], dtype=torch.float64)


def test_halving_even_steps_takes_a_sixteenth_of_the_error():
    exact = POINTS @ torch.linalg.matrix_exp(torch.tensor(MATRIX, dtype=torch.float64))
    errors = [(arrives(Linear(MATRIX), POINTS, RK4(n)) - exact).abs().max() for n in (4, 8, 16)]
    for coarse, fine in pairwise(errors):
        assert (coarse / fine).item() == pytest.approx(16, rel=0.15)


@pytest.mark.parametrize("tolerance", [1e-3, 1e-6, 1e-9])
def test_adaptive_steps_keep_to_their_tolerance(tolerance):
    exact = POINTS @ torch.linalg.matrix_exp(torch.tensor(MATRIX, dtype=torch.float64) * 5)
    error = (arrives(Linear(MATRIX), POINTS, Dopri5(tolerance), 5.0) - exact).abs().max()
    assert error < 20 * tolerance


def test_adaptive_steps_are_many_where_the_curve_is_steep():
    counts = []
    for steep in (1.0, 30.0):
        field, evaluations = Linear([[-steep]]), []

        def counted(t, s, field=field, evaluations=evaluations):
            evaluations.append(t)
            return (field(t, s[0]),)

        solve(counted, (torch.ones(1, 1).double(),), Dopri5(1e-5))
        counts.append(len(evaluations))
    assert counts[1] > 2 * counts[0]


@pytest.mark.parametrize("solver", [RK4(64), Dopri5(1e-8)], ids=["rk4", "dopri5"])
def test_the_adjoint_gives_the_gradient_of_the_exact_solution(solver):
    field, state = Linear(MATRIX), POINTS.clone().requires_grad_()
    solve_adjoint(field, state, solver).square().sum().backward()
    matrix = torch.tensor(MATRIX, dtype=torch.float64, requires_grad=True)
    start = POINTS.clone().requires_grad_()
    (start @ torch.linalg.matrix_exp(matrix)).square().sum().backward()
    torch.testing.assert_close(state.grad, start.grad, rtol=0, atol=1e-6)
    torch.testing.assert_close(field.matrix.grad, matrix.grad, rtol=0, atol=1e-6)


def kept_for_the_gradient(how, steps):
    """Numbers that autograd holds on to."""
    kept, field = [], Bent()

    def note(tensor):
        kept.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        how(field, torch.zeros(8, 1).double().requires_grad_(), RK4(steps))
    return sum(kept)


def test_the_adjoint_keeps_as_much_however_many_steps_there_are():
    """Section 2 and table 1: memory of order 1, where gradients through L steps need order L."""
    assert kept_for_the_gradient(solve_adjoint, 2) == kept_for_the_gradient(solve_adjoint, 20)
    few, many = (kept_for_the_gradient(arrives, steps) for steps in (2, 20))
    assert many > 8 * few


@pytest.mark.parametrize("seed", range(5))
def test_a_flow_on_a_line_can_not_turn_it_round(seed):
    """Curves of one field never cross: points keep their order, and x never becomes -x."""
    torch.manual_seed(seed)
    line = torch.linspace(-2, 2, 41, dtype=torch.float64)[:, None]
    with torch.no_grad():
        arrived = arrives(Bent(), line, RK4(200))[:, 0]
    assert (arrived.diff() > 0).all()


def test_a_further_dimension_lets_it_turn():
    """Dupont, Doucet, Teh (2019): half a turn in the plane."""
    turn = Linear([[0.0, math.pi], [-math.pi, 0.0]])
    line = torch.tensor([[-1.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
    torch.testing.assert_close(arrives(turn, line, Dopri5(1e-9)), -line, rtol=0, atol=1e-6)


def test_training_and_evaluation_flow_alike():
    torch.manual_seed(0)
    model = NeuralODE(dataclasses.replace(TINY, solver="dopri5", tolerance=1e-4))
    image = torch.randn(2, 2, 8, 8)
    torch.testing.assert_close(model.train()(image), model.eval()(image))
    even = NeuralODE(dataclasses.replace(TINY, solver_steps=20))
    even.load_state_dict(model.state_dict())
    torch.testing.assert_close(even.eval()(image), model(image), rtol=0, atol=2e-3)


def test_the_step_of_the_card_by_hand():
    decay = Linear([[-1.0]])
    (after,) = arrives(decay, torch.ones(1, 1).double(), RK4(1))
    assert after.item() == pytest.approx(0.375)
    start = torch.ones(1, 1).double().requires_grad_()
    (solve_adjoint(decay, start, RK4(1)) ** 2 / 2).sum().backward()
    assert start.grad is not None
    assert start.grad.item() == pytest.approx(0.375 * 0.375)
    assert abs(after.item() - math.exp(-1)) < 0.008


@pytest.mark.parametrize(
    ("wrong", "why"),
    [({"solver_steps": 0}, "at least 1"), ({"tolerance": 0.0}, "above 0"), ({"width": 5}, "even")],
)
def test_sizes_that_do_not_fit_are_refused(wrong, why):
    with pytest.raises(ValueError, match=why):
        NeuralODE(dataclasses.replace(TINY, **wrong))
