"""Two marked nodes of a signed graph: in one camp, or in opposite ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nna.data.catalog import Dataset
from nna.spec import Graphs

if TYPE_CHECKING:
    import numpy as np

    from nna.data.examples import Examples

DATASET = Dataset(
    title="Allies or rivals, signed graphs",
    task="classification",
    port=Graphs(features=3, edge_features=2),
    rows=1500,
    origin="generated",
    source="balanced signed graphs, after Harary (1953). On the notion of balance of a signed "
    "graph. Michigan Mathematical Journal 2(2)",
    licence="none needed",
    about="Graphs of six to ten nodes in two camps that are not shown; an edge is friendly within "
    "a camp and hostile across (its two features, one-hot). Two nodes that no edge joins are "
    "marked, one as first and one as second: are they in one camp? An even number of hostile edges "
    "on any path between them says yes. How many edges of each kind there are says little.",
)
EXTRA = 3  # edges beyond those of a tree


def load(data_dir: Path | None = None) -> Examples:
    """The graphs; an edge is given in both directions."""
    import numpy as np

    from nna import tasks
    from nna.data.examples import Examples
    from nna.ports import Field

    draw = np.random.default_rng(0)
    graphs, y = [], np.arange(DATASET.rows) % 2
    while len(graphs) < DATASET.rows:
        graphs.append(_graph(draw, rivals=bool(y[len(graphs)])))
    return Examples(
        task=tasks.get(DATASET.task),
        inputs={"graphs": Field(DATASET.port, graphs)},
        targets={"y": y},
        classes=("allies", "rivals"),
    )


def _graph(draw: np.random.Generator, rivals: bool) -> dict[str, Any]:
    """A tree with some more edges, drawn until two nodes two or three steps apart are as asked."""
    import networkx as nx
    import numpy as np

    while True:
        n = int(draw.integers(6, 11))
        pairs = {(int(draw.integers(node)), node) for node in range(1, n)}
        for _ in range(EXTRA):
            one, other = sorted(draw.choice(n, 2, replace=False).tolist())
            pairs.add((one, other))
        camp = draw.integers(2, size=n)
        first, second = draw.choice(n, 2, replace=False).tolist()
        apart = nx.shortest_path_length(nx.Graph(sorted(pairs)), first, second)
        if apart in (2, 3) and (camp[first] != camp[second]) == rivals:
            break
    nodes = np.zeros((n, 3), np.float32)
    nodes[:, 2] = 1
    nodes[first], nodes[second] = (1, 0, 0), (0, 1, 0)
    one_way = np.array(sorted(pairs)).T
    edges = np.concatenate([one_way, one_way[::-1]], axis=1)
    hostile = camp[edges[0]] != camp[edges[1]]
    features = np.stack([~hostile, hostile], axis=1).astype(np.float32)
    return {"nodes": nodes, "edges": edges, "edge_features": features}
