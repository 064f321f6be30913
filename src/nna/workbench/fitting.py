"""Fit an architecture to examples in memory: no folder, no report, no command."""

from __future__ import annotations

import dataclasses
import importlib.util
import math
from collections.abc import Mapping
from typing import Any, get_args, get_type_hints

from nna.errors import UserError
from nna.objectives import settings_of
from nna.spec import Recipe
from nna.training import devices, earlier, start
from nna.training.augment import check
from nna.training.loop import Monitor
from nna.training.progress import Watcher
from nna.workbench import class_weights
from nna.workbench.evaluation import metrics
from nna.workbench.prepared_data import Material
from nna.workbench.trained_model import Trained


def fit(  # noqa: PLR0913 - one argument a thing that decides
    material: Material,
    recipe: Mapping[str, Any] | None = None,
    seed: int = 0,
    seconds: float | None = None,
    watcher: Watcher | None = None,
    device: str = "auto",
    monitor: Monitor | None = None,
) -> Trained:
    """Train on the training part; early stopping looks at the validation part, if there is one.

    Args:
        material: parts made ready by `compose`; a test part is never looked at.
        recipe: fields of the recipe to replace.
        seed: decides initial weights and order.
        seconds: no further step is made once they have passed; None: the recipe's epochs.
        watcher: told of every step.
        device: where it trains, as `nna.train` takes it; the trained model comes back to the CPU.
        monitor: what the best epoch is chosen by; None: what the objective watches.

    Raises:
        UserError: the recipe makes no sense, the device isn't there, or the loss is no number any
            more.
        Interrupted: stopped by Ctrl-C.
    """
    final = recipe_for(material, recipe or {})
    model = material.fresh(seed)
    training = start.training(
        model,
        final,
        material.parts["train"],
        material.parts.get("validation"),
        fabric=devices.shared(model, device),
        seed=seed,
        seconds=seconds,
        watcher=watcher,
        monitor=monitor,
        objective=material.objective,
    )
    history = tuple(training.run().history)
    made = Trained.of(material, model.cpu().eval(), final)
    return dataclasses.replace(made, history=history, cut=training.cut)


def recipe_for(material: Material, changes: Mapping[str, Any]) -> Recipe:
    """The architecture's recipe with what the user changed in it; None changes nothing.

    Raises:
        UserError: unknown fields, or values that make no sense.
    """
    given = {k: v for k, v in changes.items() if v is not None}
    known = {f.name for f in dataclasses.fields(Recipe)} - {"objective", "objective_settings"}
    if odd := given.keys() - known:
        first = sorted(odd)[0]
        new = earlier.RECIPE.get(first)
        now = f"it is called {new!r}" if new else f"there are: {', '.join(sorted(known))}"
        raise UserError(f"no recipe field {first!r}; {now}")
    if "class_weights" in given:
        given["class_weights"] = class_weights.resolved(given["class_weights"], material)
    recipe = dataclasses.replace(
        material.spec.recipe,
        objective=material.objective_name,
        objective_settings=settings_of(material.objective),
        **given,
    )
    _sound(recipe, material)
    closed = material.objective.at_once
    return dataclasses.replace(recipe, epochs=1, batch_size=0) if closed else recipe


def _sound(recipe: Recipe, material: Material) -> None:
    """Every field of a recipe must make sense before anything is written."""
    least = {
        "epochs": 1,
        "batch_size": 0,
        "learning_rate": 0.0,
        "weight_decay": 0.0,
        "warmup": 0.0,
        "layer_lr_decay": 0.0,
    }
    for field, bound in least.items():
        value = getattr(recipe, field)
        if not bound <= value < math.inf:
            raise UserError(f"{field} is {value}; it must be a number of at least {bound}")
    for field in ("optimiser", "schedule"):
        choices, value = get_args(get_type_hints(Recipe)[field]), getattr(recipe, field)
        if value not in choices:
            raise UserError(f"no {field} {value!r}; there are: {', '.join(choices)}")
    if recipe.freeze and not material.objective.by_gradient:
        kind = material.objective.kind
        raise UserError(f"--freeze is for learning by gradients; {recipe.objective} is a {kind}")
    check(recipe.augment, material.parts["train"].port.kind, material.task.name)
    needs = material.task.needs
    if needs and not importlib.util.find_spec(needs):
        raise UserError(metrics.PRECISION)  # now, not when training is over
