"""Many small graphs, an example each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nna.errors import UserError
from nna.ports.base import Field, Port
from nna.ports.parsing import numbers
from nna.spec import size

if TYPE_CHECKING:
    import torch


class ManyGraphs(Port):
    """Each example has `nodes` `(n, features)` and `edges` `(2, m)`, numbered within it.

    A batch is one graph of unconnected parts: `nodes` and `edges` of all, and `sizes`, how many of
    the nodes belong to each. Where the port declares them, each also has `edge_features` `(m, of)`,
    a row an edge, and so has the batch.
    """

    whole_numbers = True
    numbers = ("features",)
    separate = False

    def draw(
        self, port: Any, config: Any, batch: int, noise: torch.Generator
    ) -> torch.Tensor | list[Any]:
        """Of two nodes, three, and so on."""
        import torch

        width, made = size(port.features, config), []
        for n in range(2, 2 + batch):
            nodes = torch.randn(n, width, generator=noise)
            one = {"nodes": nodes, "edges": torch.randint(n, (2, 2 * n), generator=noise)}
            if port.edge_features:
                of = size(port.edge_features, config)
                one["edge_features"] = torch.randn(2 * n, of, generator=noise)
            made.append(one)
        return made

    def collate(
        self, name: str, port: Any, values: Any, target: bool = False
    ) -> dict[str, torch.Tensor]:
        """One graph of all."""
        import torch

        counts = [len(one["nodes"]) for one in values]
        first = [sum(counts[:i]) for i in range(len(counts))]
        batch = {
            "nodes": torch.cat([one["nodes"] for one in values]),
            "edges": torch.cat(
                [one["edges"] + start for one, start in zip(values, first, strict=True)], dim=1
            ),
        }
        if port.edge_features:
            batch["edge_features"] = torch.cat([one["edge_features"] for one in values])
        return batch | {"sizes": torch.tensor(counts, device=values[0]["edges"].device)}

    def value(self, value: Any) -> Any:
        """An object of `nodes`, a list of numbers each, and `edges`: where from, where to."""
        if not isinstance(value, Mapping) or not {"nodes", "edges"} <= value.keys():
            raise UserError('a graph is an object {"nodes": [...], "edges": [[from], [to]]}')
        nodes = _said("nodes", value["nodes"], ("nodes", "features"))
        none = value["edges"]
        if not none.size if isinstance(none, np.ndarray) else none in ([], [[], []]):
            edges = np.zeros((2, 0), np.int64)
        else:
            edges = _said("edges", value["edges"], ("ends", "edges"), whole=True)
        if len(edges) != 2 or (edges.size and edges.max() >= len(nodes)):
            ends = f"two lists of node numbers below {len(nodes)}, where from and where to"
            raise UserError(f"edges are {ends}")
        graph = {"nodes": nodes, "edges": edges}
        if "edge_features" in value and edges.size:
            rows = _said("edge_features", value["edge_features"], ("edges", "edge_features"))
            if len(rows) != edges.shape[1]:
                raise UserError(f"{len(rows)} rows of edge_features for {edges.shape[1]} edges")
            graph["edge_features"] = rows
        return graph

    def alike(self, port: Any, value: Any) -> Any:
        """How many numbers a node has, and an edge.

        Raises:
            UserError: edges should have numbers, and have none.
        """
        if not port.edge_features:
            return value["nodes"].shape[1:]
        if not value["edges"].size:
            raise UserError("a graph without edges, where edges have numbers")
        if "edge_features" not in value:
            raise UserError("the graph lacks edge_features, a list of numbers for each edge")
        return value["nodes"].shape[1], value["edge_features"].shape[1]

    def field(self, port: Any, values: Sequence[Any]) -> Field:
        """Graphs, an example each."""
        sizes = {"features": values[0]["nodes"].shape[1]}
        if port.edge_features:
            sizes["edge_features"] = values[0]["edge_features"].shape[1]
        return Field(replace(port, **sizes), [*values])

    def fit(self, field: Field, port: Any, config: Any) -> tuple[Field, list[str]]:
        """Graphs as they are; numbers of edges that the network doesn't take are left out.

        Raises:
            UserError: the network takes numbers of edges, and the data have none.
        """
        if bool(port.edge_features) == bool(_wide(field)):
            return field, []
        if port.edge_features:
            raise UserError("the network takes edge_features; these graphs' edges have none")
        kept = [{key: one[key] for key in ("nodes", "edges")} for one in field.values]
        return Field(replace(field.port, edge_features=None), kept), ["edge_features left out"]

    def blank(
        self, name: str, port: Any, config: Any, shape: tuple[int, ...]
    ) -> dict[str, torch.Tensor]:
        """Graphs of four nodes in a ring."""
        import torch

        nodes, ring = torch.zeros(4, size(port.features, config)), torch.arange(4)
        one = {"nodes": nodes, "edges": torch.stack([ring, ring.roll(1)])}
        if port.edge_features:
            one["edge_features"] = torch.zeros(4, size(port.edge_features, config))
        return self.collate(name, port, [one] * shape[0])

    def flat(self, field: Field) -> np.ndarray:
        """The mean of the nodes and of the edges, and how many there are of both."""
        rows = []
        for one in field.values:
            row = [*one["nodes"].mean(0), len(one["nodes"]), one["edges"].shape[1]]
            rows.append([*row, *one["edge_features"].mean(0)] if _wide(field) else row)
        return np.array(rows, dtype=np.float64)

    def sizes(self, wanted: Any, field: Field) -> dict[str, int]:
        """How many numbers a node has, and an edge."""
        first, decided = field.values[0], dict[str, int]()
        for of, rows in (("features", "nodes"), ("edge_features", "edge_features")):
            name = getattr(wanted, of)
            if isinstance(name, str) and rows in first:  # else `fit` says what they lack
                decided[name] = int(first[rows].shape[1])
        return decided


def _wide(field: Field) -> Any:
    """How many numbers an edge of the data has, if any."""
    return getattr(field.port, "edge_features", None)


def _said(name: str, value: Any, axes: tuple[str, ...], whole: bool = False) -> np.ndarray:
    try:
        return numbers(value, axes, whole)
    except UserError as error:
        raise UserError(f"{name}: {error}") from error


PORT = ManyGraphs()
