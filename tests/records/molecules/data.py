"""Graphs with a triangle and without one."""

import numpy as np

from nna.data.catalog import Dataset
from nna.data.examples import Examples
from nna.ports import Field
from nna.spec import Graphs

DATASET = Dataset(
    title="Rings and paths",
    task="classification",
    port=Graphs(features=2),
    rows=300,
    origin="generated",
    source="here",
    licence="none",
    about="Nodes on a ring, or on a path.",
)


def load(data_dir=None) -> Examples:
    """Graphs of four to eight nodes, which know how many neighbours they have."""
    draw = np.random.default_rng(0)
    made, y = [], draw.integers(2, size=DATASET.rows)
    for ring in y:
        n = int(draw.integers(4, 9))
        one = np.stack([np.arange(n), (np.arange(n) + 1) % n])[:, : n if ring else n - 1]
        edges = np.concatenate([one, one[::-1]], axis=1)
        degree = np.bincount(edges[1], minlength=n)
        nodes = np.stack([degree, draw.normal(size=n)], axis=1).astype(np.float32)
        made.append({"nodes": nodes, "edges": edges})
    return Examples(
        task="classification",
        inputs={"graphs": Field(DATASET.port, made)},
        targets={"y": y.astype(np.int64)},
        classes=("path", "ring"),
    )
