"""Files of records for an architecture: read by the names of its inputs, and tried on its model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn

from nna import registry
from nna.data import catalog
from nna.data.adapt import wanted_inputs
from nna.data.examples import Examples
from nna.data.records import file, read
from nna.data.records.file import Asked
from nna.errors import UserError
from nna.learning.base import Objective
from nna.training.in_memory import Tensors

FEW = 2  # examples that a model is tried on


def is_one(data: str, name: str) -> bool:
    """Whether data are a file of records for an architecture.

    Args:
        data: a dataset's id or a path.
        name: of the architecture.
    """
    path = Path(data).expanduser()
    return data not in catalog.names() and file.is_one(path, registry.describe(name))


def examples(data: str, name: str, asked: Asked) -> Examples | None:
    """The examples of a file of records for an architecture; None: the data are no such file.

    Args:
        data: a dataset's id or a path.
        name: of the architecture.
        asked: what the user says.

    Raises:
        UserError: the file can't be read, or the architecture reads files of records alone.
    """
    spec, path = registry.describe(name), Path(data).expanduser()
    if is_one(data, name):
        return read.examples(path, spec, name, asked)
    takes = [*wanted_inputs(spec)]
    if len(takes) > 1 and data not in catalog.names() and path.exists():
        raise UserError(
            f"{path}: {name} takes {', '.join(takes)}: bring JSON lines (.jsonl), an object an "
            "example with these keys, or an .npz with these arrays"
        )
    return None


@torch.no_grad()
def check(
    model: nn.Module, adapted: Examples, data: str, objective: Objective | None = None
) -> None:
    """See that a model takes what was read: shapes that it fixes are stated nowhere else.

    Args:
        model: of any weights.
        adapted: some examples, as it takes them.
        data: what the user calls them.
        objective: by which it learns, to try the targets as well; None: it only answers.

    Raises:
        UserError: it doesn't.
    """
    few = adapted if adapted.rows is not None else adapted.take(np.arange(min(FEW, len(adapted))))
    part = Tensors.of(few).named(model)
    batch = part.batch(torch.arange(len(part)))
    try:
        if objective is not None and objective.by_gradient:
            objective.begin(model.eval()).measure(model, batch)
        else:
            model.eval()(**batch.inputs)
    except (RuntimeError, IndexError, ValueError) as error:
        why = " ".join(str(error).split())
        raise UserError(f"{data}: the model can't take these values: {why[:300]}") from error
