"""A family under one protocol: the same splits, budget and augmentation for every member."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nna import registry
from nna.errors import UserError
from nna.training import files
from nna.workbench import measures
from nna.workbench.material import Source, gather

SEEDS = (0, 1, 2)
BUDGET: dict[str, Any] = {
    "epochs": 12,
    "batch": 64,
    "optimiser": "adamw",
    "rate": 2e-3,
    "decay": 0.02,
    "schedule": "cosine",
    "warmup": 0.1,
    "augment": ("affine",),
    "clip": 1.0,
}
LEARNT = ("cross_entropy", "auxiliary_cross_entropy")  # by a loss of the same kind


def members(family: str) -> tuple[str, ...]:
    """The family's classifiers of pictures that learn by cross-entropy.

    Raises:
        UserError: none.
    """
    found = tuple(
        name for name in registry.names() if registry.family(name) == family and _fits(name)
    )
    if not found:
        raise UserError(f"family {family!r} has no classifier of pictures; try convolutional")
    return found


def _fits(name: str) -> bool:
    spec = registry.describe(name)
    pictures = [port.kind for port in spec.takes.values()] == ["image"]
    learnt = any(objective in LEARNT for objective in spec.objectives)
    return pictures and "classification" in spec.tasks and learnt


def run(
    family: str,
    data: str,
    path: Path,
    data_dir: str | None = None,
    said: Callable[[str], None] = lambda line: None,
) -> list[dict[str, Any]]:
    """Train every member's desk size with every seed; what `path` already holds is kept.

    Args:
        family: a folder of architectures.
        data: a dataset's id or a path, for classification of pictures.
        path: JSON that is added to after every training, so that a run can be continued.
        data_dir: where the files of a dataset lie that isn't fetched.
        said: told of every training.

    Returns:
        A row a member, the best first.

    Raises:
        UserError: no member, or data that don't fit.
    """
    kept = _read(path, data)
    for name in members(family):
        for seed in SEEDS:
            if any((one["id"], one["seed"]) == (name, seed) for one in kept):
                continue
            kept.append(_once(name, data, data_dir, seed))
            files.write_json(path, {"data": data, "budget": BUDGET, "trainings": kept})
            said(f"{name} seed {seed}: {100 * kept[-1]['right'] / kept[-1]['tested']:.1f} %")
    return rows([one for one in kept if one["id"] in members(family)])


def _read(path: Path, data: str) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        same = (held["data"], {**held["budget"]}) == (data, json.loads(json.dumps(BUDGET)))
        trainings = held["trainings"]
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: not results of this protocol; give another file") from error
    if not same:
        raise UserError(f"{path}: of other data or another budget; give another file")
    return trainings


def _once(name: str, data: str, data_dir: str | None, seed: int) -> dict[str, Any]:
    from nna.workbench.train import train

    spec = registry.describe(name)
    objective = next(one for one in spec.objectives if one in LEARNT)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        done = train(
            name,
            data,
            out=folder,
            data_dir=data_dir,
            seed=seed,
            objective=objective,
            recipe=BUDGET,
            quiet=True,
        )
        seconds = time.perf_counter() - started
        measured = done.results()
    assert measured is not None
    tested = measured["test examples"]
    material = gather(name, Source(data=data, data_dir=data_dir), seed)
    return {
        "id": name,
        "seed": seed,
        "right": round(measured["metrics"]["accuracy"]["value"] * tested),
        "tested": tested,
        "seconds": round(seconds, 1),
        **_size(name, material.config, np.asarray(material.parts["test"].x)[:1]),
    }


def _size(name: str, config: Any, example: np.ndarray) -> dict[str, int]:
    from torch.utils.flop_counter import FlopCounterMode

    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        model = registry.construct(name, config).eval()
        model(torch.empty(example.shape))
    params = sum(p.numel() for p in model.parameters() if p.requires_grad)
    return {"params": params, "macs": counter.get_total_flops() // 2}


def rows(trainings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row a member: accuracy over all seeds with its 95 % interval, sizes, median seconds."""
    made = []
    for name in {one["id"] for one in trainings}:
        own = [one for one in trainings if one["id"] == name]
        right, tested = (sum(one[key] for one in own) for key in ("right", "tested"))
        figure = measures.share(right, tested)
        made.append(
            {
                "id": name,
                "accuracy": figure.value,
                "low": figure.low,
                "high": figure.high,
                "least": min(one["right"] / one["tested"] for one in own),
                "most": max(one["right"] / one["tested"] for one in own),
                "seeds": len(own),
                "params": own[0]["params"],
                "macs": own[0]["macs"],
                "seconds": float(np.median([one["seconds"] for one in own])),
            }
        )
    return sorted(made, key=lambda row: (-row["accuracy"], row["id"]))


def table(made: list[dict[str, Any]], data: str) -> str:
    """The rows in Markdown, with the budget above them."""
    budget = ", ".join(
        f"{k} {'+'.join(v) if isinstance(v, tuple) else v}" for k, v in BUDGET.items()
    )
    lines = [
        f"# One protocol, on {data}",
        "",
        f"Desk sizes, seeds {', '.join(map(str, SEEDS))} (each its own split), {budget}. In "
        "brackets the 95 % interval over the test examples of all seeds; then the worst and the "
        "best seed. Seconds are by the clock, the median of a training with its evaluation, with "
        "whatever else the machine was doing: compare multiply-adds for cost.",
        "",
        "| architecture | accuracy | seeds | parameters | multiply-adds | seconds |",
        "|---|---|---|---|---|---|",
    ]
    for row in made:
        accuracy, low, high = (100 * row[key] for key in ("accuracy", "low", "high"))
        lines.append(
            f"| `{row['id']}` | {accuracy:.1f} % ({low:.1f} to {high:.1f}) | "
            f"{100 * row['least']:.1f} to {100 * row['most']:.1f} % | {row['params']:,} | "
            f"{row['macs']:,} | {row['seconds']:.0f} |"
        )
    return "\n".join(lines) + "\n"
