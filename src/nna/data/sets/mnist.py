"""MNIST: 70,000 handwritten digits, 28x28 pixels, fetched or brought."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Image

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="MNIST handwritten digits, 28x28 grey",
    task="classification",
    port=Image(channels=1, size=28, min_size=28),
    rows=70_000,
    origin="download",
    source="LeCun, Bottou, Bengio, Haffner (1998). Gradient-based learning applied to document "
    "recognition. Proc. IEEE 86(11); files of the PyTorch project's mirror, md5 checked",
    licence="CC BY-SA 3.0, as commonly stated",
    about="Training on the first 50,000 of the published training part, validation on its last "
    "10,000, test on the published 10,000. Without a network: --data-dir with the four files.",
)

ADDRESS = "https://ossci-datasets.s3.amazonaws.com/mnist/"
SUMS = {
    "train-images-idx3-ubyte.gz": "md5:f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "md5:d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "md5:9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "md5:ec29112dd5afa0611ce80d1b7f02629c",
}


def load(data_dir: Path | None = None) -> Examples:
    """The digits, pixels from 0 (paper) to 1 (ink).

    Raises:
        UserError: the files are missing, damaged or can't be fetched.
    """
    from nna.data import fetch
    from nna.data.images import idx

    return idx.load(DATASET, fetch.files("mnist", ADDRESS, SUMS, data_dir), tuple("0123456789"))
