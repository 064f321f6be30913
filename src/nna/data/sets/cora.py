"""Cora: 2,708 papers on machine learning, their words, who cites whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Nodes

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Cora, papers and citations",
    task="node-classification",
    port=Nodes(features=1433),
    rows=2708,
    origin="files",
    source="Sen et al. (2008). Collective classification in network data. AI Magazine 29(3); split "
    "of Yang, Cohen, Salakhutdinov (2016), Planetoid, arXiv 1603.08861",
    licence="no terms stated; published by the authors",
    about="Bring cora.npz: x_rows and x_cols (paper and word of each word present, 1,433 words), "
    "edges (citations, n x 2), y (class of each of 2,708 papers), train, val, test (numbers of the "
    "140, 500 and 1,000 papers; Planetoid publishes them as ind.cora.*, in pickle, which nna never "
    "opens). Words of a paper are divided by their number, as Kipf, Welling (2017) do; a citation "
    "is two edges.",
)

CLASSES = (
    "theory",
    "reinforcement learning",
    "genetic algorithms",
    "neural networks",
    "probabilistic methods",
    "case based",
    "rule learning",
)
ARRAYS = ("x_rows", "x_cols", "edges", "y", "train", "val", "test")


def load(data_dir: Path | None = None) -> Examples:
    """The papers; 1,068 of them are in no part: only their words and citations are used.

    Raises:
        UserError: the file is missing, damaged, or lacks an array.
    """
    import numpy as np

    from nna.data import fetch
    from nna.data.examples import PARTS, Examples
    from nna.data.readers import arrays as read
    from nna.errors import UserError

    path = fetch.given("cora", data_dir, "cora.npz")
    arrays = read.held(path)
    if missing := [name for name in ARRAYS if name not in arrays]:
        raise UserError(f"{path} lacks the arrays {', '.join(missing)}; it needs {ARRAYS}")
    if bad := [name for name in ARRAYS if arrays[name].dtype.kind not in "iu"]:
        raise UserError(f"{path}: {bad[0]} holds no whole numbers")
    papers, words, pairs, y, *parts = (arrays[name].astype(np.int64) for name in ARRAYS)
    features = DATASET.port.shape(1, None)[1]
    named = np.concatenate([papers, pairs.ravel(), *parts])
    for numbers, below in ((named, len(y)), (words, features), (y, len(CLASSES))):
        if not numbers.size or numbers.min() < 0 or numbers.max() >= below:
            raise UserError(f"{path}: papers, words or classes are not numbered as Cora's")
    if pairs.shape[1:] != (2,) or papers.shape != words.shape:
        raise UserError(f"{path}: edges must be n x 2, and x_rows as long as x_cols")
    x = np.zeros((len(y), features), dtype=np.float32)
    x[papers, words] = 1
    x /= np.maximum(x.sum(axis=1, keepdims=True), 1)
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=x,
        y=y,
        classes=CLASSES,
        edges=np.concatenate([pairs, pairs[:, ::-1]]).T,
        rows=np.arange(len(y)),
        parts=dict(zip(PARTS, parts, strict=True)),
        scaled=True,
    )
