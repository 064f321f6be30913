"""The whole state of a model and an optimiser that lie in parts on several processes.

Every function is called in all of them. One process needs none of this, nor the second that
importing it takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn
from torch.distributed.checkpoint.state_dict import (
    StateDictOptions,
    get_model_state_dict,
    get_optimizer_state_dict,
    set_model_state_dict,
    set_optimizer_state_dict,
)
from torch.optim import Optimizer

FIRST = StateDictOptions(full_state_dict=True, cpu_offload=True)  # in the first process only
EVERYWHERE = StateDictOptions(full_state_dict=True)


def weights_of(model: nn.Module, everywhere: bool) -> dict[str, Tensor]:
    """A model's whole state by its own names, in every process or in the first alone."""
    state: Any = get_model_state_dict(model, options=EVERYWHERE if everywhere else FIRST)
    return state


def put_weights(model: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Give a model its whole state; each process keeps its part."""
    whole: Any = dict(state)
    set_model_state_dict(model, whole, options=FIRST)


def moments(module: nn.Module, optimiser: Optimizer) -> dict[str, dict[str, Tensor]]:
    """What an optimiser keeps of each parameter, whole, in the first process."""
    state: Any = get_optimizer_state_dict(module, optimiser, options=FIRST)
    return state.get("state", {})


def put_moments(
    module: nn.Module, optimiser: Optimizer, moments: Mapping[str, Mapping[str, Tensor]]
) -> None:
    """Give an optimiser what it kept; each process keeps its part."""
    groups: Any = get_optimizer_state_dict(module, optimiser, options=EVERYWHERE)["param_groups"]
    state: Any = {"state": {k: dict(v) for k, v in moments.items()}, "param_groups": groups}
    set_optimizer_state_dict(module, optimiser, state, options=FIRST)
