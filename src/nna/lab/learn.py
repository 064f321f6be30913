"""Train a model in an experiment: the one training loop, on the processor, keeping no files."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from nna.errors import UserError
from nna.learning.base import Objective
from nna.spec import Recipe
from nna.training import devices, start
from nna.training.in_memory import Tensors
from nna.training.loop import Interrupted
from nna.training.progress import Silent, Watcher


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
    training = start.training(
        model,
        recipe,
        examples,
        examples if watched else None,
        fabric=devices.processor(),
        objective=objective,
        seed=seed,
        watcher=watcher,
    )
    try:
        return training.run().best
    except Interrupted as stop:
        raise KeyboardInterrupt from stop


class _Reached(Exception):  # noqa: N818 - it is no error
    pass


def steps_until(  # noqa: PLR0913 - what is to be reached, and what `learn` takes
    reached: Callable[[], bool],
    every: int,
    model: nn.Module,
    recipe: Recipe,
    examples: Tensors,
    *,
    seed: int,
) -> int | None:
    """How many steps a training takes until something is reached; None where it never is.

    Args:
        reached: whether it is; it may leave the model in evaluation mode.
        every: so many steps it is looked at.
        model: as `learn` takes it, like the rest.
        recipe: likewise.
        examples: likewise.
        seed: likewise.
    """

    class Look(Silent):
        def step(self, done: int, total: int) -> None:
            if done % every == 0:
                there = reached()
                model.train()
                if there:
                    raise _Reached(done)

    try:
        learn(model, recipe, examples, seed=seed, watcher=Look())
    except _Reached as found:
        return found.args[0]
    except UserError:  # the rate was too high: the loss is no longer finite
        pass
    return None


def seeded(seed: int, draw: str) -> torch.Generator:
    """Noise for one purpose in one seed's measurement, apart from all other noise."""
    import hashlib

    digest = hashlib.sha256(f"{draw}/{seed}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))
