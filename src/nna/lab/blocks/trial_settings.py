"""What a block's trial trains: one small setting with the block, the same one against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from torch import Tensor, nn

from nna.lab.blocks import catalog
from nna.lab.blocks.entries.initialisation import HE_NORMAL
from nna.lab.blocks.entry import (
    Activation,
    Block,
    Code,
    Dropout,
    Initialisation,
    Loss,
    Norm,
    Optimiser,
    Regulariser,
    Schedule,
    find,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One small training."""

    data: Literal["digits", "diabetes"] = "digits"
    train: int = 1000
    noise: float = 0.0  # share of the training labels that are drawn anew
    outliers: float = 0.0  # share of the training targets that are far off
    rare: float = 1.0  # share of the digits 5 to 9 that stay among the training examples
    measured: Literal["accuracy", "nearest", "rmse"] = "accuracy"
    outputs: int = 10
    maps: bool = False  # convolutions, not dense layers
    depth: int = 2
    width: int = 64
    shortcuts: bool = False
    activation: Callable[[], nn.Module] = nn.ReLU
    fill: Code | None = HE_NORMAL  # None: as torch draws weights by itself
    norm: Norm | None = None
    drop: Dropout | None = None
    share: float = 0.5  # that is dropped
    loss: Code = field(default_factory=lambda: Code("torch.nn.functional.cross_entropy"))
    optimiser: Code = field(
        default_factory=lambda: Code("torch.optim.SGD", {"lr": 0.05, "momentum": 0.9})
    )
    schedule: Callable[[int], Code] | None = None
    epochs: int = 15
    batch: int = 64
    l1: float = 0.0
    l2: float = 0.0
    decay: float = 0.0
    smoothing: float = 0.0
    clip: float | None = None
    stopping: bool = False
    augment: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The setting in one line, less what is under trial."""
        if self.data == "diabetes":
            data = f"{self.train} patients of diabetes"
            data += f", {self.outliers:.0%} of the targets far off" if self.outliers else ""
        else:
            data = f"{self.train} digits"
            data += f", {self.noise:.0%} of their labels drawn anew" if self.noise else ""
            data += f", of 5 to 9 only {self.rare:.0%} kept" if self.rare < 1 else ""
        what = "convolutions of" if self.maps else "dense layers of"
        joined = ", with shortcuts" if self.shortcuts else ""
        return f"{data}; {self.depth} {what} {self.width}{joined}; {self.epochs} epochs"


BASES: dict[type[Block], dict[str, Any]] = {  # what trials of a kind have in common
    Activation: {
        "depth": 8,
        "optimiser": Code("torch.optim.SGD", {"lr": 0.02, "momentum": 0.9}),
    },
    Initialisation: {"depth": 10},
    Norm: {
        "maps": True,
        "depth": 4,
        "width": 12,
        "epochs": 8,
        "optimiser": Code("torch.optim.Adam", {"lr": 0.003}),
    },
    Dropout: {"train": 300, "noise": 0.2, "width": 256, "epochs": 40},
    Optimiser: {"depth": 3, "epochs": 10},
    Schedule: {
        "depth": 3,
        "epochs": 10,
        "batch": 32,
        "optimiser": Code("torch.optim.SGD", {"lr": 0.1, "momentum": 0.9}),
    },
    Loss: {},
    Regulariser: {},
}


def against(block: Block) -> str:
    """What a block is tried against."""
    default = "torch's default" if isinstance(block, Initialisation) else "without"
    return block.rival or default


def words(block: Block) -> str:
    """What both runs of a trial share, in one line."""
    setting, other = settings(block)
    same = setting.optimiser == other.optimiser
    rule = str(setting.optimiser) if same else f"{setting.optimiser} or {other.optimiser}"
    return f"{setting.words}; {rule.replace('torch.optim.', '')}"


def settings(block: Block) -> tuple[Setting, Setting]:
    """The setting with a block, and the same one against it."""
    base = Setting(**{**BASES[type(block)], **block.trial})
    if isinstance(block, Initialisation):
        suited = catalog.describe(block.suits)
        base = replace(base, **{**_piece(suited), "fill": None})
    rival = catalog.describe(block.rival) if block.rival else None
    other = replace(base, **_piece(rival)) if rival else base
    return replace(base, **_piece(block)), other


def _piece(block: Block) -> Mapping[str, Any]:
    """What a block changes in a setting."""
    return PIECES[type(block)](block)


def _with_its_weights(block: Activation) -> dict[str, Any]:
    suited = catalog.describe(block.fill)
    assert isinstance(suited, Initialisation)
    return {"activation": partial(_activation, block), "fill": suited.fill}


PIECES: dict[type[Block], Callable[[Any], Mapping[str, Any]]] = {
    Activation: _with_its_weights,
    Initialisation: lambda block: {"fill": block.fill},
    Norm: lambda block: {"norm": block},
    Dropout: lambda block: {"drop": block},
    Optimiser: lambda block: {"optimiser": block.step},
    Schedule: lambda block: {"schedule": block.scheduler},
    Loss: lambda block: {"loss": block.train},
    Regulariser: lambda block: block.piece,
}


def _activation(block: Activation) -> nn.Module:
    """PyTorch's layer, or the function as one."""
    found = find(block.where[0])
    return found() if isinstance(found, type) else _Function(found)


class _Function(nn.Module):
    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, z: Tensor) -> Tensor:
        """What the function makes of it."""
        return self.function(z)
