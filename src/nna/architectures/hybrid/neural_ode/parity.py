"""The network with its solver in NumPy, and the adjoint beside gradients through every step."""

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

from nna import agreement
from nna.architectures.hybrid.neural_ode.model import NeuralODE
from nna.architectures.hybrid.neural_ode.solver import RK4, solve, solve_adjoint
from nna.architectures.hybrid.neural_ode.spec import Config

Parameters = dict[str, np.ndarray]
Maps = np.ndarray  # `(b, c, h, w)`

CONFIG = Config(width=4, subsampling=1, channels=2, classes=3, solver_steps=2)
STEPS = 96  # of the comparison of gradients: what the solver leaves out is then below 1e-5


def equations() -> dict[str, float]:
    """Scores, and gradients through every step."""
    torch.manual_seed(0)
    model = NeuralODE(CONFIG)
    agreement.unsettle(model)
    return agreement.equations(model, _network, {"image": torch.randn(2, 2, 8, 8)})


def adjoint() -> dict[str, float]:
    """Gradients by the adjoint, and by the solver's own steps, of which there are many."""
    torch.manual_seed(0)
    model = NeuralODE(CONFIG).double()
    agreement.unsettle(model)
    field, noise = model.dynamics, torch.randn(2, 4, 3, 3).double()
    learnt = [*field.parameters()]
    found = []
    for by in ("adjoint", "steps"):
        state = torch.linspace(-1, 1, 72).double().reshape(2, 4, 3, 3).requires_grad_()
        if by == "adjoint":
            out = solve_adjoint(field, state, RK4(STEPS))
        else:
            (out,) = solve(lambda t, s: (field(t, s[0]),), (state,), RK4(STEPS))
        found.append(torch.autograd.grad((out * noise).sum(), (state, *learnt)))
    (of_state, *of_learnt), (their_state, *theirs) = found
    pairs = zip(of_learnt, theirs, strict=True)
    return agreement.worst(
        {"input gradients": agreement.gap(of_state, their_state)},
        *({"parameter gradients": agreement.gap(one, other)} for one, other in pairs),
    )


def _network(p: Parameters, image: Maps) -> np.ndarray:
    x = _conv(p, "stem.0", image, 0, 1)
    x = _conv(p, "stem.3", np.maximum(_norm(p, "stem.1", x), 0), 1, 2)
    h = 1 / CONFIG.solver_steps
    for i in range(CONFIG.solver_steps):
        t = i * h
        a = _velocity(p, t, x)
        b = _velocity(p, t + h / 3, x + h * a / 3)
        c = _velocity(p, t + 2 * h / 3, x + h * (b - a / 3))
        d = _velocity(p, t + h, x + h * (a - b + c))
        x = x + h * (a + 3 * b + 3 * c + d) / 8
    pooled = np.maximum(_norm(p, "norm", x), 0).mean((2, 3))
    return pooled @ p["head.weight"].T + p["head.bias"]


def _velocity(p: Parameters, t: float, x: Maps) -> Maps:
    for i in (1, 2):
        x = np.maximum(_norm(p, f"dynamics.norm{i}", x), 0)
        clock = np.full_like(x[:, :1], t)
        x = _conv(p, f"dynamics.conv{i}.conv", np.concatenate([clock, x], 1), 1, 1)
    return _norm(p, "dynamics.norm3", x)


def _norm(p: Parameters, name: str, x: Maps) -> Maps:
    pairs = x.reshape(len(x), x.shape[1] // 2, -1)
    middle, spread = pairs.mean(2, keepdims=True), pairs.var(2, keepdims=True)
    normed = ((pairs - middle) / np.sqrt(spread + 1e-5)).reshape(x.shape)
    scale, shift = (p[f"{name}.{of}"][:, None, None] for of in ("weight", "bias"))
    return normed * scale + shift


def _conv(p: Parameters, name: str, x: Maps, rim: int, stride: int) -> Maps:
    weight = p[f"{name}.weight"]
    x = np.pad(x, ((0, 0), (0, 0), (rim, rim), (rim, rim)))
    windows = sliding_window_view(x, weight.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    out = np.tensordot(windows, weight, axes=([1, 4, 5], [1, 2, 3])) + p[f"{name}.bias"]
    return out.transpose(0, 3, 1, 2)
