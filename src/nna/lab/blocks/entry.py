"""What an entry of the catalogue declares, kind by kind. No torch.

Code is named by its dotted path ("torch.nn.GELU"), and looked up when it is wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, ClassVar

from nna.spec import Architecture, Paper


def find(path: str) -> Any:
    """What a dotted path names: the longest importable beginning, then attributes.

    Raises:
        ModuleNotFoundError: no beginning can be imported.
        AttributeError: the module has no such attribute.
    """
    import importlib.util

    words = path.split(".")
    for end in range(len(words), 0, -1):
        name = ".".join(words[:end])
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not name.startswith(error.name):
                raise
            continue
        return reduce(getattr, words[end:], module)
    raise ModuleNotFoundError(f"nothing is called {path}")


@dataclass(frozen=True, slots=True)
class Code:
    """A class or function by its dotted path, and the settings that it is called with."""

    path: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, *arguments: Any, **more: Any) -> Any:
        """Call it, or make an object of it."""
        return find(self.path)(*arguments, **{**self.settings, **more})

    def __str__(self) -> str:
        settings = ", ".join(f"{name}={value}" for name, value in self.settings.items())
        return f"{self.path}({settings})" if settings else self.path


@dataclass(frozen=True, slots=True)
class Fact:
    """A number that holds of a block, and how torch is asked for it; the tests ask."""

    says: str
    value: float
    measure: Callable[[], float]
    within: float = 1e-6  # absolute difference allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What every entry says."""

    kind: ClassVar[str]
    name: str  # as it is typed
    title: str
    paper: Paper
    formula: str  # LaTeX
    symbols: str  # what its letters stand for: "w: weights; \\eta: rate"
    use: str  # what it is for
    limits: str  # what it can't do, and where it fails
    where: tuple[str, ...]  # dotted paths, the usual one first
    facts: tuple[Fact, ...]
    also: tuple[str, ...] = ()  # other names that are understood
    marks: tuple[str, ...] = ()  # names in a model's source that show it in use
    told: Callable[[Architecture], bool] | None = None  # whether a spec says so
    rival: str | None = None  # the block it is tried against; None: going without
    trial: Mapping[str, Any] = field(default_factory=dict)  # what both training runs share
    no_trial: str = ""  # why a training run would say nothing of it

    @property
    def legend(self) -> tuple[tuple[str, str], ...]:
        """Letters, as LaTeX, and what they stand for."""
        found: list[tuple[str, str]] = []
        for part in self.symbols.split("; "):
            letters, colon, meaning = part.partition(": ")
            if colon:
                found.append((letters, meaning))
            else:  # goes on with the one before
                found[-1] = (found[-1][0], f"{found[-1][1]}; {part}")
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation(Block):
    """A function of a unit's sum."""

    kind = "activation"
    function: Code  # of a tensor; where PyTorch has a layer, that is the first of `where`
    low: float  # infimum and supremum of its values
    high: float
    fill: str = "he_normal"  # the initialisation that goes with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Initialisation(Block):
    """How weights are drawn."""

    kind = "initialisation"
    fill: Code  # fills a matrix in place
    suits: str  # the activation it is meant for


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm(Block):
    """Something that sets the scale of activations or weights."""

    kind = "norm"
    layer: Code  # made with the number of channels; takes `(b, channels, h, w)`
    wraps: bool = False  # changes a layer's weights instead of following it


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropout(Block):
    """Something that leaves parts out at random, in training."""

    kind = "dropout"
    layer: Code  # made with the share that is dropped
    on: str = "features"  # what it takes: features `(b, n)`, maps, branch, weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimiser(Block):
    """A rule that turns gradients into steps."""

    kind = "optimiser"
    step: Code  # made with parameters; its settings hold the usual rate
    valley: float  # the rate on the narrow valley that is plotted


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Block):
    """The rate over the steps."""

    kind = "schedule"
    scheduler: Callable[[int], Code]  # for so many steps in all; made with an optimiser


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss(Block):
    """What is made small."""

    kind = "loss"
    curve: Code  # loss as a function of one number
    argument: str  # what that number is
    span: tuple[float, float]
    train: Code | None = None  # loss of outputs and targets in a training run


@dataclass(frozen=True, slots=True, kw_only=True)
class Regulariser(Block):
    """Something that keeps a network from learning its examples by heart, or its steps small."""

    kind = "regulariser"
    picture: str  # what is drawn of it: a function in `plots`
    piece: Mapping[str, Any]  # what it changes in a training run
