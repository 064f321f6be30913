"""Train a model in an experiment: the one training loop, on the processor, keeping no files."""

from __future__ import annotations

from functools import cache

import torch
from lightning_fabric import Fabric
from torch import nn

from nna import objectives
from nna.learning.base import Objective
from nna.spec import Recipe
from nna.training.in_memory import Tensors
from nna.training.loop import Interrupted, Training
from nna.training.progress import Silent, Watcher


@cache
def _processor() -> Fabric:
    return Fabric(accelerator="cpu", devices=1, precision="32-true")


def learn(  # noqa: PLR0913 - the seed, two ways to watch, one's own objective
    model: nn.Module,
    recipe: Recipe,
    examples: Tensors,
    *,
    seed: int,
    watched: bool = False,
    watcher: Watcher | None = None,
    objective: Objective | None = None,
) -> float | None:
    """Train `model` in place.

    Args:
        model: whose weights were drawn from the seed.
        recipe: the objective among it.
        examples: what it learns from.
        seed: decides the order of the examples, and what noise the objective draws.
        watched: measure the model on the same examples after each epoch, and keep its best.
        watcher: told of each step and epoch; what it raises ends the training.
        objective: how it learns, where no file of `nna.objectives` says it.

    Returns:
        The least of what the objective watches, where watched.

    Raises:
        KeyboardInterrupt: training was interrupted.
    """
    training = Training(
        model,
        objective or objectives.of(recipe),
        recipe,
        examples,
        examples if watched else None,
        _processor(),
        seed=seed,
        watcher=watcher or Silent(),
    )
    try:
        return training.run().best
    except Interrupted as stop:
        raise KeyboardInterrupt from stop


def seeded(seed: int, draw: str) -> torch.Generator:
    """Noise for one purpose in one seed's measurement, apart from all other noise."""
    import hashlib

    digest = hashlib.sha256(f"{draw}/{seed}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))
