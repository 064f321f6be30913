"""Solvers of ordinary differential equations, and gradients through them in constant memory.

A state is a tuple of tensors that move together; a field gives the velocity of each at a time.

Kutta (1901), the 3/8 rule; Dormand, Prince (1980). A family of embedded Runge-Kutta formulae,
doi:10.1016/0771-050X(80)90013-3, with the step control of Hairer, Norsett, Wanner (1993), section
II.4; Chen et al. (2018), arXiv:1806.07366, algorithm 1, for the adjoint.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

State = tuple[Tensor, ...]
Field = Callable[[float, State], State]
Solver = Callable[[Field, State, float, float], State]  # field, state, from one time to another

NODES = (0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
STAGES = (
    (),
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
FOURTH = (5179 / 57600, 0.0, 7571 / 16695, 393 / 640, -92097 / 339200, 187 / 2100, 1 / 40)


def moved(state: State, step: float, shares: Sequence[float], slopes: Sequence[State]) -> State:
    """The state, moved for a step along a mixture of velocities."""
    used = [(share, slope) for share, slope in zip(shares, slopes, strict=True) if share]
    return tuple(
        value + sum((step * share * slope[i] for share, slope in used), torch.zeros_like(value))
        for i, value in enumerate(state)
    )


@dataclass(frozen=True)
class RK4:
    """So many equal steps of the 3/8 rule: fourth order, four evaluations a step."""

    steps: int

    def __call__(self, field: Field, state: State, start: float, end: float) -> State:
        """The state at the end."""
        step = (end - start) / self.steps
        for i in range(self.steps):
            at = start + i * step
            one = field(at, state)
            two = field(at + step / 3, moved(state, step, (1 / 3,), (one,)))
            three = field(at + 2 * step / 3, moved(state, step, (-1 / 3, 1.0), (one, two)))
            four = field(at + step, moved(state, step, (1.0, -1.0, 1.0), (one, two, three)))
            shares = (1 / 8, 3 / 8, 3 / 8, 1 / 8)
            state = moved(state, step, shares, (one, two, three, four))
        return state


@dataclass(frozen=True)
class Dopri5:
    """Steps of fifth order, as long as a solution of fourth order beside it allows.

    A step stands where the root mean square of their difference, in units of
    tolerance (1 + size of the state), is at most 1.
    """

    tolerance: float

    def __call__(self, field: Field, state: State, start: float, end: float) -> State:
        """The state at the end."""
        at, step = start, (end - start) / 10
        slope = field(at, state)
        while (end - at) / (end - start) > 1e-12:
            step = min(step, end - at, key=abs)
            slopes = [slope]
            for node, shares in zip(NODES[1:], STAGES[1:], strict=True):
                slopes.append(field(at + node * step, moved(state, step, shares, slopes)))
            after = moved(state, step, STAGES[-1], slopes[:-1])
            error = self._error(state, after, moved(state, step, FOURTH, slopes))
            if error <= 1:
                at, state, slope = at + step, after, slopes[-1]
            step = step * min(10.0, max(0.2, 0.9 * max(error, 1e-10) ** -0.2))
        return state

    def _error(self, before: State, after: State, fourth: State) -> float:
        with torch.no_grad():
            units = [
                (one - other) / (self.tolerance * (1 + torch.maximum(was.abs(), one.abs())))
                for was, one, other in zip(before, after, fourth, strict=True)
            ]
            return float(torch.cat([unit.flatten() for unit in units]).square().mean().sqrt())


def solve(
    field: Field, state: State, solver: Solver, start: float = 0.0, end: float = 1.0
) -> State:
    """The state at the end; gradients go through every step of the solver, and keep them all."""
    return solver(field, state, start, end)


def solve_adjoint(
    field: nn.Module, state: Tensor, solver: Solver, start: float = 0.0, end: float = 1.0
) -> Tensor:
    """The same with the adjoint's gradients: nothing of the way is kept, it is walked back.

    Args:
        field: `field(time, state)`, the state one tensor.
        state: at the start.
        solver: there and back.
        start: time of the state.
        end: time of the answer.
    """
    answer: Any = _Adjoint.apply(field, solver, start, end, state, *field.parameters())
    return answer


class _Adjoint(torch.autograd.Function):
    """Chen et al. (2018), algorithm 1."""

    @staticmethod
    def forward(ctx: Any, field: Any, solver: Any, start: Any, end: Any, *given: Tensor) -> Tensor:
        state, *weights = given
        (out,) = solver(lambda t, s: (field(t, s[0]),), (state,), start, end)
        ctx.way = field, solver, start, end
        ctx.save_for_backward(out, *weights)
        return out

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> Any:
        field, solver, start, end = ctx.way
        out, *weights = ctx.saved_tensors

        def augmented(time: float, state: State) -> State:
            """The state goes on as before; adjoint and gradients lose what the field gives them."""
            with torch.enable_grad():
                here = state[0].detach().requires_grad_()
                velocity = field(time, here)
                inputs = (here, *weights)
                back = torch.autograd.grad(velocity, inputs, -state[1], allow_unused=True)
            found = [
                torch.zeros_like(v) if b is None else b for b, v in zip(back, inputs, strict=True)
            ]
            return velocity.detach(), *found

        nothing = [torch.zeros_like(weight) for weight in weights]
        _, adjoint, *found = solver(augmented, (out, slopes[0], *nothing), end, start)
        return None, None, None, None, adjoint, *found
