"""What a run has learnt from, to be known again: the keys of its examples, in its folder."""

from __future__ import annotations

import numpy as np

from nna import weights
from nna.data.splits import row_identity
from nna.errors import UserError
from nna.training import files
from nna.training.runs import Run
from nna.workbench.prepared_data import Material

FILE = "rows.safetensors"


def keys(material: Material) -> row_identity.Keys:
    """Keys of the examples that were trained or stopped on; see `nna.data.splits.row_identity`."""
    parts = [material.raw[part] for part in ("train", "validation") if part in material.raw]
    return row_identity.together(
        *(row_identity.of_examples(part, material.preparation) for part in parts)
    )


def write(run: Run, material: Material) -> None:
    """Keep them in the run's folder: sixteen bytes an example, which tell nothing of its values."""
    import torch

    kept = {name: torch.from_numpy(of.copy()) for name, of in keys(material).items()}
    files.write_tensors(run.folder / FILE, kept)


def of(run: Run, material: Material) -> row_identity.Keys:
    """What a run keeps of its examples; of runs older than this file its data tell it.

    Raises:
        UserError: the file is damaged.
    """
    path = run.folder / FILE
    if not path.exists():
        return keys(material)
    kept = {name: of.numpy() for name, of in weights.read(path).items()}
    shapes = {(of.dtype.str, of.shape) for of in kept.values()}
    if not {"single"} <= kept.keys() <= {"single", "double"} or len(shapes) > 1:
        raise UserError(f"{path}: no keys of rows: train anew")
    if any(of.dtype != np.int64 or of.ndim != 1 for of in kept.values()):
        raise UserError(f"{path}: no keys of rows: train anew")
    return kept
