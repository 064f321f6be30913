"""Experiments and trials of blocks cut short: what their stored results hang on."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from nna import probe
from nna.lab import catalog, experiments, pictures
from nna.lab.blocks import catalog as blocks, trial_settings, trials
from nna.training import files

TESTED = 64  # examples to test on, at most
SHORT = {"epochs": 2, "depth": 3, "width": 12, "train": 128}  # of a trial, at most


def of_experiment(name: str) -> probe.Probe:
    """The probe of an experiment: its quick form for one seed, and the sizes of its full form."""
    return probe.compute(lambda: _measured(name))


def _measured(name: str) -> dict[str, Any]:
    experiment, steps = catalog.describe(name), probe.Steps()
    with steps.watched(), pictures.few(TESTED):
        numbers = experiment.numbers(0, True)
        others = {part: experiment.numbers(0, True, part) for part in experiment.elsewhere}
    module = importlib.import_module(f"{experiments.__name__}.{name}")
    return {
        "full form": list(full_form(module)),
        "gradients": probe.ends(steps.gradients),
        "measured": [[value] for value in numbers.values()],
        **{f"measured, {part}": [[v] for v in found.values()] for part, found in others.items()},
    }


def full_form(module: ModuleType) -> Iterator[float]:
    """Every number that stands in the place of the quick form's: `5 if quick else STEPS`."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.IfExp) and ast.unparse(node.test) == "quick":
            for leaf in ast.walk(node.orelse):
                value = getattr(module, leaf.id, None) if isinstance(leaf, ast.Name) else None
                yield from _numbers(leaf.value if isinstance(leaf, ast.Constant) else value)


def _numbers(value: object) -> Iterator[float]:
    if isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _numbers(one)


def of_trial(name: str) -> probe.Probe:
    """The probe of a block's trial: with the block and against it, fewer and narrower layers."""
    return probe.compute(lambda: _tried(name))


def store(found: trials.Effect) -> Path:
    """Put what came of a trial among what ships with the package, and what it hangs on."""
    files.write(beside(found.block), probe.text(of_trial(found.block)))
    return trials.store(found)


def beside(block: str) -> Path:
    """Where the probe of a block's stored trial lies."""
    return blocks.EFFECTS / "probes" / f"{block}.json"


def _tried(name: str) -> Mapping[str, Any]:
    found: dict[str, Any] = {"seeds": [*trials.SEEDS]}
    arms = zip(("with", "against"), trial_settings.settings(blocks.describe(name)), strict=True)
    for arm, setting in arms:
        steps, cut = probe.Steps(), {key: getattr(setting, key) for key in SHORT}
        least = {key: min(value, SHORT[key]) for key, value in cut.items()}
        with steps.watched():
            run = trials.run(replace(setting, **least), trials.SEEDS[0])
        found |= {
            f"sizes {arm}": [*cut.values()],
            f"gradients {arm}": probe.ends(steps.gradients),
            f"losses {arm}": run.loss,
            f"aside {arm}": run.aside,
            f"measured {arm}": [*run.test, run.final],
        }
    return found
