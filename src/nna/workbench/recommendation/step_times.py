"""How long a step of training takes, for several architectures side by side."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from nna.training import devices, start
from nna.workbench import fitting
from nna.workbench.prepared_data import Material

STEPS, ROUNDS = 3, 3


def milliseconds(
    materials: Mapping[str, Material], budget: Mapping[str, Any], device: str = "auto"
) -> dict[str, float]:
    """Of one step, random changes of the batch included, the fastest of rounds that take turns.

    Args:
        materials: what each is to learn from, made ready; by id.
        budget: fields of the recipe that all share, "batch_size" among them.
        device: where they are made, as `nna.train` takes it.

    Raises:
        UserError: no such device.
    """
    best = dict.fromkeys(materials, float("inf"))
    for number in range(ROUNDS + 1):
        for name, material in materials.items():
            took = _seconds(material, budget, device) * 1000
            if number:  # the first warms up
                best[name] = min(best[name], took)
    return best


def _seconds(material: Material, budget: Mapping[str, Any], device: str) -> float:
    """Of a step, over an epoch of a few, from fresh weights."""
    few = np.resize(np.arange(len(material.parts["train"])), STEPS * budget["batch_size"])
    model = material.fresh(0)
    training = start.training(
        model,
        fitting.recipe_for(material, {**budget, "epochs": 1}),
        material.parts["train"].take(few),
        fabric=devices.shared(model, device),
    )
    started = time.perf_counter()
    training.run()
    return (time.perf_counter() - started) / STEPS
