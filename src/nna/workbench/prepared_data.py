"""Data made ready for an architecture, and the architecture's configuration made to fit them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from nna import external, objectives, registry, tasks
from nna.data.adapt import adapt, settings, wanted
from nna.data.examples import Examples, Part
from nna.data.prepare import Preparation
from nna.data.profiling import near_duplicates
from nna.data.series import readers
from nna.data.sources import fingerprint, is_table
from nna.data.splits.class_disjoint import unseen
from nna.data.splits.split import split
from nna.errors import UserError
from nna.learning.base import Objective
from nna.learning.settings import configuration_and_objective
from nna.spec import Architecture
from nna.workbench import record_files
from nna.workbench.data_source import ROWS, SPLITTING, Source, tables_of
from nna.workbench.evaluation.scoring import PLAIN, Scoring


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """All that training and evaluation start from."""

    reference: str  # "lenet5/desk"
    spec: Architecture
    config: Any
    task: tasks.Task
    objective_name: str
    objective: Objective  # with all of its settings
    raw: Mapping[Part, Examples]
    parts: Mapping[Part, Examples]  # prepared and adapted
    classes: tuple[str, ...]  # in the order of the scores
    preparation: Preparation
    adapted: list[str]
    left_out: tuple[str, ...] = ()  # rows of the source that take no part, every one
    fingerprint: str  # of all examples; empty where the parts came ready-made
    rows: int
    scoring: Scoring = PLAIN
    class_weights: tuple[float, ...] = ()  # of the losses, also of baselines that can weigh

    def fresh(self, seed: int) -> nn.Module:
        """The model before its first step, its weights drawn from the seed."""
        torch.manual_seed(seed)
        return registry.construct(self.reference, self.config)


def gather(  # noqa: PLR0913 - one argument a thing that a run says
    reference: str,
    origin: Source,
    seed: int = 0,
    changes: Mapping[str, Any] | None = None,
    objective: str | None = None,
    preparation: Preparation | None = None,
) -> Material:
    """Load, split, prepare and adapt the data; configure the architecture.

    Args:
        reference: "architecture" or "architecture/variant".
        origin: of the data.
        seed: decides the split.
        changes: settings of the configuration, and of the objective as "objective.margin".
        objective: overrides the architecture's first that suits the task.
        preparation: that of a run, which its rows went through; None: the training part decides.

    Raises:
        UserError: unknown names, unfit data, contradictory settings.
    """
    rows = None if origin.max_samples is None else ROWS * origin.max_samples
    name, _, _ = registry.split(reference)
    task = _meant(origin, registry.describe(name))
    if origin.forecast is None:
        whole, examples = tables_of(origin, task, rows, seed, name)
    else:
        _alone(origin)
        own = {"target": origin.target, "skip_bad": origin.skip_bad, "encoding": origin.encoding}
        asked = {**origin.forecast, **own, "dates": origin.dates}
        whole = examples = readers.examples(Path(origin.data).expanduser(), asked)
    done = task_of(name, examples.task)
    if done.whole_classes:
        if said := [one for one in SPLITTING if getattr(origin, one)]:
            raise UserError(f"{done.name} splits by whole classes: leave out --{said[0]}")
        examples = unseen(examples, seed)
    raw = split(examples, seed, max_samples=origin.max_samples)
    notes = [
        *examples.notes,
        *_repeated(raw, origin),
        *_split_by(raw, origin),
        *_drawn(raw, origin.max_samples, len(examples)),
    ]
    made = compose(reference, raw, changes, objective, notes, preparation)
    if record_files.is_one(origin.data, name) or registry.family(name) == registry.EXTERNAL:
        with external.code_of(name):
            record_files.check(made.fresh(seed), made.parts["train"], origin.data, made.objective)
    return dataclasses.replace(
        made,
        left_out=examples.left_out,
        fingerprint=fingerprint(whole),
        rows=len(examples),
    )


def _alone(origin: Source) -> None:
    """See that series are split by time alone."""
    for name in ("groups", "split", "test"):
        if getattr(origin, name):
            raise UserError(f"--{name} is not for forecasting: leave out --{name} or --horizon")


def _narrower(config: Any, train: Examples) -> int:
    """Half as many numbers as a row has, where the configuration's code isn't narrower than it."""
    if not train.behaviour.tabular or "code" not in dataclasses.asdict(config):
        return 0
    columns = np.asarray(train.x).shape[1]
    return max(1, columns // 2) if config.code >= columns else 0


def _meant(origin: Source, spec: Architecture) -> tasks.Task | None:
    """The task: as the user says; of a table without a target, that of an architecture without."""
    alone = not any(tasks.get(task).supervised for task in spec.tasks)
    if origin.task or origin.target or not alone or origin.catalogued:
        return origin.task
    return tasks.get(spec.tasks[0]) if is_table(Path(origin.data).expanduser()) else None


def compose(  # noqa: PLR0913 - one argument a thing that decides
    reference: str,
    raw: Mapping[Part, Examples],
    changes: Mapping[str, Any] | None = None,
    objective: str | None = None,
    notes: Sequence[str] = (),
    preparation: Preparation | None = None,
) -> Material:
    """Prepare and adapt parts that are there already; configure the architecture to fit.

    Args:
        reference: "architecture" or "architecture/variant".
        raw: the parts as they came, "train" among them: it alone decides the preparation.
        changes: settings of the configuration, and of the objective as "objective.margin".
        objective: overrides the architecture's first that suits the task.
        notes: what was done to the examples before.
        preparation: fitted before, of all examples where these are a few; None: as the parts show.

    Raises:
        UserError: unknown names, unfit data, contradictory settings.
    """
    name, variant, _ = registry.split(reference)
    spec = registry.describe(name)
    changes, of_objective = configuration_and_objective(changes or {})
    draft = registry.configure(reference, **changes)
    task = task_of(name, raw["train"].task)
    preparation = preparation or Preparation.fit(raw["train"], wanted(spec), spec.max_words)
    parts: dict[Part, Examples] = {}
    adapted = [*notes, *preparation.describe()]
    for part, of_part in raw.items():
        prepared = preparation.apply(of_part)
        parts[part], said = adapt(prepared, spec, draft)
        new = prepared.notes[len(of_part.notes) :]
        adapted += [f"{part} part: {note}" for note in new if part != "train"]
        adapted += [s for s in said if s not in adapted]
    _answered(raw)
    if task.binary:
        shares = np.asarray(parts["train"].x)
        if shares.min(initial=0) < 0 or shares.max(initial=0) > 1:
            raise UserError(
                f"{name} learns a probability of units that are on or off, and these values leave "
                "the range from 0 to 1: cut them at a threshold, or make a column of each range"
            )
    fields = settings(spec, parts["train"])
    for field in fields.keys() & changes.keys():
        if fields[field] != changes[field]:
            raise UserError(
                f"--set {field}={changes[field]}: the data decide {field}: {fields[field]}"
            )
    if "code" not in changes and (narrow := _narrower(draft, parts["train"])):
        fields["code"] = narrow
        adapted.append(f"a code as wide as a row would teach nothing: {narrow} numbers")
    objective_name, learns_by = objective_of(name, task, objective, of_objective)
    return Material(
        reference=f"{name}/{variant}",
        spec=spec,
        config=registry.configure(reference, **changes | fields),
        task=task,
        objective_name=objective_name,
        objective=learns_by,
        raw=raw,
        parts=parts,
        classes=parts["train"].classes,
        preparation=preparation,
        adapted=adapted,
        fingerprint="",
        rows=sum(map(len, raw.values())),
    )


def _answered(raw: Mapping[Part, Examples]) -> None:
    """See that masks and boxes to learn from, and to be tested by, are there at all.

    Raises:
        UserError: a part without a single one.
    """
    for part in ("train", "test"):
        if part not in raw or raw[part].y is None:
            continue
        if lacking := raw[part].task.lacking(np.asarray(raw[part].y), part):
            raise UserError(lacking)


def _repeated(raw: Mapping[Part, Examples], origin: Source) -> list[str]:
    """A warning of test rows that seem to be repetitions of training rows."""
    if origin.groups or origin.forecast or origin.catalogued:
        return []
    line = near_duplicates.warning(near_duplicates.between(raw["train"], raw["test"]))
    return [f"warning: {line}"] if line else []


def _split_by(raw: Mapping[Part, Examples], origin: Source) -> list[str]:
    """By what the parts were cut, where not by chance."""
    by = [f"--{name} {of}" for name in SPLITTING if (of := getattr(origin, name))]
    if not by or origin.forecast:
        return []
    counts = ", ".join(f"{len(of_part):,} for {part}" for part, of_part in raw.items())
    return [f"split by {', '.join(by)}: {counts}"]


def _drawn(raw: Mapping[Part, Examples], max_samples: int | None, rows: int) -> list[str]:
    """How many examples take part, where not all of them were to."""
    if max_samples is None:
        return []
    counts = ", ".join(f"{len(of_part):,} for {part}" for part, of_part in raw.items())
    return [f"of {rows:,} examples: {counts}"]


def task_of(name: str, offered: tasks.Task) -> tasks.Task:
    """The task: what the data are for, else what the architecture does without a target.

    Raises:
        UserError: neither fits.
    """
    spec = registry.describe(name)
    if spec.does(offered.name):
        return offered
    for own in map(tasks.get, spec.tasks):
        if not own.supervised or (own.whole_classes and offered.by_folder):
            return own
    raise UserError(f"{name} does {', '.join(spec.tasks)}; the data are for {offered}")


def objective_of(
    reference: str,
    task: tasks.Task,
    wanted: str | None = None,
    given: Mapping[str, Any] | None = None,
) -> tuple[str, Objective]:
    """What an architecture learns a task by: its name, and it with all of its settings.

    Args:
        reference: to the architecture.
        task: to learn.
        wanted: the name of an objective; None: the architecture's first that suits the task.
        given: settings; those that aren't are the recipe's, else the defaults.

    Raises:
        UserError: none suits the task, or the architecture can't learn by the one that is wanted.
    """
    spec, learnt = registry.describe(reference), task.learns_as or task.name
    name, own = registry.id_of(reference), ", ".join(spec.objectives)
    if wanted is not None and wanted not in spec.objectives:
        objectives.check(wanted)
        raise UserError(f"{name} can't learn by {wanted}; it can by {own}")
    for one in (wanted,) if wanted else spec.objectives:
        if wanted or learnt in objectives.find(one).tasks:
            usual = spec.recipe.objective_settings if one == spec.recipe.objective else {}
            return one, objectives.get(one, {**usual, **(given or {})})
    raise UserError(f"no objective of {name} suits {task.name}: {own}")


def parse_settings(pairs: list[str]) -> dict[str, Any]:
    """Read `field=value` pairs: numbers, words, true or false, and 1,2,3 for several.

    Raises:
        UserError: no "=" in it.
    """
    read: dict[str, Any] = {}
    for pair in pairs:
        field, equals, text = pair.partition("=")
        if not equals or not field:
            raise UserError(f"--set {pair}: write it as field=value, e.g. --set hidden=64,32")
        items = [_value(item) for item in text.strip("()").split(",") if item.strip()]
        several = "," in text or text.startswith("(")
        read[field.strip()] = tuple(items) if several else items[0] if items else ""
    return read


def _value(text: str) -> bool | int | float | str:
    if text.strip().lower() in ("true", "false"):
        return text.strip().lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text.strip()
