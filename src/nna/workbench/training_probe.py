"""A training cut short: few examples, few steps and all that follows, as numbers of a probe."""

from __future__ import annotations

import dataclasses
import inspect
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from torch import Tensor, nn

from nna import probe
from nna.data.examples import Examples, Part
from nna.training import devices
from nna.training.loop import Training
from nna.training.progress import Silent
from nna.training.runs import Request
from nna.workbench.data_source import Source
from nna.workbench.evaluation import evaluate, model_outputs
from nna.workbench.evaluation.results import Results
from nna.workbench.prepared_data import Material, compose, gather
from nna.workbench.train import initial, requested, training_of

EXAMPLES: dict[Part, int] = {"train": 16, "validation": 8, "test": 24}  # of a probe
BATCH, EPOCHS = 8, 3  # at most
RULES = 6  # times as many to train on where nothing is descended: cheap, and some need many
_PREPARED = ("raw", "parts", "preparation")
SHOWN, NUMBERS = 2, 6  # examples whose outputs a probe holds, and numbers of each


def training(name: str, origin: Source, **asked: Any) -> tuple[dict[str, Any], Results]:
    """The quantities of a training's probe, and its results.

    The data are read, split and prepared in whole; few examples of each part then go through the
    training with its whole schedule, the evaluation and the baselines.

    Args:
        name: an architecture's id.
        origin: of the data.
        **asked: "objective" and "recipe", as `train` takes them.
    """
    objective = asked.get("objective")
    read = gather(name, origin, objective=objective)
    exact: dict[Part, Examples] = {part: _double(of) for part, of in read.raw.items()}
    prepared = compose(name, exact, objective=objective)
    material = dataclasses.replace(read, **{k: getattr(prepared, k) for k in _PREPARED})
    request = requested(name, origin, material, recipe=asked.get("recipe"))
    of_training, results = _numbers(*_short(request, material))
    cut = [[request.recipe[key]] for key in ("epochs", "batch_size", "patience")]
    return {"data": _data(material), "recipe": cut, **of_training}, results


def _short(request: Request, material: Material) -> tuple[Request, Material]:
    """The same training of fewer examples and steps; whole where all examples are one batch.

    Where the schedule, validation and the choice of the best weights have parts in it, they keep
    them.
    """
    recipe = dict(request.recipe)
    if recipe["batch_size"]:
        recipe["batch_size"] = min(recipe["batch_size"], BATCH)
        gradient = material.objective.by_gradient
        material = _fewer(material, 1 if gradient else RULES)
    recipe["epochs"] = min(recipe["epochs"], EPOCHS)
    parts = {part: _double(of) for part, of in material.parts.items()}
    return dataclasses.replace(request, recipe=recipe), dataclasses.replace(material, parts=parts)


def _double(examples: Examples) -> Examples:
    """In double precision, which preparation and baselines then keep to."""
    arrays = {name: getattr(examples, name) for name in ("x", "y")}
    single = {k: v for k, v in arrays.items() if getattr(v, "dtype", None) == np.float32}
    return examples.changed(**{k: v.astype(np.float64) for k, v in single.items()})


def _fewer(material: Material, times: int) -> Material:
    parts, raw = dict(material.parts), dict(material.raw)
    for part, count in EXAMPLES.items():
        n, most = len(material.parts[part]), count * (times if part == "train" else 1)
        if n > most:
            index = np.linspace(0, n - 1, most).astype(int)
            same = len(raw[part]) == n  # not where windows were cut from one long row
            parts[part] = parts[part].take(index)
            raw[part] = raw[part].take(index) if same else raw[part]
    return dataclasses.replace(material, parts=parts, raw=raw)


def _data(material: Material) -> list[list[float]]:
    """Checksums of every array that a training gets to see, whole."""
    return [_checksums(material.parts[part]) for part in material.parts] + [
        [probe.checksum(of.y)] for of in material.raw.values() if of.y is not None
    ]


def _checksums(of: Examples) -> list[float]:
    arrays = [of.x, of.y, of.edges, of.rows]
    arrays += [field.values for name, field in of.inputs.items() if name != "edges"][1:]
    if of.y is None:  # of several targets, or of different lengths
        arrays += [getattr(one, "values", one) for one in of.targets.values()]
    return [float(len(of)), *(probe.checksum(flat(one)) for one in arrays if one is not None)]


def flat(values: Any) -> Any:
    """All numbers of a list with an array, or several by name, of each example; and how many."""
    if not isinstance(values, list):
        return values
    several = [[*one.values()] if isinstance(one, dict) else [one] for one in values]
    arrays = [np.ravel(array) for of_one in several for array in of_one]
    return np.concatenate([np.array([*map(len, arrays)]), *arrays])


def _numbers(request: Request, material: Material) -> tuple[dict[str, Any], Results]:
    """What a training gives on the way and in the end, and its results.

    Args:
        request: what is asked for.
        material: the data, cut short by `_short`.
    """
    model, steps = initial(request), probe.Steps()
    training = training_of(request, model, material, devices.processor("64-true"), None)
    training.watcher = seen = _Seen(training)
    begun = _state(model)
    with steps.watched():
        reached = training.run()
    results = evaluate.results(model, material)
    return {
        "start": probe.ends([probe.checksum(one) for one in begun]),
        "gradients": probe.ends(steps.gradients),
        "parameters": probe.ends(seen.parameters),
        "statistics": probe.ends(seen.statistics),
        "epochs": seen.epochs,
        "best": [reached.best_epoch, reached.epoch],
        "end": probe.ends([probe.checksum(one) for one in _state(model)]),
        "outputs": _outputs(model, training),
    }, results


def _outputs(model: nn.Module, training: Training) -> list[list[float]]:
    assert training.validation is not None
    batch, _ = next(training.validation.everything())
    partial = len(batch.inputs) < len(inspect.signature(model.forward).parameters)
    none = partial or batch.rows is not None  # a denoiser's timesteps are no data
    out = np.zeros((0,)) if none else model_outputs.outputs(model, training.validation)
    return [one.ravel()[:NUMBERS].tolist() for one in out[:SHOWN]]


class _Seen(Silent):
    """Notes how far parameters and statistics went at every step, and the figures of epochs.

    Nothing counts as better in the last epoch, so that the end has to bring earlier weights back.
    """

    def __init__(self, training: Training) -> None:
        self._training, self._model = training, training.model
        self._begun = [p.detach().clone() for p in self._model.parameters()]
        self._first = self._buffers()
        self.parameters: list[float] = []
        self.statistics: list[float] = []
        self.epochs: list[list[float]] = []

    def _buffers(self) -> list[Tensor]:
        return [b.detach().clone() for b in self._model.buffers() if b.is_floating_point()]

    def step(self, done: int, total: int) -> None:
        self.parameters.append(probe.way(self._begun, self._model.parameters()))
        self.statistics.append(probe.way(self._first, self._buffers()))

    def epoch(self, done: int, total: int, figures: Mapping[str, float]) -> None:
        self.epochs += [[value] for value in figures.values()]
        if done == total - 1 and self._training.at.best is not None:
            self._training.at.best = -math.inf


def _state(model: nn.Module) -> Iterable[Tensor]:
    return [value.detach().clone() for value in model.state_dict().values()]
