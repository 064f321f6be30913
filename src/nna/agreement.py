"""How far two computations of the same mathematics lie apart: what parity proofs are made of.

Every difference is taken by `gap`: relative to the reference's largest entry, and refusing NaN,
infinity and references of nothing but zeros. No comparison passes because there was nothing to see.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from nna import weights
from nna.spec import Rule

HEARD = 1e-2  # least difference between examples, in units of the largest output
ALIVE = 1e-11  # least gradient of a tensor that takes part, in units of the largest of all tensors
STEPS = (1e-6, 1e-7, 1e-8)  # of central differences: the next where a kink lies within the last
SHARP = 1e-6  # a gap of directional derivatives that needs no finer step

Array = ArrayLike | Tensor  # read as float64
Naive = Callable[..., np.ndarray]  # (parameters by our names, **inputs) -> outputs, in float64
Gradients = dict[str, Tensor]


def gap(ours: Array, theirs: Array, scale: float | None = None) -> float:
    """Greatest difference of two arrays, in units of the largest entry of `theirs`.

    Args:
        ours: what is proven.
        theirs: the reference, of the same shape.
        scale: the unit instead, where the reference may be nothing but zeros.

    Raises:
        AssertionError: other shapes, no entries, NaN or infinity on either side, or all zeros.
    """
    one, other = _array(ours), _array(theirs)
    assert one.shape == other.shape, f"ours is {one.shape}, the reference {other.shape}"
    assert one.size, "vacuous: nothing to compare"
    for side, values in (("ours", one), ("the reference", other)):
        assert np.isfinite(values).all(), f"NaN or infinity in {side}"
    scale = float(np.abs(other).max()) if scale is None else scale
    assert scale > 0, "vacuous: the reference is nothing but zeros"
    return float(np.abs(one - other).max()) / scale


def worst(*found: Mapping[str, float]) -> dict[str, float]:
    """Of each quantity the greatest gap over several comparisons."""
    gaps: dict[str, float] = {}
    for one in found:
        for quantity, value in one.items():
            assert np.isfinite(value), f"{quantity}: the gap is {value}"
            gaps[quantity] = max(value, gaps.get(quantity, 0.0))
    return gaps


def modules(
    ours: nn.Module,
    reference: nn.Module,
    inputs: Mapping[str, Tensor],
    rules: Sequence[Rule] = (),
    silent: Sequence[str] = (),
) -> dict[str, float]:
    """Greatest gaps between two modules, in evaluation and in training.

    The reference's weights are carried over by `rules`; so are its parameters' gradients, which
    the same rules (they only name, cut and turn) make comparable to ours. Outputs are compared as
    the inputs come, in float32; all else in float64, where only mathematics makes a difference:
    the gradients of the outputs' sum after weighting with fixed noise, by every input and every
    parameter; the same in training mode with dropout at zero, and where there are norms with
    statistics of the batch, what one step leaves in them.

    Args:
        ours: built anew; its weights are overwritten.
        reference: takes the same inputs in the same order and returns a tensor or several.
        inputs: by the names of our `forward`.
        rules: from the reference's names to ours.
        silent: patterns of our parameters that no gradient reaches in evaluation, on either side.

    Raises:
        AssertionError: the comparison would be vacuous: signals or gradients die, a parameter or
            statistic is as norms start, parameters lack a counterpart, or randomness is left.
    """
    weights.load_exactly(ours, weights.translate(reference.state_dict(), rules))
    _settled(ours)
    ours, reference = copy.deepcopy((ours.eval(), reference.eval()))
    with torch.no_grad():
        mine = _finite(_tensors(ours(**inputs)))
        plain = _outputs(mine, _tensors(reference(*inputs.values())))
    for side in (ours, reference):
        side.double()
    inputs = {k: v.double() if v.is_floating_point() else v for k, v in inputs.items()}
    found = _slopes(ours, reference, inputs, rules, silent)
    found["outputs"] = max(found["outputs"], plain)
    for side in (ours, reference):
        quiet(side)
        side.train()
    trained = _slopes(ours, reference, inputs, rules, None)
    found |= {f"training {quantity}": value for quantity, value in trained.items()}
    theirs, mine = weights.translate(reference.state_dict(), rules), dict(ours.named_buffers())
    left = {k: gap(v, theirs[k], _most(theirs[k]) or 1.0) for k, v in mine.items() if k in theirs}
    return found | ({"statistics after a step": max(left.values())} if left else {})


def _slopes(
    ours: nn.Module,
    reference: nn.Module,
    inputs: Mapping[str, Tensor],
    rules: Sequence[Rule],
    silent: Sequence[str] | None,
) -> dict[str, float]:
    our_out, our_in, our_params = _run(ours, inputs, by_name=True)
    their_out, their_in, their_params = _run(reference, inputs, by_name=False)
    theirs = weights.translate(their_params, rules)
    assert our_params.keys() == theirs.keys(), (
        f"parameters on one side only: {sorted(our_params.keys() ^ theirs.keys())[:4]}"
    )
    found = {"outputs": _outputs(our_out, their_out)}
    if our_in:
        of_inputs = dict(zip(map(str, our_in), their_in.values(), strict=True))
        found["input gradients"] = _gradients(our_in, of_inputs, ())
    if our_params:
        found["parameter gradients"] = _gradients(our_params, theirs, silent)
    return found


def _outputs(ours: list[Tensor], theirs: list[Tensor]) -> float:
    assert len(ours) == len(theirs), f"{len(ours)} outputs, the reference has {len(theirs)}"
    return max(map(gap, ours, theirs))


def _gradients(ours: Gradients, theirs: Gradients, silent: Sequence[str] | None) -> float:
    """The greatest gap, each tensor in units of its own largest entry.

    Which are dead must be known beforehand; in training (None) norms by the batch's statistics
    take away what some layers before them add, and the two sides must be dead alike.
    """
    floor, found = ALIVE * max(map(_most, theirs.values())), []
    for name, slope in theirs.items():
        told = silent is None or any(re.search(pattern, name) for pattern in silent)
        if told and _most(slope) <= floor:
            assert _most(ours[name]) <= floor, f"a gradient reaches {name!r}, not the reference's"
            continue
        assert silent is None or not told, f"{name!r} is called silent, but has a gradient"
        assert _most(slope) > floor, f"vacuous: no gradient reaches {name!r} of the reference"
        found.append(gap(ours[name], slope))
    assert found, "vacuous: no gradient at all"
    return max(found)


def unsettle(model: nn.Module) -> None:
    """Move biases, scales and statistics of norms, and all that starts at one value, away from it.

    Fresh norms compute the identity, and a comparison of identities shows nothing.
    """
    for name, tensor in _stirred(model).items():
        with torch.no_grad():
            if "bias" in name or name.endswith("_mean"):
                tensor.add_(0.1 * torch.randn_like(tensor))
            elif tensor.ndim == 1:
                nn.init.uniform_(tensor, 0.5, 1.5)
            elif _flat(tensor):
                tensor.mul_(0.5 + torch.rand_like(tensor)).add_(0.1 * torch.randn_like(tensor))


def settle(model: nn.Module, *inputs: Tensor) -> None:
    """Give batch norms the statistics of these inputs, lest signals die or grow over many layers.

    Args:
        model: left in training mode; its norms follow later batches as fast as before.
        inputs: of its `forward`.
    """
    norms = [part for part in model.modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)]
    before = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 1.0
    with torch.no_grad():
        model.train()(*inputs)
    for norm, momentum in zip(norms, before, strict=True):
        norm.momentum = momentum


def quiet(module: nn.Module) -> None:
    """Switch off all dropout and stochastic depth, ours and other libraries'."""
    for part in module.modules():
        drops = "Drop" in type(part).__name__ or "StochasticDepth" in type(part).__name__
        names = ("p", "rate", "drop_prob") if drops else ("dropout", "drop_rate", "dropout_p")
        for name in names:
            if isinstance(getattr(part, name, None), float):
                setattr(part, name, 0.0)


def _settled(model: nn.Module) -> None:
    """Norms as they start, and biases of zeros, would agree with having none.

    Raises:
        AssertionError: names a parameter or a running statistic whose entries are all the same.
    """
    for name, tensor in _stirred(model).items():
        flat = tensor.numel() > 1 and _flat(tensor)
        assert not flat, f"vacuous: all of {name!r} is {float(tensor.detach().min()):.2g}"


def _stirred(model: nn.Module) -> Gradients:
    """What a comparison may not find as it starts: all that is learnt, and running statistics."""
    state = model.state_dict(keep_vars=True).items()
    return {k: v for k, v in state if v.requires_grad or k.endswith(("_mean", "_var"))}


def _heard(out: Tensor) -> None:
    """Examples must differ in what comes out: where signals die, zeros agree with zeros.

    Raises:
        AssertionError: they don't; the reference needs a start under which signals live.
    """
    if out.ndim and len(out) > 1:
        apart, most = _most(out.amax(0) - out.amin(0)), _most(out)
        assert not apart <= HEARD * most, (
            f"vacuous: outputs of examples differ by {apart:.1g}, the largest is {most:.1g}"
        )


def _run(
    module: nn.Module, inputs: Mapping[str, Tensor], by_name: bool
) -> tuple[list[Tensor], Gradients, Gradients]:
    """Outputs, gradients by the floating inputs, and gradients by all that can be learnt."""
    module.zero_grad()
    fresh = {k: v.clone().requires_grad_(v.is_floating_point()) for k, v in inputs.items()}
    drawn = torch.get_rng_state()
    outs = _finite(_tensors(module(**fresh) if by_name else module(*fresh.values())))
    assert torch.equal(drawn, torch.get_rng_state()), "draws random numbers with dropout at zero"
    noise, total = torch.Generator().manual_seed(2), torch.zeros(())
    for out in outs:
        if out.requires_grad:
            _heard(out.detach())
            total = total + (out * _noise(out, noise)).sum()
    if total.requires_grad:
        total.backward()
    learnt = {k: p for k, p in module.named_parameters() if p.requires_grad}
    floating = {k: v for k, v in fresh.items() if v.requires_grad}
    return [out.detach() for out in outs], _slopes_of(floating), _slopes_of(learnt)


def _slopes_of(tensors: Mapping[str, Tensor]) -> Gradients:
    """What `backward` left in each; zeros where it never came."""
    return {k: torch.zeros_like(v) if v.grad is None else v.grad for k, v in tensors.items()}


def _noise(out: Tensor, generator: torch.Generator) -> Tensor:
    return torch.randn(out.shape, generator=generator).to(out)


def _tensors(out: Any) -> list[Tensor]:
    several = out.values() if isinstance(out, Mapping) else out
    return [out] if isinstance(out, Tensor) else [one for one in several if one is not None]


def _finite(outs: list[Tensor]) -> list[Tensor]:
    for out in outs:
        assert out.isfinite().all(), "NaN or infinity in the outputs"
    return outs


def equations(
    model: nn.Module,
    naive: Naive,
    inputs: Mapping[str, Tensor],
    silent: Sequence[str] = (),
    training: bool = True,
) -> dict[str, float]:
    """Greatest gaps between a model and NumPy code written from the equations.

    Outputs are compared in float32 against float64. Gradients of the outputs' sum, after weighting
    with noise, are compared in float64 along one random direction of each floating input and of
    each parameter that can be learnt; the naive side takes them by central differences. In
    training, with dropout at zero, outputs are compared once more; norms' statistics of the batch
    are measured in the model and handed to the naive side as if they had been stored.

    Args:
        model: evaluated with the weights it has.
        naive: `naive(parameters, **inputs)`, in NumPy, float64.
        inputs: by the names of `forward`.
        silent: patterns of parameters and inputs that no gradient reaches.
        training: whether training mode computes the same, but for dropout and statistics.

    Raises:
        AssertionError: the comparison would be vacuous, as in `modules`.
    """
    model = copy.deepcopy(model).eval()
    _settled(model)
    params = {k: v.double().numpy().copy() for k, v in model.state_dict().items()}
    arrays = {k: v.detach().double().numpy() if v.is_floating_point() else v.numpy()
              for k, v in inputs.items()}  # fmt: skip
    with torch.no_grad():
        (out,) = _finite(_tensors(model(**inputs)))
    expected = naive(params, **arrays)
    found = {"outputs": gap(out, expected)}
    model.double()
    tensors = {k: torch.as_tensor(v) for k, v in arrays.items()}
    found |= _directions(model, naive, params, tensors, silent)
    if training:
        found["training outputs"] = _trained(model, naive, params, tensors)
    return found


def _directions(
    model: nn.Module,
    naive: Naive,
    params: Mapping[str, np.ndarray],
    tensors: Mapping[str, Tensor],
    silent: Sequence[str],
) -> dict[str, float]:
    """Gaps of directional derivatives, each in units of the gradient's length."""
    (out,), of_inputs, of_params = _run(model, tensors, by_name=True)
    rng = np.random.default_rng(3)
    noise = _noise(out, torch.Generator().manual_seed(2)).numpy()
    arrays = {k: v.numpy() for k, v in tensors.items()}
    floor = ALIVE * max(map(_most, (*of_inputs.values(), *of_params.values())), default=0.0)

    def compared(name: str, at: np.ndarray, slope: Tensor, along: Callable[..., Any]) -> float:
        told = any(re.search(pattern, name) for pattern in silent)
        assert not told or _most(slope) <= floor, f"{name!r} is called silent, but has a gradient"
        assert told or _most(slope) > floor, f"no gradient reaches {name!r}"
        way, least = rng.standard_normal(at.shape), float("inf")
        ours, scale = float((slope.numpy() * way).sum()), 1.0 if told else float(slope.norm())
        for step in STEPS:
            ends = [float((along(at + t * way) * noise).sum()) for t in (-step, step)]
            least = min(least, gap(ours, (ends[1] - ends[0]) / (2 * step), scale))
            if least < SHARP:
                break
        return least

    found: dict[str, list[float]] = {}
    for name, slope in of_inputs.items():
        along = partial(lambda key, v: naive(params, **(arrays | {key: v})), name)
        found.setdefault("input gradients", []).append(compared(name, arrays[name], slope, along))
    for name, slope in of_params.items():
        along = partial(lambda key, v: naive({**params, key: v}, **arrays), name)
        found.setdefault("parameter gradients", []).append(
            compared(name, params[name], slope, along)
        )
    return {quantity: max(gaps) for quantity, gaps in found.items()}


def _trained(
    model: nn.Module,
    naive: Naive,
    params: Mapping[str, np.ndarray],
    tensors: Mapping[str, Tensor],
) -> float:
    """Outputs in training, beside the equations with the statistics of this batch."""
    measured = dict(params)

    def measure(name: str, _: nn.Module, args: tuple[Tensor, ...]) -> None:
        seen = args[0].detach().transpose(0, 1).flatten(1)
        measured[f"{name}.running_mean"] = seen.mean(1).numpy()
        measured[f"{name}.running_var"] = seen.var(1, correction=0).numpy()

    quiet(model)
    for name, part in model.named_modules():
        if isinstance(part, nn.modules.batchnorm._BatchNorm):
            part.register_forward_pre_hook(partial(measure, name))
    (out,), _, _ = _run(model.train(), tensors, by_name=True)
    return gap(out, naive(measured, **{k: v.numpy() for k, v in tensors.items()}))


def _flat(tensor: Tensor) -> bool:
    return tensor.numel() > 0 and bool((tensor == tensor.flatten()[0]).all())


def _array(values: Array) -> np.ndarray:
    if isinstance(values, Tensor):
        values = values.detach().numpy()
    return np.asarray(values, dtype=np.float64)


def _most(values: Tensor) -> float:
    return float(values.abs().max()) if values.numel() else 0.0
