"""Whether `nna train` would take some data for an architecture: asked of its own checks.

All that it does before its first step is done here too, with the rows that it would learn from.
Of pictures and long tables, where only their number matters, a few stand for all.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from nna.data.examples import Examples, Part
from nna.data.prepare import Preparation
from nna.data.splits.split import split
from nna.errors import UserError
from nna.learning.base import Batch, Objective
from nna.spec import Recipe
from nna.training import devices
from nna.training.in_memory import Tensors
from nna.training.optimisers import optimiser_of, shape
from nna.workbench import fitting, train as training
from nna.workbench.data_source import Source
from nna.workbench.prepared_data import Material, compose
from nna.workbench.trained_model import Trained

FEW = 256  # rows of a part that stand for all
ADAM = 4  # numbers kept for each parameter: itself, its gradient, two moments
STEPS = 3  # timed


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitData:
    """Data as `nna train` parts and prepares them, whatever the architecture."""

    raw: Mapping[Part, Examples]
    few: Mapping[Part, Examples]
    preparation: Preparation
    origin: Source
    device: str

    @classmethod
    def of(cls, examples: Examples, origin: Source, seed: int, device: str = "auto") -> SplitData:
        """Part and prepare examples.

        Args:
            examples: whole, with what is known of how they are to be split.
            origin: of the data.
            seed: decides the split.
            device: where networks train.

        Raises:
            UserError: `nna train` would refuse them for every architecture, or the device.
        """
        devices.named(device)
        raw = split(examples, seed, max_samples=origin.max_samples)
        preparation = Preparation.fit(raw["train"])
        if preparation.columns:  # what one of the parts holds may not be what training met
            for part in raw.values():
                preparation.apply(part)
        few: dict[Part, Examples] = {part: _some(of, FEW) for part, of in raw.items()}
        return cls(raw=raw, few=few, preparation=preparation, origin=origin, device=device)


def _some(examples: Examples, count: int) -> Examples:
    if len(examples) <= count:
        return examples
    return examples.take(np.sort(np.random.default_rng(0).permutation(len(examples))[:count]))


def expected(name: str, split_data: SplitData) -> tuple[float, float]:
    """Seconds of a training on this machine, and bytes, from a few timed steps.

    What doesn't learn in steps is timed on a few rows.

    Args:
        name: of an architecture.
        split_data: all that would be trained on.

    Raises:
        UserError: `nna train` would refuse it.
    """
    material = compose(name, split_data.few, preparation=split_data.preparation)
    few, rows = len(split_data.few["train"]), len(split_data.raw["train"])
    request = training.requested(name, split_data.origin, material, rows=rows)
    recipe, model = request.training_recipe(), training.initial(request).train()
    objective = material.objective
    held = ADAM * 4 * sum(p.numel() for p in model.parameters())
    held += np.asarray(material.parts["train"].x).nbytes / few * rows
    if not objective.descends:
        _learns(model, objective, recipe, split_data, material)
        return _epoch(material, split_data.device) * recipe.epochs / few * rows, held
    size = min(recipe.batch_size or rows, rows)
    place = devices.named(split_data.device)
    some = torch.arange(min(size, few), device=place)
    batch, model = Tensors.of(material.parts["train"], place).batch(some), model.to(place)
    return _timed(model, objective, recipe, batch) * recipe.epochs * -(-rows // size), held


def _learns(
    model: nn.Module,
    objective: Objective,
    recipe: Recipe,
    split_data: SplitData,
    material: Material,
) -> None:
    """See that a rule does not go astray on the rows that it would learn from.

    Raises:
        UserError: the recipe's rate is too high for them.
    """
    if objective.by_gradient or objective.at_once:
        return
    train = split_data.raw["train"]
    of_all = dataclasses.replace(material, preparation=split_data.preparation)
    whole = Trained.of(of_all, model, recipe).inputs(train)
    batch = whole.batch(torch.arange(len(train)))
    shares = (shape(recipe, epoch, recipe.epochs) for epoch in range(recipe.epochs))
    if objective.diverges(model, batch, [recipe.learning_rate * share for share in shares]):
        raise UserError(
            f"by {recipe.objective} at its learning rate of {recipe.learning_rate:g} the errors "
            "would grow without bound: --lr with a smaller one trains it"
        )


def _epoch(material: Material, device: str) -> float:
    """Seconds of an epoch; of what learns at once, of all."""
    started = time.perf_counter()
    fitting.fit(material, {"epochs": 1}, device=device)
    return time.perf_counter() - started


def _timed(model: Any, objective: Any, recipe: Recipe, batch: Batch) -> float:
    """The fastest of a few steps, in seconds."""
    optimiser, best = optimiser_of(model, recipe), float("inf")
    for _ in range(STEPS + 1):
        started = time.perf_counter()
        loss, _ = objective.loss(model, batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        best = min(best, time.perf_counter() - started)
    return best
