"""Fit an architecture to examples in memory: no folder, no report, no command."""

from __future__ import annotations

import copy
import dataclasses
import importlib.util
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

import numpy as np
import torch
from torch import nn

from nna import objectives, registry, tasks
from nna.data.adapt import adapt
from nna.data.examples import Examples
from nna.data.prepare import Preparation
from nna.errors import UserError
from nna.spec import Recipe, Task
from nna.training import devices, earlier
from nna.training.augment import check
from nna.training.in_memory import Tensors
from nna.training.loop import Training
from nna.training.progress import Silent, Watcher
from nna.workbench import class_weights, recipe_defaults
from nna.workbench.evaluation import metrics, model_outputs
from nna.workbench.prepared_data import Material


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A trained model, and what examples must go through before it sees them."""

    reference: str  # "mlp/desk"
    config: Any
    task: Task
    classes: tuple[str, ...]
    preparation: Preparation
    model: nn.Module
    recipe: Recipe
    epochs: int  # that were trained
    history: tuple[Mapping[str, float], ...]  # figures of each epoch, its number as "epoch"
    cut: float | None = None  # epochs after which the clock ended it; None: it did not

    @property
    def stopped(self) -> str | None:
        """In words, how far it came if the clock ended it before it had learnt all it would."""
        if self.cut is None:
            return None
        return f"stopped by the clock after {self.cut:.3g} of {self.recipe.epochs} epochs"

    def seen(self, examples: Examples) -> Examples:
        """Examples as the model gets to see them; notes tell what preparation did not know.

        Raises:
            UserError: other columns than in training, or of another kind.
        """
        spec = registry.describe(registry.split(self.reference)[0])
        adapted, _ = adapt(self.preparation.apply(examples), spec, self.config)
        return adapted.changed(y=None)

    def answers(self, seen: Examples) -> np.ndarray:
        """What the model gives for each example, in order: `(n, ...)`, in prepared units.

        Tables are answered in double precision: a row's answer must not depend on the rows that it
        is asked along with.
        """
        part = Tensors.of(seen)
        if seen.port.kind != "table":
            return model_outputs.outputs(self.model, part)
        exact = copy.deepcopy(self.model).double()
        return model_outputs.outputs(exact, part.double())

    def outputs(self, examples: Examples) -> np.ndarray:
        """What the model gives for examples as they came: they are prepared and adapted here."""
        return self.answers(self.seen(examples))

    def probabilities(self, examples: Examples) -> np.ndarray:
        """The share of each class for each example, `(n, classes)`; every row sums to 1."""
        from scipy.special import softmax

        return softmax(self.outputs(examples).astype(np.float64), axis=1)

    def values(self, examples: Examples) -> np.ndarray:
        """The number predicted for each example, `(n,)`, in the target's own units."""
        return self.preparation.restore(self.outputs(examples)[:, 0].astype(np.float64))


class _Noted:
    """Notes the figures of every epoch, and passes everything on."""

    def __init__(self, watcher: Watcher) -> None:
        self.history: list[Mapping[str, float]] = []
        self._watcher = watcher

    def step(self, done: int, total: int) -> None:
        self._watcher.step(done, total)

    def epoch(self, done: int, total: int, figures: Mapping[str, float]) -> None:
        self.history.append({"epoch": done, **figures})
        self._watcher.epoch(done, total, figures)


def fit(
    material: Material,
    recipe: Mapping[str, Any] | None = None,
    seed: int = 0,
    seconds: float | None = None,
    watcher: Watcher | None = None,
) -> Fitted:
    """Train on the training part; early stopping looks at the validation part, if there is one.

    Args:
        material: parts made ready by `compose`; a test part is never looked at.
        recipe: fields of the recipe to replace.
        seed: decides initial weights and order.
        seconds: no further step is made once they have passed; None: the recipe's epochs.
        watcher: told of every step.

    Raises:
        UserError: the recipe makes no sense, or the loss is no number any more.
        Interrupted: stopped by Ctrl-C.
    """
    final = recipe_for(material, recipe or {})
    torch.manual_seed(seed)
    model = registry.construct(registry.split(material.reference)[0], material.config)
    fabric = devices.fabric(model=model)
    checked = material.parts.get("validation")
    noted = _Noted(watcher or Silent())
    training = Training(
        model=model,
        objective=objectives.of(final),
        recipe=final,
        train=Tensors.of(material.parts["train"], fabric.device),
        validation=Tensors.of(checked, fabric.device) if checked and len(checked) else None,
        fabric=fabric,
        seed=seed,
        seconds=seconds,
        watcher=noted,
    )
    reached = training.run()
    return Fitted(
        reference=material.reference,
        config=material.config,
        task=material.task,
        classes=material.classes,
        preparation=material.preparation,
        model=model.cpu().eval(),
        recipe=final,
        epochs=reached.epoch,
        history=tuple(noted.history),
        cut=training.cut,
    )


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
    aims = {"objective": material.objective, "objective_settings": material.objective_settings}
    recipe = dataclasses.replace(material.spec.recipe, **aims, **given)
    _sound(recipe, material)
    closed = objectives.get(material.objective).kind == "closed form"
    return dataclasses.replace(recipe, epochs=1, batch_size=0) if closed else recipe


def paced(material: Material) -> dict[str, Any]:
    """Fields of the recipe for as many training rows as there are; see `recipe_defaults`."""
    return recipe_defaults.paced(material.spec, material.objective, len(material.parts["train"]))


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
    if recipe.freeze and (way := objectives.get(recipe.objective).kind) in ("rule", "closed form"):
        raise UserError(f"--freeze is for learning by gradients; {recipe.objective} is a {way}")
    kind = material.parts["train"].port.kind
    check(recipe.augment, kind, material.task)
    needs = tasks.get(material.task).needs
    if needs and not importlib.util.find_spec(needs):
        raise UserError(metrics.PRECISION)  # now, not when training is over
