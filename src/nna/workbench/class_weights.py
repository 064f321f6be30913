"""How much the classes count in a loss: as a user says it, and as a training has it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nna import objectives, tasks
from nna.errors import UserError
from nna.workbench.prepared_data import Material

BALANCED = "balanced"
_PAIR = re.compile(r"(?P<name>.+?)=(?P<weight>[^=,]*)(?:,|$)")

Asked = str | Mapping[str, float] | Sequence[float]


def parse(said: Sequence[str]) -> str | dict[str, float] | None:
    """What the command line says: "balanced", or pairs such as "yes=5", also several in one.

    Raises:
        UserError: it is neither.
    """
    if not said:
        return None
    if [*said] == [BALANCED]:
        return BALANCED
    weights: dict[str, float] = {}
    for text in said:
        pairs = [*_PAIR.finditer(text)]
        if "".join(pair.group() for pair in pairs) != text or not pairs:
            raise UserError(f"--class-weights {text}: write balanced, or CLASS=WEIGHT")
        for pair in pairs:
            name = pair["name"].strip()
            if name in weights:
                raise UserError(f"--class-weights: {name!r} is given twice")
            weights[name] = _number(pair["weight"], text)
    return weights


def said(asked: Asked | None) -> list[str]:
    """The same as the command line takes it; nothing where all count alike."""
    if isinstance(asked, Mapping):
        return [f"{name}={weight:g}" for name, weight in asked.items()]
    return [asked] if isinstance(asked, str) else []


def _number(text: str, said: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise UserError(f"--class-weights {said}: {text!r} is no number") from error


def resolved(asked: Asked, material: Material) -> tuple[float, ...]:
    """A weight for each class, in their order, scaled to a mean of 1 over the training examples.

    Of "balanced" they are inverse to how often a class occurs (of masks: to its pixels), as
    scikit-learn has it. So scaled, the learning rate means what it meant without weights.

    Args:
        asked: "balanced", weights by name (1 where none is given), or by place.
        material: its training part decides how often each class occurs.

    Raises:
        UserError: no classes, an objective without them, or weights that can't be.
    """
    if not isinstance(asked, str) and not len(asked):
        return ()
    if not material.task.weighs:
        able = ", ".join(task.name for task in tasks.all_of() if task.weighs)
        raise UserError(f"class weights are for {able}, not for {material.task.name}")
    if not material.objective.weighs_classes:
        able = [one for one in objectives.names() if objectives.get(one).weighs_classes]
        raise UserError(
            f"class weights: learning by {material.objective_name} heeds none; these do: "
            f"{', '.join(able)}"
        )
    return scaled(asked, material.classes, _counts(material))


def scaled(asked: Asked, classes: Sequence[str], counts: np.ndarray) -> tuple[float, ...]:
    """A weight for each class, of mean 1 over the examples counted.

    Args:
        asked: as `resolved` takes it.
        classes: their names.
        counts: how often each occurs, `(classes,)`.

    Raises:
        UserError: weights that can't be.
    """
    if isinstance(asked, str):
        if asked != BALANCED:
            raise UserError(f"class weights {asked!r}: say balanced, or a weight a class")
        found = np.divide(1.0, counts, out=np.ones(len(counts)), where=counts > 0)
    else:
        found = _named(asked, classes)
    return tuple((found * counts.sum() / (found * counts).sum()).tolist())


def _counts(material: Material) -> np.ndarray:
    """How often each class occurs in the training part."""
    target = material.parts["train"].labels
    assert target is not None
    known = np.asarray(target).ravel()
    return np.bincount(known[known >= 0], minlength=len(material.classes)).astype(float)


def _named(asked: Mapping[str, float] | Sequence[float], classes: Sequence[str]) -> np.ndarray:
    if not isinstance(asked, Mapping):
        if len(asked) != len(classes):
            raise UserError(f"class weights: {len(asked)} for {len(classes)} classes")
        asked = dict(zip(classes, asked, strict=True))
    if unknown := [name for name in asked if str(name) not in classes]:
        there = ", ".join(map(repr, classes[:10]))
        raise UserError(f"class weights: no class {unknown[0]!r}; there are: {there}")
    weights = {str(name): weight for name, weight in asked.items()}
    if wrong := [name for name, one in weights.items() if not 0 < one < math.inf]:
        name = wrong[0]
        raise UserError(f"class weights {name}={weights[name]}: it must be greater than 0")
    return np.array([weights.get(name, 1.0) for name in classes], dtype=float)


def notes(weights: Sequence[float], classes: Sequence[str]) -> list[str]:
    """A note of the weights; none where all count alike."""
    if not weights:
        return []
    pairs = [f"{name} {one:.3g}" for name, one in zip(classes, weights, strict=True)]
    more = f" and {len(pairs) - 20} more" if len(pairs) > 20 else ""
    return [f"class weights of the loss: {', '.join(pairs[:20])}{more}"]


def of_baseline(weights: Sequence[float]) -> dict[int, float] | None:
    """The weights as scikit-learn takes them; None where all count alike."""
    return dict[int, Any](enumerate(weights)) or None
