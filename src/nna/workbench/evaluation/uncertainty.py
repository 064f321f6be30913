"""How far a run's single answers can be trusted, by the rows that it was tested on.

Training and stopping saw none of them; once the run's figures are written they have nothing else to
do. So every run knows its calibration, at the cost of no row: decision 0016.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
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
IN_FILE = {"log_loss": "log loss", "calibration_error": "calibration error"}  # else by their names


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What the test rows tell of single answers; of each kind of task something, of some nothing.

    Of classes a temperature and two figures "before" and "after" it, of numbers the absolute
    errors, of rows without a target how usual each is (None: impossible).
    """

    temperature: float | None = None
    log_loss: Mapping[str, float] = field(default_factory=dict)
    calibration_error: Mapping[str, float] = field(default_factory=dict)
    errors: tuple[float, ...] = ()
    usualness: tuple[float | None, ...] = ()

    def __bool__(self) -> bool:
        return self != UNKNOWN

    def to_json(self) -> dict[str, Any]:
        """What the file holds: what is known."""
        plain = dataclasses.asdict(self)
        empty = dataclasses.asdict(UNKNOWN)
        return {IN_FILE.get(k, k): of for k, of in plain.items() if of != empty[k]}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Calibration:
        """What `to_json` wrote, as `nna.training.run_validation.calibration` found it good."""
        names = {one.name: IN_FILE.get(one.name, one.name) for one in fields(cls)}
        held: dict[str, Any] = {name: plain[of] for name, of in names.items() if of in plain}
        for name in ("errors", "usualness"):
            held[name] = tuple(held.get(name, ()))
        return cls(**held)


UNKNOWN = Calibration()


def learn(model: nn.Module, material: Material) -> Calibration:
    """What the test rows tell."""
    task, raw, test = material.task, material.raw["test"], material.parts["test"]
    if not (task.strange or task.comparable):
        return UNKNOWN
    drawn = np.random.default_rng(0).permutation(len(test))[:MOST]
    seen = test.take(drawn)
    out = model_outputs.outputs(model, Tensors.of(seen)).astype(np.float64)
    if task.one_class:
        return _of_classes(out, np.asarray(seen.y))
    if task.numeric:
        errors = np.abs(material.preparation.restore(out[:, 0]) - np.asarray(raw.y)[drawn])
        return Calibration(errors=tuple(np.sort(errors).tolist()))
    usual = task.usualness(out, np.asarray(seen.x))
    return Calibration(usualness=tuple(np.sort(usual).tolist()))


def _of_classes(scores: np.ndarray, y: np.ndarray) -> Calibration:
    """The temperature, and how well it does on rows that it was not chosen by: half by half."""
    from scipy.special import log_softmax

    rows, chosen = np.arange(len(y)), calibration.proven(scores, y)
    losses, errors = dict[str, float](), dict[str, float]()
    after = scores if chosen == 1 else calibration.by_halves(scores, y)
    for when, of in (("before", scores), ("after", after)):
        nats = log_softmax(of, axis=1)  # finite where the share itself is too small for 64 bits
        losses[when] = float(-nats[rows, y].mean())
        errors[when] = calibration.calibration_error(np.exp(nats), y)
    return Calibration(temperature=chosen, log_loss=losses, calibration_error=errors)


def write(run: Run, model: nn.Module, material: Material) -> Calibration:
    """Learn it, and keep it in the run's folder; given back as it is kept."""
    if found := learn(model, material):
        files.write_json(run.folder / FILE, found.to_json())
    return found


def read(run: Run) -> Calibration:
    """What was kept; nothing where the run was made before this was known, or has none.

    Raises:
        UserError: the file is damaged.
    """
    return Calibration.from_json(run.kept(FILE, run_validation.calibration) or {})


def temperature(known: Calibration, objective: str) -> float | None:
    """What scores are divided by before their softmax is a probability; None: it never is one.

    It is where the network learnt by a log-likelihood, or where a temperature made test rows
    likelier that it wasn't chosen by. Elsewhere a score is a score.

    Args:
        known: what the run kept.
        objective: by which the network learnt.
    """
    chosen = 1.0 if known.temperature is None else known.temperature
    return chosen if chosen != 1 or objectives.get(objective).likelihood else None


def bounds(known: Calibration, value: float, level: float) -> dict[str, float]:
    """Between what numbers the truth lies in so many of all cases; nothing where that is unknown.

    Raises:
        UserError: the level is no share.
    """
    if not 0 < level < 1:
        raise UserError(f"--level {level:g}: it lies between 0 and 1")
    margin = calibration.margin(np.array(known.errors, dtype=float), level)
    return {"low": value - margin, "high": value + margin} if np.isfinite(margin) else {}


def as_strange(known: Calibration, usual: float) -> float | None:
    """The share of test rows that are as strange as an example, itself counted in.

    Among rows of the same kind that share is at most p in a share p of all cases: a conformal
    p-value. None: the run has no test rows to tell it by.
    """
    of_test = np.array(known.usualness, dtype=float)
    if not len(of_test):
        return None
    of_test[np.isnan(of_test)] = -np.inf  # the impossible, which JSON has no number for
    return round(float(((of_test <= usual).sum() + 1) / (len(of_test) + 1)), 6)


def summary(known: Calibration, objective: str) -> str:
    """A line for the user; empty where there is nothing to tell."""
    if known.temperature is not None:
        if temperature(known, objective) is None:
            return f"scores, not probabilities: {objective} is no log-likelihood"
        loss = known.log_loss
        if known.temperature == 1:
            return f"probabilities as the network gives them: log loss {loss['before']:.3g}"
        return (
            f"probabilities calibrated, temperature {known.temperature:.3g}: log loss "
            f"{loss['before']:.3g} before, {loss['after']:.3g} after"
        )
    if known.errors:
        margin = calibration.margin(np.array(known.errors), LEVEL)
        if np.isfinite(margin):
            return f"{LEVEL:.0%} intervals: the value, {short(margin)} more or less"
    return ""
