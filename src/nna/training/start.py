"""Where every training begins: its parts on the device, its objective the one of the recipe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torch import nn

from nna import objectives
from nna.data.examples import Examples
from nna.learning.base import Objective
from nna.spec import Recipe, Rename
from nna.training import devices
from nna.training.in_memory import Tensors
from nna.training.loop import Monitor, Training
from nna.training.progress import Silent, Watcher

if TYPE_CHECKING:
    from lightning_fabric import Fabric


def training(  # noqa: PLR0913 - one argument a thing that a training may have
    model: nn.Module,
    recipe: Recipe,
    train: Examples | Tensors,
    validation: Examples | Tensors | None = None,
    *,
    fabric: Fabric | None = None,
    objective: Objective | None = None,
    seed: int = 0,
    folder: Path | None = None,
    seconds: float | None = None,
    watcher: Watcher | None = None,
    monitor: Monitor | None = None,
    renamed: tuple[Rename, ...] = (),
) -> Training:
    """A training before its first step.

    Args:
        model: whose weights are drawn already.
        recipe: the objective among it.
        train: what it learns from: adapted examples, or their tensors.
        validation: by which it is stopped, likewise; none, or empty: by nothing.
        fabric: where it is trained; None: on the best device, in the precision that gains.
        objective: how it learns, where no file of `nna.objectives` says it.
        seed: decides the order of the examples, and what the objective draws.
        folder: for checkpoints and figures; None: nothing is kept.
        seconds: no further step is made once they have passed.
        watcher: told of each step and epoch.
        monitor: what the best weights are chosen by, instead of a loss.
        renamed: parameters, since earlier versions wrote a checkpoint.

    Raises:
        UserError: the recipe or the device doesn't suit the model.
    """
    fabric = fabric or devices.fabric(model=model)
    return Training(
        model=model,
        objective=objective or objectives.of(recipe),
        recipe=recipe,
        train=_tensors(train, fabric),
        validation=_tensors(validation, fabric) if validation else None,
        fabric=fabric,
        seed=seed,
        folder=folder,
        seconds=seconds,
        watcher=watcher or Silent(),
        monitor=monitor,
        renamed=renamed,
    )


def _tensors(part: Examples | Tensors, fabric: Fabric) -> Tensors:
    return Tensors.of(part, fabric.device) if isinstance(part, Examples) else part
