"""A family under one protocol: the same splits, budget and augmentation for every member."""

from __future__ import annotations

import dataclasses
import json
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nna import costs, ports, probe, registry
from nna.errors import UserError
from nna.training import devices, files, runs
from nna.workbench import training_probe
from nna.workbench.data_source import Source
from nna.workbench.evaluation import metrics, results
from nna.workbench.prepared_data import gather
from nna.workbench.recommendation import family_results, step_times

SEEDS = (0, 1, 2)
BUDGET: dict[str, Any] = {
    "epochs": 12,
    "batch_size": 64,
    "optimiser": "adamw",
    "learning_rate": 2e-3,
    "weight_decay": 0.02,
    "schedule": "cosine",
    "warmup": 0.1,
    "augment": ("affine",),
    "clip_norm": 1.0,
}
PROBES = ".probes"  # beside the results: what they hang on
MOST = 2000  # training examples: what two cores can go through for a whole family
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
    pictures = [ports.of(port).pictured for port in spec.inputs.values()] == [True]
    learnt = any(objective in LEARNT for objective in spec.objectives)
    return pictures and "classification" in spec.tasks and learnt


def run(  # noqa: PLR0913 - one argument a thing that the user may say
    family: str,
    origin: Source,
    path: Path,
    said: Callable[[int, int, str], None] = lambda *_: None,
    note: str | None = None,
    device: str = "auto",
) -> dict[str, Any]:
    """Train every member's desk size with every seed; what `path` already holds is kept.

    It is kept while the code computes the same: a member's probe tells.

    Args:
        family: a folder of architectures.
        origin: of the data, for classification of pictures; without `most` it is `MOST`.
        path: JSON that is written after every training, so that a run can be continued.
        said: told of every training: how many are over, of how many, and how it went.
        note: a sentence to keep with the results; None: what `path` already has.
        device: where they train and a step is timed, as `nna.train` takes it.

    Returns:
        What `path` holds at the end: the protocol, a row a member (the best first), the trainings,
        and the milliseconds of a step of each, measured when all are trained.

    Raises:
        UserError: no member, no such device, or data that don't fit.
    """
    origin = dataclasses.replace(origin, max_samples=origin.max_samples or MOST)
    protocol = {
        "budget": BUDGET,
        "seeds": SEEDS,
        "max_samples": origin.max_samples,
        "versions": runs.versions(),
    }
    every = members(family)
    held = _kept(path, origin.data, protocol)
    known, fresh = probes(path), {name: probe_of(name) for name in every}
    stale = {
        name for name in known.keys() & fresh.keys() if probe.differs(known[name], fresh[name])
    }
    kept = [one for one in held.get("trainings", []) if one["id"] in {*every} - stale]
    missing = [(name, seed) for name in every for seed in SEEDS if not _among(kept, name, seed)]
    about = {"family": family, "data": origin.data, "protocol": protocol}
    if note := note or held.get("note"):
        about["note"] = note
    if missing:  # what is stale goes before it is said to be of today
        files.write_json(path, about | _found(kept, None))
        keep(path, fresh)
    for name, seed in missing:
        started = time.process_time()
        kept.append(_once(name, origin, seed, device))
        seconds = time.process_time() - started
        share = 100 * kept[-1]["right"] / kept[-1]["tested"]
        line = f"{name} seed {seed}: {share:.1f} %, {seconds:.0f} s of processor time"
        said(len(kept), len(every) * len(SEEDS), line)
        files.write_json(path, about | _found(kept, None))
    steps = held.get("steps")
    if not steps or steps["milliseconds"].keys() != set(every):
        steps = _steps(every, origin, device)
    found = about | _found(kept, steps)
    files.write_json(path, found)
    return found


def probe_of(name: str) -> probe.Probe:
    """What a member's trainings hang on: one under the same budget on digits, cut short."""
    return probe.compute(lambda: _quantities(name))


def _quantities(name: str) -> dict[str, Any]:
    asked = {"objective": _objective(name), "recipe": BUDGET}
    of_training, found = training_probe.training(name, Source(data="digits"), **asked)
    return {**of_training, "figure": [*found.metrics["accuracy"].to_json().values()]}


def probes(path: Path) -> dict[str, probe.Probe]:
    """What the trainings in a file hang on, by member; it lies beside the file."""
    beside = path.with_suffix(PROBES)
    return json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else {}


def keep(path: Path, known: Mapping[str, probe.Probe]) -> None:
    """Keep what the trainings in a file hang on, a member a line."""
    lines = (f"{json.dumps(name)}: {json.dumps(known[name])}" for name in sorted(known))
    files.write(path.with_suffix(PROBES), "{\n" + ",\n".join(lines) + "\n}\n")


def _found(trainings: list[dict[str, Any]], steps: dict[str, Any] | None) -> dict[str, Any]:
    return {"steps": steps, "rows": rows(trainings, steps), "trainings": trainings}


def _steps(names: tuple[str, ...], origin: Source, device: str) -> dict[str, Any]:
    """Milliseconds of a step of each on this machine, by so many threads, on that device."""
    materials = {name: gather(name, origin, SEEDS[0], objective=_objective(name)) for name in names}
    took = step_times.milliseconds(materials, BUDGET, device)
    where = {"threads": torch.get_num_threads(), "device": devices.named(device).type}
    return {**where, "milliseconds": took}


def _among(kept: list[dict[str, Any]], name: str, seed: int) -> bool:
    return any((one["id"], one["seed"]) == (name, seed) for one in kept)


def _kept(path: Path, data: str, protocol: dict[str, Any]) -> dict[str, Any]:
    """What a file holds already, if it is of the same data and protocol; else nothing."""
    if not path.is_file():
        return {}
    held = family_results.read(path)
    same = json.loads(json.dumps([data, {**protocol, "versions": None}]))
    if [held["data"], {**held["protocol"], "versions": None}] != same:
        raise UserError(f"{path}: of other data or another protocol; give another --out")
    return held


def _objective(name: str) -> str:
    return next(one for one in registry.describe(name).objectives if one in LEARNT)


def _once(name: str, origin: Source, seed: int, device: str) -> dict[str, Any]:
    from nna.workbench.train import train

    with tempfile.TemporaryDirectory() as folder:
        done = train(
            name,
            origin.data,
            out=folder,
            data_dir=origin.data_dir,
            max_samples=origin.max_samples,
            seed=seed,
            objective=_objective(name),
            recipe=BUDGET,
            device=device,
            quiet=True,
        )
        measured = results.of_run(done)
    assert measured is not None
    tested = measured.test_examples
    material = gather(name, origin, seed)
    return {
        "id": name,
        "seed": seed,
        "right": round((measured.metrics["accuracy"].value or 0) * tested),
        "tested": tested,
        **_size(name, material.config, np.asarray(material.parts["test"].x)[:1]),
    }


def _size(name: str, config: Any, example: np.ndarray) -> dict[str, int]:
    model, inputs = registry.outline(name, config), torch.empty(example.shape, device="meta")
    params = sum(p.numel() for p in model.parameters() if p.requires_grad)
    (key,) = registry.describe(name).inputs
    return {"params": params, "macs": costs.count(model, {key: inputs})}


def rows(trainings: list[dict[str, Any]], steps: dict[str, Any] | None) -> list[dict[str, Any]]:
    """A row a member: accuracy over all seeds with its 95 % interval, sizes, time; best first.

    Seeds draw their test examples from one source, or are all tested on the same: they are no new
    ones. The interval is that of one seed's number of examples.
    """
    took: dict[str, float] = steps["milliseconds"] if steps else {}
    made = []
    for name in {one["id"] for one in trainings}:
        own = [one for one in trainings if one["id"] == name]
        right, tested = (sum(one[key] for one in own) for key in ("right", "tested"))
        figure = metrics.share(right / len(own), tested / len(own))
        made.append(
            {
                "id": name,
                "accuracy": figure.value,
                "low": figure.low,
                "high": figure.high,
                "least": min(one["right"] / one["tested"] for one in own),
                "most": max(one["right"] / one["tested"] for one in own),
                "tested": tested,
                "seeds": len(own),
                "params": own[0]["params"],
                "macs": own[0]["macs"],
                "step": took.get(name),
            }
        )
    return sorted(made, key=lambda row: (-row["accuracy"], row["id"]))
