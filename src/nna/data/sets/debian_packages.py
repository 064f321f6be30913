"""Packages of an operating system, the words of their descriptions, and what they depend on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Nodes

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Debian packages and their dependencies",
    task="node-classification",
    port=Nodes(features=424),
    rows=6573,
    origin="embedded",
    source="package index of Debian 12 (bookworm, main), 21 November 2026",
    licence="the index may be redistributed freely; words of descriptions only",
    about="Which of twelve sections of the archive a package belongs to, from which of 424 words "
    "its description holds and what it depends on. 20 packages of each section to train, 500 to "
    "validate, 1,000 to test, as in Planetoid's split of Cora. Words of a package are divided by "
    "their number; a dependency is two edges.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The packages; most of them are in no part: only their words and dependencies are used."""
    import numpy as np

    from nna.data import carried
    from nna.data.examples import PARTS, Examples

    with np.load(carried.file("debian_packages", "graph.npz"), allow_pickle=False) as held:
        arrays = {name: held[name] for name in held.files}
    y, pairs = arrays["y"].astype(np.int64), arrays["edges"].astype(np.int64)
    x = np.zeros((len(y), len(arrays["words"])), dtype=np.float32)
    x[arrays["x_rows"], arrays["x_cols"]] = 1
    x /= np.maximum(x.sum(axis=1, keepdims=True), 1)
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=x,
        y=y,
        classes=tuple(arrays["classes"].tolist()),
        edges=np.concatenate([pairs, pairs[:, ::-1]]).T,
        rows=np.arange(len(y)),
        parts={
            part: arrays[name].astype(np.int64)
            for part, name in zip(PARTS, ("train", "val", "test"), strict=True)
        },
        scaled=True,
    )
