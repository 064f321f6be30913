"""Draw what is inside a convolutional network: kernels, feature maps, and what it looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nna.workbench.formatting import drawable
from nna.workbench.reports.figures import BLUE, ORANGE

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Plot

FILTERS = 64  # kernels shown of one layer
ROWS, COLUMNS = 12, 8  # layers shown, and maps of each
GAP = 0.15  # between groups of pictures, in widths of one
NAMES = {"saliency": "saliency", "grad-cam": "Grad-CAM", "occlusion": "occlusion"}
SAYS = {
    "saliency": "size of the gradient",
    "grad-cam": "speaks for the class",
    "occlusion": "fall of the score while hidden",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture `(c, h, w)` with its maps `(h, w)`, by method."""

    title: str
    picture: np.ndarray
    maps: Mapping[str, np.ndarray]


def single(seen: Seen, method: str) -> Plot:
    """One map beside its picture, with its scale."""
    height, width = seen.picture.shape[1:]
    plot, axes = _new(8.4, min(8.0, max(2.2, 3.4 * height / width)) + 0.9, 1, 2)
    _bare(axes)
    _picture(axes[0, 0], seen.picture)
    shown = _map(axes[0, 1], seen.picture, seen.maps[method], method)
    axes[0, 1].set_title(drawable(NAMES[method]), fontsize=10)
    axes[0, 0].set_title("what the network saw", fontsize=10)
    plot.colorbar(shown, ax=axes[0, 1], shrink=0.85, label=drawable(SAYS[method]))
    plot.suptitle(drawable(seen.title), fontsize=11)
    return plot


def sheet(all_seen: Sequence[Seen], abreast: int = 1, title: str = "") -> Plot:
    """Pictures with all their maps beside them, filled column by column.

    Args:
        all_seen: the pictures.
        abreast: how many stand beside each other.
        title: of the whole.
    """
    methods = [*all_seen[0].maps]
    wide, rows = 1 + len(methods), -(-len(all_seen) // abreast)
    abreast = -(-len(all_seen) // rows)
    scale = 2.3 if abreast == 1 else 1.5
    plot, axes = _new(
        scale * (wide + GAP) * abreast,
        (scale + 0.35) * rows + 0.3,
        rows,
        (wide + 1) * abreast - 1,
        width_ratios=([1.0] * wide + [GAP]) * (abreast - 1) + [1.0] * wide,
    )
    _bare(axes)
    for number, seen in enumerate(all_seen):
        row, first = number % rows, (wide + 1) * (number // rows)
        place = axes[row, first : first + wide]
        _picture(place[0], seen.picture)
        place[0].set_title(drawable(seen.title), fontsize=8)
        for axis, method in zip(place[1:], methods, strict=True):
            _map(axis, seen.picture, seen.maps[method], method)
            if row == 0:
                axis.set_title(drawable(NAMES[method]), fontsize=9)
    if title:
        plot.suptitle(drawable(title), fontsize=10)
    return plot


def filters(weight: np.ndarray, title: str) -> Plot:
    """Kernels `(maps, read, h, w)`: colours where they read three maps, those of a picture.

    Kernels of one pixel are drawn as one matrix; kernels that read several maps as a row each.
    """
    read, *size = weight.shape[1:]
    bound = float(np.abs(weight).max()) or 1.0
    if size == [1, 1]:
        plot, axes = _new(6.4, 5.4)
        shown = _signed(axes[0, 0], weight[:, :, 0, 0], bound)
        axes[0, 0].set(xlabel="map that is read", ylabel="map that is written", aspect="auto")
        plot.colorbar(shown, label="weight")
    elif read == 3:
        coloured = 0.5 + weight[:FILTERS].transpose(0, 2, 3, 1) / (2 * bound)
        plot, axis = _wall(coloured, 8)
        axis.imshow(tiled(coloured, 8))
    else:
        rows = weight[:ROWS, :ROWS].reshape(-1, *size) if read > 1 else weight[:FILTERS, 0]
        columns = min(read, ROWS) if read > 1 else min(len(rows), 8)
        plot, axis = _wall(rows, columns)
        shown = _signed(axis, tiled(rows, columns), bound)
        plot.colorbar(shown, ax=axis, fraction=0.05, aspect=12, label="weight")
    plot.suptitle(drawable(title), fontsize=11)
    return plot


def features(picture: np.ndarray, found: Mapping[str, np.ndarray], title: str) -> Plot:
    """Feature maps `(maps, h, w)` of layers: a row each; of one layer alone, up to 64.

    All maps of a layer are on one scale, or those of one pixel would show nothing.
    """
    rows = -(-min(FILTERS, len(next(iter(found.values())))) // COLUMNS) if len(found) == 1 else 1
    slant = picture.shape[1] / picture.shape[2]
    plot, axes = _new(
        1.15 * COLUMNS + 3.0,
        1.2 * slant * rows * len(found) + 0.8,
        len(found),
        2,
        width_ratios=(1, COLUMNS),
    )
    _bare(axes)
    _picture(axes[0, 0], picture)
    axes[0, 0].set_anchor("N")
    for axis, (name, maps) in zip(axes[:, 1], found.items(), strict=True):
        side = f"{maps.shape[1]}x{maps.shape[2]}"
        told = drawable(f"{name}\n{len(maps)} maps of {side}")
        axis.set_ylabel(told, rotation=0, ha="right", va="center")
        axis.yaxis.label.set_fontsize(8)
        shown = maps[: rows * COLUMNS]
        axis.imshow(
            tiled(shown, COLUMNS), cmap="cividis", vmin=float(maps.min()), vmax=float(maps.max())
        )
    plot.suptitle(drawable(title), fontsize=11)
    return plot


def tiled(images: np.ndarray, columns: int) -> np.ndarray:
    """Small pictures `(n, h, w)` or `(n, h, w, 3)` as one, row by row, with narrow gaps."""
    zoom = -(-12 // min(images.shape[1:3]))  # so that a gap of a pixel is narrow
    large = images.repeat(zoom, 1).repeat(zoom, 2)
    n, height, width, *colours = large.shape
    gap, rows = max(1, min(height, width) // 12), -(-n // columns)
    empty = 1.0 if colours else np.nan
    wall = np.full((rows * (height + gap), columns * (width + gap), *colours), empty)
    for number, one in enumerate(large):
        top, left = number // columns * (height + gap), number % columns * (width + gap)
        wall[top : top + height, left : left + width] = one
    return wall[:-gap, :-gap]


def _new(width: float, height: float, rows: int = 1, columns: int = 1, **spacing: Any) -> Any:
    """A figure and its axes, without a window behind it."""
    from matplotlib.figure import Figure

    plot = Figure(figsize=(width, height), layout="constrained")
    return plot, plot.subplots(rows, columns, squeeze=False, **spacing)


def _wall(images: np.ndarray, columns: int) -> tuple[Plot, Any]:
    """Room for small pictures, tiled."""
    slant, rows = images.shape[1] / images.shape[2], -(-len(images) // columns)
    plot, axes = _new(max(5.0, 0.9 * columns + 1), max(1.6, 0.9 * slant * rows) + 0.7)
    _bare(axes)
    return plot, axes[0, 0]


def _bare(axes: np.ndarray) -> None:
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[])
        axis.set_frame_on(False)


def _picture(axis: Any, picture: np.ndarray) -> None:
    spread = np.ptp(picture) or 1
    if picture.shape[0] == 3:
        axis.imshow(((picture - picture.min()) / spread).transpose(1, 2, 0))
    else:
        axis.imshow(picture[0], cmap="gray")


def _map(axis: Any, picture: np.ndarray, found: np.ndarray, method: str) -> Any:
    """A map over the picture in pale grey, the denser the stronger; a saliency map by itself."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, ListedColormap, Normalize

    bound = float(np.abs(found).max()) or 1.0
    if method == "saliency":
        return axis.imshow(found, cmap="inferno", vmin=0, vmax=bound)
    grey = picture.mean(0)
    pale = 0.65 + 0.35 * (grey - grey.min()) / (np.ptp(grey) or 1)
    axis.imshow(pale, cmap="gray", vmin=0, vmax=1)
    for_and_against = ListedColormap([BLUE, ORANGE])
    axis.imshow(
        found >= 0, cmap=for_and_against, vmin=0, vmax=1, alpha=0.95 * np.abs(found) / bound
    )
    both = method == "occlusion"
    scale = LinearSegmentedColormap.from_list("scale", [*([BLUE] if both else []), "white", ORANGE])
    return ScalarMappable(Normalize(-bound if both else 0.0, bound), scale)


def _signed(axis: Any, weight: np.ndarray, bound: float) -> Any:
    return axis.imshow(weight, cmap="RdBu_r", vmin=-bound, vmax=bound)
