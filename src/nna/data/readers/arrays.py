"""Arrays in .npy, .npz and .safetensors files, never unpickled."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from nna.data.readers.sheet import Sheet, Wish
from nna.data.reading import reading
from nna.errors import UserError

ENDINGS = (".npz", ".safetensors", ".npy")


def held(path: Path) -> dict[str, np.ndarray]:
    """All arrays of a file by name; the one of an .npy is called x.

    Raises:
        UserError: the file is missing, damaged, or holds pickled objects.
    """
    if path.suffix.lower() == ".safetensors":
        return _safe(path)
    try:
        loaded = reading(path, lambda: np.load(path, allow_pickle=False))
        if isinstance(loaded, np.ndarray):
            if path.suffix.lower() != ".npy":
                raise UserError(f"{path}: one array alone; an .npz with named arrays is needed")
            return {"x": loaded}
        with loaded as file:
            return {name: file[name] for name in file.files}
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise UserError(f"{path}: damaged ({error}): bring a whole {path.suffix}") from error
    except ValueError as error:
        raise UserError(
            f"{path}: damaged, or holds more than plain arrays, which is never opened"
        ) from error


def _safe(path: Path) -> dict[str, np.ndarray]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return reading(path, lambda: load_file(path))
    except (SafetensorError, TypeError, KeyError) as error:
        raise UserError(f"{path}: damaged, or numbers of an unknown kind ({error})") from error


def is_table(path: Path) -> bool:
    """Whether an .npy file holds rows of numbers or of named fields."""
    array = held(path)["x"]
    return array.ndim == 2 or (array.ndim == 1 and array.dtype.names is not None)


def read(path: Path, wish: Wish) -> Sheet:
    """The rows of an .npy file; columns without names are called "0", "1", ...

    Raises:
        UserError: no rows, or no plain numbers and words.
    """
    array = held(path)["x"]
    if not array.size:
        raise UserError(f"{path}: no rows")
    rows, wish = np.arange(len(array)), wish.narrowed(array[0].size)
    if wish.most is not None and wish.most < len(rows):
        drawn = np.random.default_rng(wish.seed).choice(len(rows), wish.most, replace=False)
        rows = np.sort(drawn)
    taken = array[rows]
    if taken.dtype.names is None:
        frame = pd.DataFrame(taken, columns=[str(i) for i in range(taken.shape[1])])
    else:
        frame = pd.DataFrame({name: taken[name] for name in taken.dtype.names})
    notes = tuple(wish.notes(len(rows), len(array)))
    return Sheet(path, frame, rows + 1, "row", len(array), notes)
