"""Where two networks of one structure part: the first layer, by name, whose outputs differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

CLOSE = 1e-5


def unlike_names(own: nn.Module, reference: nn.Module) -> str | None:
    """In what the weights of two networks differ by name or shape, in a line."""
    ours, theirs = own.state_dict(), reference.state_dict()
    missing = [name for name in theirs if name not in ours]
    more = [name for name in ours if name not in theirs]
    if missing or more:
        told = [f"no weights called {missing[0]}"] if missing else []
        told += [f"{more[0]} is not among the reference's"] if more else []
        return "; ".join(told)
    for name, tensor in theirs.items():
        if tuple(ours[name].shape) != tuple(tensor.shape):
            return f"{name} has shape {tuple(ours[name].shape)}, not {tuple(tensor.shape)}"
    return None


def first_difference(
    own: nn.Module, reference: nn.Module, inputs: Mapping[str, Tensor]
) -> str | None:
    """The first layer whose output differs though both have the same weights; None if none does.

    Args:
        own: a network.
        reference: another with the same names; its weights are given to the first one.
        inputs: the arguments of `forward`.
    """
    own.load_state_dict(reference.state_dict())
    seen = {}
    for which, model in (("own", own), ("reference", reference)):
        torch.manual_seed(0)
        seen[which] = _outputs(model, inputs)
    ours, theirs = seen["own"], seen["reference"]
    for (name, call), (given, out) in theirs.items():
        if (name, call) not in ours:
            return (
                f"{name or 'the network'} is never called" if call == 0 else f"{name}: too rarely"
            )
        own_given, own_out = ours[name, call]
        if not _same(own_out, out):
            if name == "":
                return "all layers agree; what forward does around them differs"
            if _same(own_given, given):
                return f"{name} is the first layer that differs: its input is right"
            return f"{name} is the first layer that differs: it is given another input"
    return None


def _outputs(
    model: nn.Module, inputs: Mapping[str, Tensor]
) -> dict[tuple[str, int], tuple[Any, Any]]:
    """What each layer was given and gave, by its name and how often it was called before."""
    seen: dict[tuple[str, int], tuple[Any, Any]] = {}
    counts: dict[str, int] = {}

    def note(name: str) -> Any:
        def hook(module: nn.Module, given: Any, out: Any) -> None:
            seen[name, counts.get(name, 0)] = (_tensors(given), _tensors(out))
            counts[name] = counts.get(name, 0) + 1

        return hook

    held = [module.register_forward_hook(note(name)) for name, module in model.named_modules()]
    try:
        with torch.no_grad():
            model(**inputs)
    finally:
        for one in held:
            one.remove()
    return seen


def _tensors(value: Any) -> list[Tensor]:
    """All tensors of some nested outputs, in order, as they are now."""
    if isinstance(value, Tensor):
        return [value.detach().clone()]
    if isinstance(value, Mapping):
        value = [*value.values()]
    return [t for one in value for t in _tensors(one)] if isinstance(value, list | tuple) else []


def _same(one: list[Tensor], other: list[Tensor]) -> bool:
    return len(one) == len(other) and all(map(_close, one, other))


def _close(one: Tensor, other: Tensor) -> bool:
    if one.shape != other.shape:
        return False
    apart = (one.double() - other.double()).abs()
    return bool((apart <= CLOSE * other.double().abs().max().clamp_min(1e-30)).all())
