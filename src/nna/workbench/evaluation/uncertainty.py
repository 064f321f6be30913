"""How far a run's single answers can be trusted, by the rows that it was tested on.

Training and stopping saw none of them; once the run's figures are written they have nothing else to
do. So every run knows its calibration, at the cost of no row: decision 0016.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import nn

from nna import objectives
from nna.errors import UserError
from nna.training import files, run_validation
from nna.training.in_memory import Tensors
from nna.training.runs import Run
from nna.workbench.evaluation import calibration, model_outputs
from nna.workbench.formatting import short
from nna.workbench.prepared_data import Material

FILE = "calibration.json"
MOST = 2_000  # test rows looked at: more hardly move one number
LEVEL = 0.9


def learn(model: nn.Module, material: Material) -> dict[str, Any]:
    """What the test rows tell, as plain data; nothing for tasks whose answers are none of these.

    Of classes a temperature, of numbers the absolute errors, of rows without a target how usual
    each is.
    """
    task, raw, test = material.task, material.raw["test"], material.parts["test"]
    if not (task.strange or task.comparable):
        return {}
    drawn = np.random.default_rng(0).permutation(len(test))[:MOST]
    seen = test.take(drawn)
    out = model_outputs.outputs(model, Tensors.of(seen)).astype(np.float64)
    if task.one_class:
        return _of_classes(out, np.asarray(seen.y))
    if task.numeric:
        errors = np.abs(material.preparation.restore(out[:, 0]) - np.asarray(raw.y)[drawn])
        return {"errors": np.sort(errors).tolist()}
    usual = task.usualness(out, np.asarray(seen.x))
    return {"usualness": np.sort(usual).tolist()}


def _of_classes(scores: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """The temperature, and how well it does on rows that it was not chosen by: half by half."""
    from scipy.special import log_softmax

    rows, chosen = np.arange(len(y)), calibration.proven(scores, y)
    known: dict[str, Any] = {"temperature": chosen, "log loss": {}, "calibration error": {}}
    after = scores if chosen == 1 else calibration.by_halves(scores, y)
    for when, of in (("before", scores), ("after", after)):
        nats = log_softmax(of, axis=1)  # finite where the share itself is too small for 64 bits
        known["log loss"][when] = float(-nats[rows, y].mean())
        known["calibration error"][when] = calibration.calibration_error(np.exp(nats), y)
    return known


def write(run: Run, model: nn.Module, material: Material) -> None:
    """Learn it, and keep it in the run's folder."""
    if found := learn(model, material):
        files.write_json(run.folder / FILE, found)


def read(run: Run) -> dict[str, Any]:
    """What was kept; nothing where the run was made before this was known, or has none.

    Raises:
        UserError: the file is damaged.
    """
    return run.kept(FILE, run_validation.calibration) or {}


def temperature(known: dict[str, Any], objective: str) -> float | None:
    """What scores are divided by before their softmax is a probability; None: it never is one.

    It is where the network learnt by a log-likelihood, or where a temperature made test rows
    likelier that it wasn't chosen by. Elsewhere a score is a score.

    Args:
        known: what the run kept.
        objective: by which the network learnt.
    """
    chosen = known.get("temperature", 1.0)
    return chosen if chosen != 1 or objectives.get(objective).likelihood else None


def bounds(known: dict[str, Any], value: float, level: float) -> dict[str, float]:
    """Between what numbers the truth lies in so many of all cases; nothing where that is unknown.

    Raises:
        UserError: the level is no share.
    """
    if not 0 < level < 1:
        raise UserError(f"--level {level:g}: it lies between 0 and 1")
    margin = calibration.margin(np.array(known.get("errors", []), dtype=float), level)
    return {"low": value - margin, "high": value + margin} if np.isfinite(margin) else {}


def as_strange(known: dict[str, Any], usual: float) -> float | None:
    """The share of test rows that are as strange as an example, itself counted in.

    Among rows of the same kind that share is at most p in a share p of all cases: a conformal
    p-value. None: the run has no test rows to tell it by.
    """
    of_test = np.array(known.get("usualness", []), dtype=float)
    if not len(of_test):
        return None
    of_test[np.isnan(of_test)] = -np.inf  # the impossible, which JSON has no number for
    return round(float(((of_test <= usual).sum() + 1) / (len(of_test) + 1)), 6)


def summary(known: dict[str, Any], objective: str) -> str:
    """A line for the user; empty where there is nothing to tell."""
    if "temperature" in known:
        if temperature(known, objective) is None:
            return f"scores, not probabilities: {objective} is no log-likelihood"
        loss = known["log loss"]
        if known["temperature"] == 1:
            return f"probabilities as the network gives them: log loss {loss['before']:.3g}"
        return (
            f"probabilities calibrated, temperature {known['temperature']:.3g}: log loss "
            f"{loss['before']:.3g} before, {loss['after']:.3g} after"
        )
    if "errors" in known:
        margin = calibration.margin(np.array(known["errors"]), LEVEL)
        if np.isfinite(margin):
            return f"{LEVEL:.0%} intervals: the value, {short(margin)} more or less"
    return ""
