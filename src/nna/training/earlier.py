"""What earlier versions wrote, read as if it were of today: what was renamed since, file by file.

Nothing here says whether what is read is sound: that is `run_validation`'s, afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nna import registry
from nna.errors import UserError

SCHEMA = 2  # of run.json and of kept estimators; one more with every change of a name or a meaning

RECIPE = {
    "rate": "learning_rate",
    "batch": "batch_size",
    "decay": "weight_decay",
    "clip": "clip_norm",
    "layer_decay": "layer_lr_decay",
}
DATA = {"most": "max_samples"}
SERIES = {
    "known": "future_covariates",
    "seen": "past_covariates",
    "every": "freq",
    "context": "lookback",
}


def request(plain: Any) -> Any:
    """What run.json holds, whichever version wrote it.

    Raises:
        UserError: a later version wrote it.
    """
    if not _older(plain):
        return plain
    new = network(plain, plain.get("architecture"))
    data = _renamed(plain.get("data"), DATA)
    if isinstance(data, dict) and "forecast" in data:
        data["forecast"] = _renamed(data["forecast"], SERIES)
    new["data"] = data
    if "windows" in plain:
        new["windows"] = _renamed(plain["windows"], SERIES)
    return {**new, "schema": SCHEMA}


def network(plain: Mapping[str, Any], reference: Any) -> dict[str, Any]:
    """What was kept of a network, "config" and "recipe" among it.

    Args:
        plain: as a file of an earlier version holds it.
        reference: of the architecture.
    """
    new = {**plain, "recipe": _renamed(plain.get("recipe"), RECIPE)}
    return {**new, "config": _renamed(plain.get("config"), _fields(reference))}


def estimator(plain: Any) -> Any:
    """A kept estimator or forecaster, whichever version wrote it.

    Raises:
        UserError: a later version wrote it.
    """
    if not _older(plain):
        return plain
    new = _renamed(plain, SERIES)
    new["fitted"] = network(plain["fitted"], plain["fitted"]["reference"])
    asked = _renamed(plain["parameters"], SERIES)
    if asked.get("recipe"):
        asked["recipe"] = _renamed(asked["recipe"], RECIPE)
    if asked.get("settings"):
        asked["settings"] = _renamed(asked["settings"], _fields(plain["fitted"]["reference"]))
    new["parameters"] = asked
    if "plan" in plain:
        new["plan"] = _renamed(plain["plan"], SERIES)
        new["strands"] = [_renamed(strand, SERIES) for strand in plain["strands"]]
    return new


def _older(plain: Any) -> bool:
    """Whether an earlier version wrote it; the first wrote no number."""
    version = plain.get("schema", 1) if isinstance(plain, Mapping) else SCHEMA
    if isinstance(version, int) and version > SCHEMA:
        raise UserError(f"schema {version}: a later version of nna wrote it; update nna")
    return version == 1


def _fields(reference: Any) -> Mapping[str, str]:
    name = str(reference).partition("/")[0]
    return registry.describe(name).renamed_fields if name in registry.names() else {}


def _renamed(entries: Any, names: Mapping[str, str]) -> Any:
    """A mapping under new names; anything else as it is."""
    if not isinstance(entries, Mapping):
        return entries
    return {names.get(key, key): value for key, value in entries.items()}
