"""How far two computations of the same mathematics lie apart: what parity proofs are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from nna import weights
from nna.spec import Rule

HEARD = 1e-2  # least difference between two examples' outputs for a comparison to show anything

Naive = Callable[..., np.ndarray]  # (parameters by our names, **inputs) -> outputs, in float64


def modules(
    ours: nn.Module,
    reference: nn.Module,
    inputs: Mapping[str, Tensor],
    rules: Sequence[Rule] = (),
) -> dict[str, float]:
    """Greatest absolute differences between two modules in evaluation mode, in float32.

    The reference's weights are carried over by `rules`; so are its parameters' gradients, which
    the same rules (they only name, cut and turn) make comparable to ours. The gradients are those
    of the outputs' mean after weighting with fixed noise.

    Args:
        ours: built anew; its weights are overwritten.
        reference: takes the same inputs in the same order and returns one tensor.
        inputs: by the names of our `forward`.
        rules: from the reference's names to ours.
    """
    weights.load_exactly(ours, weights.translate(reference.state_dict(), rules))
    our_out, our_in, our_params = _run(ours, inputs, by_name=True)
    their_out, their_in, their_params = _run(reference, inputs, by_name=False)
    _heard(their_out)
    differences = {"outputs": _gap(our_out, their_out)}
    if our_in:
        differences["input gradients"] = max(map(_gap, our_in, their_in))
    theirs = weights.translate(their_params, rules)
    shared = our_params.keys() & theirs.keys()
    if shared:
        differences["parameter gradients"] = max(_gap(our_params[k], theirs[k]) for k in shared)
    return differences


def unsettle(model: nn.Module) -> None:
    """Give vectors (biases; scales and statistics of norms) other values than zeros and ones.

    Fresh norms compute the identity, and a comparison of identities shows nothing.
    """
    for name, tensor in model.state_dict().items():
        if tensor.ndim == 1 and not name.endswith(("bias", "mean")):
            nn.init.uniform_(tensor, 0.5, 1.5)
        elif tensor.ndim == 1:
            nn.init.normal_(tensor, std=0.1)


def _heard(out: Tensor) -> None:
    """Two examples must differ in what comes out: where signals die, zeros agree with zeros.

    Raises:
        AssertionError: they don't; the reference needs a start under which signals live.
    """
    if len(out) > 1:
        apart = float((out[0] - out[1]).abs().max())
        assert apart > HEARD, f"vacuous: the outputs of two examples differ by {apart:.1g} only"


def _run(
    module: nn.Module, inputs: Mapping[str, Tensor], by_name: bool
) -> tuple[Tensor, list[Tensor], dict[str, Tensor]]:
    module.eval().zero_grad()
    fresh = {k: v.clone().requires_grad_(v.is_floating_point()) for k, v in inputs.items()}
    out = module(**fresh) if by_name else module(*fresh.values())
    noise = torch.randn(out.shape, generator=torch.Generator().manual_seed(2))
    (out * noise.to(out)).mean().backward()
    of_inputs = [x.grad for x in fresh.values() if x.grad is not None]
    of_params = {k: p.grad for k, p in module.named_parameters() if p.grad is not None}
    return out.detach(), of_inputs, of_params


def equations(
    model: nn.Module, naive: Naive, inputs: Mapping[str, Tensor], step: float = 1e-5
) -> dict[str, float]:
    """Greatest absolute differences between a model and NumPy code written from the equations.

    Outputs are compared in float32 against float64; the gradient by the inputs along one random
    direction, which the naive side takes by central differences, with both sides in float64.

    Args:
        model: evaluated with the weights it has.
        naive: `naive(parameters, **inputs)`, in NumPy, float64.
        inputs: by the names of `forward`.
        step: of the central difference.
    """
    model.eval()
    params = {k: v.detach().double().numpy() for k, v in model.state_dict().items()}
    arrays = {
        k: v.double().numpy() if v.is_floating_point() else v.numpy() for k, v in inputs.items()
    }
    with torch.no_grad():
        out = model(**inputs)
    expected = naive(params, **arrays)
    differences = {"outputs": float(np.abs(out.double().numpy() - expected).max())}
    floats = [k for k, v in inputs.items() if v.is_floating_point()]
    if floats and out.is_floating_point() and any(p.requires_grad for p in model.parameters()):
        differences["input gradients"] = _directional(
            model, partial(naive, params), arrays, floats, step
        )
    return differences


def _directional(
    model: nn.Module,
    naive: Callable[..., np.ndarray],
    arrays: dict[str, Any],
    floats: list[str],
    step: float,
) -> float:
    rng = np.random.default_rng(3)
    noise = rng.standard_normal(naive(**arrays).shape)
    direction = {k: rng.standard_normal(arrays[k].shape) for k in floats}

    def along(t: float) -> float:
        moved = {k: v + t * direction[k] if k in direction else v for k, v in arrays.items()}
        return float((naive(**moved) * noise).mean())

    tensors = {k: torch.as_tensor(v) for k, v in arrays.items()}
    for k in floats:
        tensors[k].requires_grad_()
    twin = model.double()
    try:
        (twin(**tensors) * torch.as_tensor(noise)).mean().backward()
    finally:
        model.float()
    ours = sum(float((_gradient(tensors[k]) * torch.as_tensor(direction[k])).sum()) for k in floats)
    return abs(ours - (along(step) - along(-step)) / (2 * step))


def _gradient(x: Tensor) -> Tensor:
    assert x.grad is not None
    return x.grad


def _gap(one: Tensor, other: Tensor) -> float:
    return float((one - other).abs().max()) if one.numel() else 0.0
