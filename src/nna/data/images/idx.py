"""The IDX format of MNIST and its likes, and the loading that they share."""

from __future__ import annotations

import gzip
import lzma
import math
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from nna.data.catalog import Dataset
from nna.data.examples import Examples
from nna.data.readers.os_errors import reading
from nna.errors import UserError

UNPACK = {".gz": gzip.decompress, ".xz": lzma.decompress}
BYTES = 0x08  # the code of unsigned bytes, the only kind of number read here
FILES = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")


def read(path: Path) -> np.ndarray:
    """The array in an IDX file of unsigned bytes, packed with gzip or xz or not.

    Raises:
        UserError: the file can't be read, is cut off, or is no such file.
    """
    content = reading(path, path.read_bytes)
    try:
        if path.suffix in UNPACK:
            content = UNPACK[path.suffix](content)
    except (gzip.BadGzipFile, lzma.LZMAError, EOFError, zlib.error) as error:
        raise UserError(f"{path}: damaged ({error}): bring a whole copy") from error
    dimensions = content[3] if content[:3] == bytes((0, 0, BYTES)) and len(content) > 3 else 0
    start = 4 + 4 * dimensions
    if not dimensions or len(content) < start:
        raise UserError(f"{path}: not an IDX file of unsigned bytes")
    shape = tuple(np.frombuffer(content[4:start], dtype=">u4").tolist())
    if len(content) - start != math.prod(shape):
        raise UserError(
            f"{path}: {len(content) - start} bytes where its head promises {math.prod(shape)}: "
            "bring a whole copy"
        )
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)


def load(dataset: Dataset, paths: Mapping[str, Path], classes: tuple[str, ...]) -> Examples:
    """Pictures in the four files of MNIST's layout; pixels from 0 to 1.

    The published test part is the test part; the last sixth of the published training part (as
    many pictures as the test part has) is the validation part.

    Args:
        dataset: its declaration.
        paths: file name to file.
        classes: names of the labels 0, 1, ...

    Raises:
        UserError: a file is damaged, or doesn't fit the others.
    """
    x, y, tested, answers = (read(paths[f"{file}-ubyte.gz"]) for file in FILES)
    side = dataset.port.shape(1, None)[-1]
    for pictures, labels in ((x, y), (tested, answers)):
        if pictures.shape != (len(labels), side, side) or labels.ndim != 1 or not len(labels):
            raise UserError(
                f"{dataset.title}: pictures of shape {pictures.shape} with labels of shape "
                f"{labels.shape}; expected (n, {side}, {side}) with (n,)"
            )
        if labels.max() >= len(classes):
            raise UserError(f"{dataset.title}: label {labels.max()} of {len(classes)} classes")
    everything, trained = np.arange(len(x) + len(tested)), len(x) - len(x) // 6
    return Examples.of(
        task=dataset.task,
        port=dataset.port,
        x=(np.concatenate([x, tested]) / np.float32(255))[:, None],
        y=np.concatenate([y, answers]).astype(np.int64),
        classes=classes,
        parts={
            "train": everything[:trained],
            "validation": everything[trained : len(x)],
            "test": everything[len(x) :],
        },
    )
