"""What a user brings: a dataset's id or a file of their own, as examples."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nna import tasks
from nna.data import arrays, catalog
from nna.data.columns.reading import Recorded
from nna.data.examples import Examples
from nna.data.images import annotations, class_folders, masks
from nna.data.readers import arrays as held, table_files, texts
from nna.data.readers.os_errors import reading
from nna.data.readers.sheet import ReadOptions
from nna.data.tables import tabular
from nna.errors import UserError, nearest
from nna.spec import Tokens

TEXTS = (".txt", ".md")
ACCEPTED = (
    ".csv, .tsv and .jsonl (also .gz, .bz2, .xz), .xlsx, .parquet, .npz, .npy, .safetensors, .txt, "
    ".md, or a folder: a sub-folder of pictures, texts or arrays a class, images/ and masks/, or "
    "annotations of COCO or Pascal VOC"
)


def source(  # noqa: PLR0913 - one argument a thing that the user may say
    text: str,
    data_dir: Path | None = None,
    target: str | None = None,
    task: tasks.Task | None = None,
    skip_bad: bool = False,
    max_samples: int | None = None,
    seed: int = 0,
    asked: Sequence[str] = (),
    encoding: str | None = None,
    recorded: Recorded | None = None,
) -> Examples:
    """What `nna train ARCHITECTURE <text>` means: the id of a dataset, else a path.

    A file that bears the name of a dataset is meant by `./name`.

    Args:
        text: "digits", "measurements.csv", "pictures/".
        data_dir: where files of datasets lie that aren't fetched.
        target: the column to predict, of a table of the user's.
        task: what the data are for; None: as declared, or as they look.
        skip_bad: leave out the files of a folder, or the lines of a table, that can't be used.
        max_samples: rows of a table to draw at most, while its file is read; None: all.
        seed: decides which.
        asked: how columns of a table write dates, where their values don't prove it.
        encoding: of a file of text; None: it is found out.
        recorded: how a run read its own table, of one to measure it on.

    Raises:
        UserError: neither, or not fit to learn from.
    """
    if text in catalog.names():
        if skip_bad:
            raise UserError(f"--skip-bad is for data of your own; {text} is a dataset")
        if asked:
            raise UserError(f"--dates is for tables of your own; {text} is a dataset")
        return _dataset(text, data_dir, target, task)
    path = Path(text).expanduser()
    if not path.exists() and path.name == text and not path.suffix:
        known = nearest(text, catalog.names(), "nna data list")
        raise UserError(f"no dataset {text!r}, and no such file; {known}")
    return open_file(path, target, task, skip_bad, max_samples, seed, asked, encoding, recorded)


def _dataset(
    name: str, data_dir: Path | None, target: str | None, task: tasks.Task | None
) -> Examples:
    if target is not None:
        raise UserError(f"--target is for files of your own; {name} brings its target")
    examples = catalog.load(name, data_dir)
    if task in (None, examples.task):
        return examples
    if task.supervised or examples.behaviour.whole_numbers:
        raise UserError(f"{name} is for {examples.task}, not for {task}")
    return dataclasses.replace(examples, task=task)


def open_file(  # noqa: PLR0913 - one argument a thing that the user may say
    path: Path,
    target: str | None = None,
    task: tasks.Task | None = None,
    skip_bad: bool = False,
    max_samples: int | None = None,
    seed: int = 0,
    asked: Sequence[str] = (),
    encoding: str | None = None,
    recorded: Recorded | None = None,
) -> Examples:
    """Examples from a table, arrays, a text, or a folder of pictures.

    Args:
        path: the file or folder; its ending says what it is.
        target: the column (of an .npz, the array) to predict.
        task: None: as the data look; what was decided stands in the examples' notes.
        skip_bad: leave out the files of a folder, or the lines of a table, that can't be used, and
            note each.
        max_samples: rows of a table to draw at most, while its file is read; None: all.
        seed: decides which.
        asked: how columns of a table write dates, where their values don't prove it.
        encoding: of a file of text; None: it is found out.
        recorded: how a run read its own table, of one to measure it on.

    Raises:
        UserError: missing, unreadable, of an unknown type, or not fit to learn from.
    """
    if is_table(path):
        sheet = open_sheet(
            path,
            max_samples=max_samples,
            seed=seed,
            skip_bad=skip_bad,
            encoding=encoding,
            verbatim=recorded.verbatim if recorded else tabular.verbatim(target, task),
            recorded=recorded is not None,
        )
        return tabular.examples(sheet, target, task, recorded, asked)
    if asked:
        raise UserError(f"{path}: --dates is for tables, and this is none")
    if encoding is not None:
        raise UserError(f"{path}: --encoding is for tables and for folders of texts")
    return reading(path, lambda: _open(path, target, task, skip_bad))


def is_table(path: Path) -> bool:
    """Whether a file holds rows and columns, or a folder texts by class."""
    if texts.is_one(path):
        return True
    return path.is_file() and (
        table_files.kind(path) in table_files.ENDINGS
        or (path.suffix.lower() == ".npy" and bool(path.stat().st_size) and held.is_table(path))
    )


def open_sheet(path: Path, options: ReadOptions | None = None, **given: Any) -> table_files.Sheet:
    """The table in a file.

    Args:
        path: the file.
        options: what is wanted of it; None: all, but for what follows.
        given: some of the options.

    Raises:
        UserError: unreadable, empty, or no table.
    """
    if not reading(path, path.stat).st_size:
        raise UserError(f"{path}: the file is empty")
    return reading(path, lambda: table_files.read(path, options or ReadOptions(**given)))


def _open(path: Path, target: str | None, task: tasks.Task | None, skip_bad: bool) -> Examples:
    folder = path.is_dir()
    if not folder and not path.stat().st_size:
        raise UserError(f"{path}: the file is empty")
    if target is not None and (folder or path.suffix.lower() in TEXTS):
        raise UserError(f"{path} has no columns: leave out --target")
    if folder:
        return _folder(path, task, skip_bad)
    if skip_bad:
        raise UserError(f"{path}: --skip-bad is for folders of pictures and for tables")
    kind = path.suffix.lower()
    if kind in held.ENDINGS:
        return arrays.examples(path, target, task)
    if kind in TEXTS:
        return _text(path, task)
    raise UserError(f"{path}: files of type {path.suffix or 'none'!r} are not read; {ACCEPTED} are")


def _folder(path: Path, task: tasks.Task | None, skip_bad: bool) -> Examples:
    """Pictures: with boxes, with masks, or in sub-folders by class."""
    for reader in (annotations, masks):
        if reader.is_one(path) and task in (None, reader.TASK):
            return reader.examples(path, skip_bad)
    return class_folders.examples(path, task, skip_bad)


TEXT_TASK = "language-modelling"


def _text(path: Path, task: tasks.Task | None) -> Examples:
    """The bytes of a text, whatever its encoding."""
    if task and not task.sequence:
        raise UserError(f"{path}: a text is for {TEXT_TASK}, not for {task}")
    x = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    port = Tokens(vocab=256, length=len(x))
    notes = (f"text read as {len(x):,} bytes",)
    return Examples.of(task=TEXT_TASK, port=port, x=x, notes=notes)


def fingerprint(examples: Examples) -> str:
    """SHA-256 of the examples' inputs, targets and origins: the same for the same data, in hex.

    Arrays count in single precision where that keeps what varies in them: what is lost there no
    figure could tell.
    """
    digest = hashlib.sha256()
    origins = () if examples.windows is None else (examples.windows.origins,)
    others = [name for name in examples.inputs if name != "edges"][1:]
    parts = [examples.x, examples.y, examples.edges, *origins]
    parts += [examples.inputs[name].values for name in others]
    if examples.y is None:
        parts += [getattr(of, "values", of) for of in examples.targets.values()]
    for part in parts:
        _add_part(digest, part)
    return digest.hexdigest()


def _add_part(digest: hashlib._Hash, part: Any) -> None:
    """The values of all examples: a frame, an array, a list of examples, or nothing."""
    if isinstance(part, pd.DataFrame):
        for name in part.columns:
            digest.update(f"{name}\0".encode(errors="backslashreplace"))
            _add(digest, part[name].to_numpy())
    elif part is None:
        digest.update(b"none")
    elif isinstance(part, list):
        for one in part:
            for array in one.values() if isinstance(one, dict) else (one,):
                _add(digest, _narrow(np.asarray(array)))
    else:
        _add(digest, _narrow(part))


def _narrow(array: np.ndarray) -> np.ndarray:
    """The array in single precision, if its rounding is next to nothing beside what varies."""
    if array.dtype != np.float64 or not len(array):
        return array
    with np.errstate(over="ignore", invalid="ignore"):
        single = array.astype(np.float32)
        lost, varies = np.abs(single - array), np.ptp(array, axis=0)
        return array if ((lost > 1e-6 * varies) & (varies > 0)).any() else single


def _add(digest: hashlib._Hash, array: np.ndarray) -> None:
    if array.dtype.kind not in "buif":
        digest.update(json.dumps([str(value) for value in array]).encode())
        return
    digest.update(f"{array.dtype.str}{array.shape}".encode())
    digest.update(np.ascontiguousarray(array).data)
