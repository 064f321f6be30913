"""Texts in folders, one folder a class, as a table of two columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from nna.data.bad_files import Faults
from nna.data.folders import inside
from nna.data.readers import encodings
from nna.data.readers.sheet import Draw, ReadOptions, Sheet
from nna.errors import UserError

ENDINGS = (".txt", ".md")
TEXT, CLASS = "text", "class"  # names of the columns


def is_one(folder: Path) -> bool:
    """Whether a folder, or a folder within, holds texts and nothing else."""
    if not folder.is_dir():
        return False
    try:
        held = [path for path in inside(folder, 2) if path.is_file()]
    except OSError:  # whoever opens it says why it can't
        return False
    return bool(held) and all(path.suffix.lower() in ENDINGS for path in held)


def read(folder: Path, options: ReadOptions) -> Sheet:
    """A row a file: its text, and the folder that it lies in as its class, if there are folders.

    Raises:
        UserError: files that can't be used, or texts both beside and within folders.
        OSError: no permission.
    """
    paths = [path for path in inside(folder, 2) if path.is_file()]
    beside = [path for path in paths if path.parent == folder]
    if beside and len(beside) < len(paths):
        raise UserError(f"{beside[0]} lies beside the folders of classes: move it into one")
    faults, draw = Faults(options.skip_bad), Draw[tuple[int, Path]](options)
    for number, path in enumerate(paths, 1):
        draw.add((number, path))
    rows = [(number, path, _text(path, faults, options.encoding)) for number, path in draw.rows]
    left_out = faults.settle(len(rows))
    rows = [row for row in rows if row[2] is not None]
    columns = {TEXT: [text.strip() or None for *_, text in rows if text is not None]}
    if not beside:
        columns[CLASS] = [path.parent.name for _, path, _ in rows]
    frame = pd.DataFrame(columns)
    frame[TEXT] = frame[TEXT].astype("str")
    notes = (*options.notes(len(draw.rows), draw.seen), *left_out)
    lines = np.array([number for number, *_ in rows])
    return Sheet(folder, frame, lines, "file", draw.seen, notes, tuple(left_out))


def _text(path: Path, faults: Faults, encoding: str | None) -> str | None:
    try:
        if not path.stat().st_size:
            return ""
        with encodings.text(path, encoding) as (file, _):
            return file.read()
    except (UserError, UnicodeDecodeError) as error:
        faults.add(path, str(error).removeprefix(f"{path}: "))
        return None
