"""Keep a fitted forecaster in a folder, without pickle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nna.data.series.clocks import Clock
from nna.data.series.panels import Panel, Strand
from nna.data.series.windows import Plan
from nna.errors import UserError
from nna.training import earlier, runs
from nna.workbench.estimators import keeping

FILE = "forecaster.json"


def save(forecaster: Any, folder: Path) -> None:
    """Write a fitted forecaster into a new folder: the network, and the end of each series.

    Raises:
        UserError: the folder exists, or a parameter can't be written as plain data.
    """
    plan, panel = forecaster.plan_, forecaster._kept
    plain = {
        "parameters": forecaster.get_params(deep=False) | {"architecture": forecaster._reference},
        "plan": plan.to_json(),
        "radii": {str(level): of for level, of in forecaster.radii_.items()},
        "notes": forecaster.notes_,
        "named": forecaster._named,
        "past_covariates": panel.past_covariates,
        "future_covariates": panel.future_covariates,
        "strands": [_end(strand, plan.lookback) for strand in panel.strands],
    }
    keeping.write(folder, FILE, plain, forecaster.fitted_)


def load(forecaster: type[Any], folder: Path) -> Any:
    """A forecaster that was saved.

    Raises:
        UserError: no such folder, or damaged.
    """
    path = folder / FILE
    if not path.is_file():
        raise UserError(f"{folder} holds no forecaster (no {FILE})")
    try:
        plain = earlier.estimator(json.loads(path.read_text(encoding="utf-8")))
        made = forecaster(**runs.tuples(plain["parameters"]))
        made.plan_ = Plan.from_json(plain["plan"])
        made.radii_ = {int(level): of for level, of in plain["radii"].items()}
        made.notes_, made._named = plain["notes"], tuple(plain["named"])
        made.fitted_ = keeping.network(plain["fitted"], folder / keeping.WEIGHTS)
        made.n_iter_ = made.fitted_.epochs
        made._kept = Panel(
            strands=tuple(_strand(one, made.plan_.clock) for one in plain["strands"]),
            clock=made.plan_.clock,
            past_covariates=tuple(plain["past_covariates"]),
            future_covariates=tuple(plain["future_covariates"]),
            notes=(),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: damaged, or of another version of this program") from error
    return made


def _end(strand: Strand, steps: int) -> dict[str, Any]:
    """The last steps of a series, and what is known after them, as plain data."""
    kept = min(len(strand), steps)
    first = len(strand) - kept
    name: Any = strand.name
    start: Any = strand.times[first]
    return {
        "name": name.item() if isinstance(name, np.generic) else name,
        "first": start.isoformat() if isinstance(start, pd.Timestamp) else int(start),
        "y": strand.y[first:].tolist(),
        "past_covariates": strand.past_covariates[first:].tolist(),
        "future_covariates": strand.future_covariates[first:].tolist(),
    }


def _strand(plain: dict[str, Any], clock: Clock) -> Strand:
    first = plain["first"]
    y = np.array(plain["y"], dtype=float)
    start = pd.Timestamp(first) if isinstance(first, str) else first
    return Strand(
        name=plain["name"],
        times=clock.grid(start, len(y)),
        y=y,
        past_covariates=_columns(plain["past_covariates"]),
        future_covariates=_columns(plain["future_covariates"]),
    )


def _columns(rows: list[list[float]]) -> np.ndarray:
    return np.array(rows, dtype=float).reshape(len(rows), -1)
