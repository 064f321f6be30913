"""The gated network beside its equations in NumPy; in training, beside gradients by hand."""

import numpy as np
import torch

from nna import agreement
from nna.architectures.feedforward.conditional_computation.model import ConditionalComputation
from nna.architectures.feedforward.conditional_computation.spec import Config

Params = dict[str, np.ndarray]


def equations() -> dict[str, float]:
    """Outputs in evaluation; in training, with the gates as drawn, every parameter's gradient."""
    torch.manual_seed(0)
    model = ConditionalComputation(Config(features=5, hidden=12, classes=3, groups=4, units=6))
    agreement.unsettle(model)
    x = torch.randn(9, 5)
    gates = (r"^gater\.",)  # in evaluation a gate is open or closed: nothing to follow
    gaps = agreement.equations(model, _settled, {"table": x}, gates, training=False)
    model.double().train().zero_grad()
    noise = torch.randn(9, 3).double()
    torch.manual_seed(1)
    (model(x.double())[0] * noise).sum().backward()
    torch.manual_seed(1)
    uniform = torch.rand(9, 4, dtype=torch.float64).numpy()
    params = {key: value.detach().numpy() for key, value in model.named_parameters()}
    expected = _gradients(params, x.double().numpy(), uniform, noise.numpy())
    assert expected.keys() == params.keys()
    trained = [
        {"training parameter gradients": agreement.gap(value.grad, expected[key])}
        for key, value in model.named_parameters()
        if value.grad is not None
    ]
    assert len(trained) == len(params)
    return agreement.worst(gaps, *trained)


def _settled(p: Params, table: np.ndarray) -> np.ndarray:
    out = np.zeros((len(table), 3))
    for row, x in enumerate(table):
        first = np.maximum(p["gater.0.weight"] @ x + p["gater.0.bias"], 0)
        a = p["gater.2.weight"] @ first + p["gater.2.bias"]
        out[row] = p["head.bias"]
        for unit in range(12):
            if a[unit // 3] > 0:
                answer = max(p["main.weight"][unit] @ x + p["main.bias"][unit], 0.0)
                out[row] += p["head.weight"][:, unit] * answer
    return out


def _gradients(p: Params, table: np.ndarray, uniform: np.ndarray, noise: np.ndarray) -> Params:
    """Of the sum of noise times scores; a gate's argument gets what the gate gets."""
    grads = {key: np.zeros_like(value) for key, value in p.items()}
    for x, u, out in zip(table, uniform, noise, strict=True):
        first = np.maximum(p["gater.0.weight"] @ x + p["gater.0.bias"], 0)
        a = p["gater.2.weight"] @ first + p["gater.2.bias"]
        gate = (u < 1 / (1 + np.exp(-a))).astype(float)
        answer = np.maximum(p["main.weight"] @ x + p["main.bias"], 0)
        behind = p["head.weight"].T @ out  # what reaches a gated unit
        grads["head.weight"] += np.outer(out, answer * np.repeat(gate, 3))
        grads["head.bias"] += out
        at_unit = behind * np.repeat(gate, 3) * (answer > 0)
        grads["main.weight"] += np.outer(at_unit, x)
        grads["main.bias"] += at_unit
        at_gate = (behind * answer).reshape(4, 3).sum(1)
        grads["gater.2.weight"] += np.outer(at_gate, first)
        grads["gater.2.bias"] += at_gate
        at_first = (p["gater.2.weight"].T @ at_gate) * (first > 0)
        grads["gater.0.weight"] += np.outer(at_first, x)
        grads["gater.0.bias"] += at_first
    return grads
