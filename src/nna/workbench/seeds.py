"""The same training from several seeds: how much of a figure is luck of the initial weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from nna import html
from nna.errors import UserError
from nna.training.runs import Run
from nna.workbench import as_json
from nna.workbench.evaluation import results
from nna.workbench.train import train

LEVEL = 0.95
LEAST = 3  # seeds below which an interval would say next to nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class OverSeeds:
    """A figure over several seeds, in the figure's own units."""

    values: list[float | None]  # a run each; None: it came to no number
    mean: float | None  # None: of a run it isn't known
    std: float | None  # of a sample; NaN of one value
    low: float | None  # of the 95 % interval of the mean; None: too few seeds
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """What several seeds gave, all tested on the same examples."""

    runs: list[str]  # their folders
    metrics: dict[str, OverSeeds]  # by name

    def to_json(self) -> dict[str, object]:
        """As `nna train --seeds N --json` prints it."""
        return as_json.of(self)

    def _repr_html_(self) -> str:
        rows = [
            (name, of.mean, of.std, html.interval(of.low, of.high))
            for name, of in self.metrics.items()
        ]
        columns = ("", "mean", "standard deviation", "95 % interval of the mean")
        return html.block(f"{len(self.runs)} seeds", html.table(columns, rows))


def train_seeds(reference: str, data: str | Path, seeds: int = 5, **asked: Any) -> Seeds:
    """Train from several seeds on the very same parts of the data; all runs are kept.

    Args:
        reference: as `nna.train` takes it.
        data: likewise.
        seeds: how many; the first is `seed`, which alone decides how the data are parted.
        asked: what else `nna.train` takes; `name` is the beginning of the runs' names.

    Returns:
        The runs' folders; of every figure its values, mean, standard deviation and the 95 %
        interval of the mean over seeds (Student's). A notebook shows a table.

    Raises:
        UserError: anything that the user can mend.
        Interrupted: stopped by Ctrl-C; the runs before are finished.

    Example:
        >>> found = nna.train_seeds("mlp", "iris", 2, recipe={"epochs": 2}, quiet=True)
        >>> len(found.metrics["accuracy"].values)
        2
    """
    if seeds < 2:
        raise UserError(f"--seeds must be at least 2, got {seeds}; one training has --seed")
    first, out = int(asked.pop("seed", 0)), Path(asked.pop("out", "runs"))
    name = _free(out, asked.pop("name", None), reference, str(data), range(first, first + seeds))
    found = [
        train(
            reference,
            data,
            out=out,
            name=f"{name}-seed{seed}",
            seed=seed,
            split_seed=first,
            **asked,
        )
        for seed in range(first, first + seeds)
    ]
    return Seeds(runs=[str(run.folder) for run in found], metrics=summary(found))


def several(seeds: int) -> Callable[..., Seeds]:
    """`train_seeds` with so many, called as `train` is."""
    return partial(train_seeds, seeds=seeds)


def _free(out: Path, name: str | None, reference: str, data: str, seeds: Sequence[int]) -> str:
    """The beginning of names that no run has.

    Raises:
        UserError: one has the name that the user gave.
    """

    def taken(stem: str) -> list[int]:
        return [seed for seed in seeds if (out / f"{stem}-seed{seed}").exists()]

    if name is not None:
        if there := taken(name):
            raise UserError(f"{out / name}-seed{there[0]} exists; choose another --name")
        return name
    stem, number = f"{reference.replace('/', '-')}-{Path(data).stem}", 1
    while taken(f"{stem}-{number}"):
        number += 1
    return f"{stem}-{number}"


def summary(runs: Sequence[Run]) -> dict[str, OverSeeds]:
    """Of every figure its values, a run each, their mean and how far it is to be trusted."""
    measured = [found.metrics for run in runs if (found := results.of_run(run)) is not None]
    names = dict.fromkeys(name for of in measured for name in of)
    return {
        name: _of([of[name].value if name in of else None for of in measured]) for name in names
    }


def _of(values: list[float | None]) -> OverSeeds:
    from scipy import stats

    known = np.array([one for one in values if one is not None], dtype=float)
    if len(known) < len(values) or not len(known):
        return OverSeeds(values=values, mean=None, std=None, low=None, high=None)
    mean, spread = float(known.mean()), float(known.std(ddof=1)) if len(known) > 1 else math.nan
    low = high = None
    if len(known) >= LEAST:
        half = float(stats.t.ppf((1 + LEVEL) / 2, len(known) - 1)) * spread / math.sqrt(len(known))
        low, high = mean - half, mean + half
    return OverSeeds(values=values, mean=mean, std=spread, low=low, high=high)
