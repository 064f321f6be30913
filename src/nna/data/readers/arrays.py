"""Arrays in .npy, .npz and .safetensors files, never unpickled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from nna.data.readers.foreign import damaged
from nna.data.readers.os_errors import reading
from nna.data.readers.sheet import ReadOptions, Sheet
from nna.errors import UserError

ENDINGS = (".npz", ".safetensors", ".npy")


def held(path: Path) -> dict[str, np.ndarray]:
    """All arrays of a file by name; the one of an .npy is called x.

    Raises:
        UserError: the file is missing, damaged, or holds pickled objects.
    """
    if path.suffix.lower() == ".safetensors":
        return _safe(path)
    with damaged(
        path, f"bring a whole {path.suffix}; what holds more than plain arrays is never opened"
    ):
        found = _plain(path)
    if (path.suffix.lower() == ".npy") != isinstance(found, np.ndarray):
        held_there = "one array alone" if isinstance(found, np.ndarray) else "several arrays"
        raise UserError(f"{path}: {held_there}; an .npz holds named arrays, an .npy a single one")
    named = {"x": found} if isinstance(found, np.ndarray) else found
    if odd := [name for name, array in named.items() if not isinstance(array, np.ndarray)]:
        raise UserError(f"{path}: damaged: {odd[0]!r} is no array")
    return named


def _plain(path: Path) -> np.ndarray | dict[str, np.ndarray]:
    """What NumPy reads, never unpickled."""
    loaded = reading(path, lambda: np.load(path, allow_pickle=False))
    if isinstance(loaded, np.ndarray):
        return loaded
    with loaded as file:
        return {name: file[name] for name in file.files}


def _safe(path: Path) -> dict[str, np.ndarray]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    with damaged(path, "bring a whole copy, of numbers that NumPy knows", SafetensorError):
        return reading(path, lambda: load_file(path))


def is_table(path: Path) -> bool:
    """Whether an .npy file holds rows of numbers or of named fields."""
    array = held(path)["x"]
    return array.ndim == 2 or (array.ndim == 1 and array.dtype.names is not None)


def read(path: Path, options: ReadOptions) -> Sheet:
    """The rows of an .npy file; columns without names are called "0", "1", ...

    Raises:
        UserError: no rows, or no plain numbers and words.
    """
    array = held(path)["x"]
    if not array.size:
        raise UserError(f"{path}: no rows")
    rows, options = np.arange(len(array)), options.narrowed(array[0].size)
    if options.max_samples is not None and options.max_samples < len(rows):
        drawn = np.random.default_rng(options.seed).choice(
            len(rows), options.max_samples, replace=False
        )
        rows = np.sort(drawn)
    taken = array[rows]
    if taken.dtype.names is None:
        frame = pd.DataFrame(taken, columns=[str(i) for i in range(taken.shape[1])])
    else:
        frame = pd.DataFrame({name: taken[name] for name in taken.dtype.names})
    notes = tuple(options.notes(len(rows), len(array)))
    return Sheet(path, frame, rows + 1, "row", len(array), notes)
