"""CIFAR-10: 60,000 small colour photographs of ten kinds of things, fetched or brought."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Image

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="CIFAR-10 photographs, 32x32 colour",
    task="classification",
    port=Image(channels=3, size=32, min_size=32),
    rows=60_000,
    origin="download",
    source="Krizhevsky (2009). Learning multiple layers of features from tiny images. Technical "
    "report, University of Toronto; the author's binary version, md5 checked",
    licence="none stated; the author asks to cite the report",
    about="Training on the first 45,000 of the published training part, validation on its last "
    "5,000, test on the published 10,000. Without a network: --data-dir with "
    "cifar-10-binary.tar.gz, or with what is in it (data_batch_1.bin to data_batch_5.bin and "
    "test_batch.bin). The version for Python is in pickle, which nna never opens.",
)

ADDRESS = "https://www.cs.toronto.edu/~kriz/"
ARCHIVE, FOLDER = "cifar-10-binary.tar.gz", "cifar-10-batches-bin"
SUMS = {ARCHIVE: "md5:c32a1d4ab5d03f1284b67883e8d87530"}
TRAIN = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
TEST = "test_batch.bin"
CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
RECORD = 1 + 3 * 32 * 32  # bytes: the class, then the red, the green and the blue pixels by row


def load(data_dir: Path | None = None) -> Examples:
    """The photographs, red, green, blue from 0 to 1.

    Raises:
        UserError: the files are missing, damaged or can't be fetched.
    """
    import numpy as np

    from nna.data.examples import Examples

    contents = _contents(data_dir)
    batches = [_records(name, contents[name]) for name in (*TRAIN, TEST)]
    records, tested = np.concatenate(batches), len(batches[-1])
    everything, published = np.arange(len(records)), len(records) - tested
    trained = published - published // 10
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=records[:, 1:].reshape(-1, 3, 32, 32) / np.float32(255),
        y=records[:, 0].astype(np.int64),
        classes=CLASSES,
        parts={
            "train": everything[:trained],
            "validation": everything[trained:published],
            "test": everything[published:],
        },
    )


def _contents(data_dir: Path | None) -> dict[str, bytes]:
    """Every file's bytes: from where they lie unpacked, else out of the archive."""
    from nna.data import fetch
    from nna.data.readers.os_errors import reading
    from nna.errors import UserError

    for folder in [data_dir, data_dir / FOLDER] if data_dir else []:
        if (folder / TEST).is_file():
            paths = {name: fetch.given("cifar10", folder, name) for name in (*TRAIN, TEST)}
            return {name: reading(path, path.read_bytes) for name, path in paths.items()}
        if (folder / TEST.removesuffix(".bin")).is_file():
            raise UserError(
                f"{folder} holds the version for Python, in pickle, which nna never opens: bring "
                f"the binary version, {ARCHIVE}"
            )
    return _unpacked(fetch.files("cifar10", ADDRESS, SUMS, data_dir)[ARCHIVE])


def _unpacked(path: Path) -> dict[str, bytes]:
    import tarfile
    import zlib

    from nna.errors import UserError

    try:
        with tarfile.open(path, "r:gz") as archive:
            members = [archive.extractfile(f"{FOLDER}/{name}") for name in (*TRAIN, TEST)]
            return {n: m.read() for n, m in zip((*TRAIN, TEST), members, strict=True) if m}
    except KeyError as error:
        raise UserError(f"{path}: {error.args[0]}: bring {ARCHIVE} as published") from error
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise UserError(f"{path}: damaged ({error}): bring a whole copy") from error


def _records(name: str, content: bytes):
    """One picture a row: its class, then its pixels."""
    import numpy as np

    from nna.errors import UserError

    if not content or len(content) % RECORD:
        raise UserError(
            f"CIFAR-10: {name} has {len(content):,} bytes, no multiple of {RECORD:,} (a picture "
            "and its class): bring a whole copy"
        )
    records = np.frombuffer(content, dtype=np.uint8).reshape(-1, RECORD)
    if (largest := int(records[:, 0].max())) >= len(CLASSES):
        raise UserError(f"CIFAR-10: {name} has class {largest} of {len(CLASSES)}: no such file")
    return records
