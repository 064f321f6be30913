"""The one interface of everything that can be learnt from, and its four kinds.

gradient: a loss. game: several players, each with parameters and a loss. rule: an update without
a gradient. closed form: solved once, from all examples. The training loop knows only `Objective`.

An objective is a frozen dataclass: its fields are its settings, with the values that are used
unless a recipe says otherwise. What belongs to a single run is its state, made by `begin`.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Self

import torch
from torch import Tensor, nn

from nna.learning import settings
from nna.spec import Recipe, Task

Quantities = Mapping[str, Tensor]  # named numbers of one batch, to be averaged and logged
Players = Mapping[str, nn.Module]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some examples: the arguments of `forward` by name, and by name what should come out."""

    inputs: Mapping[str, Tensor]
    targets: Mapping[str, Tensor] = field(default_factory=dict)
    rows: Tensor | None = None  # of one graph: the nodes that are examples here
    class_weights: Tensor | None = None  # `(classes,)`, of their losses; None: all alike
    examples: int | None = None  # how many, where that is not the length of the first input

    def __len__(self) -> int:
        """How many examples."""
        if self.examples is not None:
            return self.examples
        return len(self.x if self.rows is None else self.rows)

    def of(self, outputs: Tensor) -> Tensor:
        """The outputs that belong to the examples."""
        return outputs if self.rows is None else outputs[self.rows]

    @property
    def x(self) -> Tensor:
        """The first input: all that whatever learns of one input alone reads."""
        return next(iter(self.inputs.values()))

    @property
    def target(self) -> Tensor:
        """The one target.

        Raises:
            ValueError: the data have none, or several.
        """
        if len(self.targets) != 1:
            has = f"the targets {', '.join(self.targets)}" if self.targets else "none"
            raise ValueError(f"this objective needs one target, and the data have {has}")
        return next(iter(self.targets.values()))


@dataclass(frozen=True, slots=True)
class Turn:
    """What a step may use: descent on a player's loss, and where training stands."""

    descend: Callable[[str, Tensor], None]  # (player, loss): one optimiser step of that player
    learning_rate: float  # of this step, by the schedule
    progress: float  # share of all steps done, from 0 to below 1
    starts_epoch: bool = False  # the first step of an epoch
    step: int = 0  # steps done before this one


@dataclass(frozen=True)
class Objective(ABC):
    """How a model learns from a batch, and how well it does on one."""

    kind: ClassVar[Literal["gradient", "game", "rule", "closed form"]]
    tasks: ClassVar[tuple[Task, ...]]
    likelihood: ClassVar[bool] = False  # whether the softmax of the scores is made to be probable
    weighs_classes: ClassVar[bool] = False  # whether the loss heeds a batch's class weights
    needs: ClassVar[str | None] = None  # a setting without which no run can begin
    watch: ClassVar[str | None] = "loss"  # what early stopping watches; lower is better
    state: nn.Module | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        settings.fitting(type(self), {name: getattr(self, name) for name in settings.fields(self)})

    def initial_state(self, model: nn.Module) -> nn.Module | None:
        """What a run keeps beside the model's weights, as it starts; None: nothing.

        Such as a moving average of the weights, a queue, a buffer of what was met: its `state_dict`
        goes into every checkpoint, so all that changes must be a parameter or a buffer, of a shape
        that stays. Each of several processes keeps its own.

        Args:
            model: whole, its first weights in place.
        """
        return None

    def begin(self, model: nn.Module) -> Self:
        """The same objective with a state of its own, for one run."""
        mine = copy.copy(self)
        object.__setattr__(mine, "state", self.initial_state(model))
        return mine

    def evaluated(self, model: nn.Module) -> nn.Module:
        """What is judged on validation and kept in the end: the model, or one in the state.

        Its parameters must bear the model's names.
        """
        return model

    def recipe_of(self, player: str, recipe: Recipe) -> Recipe:
        """The recipe that one player's optimiser follows: rate, schedule, decay, clipping.

        Args:
            player: as `players` names it.
            recipe: of the whole training.
        """
        return recipe

    def players(self, model: nn.Module) -> dict[str, nn.Module]:
        """The modules that get an optimiser each, by name; none for rules and closed forms."""
        return {}

    @property
    def descends(self) -> bool:
        """Whether it descends one loss, whose figure on validation tells how learning goes."""
        return self.kind == "gradient"

    @property
    def by_gradient(self) -> bool:
        """Whether parameters follow gradients at all."""
        return self.kind in ("gradient", "game")

    @property
    def at_once(self) -> bool:
        """Whether it solves for everything once, from all examples."""
        return self.kind == "closed form"

    @abstractmethod
    def step(self, model: nn.Module, players: Players, batch: Batch, turn: Turn) -> Quantities:
        """Learn from one batch.

        Args:
            model: the whole model.
            players: as `players` named them, wrapped for the devices in use: call these.
            batch: the examples.
            turn: descent, rate and progress.
        """

    @abstractmethod
    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """How well the model does on a batch, without learning from it."""

    def diverges(self, model: nn.Module, batch: Batch, rates: Sequence[float]) -> bool:
        """Whether errors would leave all bounds at these rates, an epoch each: if foreseeable."""
        return False


@dataclass(frozen=True)
class Gradient(Objective):
    """One loss, descended by its gradient."""

    kind = "gradient"

    def players(self, model: nn.Module) -> dict[str, nn.Module]:
        """The whole model is the only player."""
        return {"model": model}

    @abstractmethod
    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """The loss of a batch, a mean over its examples, and further quantities to log."""

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

    @abstractmethod
    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Change the model's parameters in place."""

    def step(self, model: nn.Module, players: Players, batch: Batch, turn: Turn) -> Quantities:
        """Apply the rule once."""
        with torch.no_grad():
            return self.update(model, batch, turn)
