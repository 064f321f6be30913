"""Arrays in an .npz file, never unpickled."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from nna.errors import UserError


def read(path: Path) -> dict[str, np.ndarray]:
    """All arrays of the file, by name.

    Raises:
        UserError: the file can't be read, is damaged, or holds pickled objects.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            if not isinstance(file, np.lib.npyio.NpzFile):
                raise UserError(f"{path}: one array alone; an .npz with named arrays is needed")
            return {name: file[name] for name in file.files}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise UserError(f"{path}: can't be read ({error}): bring a whole .npz") from error
    except ValueError as error:
        raise UserError(f"{path}: holds more than plain arrays, which are never opened") from error
