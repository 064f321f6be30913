"""How long a step of training takes, for several architectures side by side."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from nna import objectives, registry
from nna.training import devices
from nna.training.in_memory import Tensors
from nna.training.loop import Training
from nna.workbench import fitting
from nna.workbench.prepared_data import Material

STEPS, ROUNDS = 3, 3


def milliseconds(materials: Mapping[str, Material], budget: Mapping[str, Any]) -> dict[str, float]:
    """Of one step, random changes of the batch included, the fastest of rounds that take turns.

    Args:
        materials: what each is to learn from, made ready; by id.
        budget: fields of the recipe that all share, "batch" among them.
    """
    best = dict.fromkeys(materials, float("inf"))
    for number in range(ROUNDS + 1):
        for name, material in materials.items():
            took = _seconds(material, budget) * 1000
            if number:  # the first warms up
                best[name] = min(best[name], took)
    return best


def _seconds(material: Material, budget: Mapping[str, Any]) -> float:
    """Of a step, over an epoch of a few, from fresh weights."""
    torch.manual_seed(0)
    model = registry.construct(registry.split(material.reference)[0], material.config)
    few = np.resize(np.arange(len(material.parts["train"])), STEPS * budget["batch_size"])
    recipe = fitting.recipe_for(material, {**budget, "epochs": 1})
    training = Training(
        model=model,
        objective=objectives.of(recipe),
        recipe=recipe,
        train=Tensors.of(material.parts["train"].take(few)),
        validation=None,
        fabric=devices.fabric(model=model),
    )
    started = time.perf_counter()
    training.run()
    return (time.perf_counter() - started) / STEPS
