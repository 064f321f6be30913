"""What objectives are written against, as short as a script needs it; see `nna.learning.base`."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

Quantities = Mapping[str, Tensor]  # named numbers of a batch
Players = Mapping[str, nn.Module]


class UserError(ValueError):
    """Something that was asked for makes no sense."""


@dataclass(frozen=True)
class Batch:
    """Some examples: the arguments of `forward` by name, and by name what should come out."""

    inputs: Mapping[str, Tensor]
    targets: Mapping[str, Tensor] = field(default_factory=dict)
    rows: Tensor | None = None  # of one graph: the nodes that are examples here
    class_weights: Tensor | None = None
    examples: int | None = None

    def __len__(self) -> int:
        if self.examples is not None:
            return self.examples
        return len(self.x if self.rows is None else self.rows)

    def of(self, outputs: Tensor) -> Tensor:
        """The outputs that belong to the examples."""
        return outputs if self.rows is None else outputs[self.rows]

    @property
    def x(self) -> Tensor:
        """The first input."""
        return next(iter(self.inputs.values()))

    @property
    def target(self) -> Tensor:
        """The one target."""
        return next(iter(self.targets.values()))


@dataclass(frozen=True)
class Turn:
    """What a step may use: descent on a player's loss, and where training stands."""

    descend: Callable[[str, Tensor], None]
    learning_rate: float
    progress: float
    starts_epoch: bool = False
    step: int = 0


@dataclass(frozen=True)
class Objective:
    """How a model learns from a batch, and how well it does on one."""

    watch = "loss"  # what the best epoch is chosen by; lower is better
    state: nn.Module | None = field(default=None, init=False, repr=False, compare=False)

    def initial_state(self, model: nn.Module) -> nn.Module | None:
        """What is kept beside the weights, such as their moving average."""
        return None

    def begin(self, model: nn.Module) -> Any:
        """The same objective, with its state."""
        mine = copy.copy(self)
        object.__setattr__(mine, "state", self.initial_state(model))
        return mine

    def evaluated(self, model: nn.Module) -> nn.Module:
        """What is judged and kept in the end."""
        return model

    def recipe_of(self, player: str, recipe: Any) -> Any:
        """The recipe that one player's optimiser follows."""
        return recipe

    def players(self, model: nn.Module) -> dict[str, nn.Module]:
        """The modules that get an optimiser each, by name."""
        return {}


@dataclass(frozen=True)
class Gradient(Objective):
    """One loss, descended by its gradient."""

    def players(self, model: nn.Module) -> dict[str, nn.Module]:
        """The whole model is the only player."""
        return {"model": model}

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """The loss of a batch."""
        raise NotImplementedError

    def step(self, model: nn.Module, players: Players, batch: Batch, turn: Turn) -> Quantities:
        """Descend the loss once."""
        loss, quantities = self.loss(players["model"], batch)
        turn.descend("model", loss)
        return {"loss": loss.detach(), **quantities}

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """The loss and its companions."""
        loss, quantities = self.loss(model, batch)
        return {"loss": loss, **quantities}


@dataclass(frozen=True)
class WithoutGradient(Objective):
    """Base of rules and closed forms: the model changes itself, outside of autograd."""

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Change the model's parameters in place."""
        raise NotImplementedError

    def step(self, model: nn.Module, players: Players, batch: Batch, turn: Turn) -> Quantities:
        """Apply the rule once."""
        with torch.no_grad():
            return self.update(model, batch, turn)


def setting(default: Any, *bounds: float, **more: Any) -> Any:
    """A setting of an objective, with its default."""
    return field(default=default)


def having(model: Any, protocol: type) -> Any:
    """The model, as one that has what the protocol names."""
    return model
