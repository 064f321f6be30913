"""All that continuing to the same bits needs, in one safetensors file: no pickle anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from nna import registry, weights
from nna.errors import UserError
from nna.spec import Rename
from nna.training import files

FORMAT = "2"  # the first gave moments back in another order of memory, and kept less
PLAIN = ("epoch", "step", "history", "best", "best_epoch", "seen", "elapsed")

Optimisers = Mapping[str, tuple[nn.Module, Optimizer]]
Moments = Mapping[str, Mapping[str, Tensor]]  # parameter -> what an optimiser keeps of it


@dataclass(frozen=True, slots=True)
class Kept:
    """What a step changes, and continuing needs, beside where training stands."""

    model: nn.Module
    optimisers: Optimisers
    state: nn.Module | None = None  # of the objective; each process has its own


@dataclass(slots=True)
class Position:
    """Where training stands."""

    epoch: int = 0
    step: int = 0  # within the epoch
    history: list[dict[str, float]] = field(default_factory=list)  # figures of finished epochs
    best: float | None = None  # the least watched figure so far
    best_epoch: int = 0
    best_weights: dict[str, Tensor] = field(default_factory=dict)  # of that epoch
    sums: dict[str, Tensor] = field(default_factory=dict)  # of this epoch's quantities so far
    seen: int = 0  # examples behind those sums
    elapsed: float = 0.0  # seconds trained


def weights_of(model: nn.Module, everywhere: bool = False) -> dict[str, Tensor]:
    """A model's whole state by its own names, gathered from all processes.

    Args:
        model: whole, or in shards.
        everywhere: give it to every process; of shards, else only to the first.
    """
    if not _sharded(model):
        return {name: value.detach() for name, value in model.state_dict().items()}
    from nna.training import shards

    return shards.weights_of(model, everywhere)


def put_weights(model: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Give a model, sharded or not, its whole state."""
    if not _sharded(model):
        model.load_state_dict(dict(state))
        return
    from nna.training import shards

    shards.put_weights(model, state)


def read_weights(path: Path, name: str) -> weights.State:
    """The weights of an architecture in a file, by the names that its parameters have today.

    Raises:
        UserError: as `nna.weights.read`.
    """
    return weights.translate(weights.read(path), registry.describe(name).renamed_parameters)


def save(path: Path, kept: Kept, position: Position, writes: bool) -> None:
    """Write a checkpoint; every process takes part in gathering, the one that `writes` writes."""
    tensors = _named("model", weights_of(kept.model))
    tensors |= _named("best", position.best_weights) | _named("sums", position.sums)
    for player, (module, optimiser) in kept.optimisers.items():
        for name, entries in moments_of(module, optimiser).items():
            tensors |= {f"optimiser.{player}.{name}|{key}": v for key, v in entries.items()}
    for rank, states in enumerate(_gathered({name: read() for name, (read, _) in _generators()})):
        tensors |= _named(f"random.{rank}", states)
    first, *others = _gathered({} if kept.state is None else weights_of(kept.state))
    tensors |= _named("state.0", first)
    for rank, own in enumerate(others, start=1):  # what is alike in all processes, once
        differs = {name: of for name, of in own.items() if not same(of, first[name])}
        tensors |= _named(f"state.{rank}", differs)
    if writes:
        plain = {name: getattr(position, name) for name in PLAIN}
        about = {
            "format": FORMAT,
            "position": json.dumps(plain),
            "sums": json.dumps([*position.sums]),  # in their order; safetensors has its own
            "processes": str(_processes()),
        }
        files.write_tensors(path, tensors, about)


def restore(path: Path, kept: Kept, renamed: tuple[Rename, ...] = ()) -> Position:
    """Put model, optimisers, state and random numbers back where the checkpoint left them.

    Raises:
        UserError: the file is damaged, of another model, of an earlier version, or was written by
            another number of processes.
    """
    about, tensors = _read(path)
    tensors = weights.translate(tensors, renamed)
    rank = torch.distributed.get_rank() if _processes() > 1 else 0
    try:
        position = Position(**json.loads(about["position"]))
        position.best_weights = _under("best.", tensors)
        position.sums = {key: tensors[f"sums.{key}"] for key in json.loads(about["sums"])}
        put_weights(kept.model, _under("model.", tensors))
        if kept.state is not None:
            own = _under("state.0.", tensors) | _under(f"state.{rank}.", tensors)
            kept.state.load_state_dict(own)
        for player, (module, optimiser) in kept.optimisers.items():
            _put_moments(module, optimiser, _entries(_under(f"optimiser.{player}.", tensors)))
    except (KeyError, RuntimeError, TypeError, ValueError) as error:
        raise UserError(f"{path}: a checkpoint of another model; train anew") from error
    states = _under(f"random.{rank}.", tensors)
    for device, (_, put) in _generators():
        if device in states:
            put(states[device])
    return position


def _read(path: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            about = file.metadata() or {}
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise UserError(f"{path}: not a whole checkpoint of nna ({error}); train anew") from error
    if about.get("format") != FORMAT:
        raise UserError(
            f"{path}: a checkpoint of another version of nna, from which training would not go on "
            "exactly; train anew"
        )
    if (processes := about["processes"]) != str(_processes()):
        raise UserError(
            f"{path}: training began with {processes} processes and goes on exactly with as many "
            f"only: torchrun --nproc-per-node {processes} -m nna resume {path.parent}"
        )
    weights.check_finite(
        path, {k: v for k, v in tensors.items() if k.startswith(("model.", "best."))}
    )
    return about, tensors


def _named(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}.{name}": value for name, value in tensors.items()}


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def _entries(tensors: Mapping[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    entries: dict[str, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        parameter, _, key = name.partition("|")
        entries.setdefault(parameter, {})[key] = value
    return entries


# --- What optimisers keep -----------------------------------------------------------------------


def _sharded(module: nn.Module) -> bool:
    return any(hasattr(parameter, "full_tensor") for parameter in module.parameters())


def moments_of(module: nn.Module, optimiser: Optimizer) -> Moments:
    """What an optimiser keeps of each parameter, by name; gathered from all processes."""
    if _sharded(module):
        from nna.training import shards

        return shards.moments(module, optimiser)
    return {
        name: {key: value for key, value in kept.items() if value is not None}
        for name, parameter in module.named_parameters()
        if (kept := optimiser.state.get(parameter))
    }


def _put_moments(module: nn.Module, optimiser: Optimizer, moments: Moments) -> None:
    """Give an optimiser what it kept of each parameter, in that parameter's order of memory.

    Fused kernels walk through a parameter and its moments as they lie in memory: moments that lie
    otherwise meet the wrong numbers.
    """
    if _sharded(module):
        from nna.training import shards

        shards.put_moments(module, optimiser, moments)
        return
    named = dict(module.named_parameters())
    for name, entries in moments.items():
        parameter = named[name]
        for key, value in entries.items():
            like = parameter.detach() if value.ndim else value.to(parameter.device)
            optimiser.state[parameter][key] = torch.empty_like(like, dtype=value.dtype).copy_(value)


def same(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors are alike to the bit."""
    a, b = (t.reshape(-1).view(torch.uint8) for t in (one, other))
    return one.dtype == other.dtype and one.shape == other.shape and torch.equal(a, b)


# --- Random numbers -----------------------------------------------------------------------------


def _processes() -> int:
    distributed = torch.distributed.is_available() and torch.distributed.is_initialized()
    return torch.distributed.get_world_size() if distributed else 1


def _generators() -> Iterator[tuple[str, tuple[Callable[[], Tensor], Callable[[Tensor], Any]]]]:
    """The generators that a step may draw from: how to read each, and how to set it."""
    yield "cpu", (torch.get_rng_state, torch.set_rng_state)
    if torch.cuda.is_available():
        yield "cuda", (torch.cuda.get_rng_state, torch.cuda.set_rng_state)
    if torch.backends.mps.is_available():
        yield "mps", (torch.mps.get_rng_state, torch.mps.set_rng_state)


def _gathered(own: dict[str, Tensor]) -> list[dict[str, Tensor]]:
    """The same of every process, in their order."""
    if _processes() == 1:
        return [own]
    gathered: list[Any] = [None] * _processes()
    torch.distributed.all_gather_object(gathered, {name: of.cpu() for name, of in own.items()})
    return gathered
