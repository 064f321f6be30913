"""All that continuing to the same bits needs, in one safetensors file: no pickle anywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributed.checkpoint.state_dict import (
    StateDictOptions,
    get_model_state_dict,
    get_optimizer_state_dict,
    set_model_state_dict,
    set_optimizer_state_dict,
)
from torch.optim import Optimizer

from nna.errors import UserError
from nna.training import files

WHOLE = StateDictOptions(full_state_dict=True, cpu_offload=True)  # in the first process only
EVERYWHERE = StateDictOptions(full_state_dict=True)  # the same, in every process


def weights_of(model: nn.Module, options: StateDictOptions = WHOLE) -> dict[str, Tensor]:
    """A model's whole state by its own names, gathered from all processes."""
    state: Any = get_model_state_dict(model, options=options)
    return state


def put_weights(model: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Give a model, sharded or not, its whole state."""
    whole: Any = dict(state)
    set_model_state_dict(model, whole, options=WHOLE)


@dataclass(slots=True)
class Position:
    """Where training stands."""

    epoch: int = 0
    step: int = 0  # within the epoch
    lines: int = 0  # of metrics.jsonl that belong to finished epochs
    best: float | None = None  # the least watched figure so far
    best_epoch: int = 0
    sums: dict[str, float] = field(default_factory=dict)  # of this epoch's quantities so far
    seen: int = 0  # examples behind those sums


def save(
    path: Path,
    model: nn.Module,
    optimisers: Mapping[str, tuple[nn.Module, Optimizer]],
    position: Position,
    writes: bool,
) -> None:
    """Write a checkpoint; every process takes part in gathering, the one that `writes` writes."""
    tensors = {f"model.{k}": v for k, v in weights_of(model).items()}
    groups: dict[str, Any] = {}
    for player, (module, optimiser) in optimisers.items():
        state: Any = get_optimizer_state_dict(module, optimiser, options=WHOLE)
        for name, entries in state.get("state", {}).items():
            for key, value in entries.items():
                tensors[f"optimiser.{player}.{name}|{key}"] = torch.as_tensor(value)
        groups[player] = state.get("param_groups", [])
    tensors["random.cpu"] = torch.get_rng_state()
    if torch.cuda.is_available():
        tensors["random.cuda"] = torch.cuda.get_rng_state()
    if writes:
        about = {"position": json.dumps(asdict(position)), "groups": json.dumps(groups)}
        files.write_tensors(path, tensors, about)


def restore(
    path: Path, model: nn.Module, optimisers: Mapping[str, tuple[nn.Module, Optimizer]]
) -> Position:
    """Put model, optimisers and random numbers back where the checkpoint left them.

    Raises:
        UserError: the file is damaged or of another model.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            about = file.metadata() or {}
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        position = Position(**json.loads(about["position"]))
        groups = json.loads(about["groups"])
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise UserError(f"{path}: not a whole checkpoint of nna ({error})") from error
    try:
        put_weights(model, _under("model.", tensors))
        for player, (module, optimiser) in optimisers.items():
            state = {"state": _entries(player, tensors), "param_groups": _tuples(groups[player])}
            set_optimizer_state_dict(module, optimiser, state, options=WHOLE)  # type: ignore[arg-type]
    except (KeyError, RuntimeError) as error:
        raise UserError(f"{path}: a checkpoint of another model") from error
    torch.set_rng_state(tensors["random.cpu"])
    if "random.cuda" in tensors and torch.cuda.is_available():
        torch.cuda.set_rng_state(tensors["random.cuda"])
    return position


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def _entries(player: str, tensors: Mapping[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    entries: dict[str, dict[str, Tensor]] = {}
    for name, value in _under(f"optimiser.{player}.", tensors).items():
        parameter, _, key = name.partition("|")
        entries.setdefault(parameter, {})[key] = value
    return entries


def _tuples(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """JSON has no tuples, and Adam's `betas` is one."""
    return [{k: tuple(v) if k == "betas" else v for k, v in g.items()} for g in groups]
