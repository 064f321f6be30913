"""Compose the script of an architecture: its model, its objective, its data and a loop."""

from __future__ import annotations

import dataclasses
import io
import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from nna import registry
from nna.scripts import loop
from nna.scripts.inline import Collected, Import, statements
from nna.spec import Recipe
from nna.training.in_memory import Tensors
from nna.workbench.prepared_data import Material, Source, gather
from nna.workbench.train import requested

SCAFFOLD = "nna.scripts.scaffold"
INSTEAD = {  # what a script has in shorter form
    "nna.errors": SCAFFOLD,
    "nna.learning.base": SCAFFOLD,
    "nna.learning.settings": SCAFFOLD,
    "nna.learning.models.having": SCAFFOLD,
}
NEEDED = {
    *(("", name, name) for name in ("math", "sys", "torch")),
    ("", "numpy", "np"),
    ("", "matplotlib.pyplot", "plt"),
    *(("dataclasses", name, name) for name in ("dataclass", "field", "replace")),
    ("pathlib", "Path", "Path"),
    *(("torch", name, name) for name in ("Tensor", "nn")),
}


@dataclass(frozen=True, slots=True)
class Script:
    """A script and the data that lie beside it."""

    text: str
    data: bytes  # of an .npz


def script(name: str, stem: str) -> Script:
    """The script that trains an architecture's desk variant on its signature data.

    Args:
        name: an architecture's id.
        stem: of the file that it will be; the data are called STEM_data.npz.
    """
    spec = registry.describe(name)
    origin = Source(data=spec.signature.data)
    material = gather(name, origin)
    recipe = Recipe(**requested(name, origin, material).recipe)
    package = f"nna.architectures.{registry.family(name)}.{name}"
    taken = Collected(INSTEAD)
    taken.take(f"{package}.spec", "Config")
    taken.take(f"{package}.model", spec.model.split(":")[1])
    model = taken.text()
    objective = type(material.objective)
    taken.take(SCAFFOLD, "Batch", "Turn", "Objective")
    taken.take(objective.__module__, objective.__name__)
    called = taken.called(objective.__module__, objective.__name__)
    given = ", ".join(f"{key}={value!r}" for key, value in recipe.objective_settings.items())
    learnt = f"{taken.text()}\n\n\nOBJECTIVE = {called}({given})"
    text = _text(stem, material, recipe, taken.imports, {"model": model, "objective": learnt})
    return Script(text, _stored(material, name))


def _text(
    stem: str, material: Material, recipe: Recipe, imports: set[Import], parts: dict[str, str]
) -> str:
    spec, paper = material.spec, material.spec.paper
    metric = spec.signature.metric
    title = f"{spec.name} on {spec.signature.data}"
    head = textwrap.fill(f"{spec.name}: {spec.idea}", 98)
    source = textwrap.fill(f"{paper.authors} ({paper.year}). {paper.title}. {paper.venue}.", 98)
    rate = f"{recipe.epochs}, {recipe.batch_size}, {recipe.learning_rate!r}"
    return f'''"""{head}

{source}

    python {stem}.py [SEED]

needs torch, numpy and matplotlib, and {stem}_data.npz beside it. Written by nna from the
architecture's own source; it needs no nna.
"""

from __future__ import annotations

{chr(10).join(statements(imports | NEEDED))}

# --- The model ---------------------------------------------------------------------------------


{parts["model"]}


CONFIG = {_written(material.config)}


# --- What it learns by -------------------------------------------------------------------------


{parts["objective"]}


# --- The data ----------------------------------------------------------------------------------

{loop.DATA.format(file=f"{stem}_data.npz")}

# --- Training ----------------------------------------------------------------------------------

EPOCHS, BATCH_SIZE, LEARNING_RATE = {rate}

{loop.schedule(recipe)}
{loop.optimiser(recipe)}
{loop.MEASURE}
{loop.TRAIN.format(model=spec.model.split(":")[1], clip=loop.clip(recipe))}

# --- Evaluation --------------------------------------------------------------------------------

{loop.EVALUATE.get(metric, loop.LOSS)}
{loop.MAIN.format(metric=metric if metric in loop.EVALUATE else "its objective", title=title)}'''


def _written(config: Any) -> str:
    fields = (f"{f.name}={getattr(config, f.name)!r}" for f in dataclasses.fields(config))
    return f"{type(config).__name__}({', '.join(fields)})"


def _stored(material: Material, name: str) -> bytes:
    """The parts as the model takes them, as an .npz."""
    model = registry.construct(name, material.config)
    arrays: dict[str, np.ndarray] = {}
    for part, examples in material.parts.items():
        tensors = Tensors.of(examples).named(model)
        whole = tensors.batch(torch.arange(len(tensors)))
        for side in ("inputs", "targets"):
            for key, value in getattr(whole, side).items():
                arrays[f"{part}/{side}/{key}"] = value.numpy()
        if whole.rows is not None:
            arrays[f"{part}/rows"] = whole.rows.numpy()
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()
