"""The vocabulary for what goes into `forward` and what comes out. Pure data: never imports torch.

What a port does with its values stands in `nna.ports`, a file each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Literal

IGNORED = -100  # what pads a target: cross-entropy leaves it out, as PyTorch's own does
Size = int | str  # a number, or the name of the Config field that holds it
At = Mapping[str, int]  # the sizes, by a port's `free` names, that costs are stated for
NOWHERE: At = MappingProxyType({})


def size(value: Size, config: Any) -> int:
    """The number that a `Size` stands for in one configuration."""
    return getattr(config, value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """Images, `(batch, channels, height, width)`, side lengths in pixels."""

    channels: Size = "channels"
    size: Size = 224  # the side for which the paper states its costs
    min_size: Size = 32  # the smallest side accepted; where it equals `size`, the only one
    kind: Literal["image"] = "image"
    free: ClassVar[tuple[str, ...]] = ("side",)

    def shape(self, batch: int, config: Any) -> tuple[int, ...]:
        """Shape of the smallest images that the architecture must accept."""
        side = size(self.min_size, config)
        return (batch, size(self.channels, config), side, side)

    def full_shape(self, batch: int, config: Any, at: At = NOWHERE) -> tuple[int, ...]:
        """Shape of the images for which costs are stated."""
        side = at.get("side", size(self.size, config))
        return (batch, size(self.channels, config), side, side)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of numbers, `(batch, features)`."""

    features: Size = "features"
    kind: Literal["table"] = "table"
    free: ClassVar[tuple[str, ...]] = ()

    def shape(self, batch: int, config: Any) -> tuple[int, ...]:
        """Shape of a batch of rows."""
        return (batch, size(self.features, config))

    def full_shape(self, batch: int, config: Any, at: At = NOWHERE) -> tuple[int, ...]:
        """Shape of the rows for which costs are stated."""
        return self.shape(batch, config)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Equally spaced series, `(batch, steps, channels)`."""

    channels: Size = "channels"
    steps: Size = 16
    mask: bool = False  # lengths may differ: `forward` also takes where there is something
    kind: Literal["series"] = "series"
    free: ClassVar[tuple[str, ...]] = ("steps",)

    def shape(self, batch: int, config: Any) -> tuple[int, ...]:
        """Shape of a batch of short series."""
        return (batch, size(self.steps, config), size(self.channels, config))

    def full_shape(self, batch: int, config: Any, at: At = NOWHERE) -> tuple[int, ...]:
        """Shape of the series for which costs are stated."""
        return (batch, at.get("steps", size(self.steps, config)), size(self.channels, config))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Whole numbers below `vocab`, `(batch, length)`."""

    vocab: Size = "vocab"
    length: Size = "length"
    mask: bool = False  # lengths may differ: `forward` also takes where there is something
    along: str | None = None  # the input that they go with, token by token; 0 where data lack them
    kind: Literal["tokens"] = "tokens"
    free: ClassVar[tuple[str, ...]] = ()

    def shape(self, batch: int, config: Any) -> tuple[int, ...]:
        """Shape of a batch of the longest sequences accepted."""
        return (batch, size(self.length, config))

    def full_shape(self, batch: int, config: Any, at: At = NOWHERE) -> tuple[int, ...]:
        """Shape of the sequences for which costs are stated."""
        return self.shape(batch, config)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """The nodes of one graph, `(nodes, features)`; here the nodes are the examples."""

    features: Size = "features"
    kind: Literal["nodes"] = "nodes"
    free: ClassVar[tuple[str, ...]] = ("nodes",)

    def shape(self, batch: int, config: Any) -> tuple[int, ...]:
        """Shape of a graph of `batch` nodes."""
        return (batch, size(self.features, config))

    def full_shape(self, batch: int, config: Any, at: At = NOWHERE) -> tuple[int, ...]:
        """Shape of the graph for which costs are stated."""
        return self.shape(at.get("nodes", batch), config)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """The edges of the same graph, `(2, edges)`: row 0 sends to row 1, by node number."""

    kind: Literal["edges"] = "edges"
    free: ClassVar[tuple[str, ...]] = ("edges",)

    def shape(self, batch: int, config: Any) -> tuple[int, ...]:
        """Shape of three edges a node."""
        return (2, 3 * batch)

    def full_shape(self, batch: int, config: Any, at: At = NOWHERE) -> tuple[int, ...]:
        """Shape of the edges for which costs are stated."""
        return (2, at.get("edges", 3 * batch))


@dataclass(frozen=True, slots=True, kw_only=True)
class Graphs:
    """Graphs, an example each; `forward` takes `nodes`, `edges` and `sizes`, the nodes of each.

    Where edges have numbers of their own, it takes `edge_features` as well, behind `edges`.
    """

    features: Size = "features"  # numbers a node
    edge_features: Size | None = None  # numbers an edge; None: edges have none
    kind: Literal["graphs"] = "graphs"
    free: ClassVar[tuple[str, ...]] = ()

    def shape(self, batch: int, config: Any) -> tuple[int, ...]:
        """Shape of the nodes of a batch of graphs of one node."""
        return (batch, size(self.features, config))

    def full_shape(self, batch: int, config: Any, at: At = NOWHERE) -> tuple[int, ...]:
        """Shape of the graphs for which costs are stated."""
        return self.shape(batch, config)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Gives a row of scores (logits, regression values, distances) an example, `(batch, of)`."""

    of: Size = "classes"
    kind: Literal["scores"] = "scores"

    def shape(self, batch: int, config: Any) -> tuple[int, ...]:
        """Shape of the scores of a batch."""
        return (batch, size(self.of, config))


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedding:
    """Gives a point an example, `(batch, of)`: points of one class lie near each other."""

    of: Size = "embedding"
    kind: Literal["embedding"] = "embedding"

    def shape(self, batch: int, config: Any) -> tuple[int, ...]:
        """Shape of the points of a batch."""
        return (batch, size(self.of, config))


@dataclass(frozen=True, slots=True, kw_only=True)
class StepScores:
    """Gives a row of scores at every step of a sequence, `(batch, length, of)`."""

    of: Size = "vocab"
    length: Size = "length"
    along: str | None = None  # the input whose steps they follow, where lengths may differ
    kind: Literal["step-scores"] = "step-scores"

    def shape(self, batch: int, config: Any) -> tuple[int, ...]:
        """Shape of the scores of a batch."""
        return (batch, size(self.length, config), size(self.of, config))


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelScores:
    """Gives a row of scores at every pixel, `(batch, of, side, side)`."""

    of: Size = "classes"
    size: Size = 32  # the side that comes out for the smallest images accepted
    kind: Literal["pixel-scores"] = "pixel-scores"

    def shape(self, batch: int, config: Any) -> tuple[int, ...]:
        """Shape of the scores of a batch of the smallest images accepted."""
        side = size(self.size, config)
        return (batch, size(self.of, config), side, side)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detections:
    """Gives candidates, `(batch, boxes, 4 + 4 + 1 + of)`.

    Each is a reference box (left, top, right, bottom in pixels), the offsets from it, and scores:
    of the background, then of each class.
    """

    of: Size = "classes"
    boxes: int  # how many come out for the smallest images accepted, by the configuration `tiny`
    kind: Literal["detections"] = "detections"

    def shape(self, batch: int, config: Any) -> tuple[int, ...]:
        """Shape of the candidates in a batch of the smallest images accepted."""
        return (batch, self.boxes, 9 + size(self.of, config))


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Gives numbers an example, `(batch, *of)`."""

    of: tuple[Size, ...]
    kind: Literal["values"] = "values"

    def shape(self, batch: int, config: Any) -> tuple[int, ...]:
        """Shape of the numbers of a batch."""
        return (batch, *(size(one, config) for one in self.of))


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """Gives several things, by name."""

    of: Mapping[str, "Scores | Embedding | StepScores | Values | Image"]
    kind: Literal["several"] = "several"

    def shape(self, batch: int, config: Any) -> dict[str, tuple[int, ...]]:
        """Shape of each for a batch."""
        return {name: one.shape(batch, config) for name, one in self.of.items()}


Input = Image | Table | Series | Tokens | Nodes | Edges | Graphs
Output = (
    Scores | Embedding | StepScores | PixelScores | Detections | Table | Image | Values | Several
)
