"""Cut the part of Fashion-MNIST that travels with the library from the published files.

python tools/carry.py FOLDER    with the four files, as published or as a distribution packs them
"""

from __future__ import annotations

import lzma
import sys
from pathlib import Path

import numpy as np

from nna.data.images import idx

HOME = Path(idx.__file__).parents[1] / "carried" / "fashion_mnist"
EACH = {"train": 600, "validation": 100, "test": 200}  # pictures of each of the ten classes


def first(labels: np.ndarray, start: int, count: int) -> np.ndarray:
    """The places of some pictures of each class, in the order of the file."""
    of_class = [np.flatnonzero(labels == one)[start : start + count] for one in range(10)]
    return np.sort(np.concatenate(of_class))


def packed(array: np.ndarray) -> bytes:
    """An array of unsigned bytes as an IDX file, packed with xz."""
    head = bytes((0, 0, idx.BYTES, array.ndim)) + np.array(array.shape, ">u4").tobytes()
    preset = 9 | lzma.PRESET_EXTREME
    return lzma.compress(head + array.astype(np.uint8).tobytes(), preset=preset)


def main(folder: Path) -> None:
    """Write the pictures and their labels: training, validation, test, one after the other."""
    x, y, tested, answers = (idx.read(folder / f"{name}-ubyte.gz") for name in idx.FILES)
    train = first(y, 0, EACH["train"])
    validation = first(y, EACH["train"], EACH["validation"])
    test = first(answers, 0, EACH["test"])
    pictures = np.concatenate([x[train], x[validation], tested[test]])
    labels = np.concatenate([y[train], y[validation], answers[test]])
    HOME.mkdir(parents=True, exist_ok=True)
    (HOME / "images.idx.xz").write_bytes(packed(pictures))
    (HOME / "labels.idx.xz").write_bytes(packed(labels))
    print(f"{len(labels):,} pictures in {HOME}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
