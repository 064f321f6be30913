"""Keep a fitted estimator in a folder, without pickle."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from nna import registry, tasks
from nna.data.prepare import Preparation
from nna.errors import UserError
from nna.spec import Recipe
from nna.training import earlier, files, runs
from nna.training.checkpoint import weights_of
from nna.workbench.estimators import inputs
from nna.workbench.trained_model import Trained, opened

FILE, WEIGHTS = "estimator.json", "model.safetensors"
_FIGURES = ("reference", "classes", "epochs", "history")
Kind = TypeVar("Kind")


def save(estimator: Any, fitted: Trained, own: Sequence[str], folder: Path) -> None:
    """Write an estimator into a new folder.

    Args:
        estimator: fitted.
        fitted: its network.
        own: further attributes that fitting gave it, plain data or arrays of them.
        folder: to be made.

    Raises:
        UserError: it exists, or a parameter can't be written as plain data.
    """
    names = [n for n in (*own, "n_features_in_", "feature_names_in_") if hasattr(estimator, n)]
    plain = {
        "kind": type(estimator).__name__,
        "parameters": _by_class(
            estimator.get_params(deep=False) | {"architecture": estimator._reference}
        ),
        "form": inputs.to_json(estimator._form),
        "notes": estimator.notes_,
        "own": {name: _array(getattr(estimator, name)) for name in names},
    }
    write(folder, FILE, plain, fitted)


def write(folder: Path, name: str, plain: dict[str, Any], fitted: Trained) -> None:
    """Make a folder of plain data in a file of that name, and of a network.

    Raises:
        UserError: the folder exists, or the data aren't plain.
    """
    about = {
        **{figure: getattr(fitted, figure) for figure in _FIGURES},
        "task": fitted.task.name,
        "config": dataclasses.asdict(fitted.config),
        "recipe": dataclasses.asdict(fitted.recipe),
        "preparation": fitted.preparation.to_json(),
    }
    whole = {**plain, "fitted": about, "versions": runs.versions(), "schema": earlier.SCHEMA}
    try:
        text = files.dumps(json.loads(json.dumps(whole, default=_plain)), indent=1)
    except TypeError as error:
        raise UserError(f"it can't be saved as plain data: {error}") from error
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise UserError(f"{folder} exists; choose another place") from error
    files.write_tensors(folder / WEIGHTS, weights_of(fitted.model))
    files.write(folder / name, text)


def load(kind: type[Kind], folder: Path) -> Kind:
    """An estimator that was saved.

    Raises:
        UserError: no such folder, damaged, or of another kind of estimator.
    """
    path = folder / FILE
    if not path.is_file():
        raise UserError(f"{folder} holds no estimator (no {FILE})")
    try:
        plain = earlier.estimator(json.loads(path.read_text(encoding="utf-8")))
        if plain["kind"] != kind.__name__:
            raise UserError(f"{folder} holds a {plain['kind']}: nna.{plain['kind']}.load opens it")
        estimator: Any = kind(**_as_given(runs.tuples(plain["parameters"])))
        estimator._form = inputs.from_json(plain["form"])
        estimator.notes_ = plain["notes"]
        for name, value in plain["own"].items():
            setattr(estimator, name, _from_array(value))
        estimator.fitted_ = network(plain["fitted"], folder / WEIGHTS)
        estimator.n_iter_ = estimator.fitted_.epochs
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: damaged, or of another version of this program") from error
    return estimator


def network(plain: dict[str, Any], path: Path) -> Trained:
    """The network that `write` wrote, from what it wrote about it and the file of its weights."""
    config = registry.configure(plain["reference"], **runs.tuples(plain["config"]))
    return Trained(
        reference=plain["reference"],
        config=config,
        task=tasks.get(plain["task"]),
        classes=tuple(plain["classes"]),
        preparation=Preparation.from_json(plain["preparation"]),
        model=opened(plain["reference"], config, path),
        recipe=Recipe(**runs.tuples(plain["recipe"])),
        history=tuple(plain["history"]),
    )


def _by_class(parameters: dict[str, Any]) -> dict[str, Any]:
    """Weights of classes as pairs: JSON's names are words, and classes may be numbers."""
    weights = parameters.get("class_weight")
    return (
        parameters | {"class_weight": [*weights.items()]}
        if isinstance(weights, dict)
        else parameters
    )


def _as_given(parameters: dict[str, Any]) -> dict[str, Any]:
    weights = parameters.get("class_weight")
    return (
        parameters | {"class_weight": dict(weights)} if isinstance(weights, tuple) else parameters
    )


def _array(value: Any) -> Any:
    """Plain data, with its type where it is an array."""
    if isinstance(value, np.ndarray):
        return {"dtype": value.dtype.str, "values": value.tolist()}
    return value


def _from_array(value: Any) -> Any:
    if isinstance(value, dict):
        return np.array(value["values"], dtype=np.dtype(value["dtype"]))
    return value


def _plain(value: Any) -> Any:
    """NumPy's numbers, as a search over settings may leave them."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a {type(value).__name__} is none")
