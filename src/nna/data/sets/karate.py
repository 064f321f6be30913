"""Zachary's karate club: 34 members, who met whom, four communities."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Nodes

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Zachary's karate club",
    task="node-classification",
    port=Nodes(features=34),
    rows=34,
    origin="embedded",
    source="Zachary (1977). An information flow model for conflict and fission in small groups. "
    "J. Anthropological Research 33(4); as shipped with networkx (karate_club_graph)",
    licence="no terms stated; published by the author",
    about="Members and who met whom outside the club (78 pairs, both directions). Classes: the "
    "four communities of greatest modularity, 0.4198 (Agarwal, Kempe 2008, arXiv 0710.2533), found "
    "anew by the best of 25 Louvain runs; three members stand elsewhere in the figure of Kipf, "
    "Welling 2017, whose communities reach 0.4156. A member's features are its own number alone, "
    "one-hot. Training knows one member a community (the first), validation two, test the others.",
)

RUNS = 25  # of Louvain; one in four finds the best partition


def load(data_dir: Path | None = None) -> Examples:
    """The club; every member is a node, an acquaintance two edges."""
    import networkx as nx
    import numpy as np
    from networkx.algorithms.community import louvain_communities, modularity

    from nna.data.examples import Examples

    graph = nx.karate_club_graph()
    found = (louvain_communities(graph, weight=None, seed=seed) for seed in range(RUNS))
    best = max(found, key=lambda parts: modularity(graph, parts, weight=None))
    communities = sorted(sorted(community) for community in best)
    y = np.empty(len(graph), dtype=np.int64)
    for label, members in enumerate(communities):
        y[members] = label
    pairs = np.array(graph.edges).T
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=np.eye(len(graph), dtype=np.float32),
        y=y,
        classes=tuple(f"around member {members[0]}" for members in communities),
        edges=np.concatenate([pairs, pairs[::-1]], axis=1),
        rows=np.arange(len(graph)),
        parts={
            "train": np.sort([c[0] for c in communities]),
            "validation": np.sort([m for c in communities for m in c[1:3]]),
            "test": np.sort([m for c in communities for m in c[3:]]),
        },
        scaled=True,
    )
