"""Fashion-MNIST: 70,000 articles of clothing, 28x28 pixels, fetched or brought."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Image

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Fashion-MNIST articles of clothing, 28x28 grey",
    task="classification",
    port=Image(channels=1, size=28, min_size=28),
    rows=70_000,
    origin="download",
    source="Xiao, Rasul, Vollgraf (2017). Fashion-MNIST: a novel image dataset for benchmarking "
    "machine learning algorithms. arXiv 1708.07747; files of Zalando Research, md5 checked",
    licence="MIT",
    about="MNIST's layout, but harder. Training on the first 50,000 of the published training "
    "part, validation on its last 10,000, test on the published 10,000. Without a network: "
    "--data-dir with the four files.",
)

ADDRESS = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
SUMS = {
    "train-images-idx3-ubyte.gz": "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "md5:25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "md5:bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "md5:bb300cfdad3c16e7a12a480ee83cd310",
}
CLASSES = (
    "T-shirt/top",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)


def load(data_dir: Path | None = None) -> Examples:
    """The articles, pixels from 0 (ground) to 1.

    Raises:
        UserError: the files are missing, damaged or can't be fetched.
    """
    from nna.data import fetch
    from nna.data.images import idx

    return idx.load(DATASET, fetch.files("fashion_mnist", ADDRESS, SUMS, data_dir), CLASSES)
