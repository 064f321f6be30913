"""The pictures of a report, drawn by matplotlib, each as one self-contained image."""

from __future__ import annotations

import base64
import io
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import nn

from nna.workbench.formatting import drawable

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Plot

    from nna.workbench.forecasting.forecasts import Window

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#777777"  # told apart by all kinds of eyes
MOST = 8  # boxes found that are drawn in a picture


def new(width: float, height: float, rows: int = 1, columns: int = 1) -> tuple[Plot, Any]:
    """A figure and its axes, without a window behind it."""
    from matplotlib.figure import Figure as Plot

    plot = Plot(figsize=(width, height), layout="constrained")
    return plot, plot.subplots(rows, columns, squeeze=False)


def png(plot: Plot, dpi: int = 110) -> bytes:
    """The figure as a file; letters that the font lacks are boxes, and no cause for warnings."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        plot.savefig(buffer, format="png", dpi=dpi)
    return buffer.getvalue()


def embedded(plot: Plot) -> str:
    """The figure as the `src` of an HTML image."""
    return _source(png(plot))


def data_of(png: Path) -> str:
    """A picture in a file, likewise."""
    return _source(png.read_bytes())


def _source(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def curves(history: Sequence[dict[str, float]]) -> Plot | None:
    """Each quantity over the epochs: training and validation in one panel."""
    names = [k for k in history[0] if k != "epoch" and not k.startswith("validation ")]
    extra = {k.removeprefix("validation ") for k in history[0] if k.startswith("validation ")}
    names += sorted(extra - set(names))
    if len(history) < 2 or not names:
        return None
    plot, axes = new(4.2 * len(names), 3.0, 1, len(names))
    epochs = [line["epoch"] for line in history]
    for axis, name in zip(axes[0], names, strict=True):
        for key, colour, label in (
            (name, BLUE, "training"),
            (f"validation {name}", ORANGE, "validation"),
        ):
            if key in history[0]:
                axis.plot(
                    epochs, [line[key] for line in history], color=colour, label=drawable(label)
                )
        axis.set(xlabel="epoch", ylabel=drawable(name), title=drawable(name))
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.grid(alpha=0.3)
        axis.legend(frameon=False)
    return plot


def confusion(matrix: Sequence[Sequence[int]], classes: Sequence[str]) -> Plot:
    """How often each class (row) was taken for each other (column)."""
    counts = np.array(matrix)
    side = min(9.0, 2.2 + 0.42 * len(classes))
    plot, axes = new(side, side)
    axis = axes[0, 0]
    shares = counts / np.maximum(1, counts.sum(1, keepdims=True))
    axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    if len(classes) <= 20:
        for row, column in np.ndindex(*counts.shape):
            if counts[row, column]:
                colour = "white" if shares[row, column] > 0.6 else "black"
                count = drawable(counts[row, column])
                axis.text(column, row, count, ha="center", va="center", color=colour)
        names = [drawable(name) for name in classes]
        turned = 90 if max(map(len, names)) > 3 else 0
        axis.set_xticks(range(len(classes)), names, rotation=turned)
        axis.set_yticks(range(len(classes)), names)
    axis.set(xlabel="predicted", ylabel="true")
    return plot


def pictures(images: np.ndarray, titles: Sequence[str], columns: int = 8) -> Plot:
    """A sheet of pictures `(n, c, h, w)`, each under its title."""
    rows = -(-len(images) // columns)
    plot, axes = new(1.35 * columns, 1.65 * rows, rows, columns)
    for axis in axes.flat:
        axis.axis("off")
    for axis, image, title in zip(axes.flat, images, titles, strict=False):
        axis.set_title(drawable(title), fontsize=8)
        if image.shape[0] == 3:
            spread = np.ptp(image) or 1
            axis.imshow(((image - image.min()) / spread).transpose(1, 2, 0))
        else:
            axis.imshow(image[0], cmap="gray_r")
    return plot


def calibration(said: Mapping[str, np.ndarray], right: np.ndarray) -> Plot:
    """How often the answers are right, against how sure the model is of them.

    Args:
        said: the name of a line, or of two, -> how sure of each answer; the last one counts.
        right: whether each answer is right.
    """
    from sklearn.calibration import calibration_curve

    plot, axes = new(4.2, 3.8)
    axis = axes[0, 0]
    axis.plot([0, 1], [0, 1], color=GREY, linewidth=1, label="as often as it says")
    low = 1.0
    styles = ((BLUE, "-"), (ORANGE, ":"))
    for (name, sure), (colour, line) in zip(reversed([*said.items()]), styles, strict=False):
        often, mean = calibration_curve(right, sure, n_bins=10, strategy="quantile")
        axis.plot(mean, often, color=colour, linestyle=line, marker="o", label=drawable(name))
        low = min(low, mean.min(), often.min())
    low = max(0.0, low - 0.05)
    axis.set(xlim=(low, 1.01), ylim=(low, 1.01), xlabel="how sure", ylabel="share that is right")
    axis.legend(frameon=False)
    return plot


def masks(
    images: np.ndarray, truth: np.ndarray, predicted: np.ndarray, classes: Sequence[str]
) -> Plot:
    """Pictures `(n, c, h, w)`, and below each its true and its predicted mask `(n, h, w)` over it.

    Masks smaller than their picture lie over its middle; pixels that nobody labelled (-1) stay
    bare.
    """
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    some = [*colormaps["tab10"].colors, *colormaps["Set3"].colors, *colormaps["tab20b"].colors]  # type: ignore[attr-defined]
    colours = [(0.93, 0.93, 0.93), *(some[i % len(some)] for i in range(len(classes) - 1))]
    plot, axes = new(1.6 * len(images), 5.4, 3, len(images))
    for column, image in enumerate(images):
        _show(axes[0, column], image)
        for row, mask in ((1, truth[column]), (2, predicted[column])):
            _show(axes[row, column], image.mean(0, keepdims=True))
            axes[row, column].imshow(
                np.ma.masked_less(mask, 0),
                cmap=ListedColormap(colours),
                vmin=-0.5,
                vmax=len(classes) - 0.5,
                alpha=0.6,
                extent=_middle(image.shape[1:], mask.shape),
            )
            axes[row, column].set(
                xlim=(-0.5, image.shape[2] - 0.5), ylim=(image.shape[1] - 0.5, -0.5)
            )
        for axis in axes[:, column]:
            axis.set(xticks=[], yticks=[])
    for axis, name in zip(axes[:, 0], ("picture", "true", "predicted"), strict=True):
        axis.set_ylabel(drawable(name))
    if len(classes) <= 24:
        known = [
            Patch(color=colour, alpha=0.6, label=drawable(name))
            for colour, name in zip(colours, classes, strict=True)
        ]
        plot.legend(handles=known, loc="outside lower center", ncols=8, frameon=False)
    return plot


def _middle(of: Sequence[int], size: Sequence[int]) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of what lies in the middle of a picture `(h, w)`."""
    (height, width), (high, wide) = of, size
    left, top = (width - wide) / 2 - 0.5, (height - high) / 2 - 0.5
    return left, left + wide, top + high, top


def _show(axis: Any, image: np.ndarray) -> None:
    """A picture `(c, h, w)`, from its darkest to its brightest."""
    pixels = ((image - image.min()) / (np.ptp(image) or 1)).transpose(1, 2, 0)
    axis.imshow(pixels if pixels.shape[2] == 3 else pixels[:, :, 0], cmap="gray")


def boxes(
    images: np.ndarray, truth: np.ndarray, found: Sequence[np.ndarray], classes: Sequence[str]
) -> Plot:
    """Pictures `(n, c, h, w)` with true boxes (dashed) and found ones with name and score.

    Args:
        images: the pictures.
        truth: `(n, boxes, 5)`: class, left, top, right, bottom; class -1 is none.
        found: for each picture rows of class, score and corners, the surest first; `MOST` of those
            with a score of a half or more are drawn, as far as they lie in the picture.
        classes: their names.
    """
    from matplotlib.patches import Rectangle

    columns = min(3, len(images))
    rows = -(-len(images) // columns)
    plot, axes = new(3.2 * columns, 3.2 * rows, rows, columns)
    for axis in axes.flat:
        axis.axis("off")
    for axis, image, real, seen in zip(axes.flat, images, truth, found, strict=False):
        _show(axis, image)
        drawn = [(row[1:], "-", "black", "") for row in real if row[0] >= 0]
        drawn += [(corners, "--", "white", "") for corners, *_ in drawn]
        drawn += [
            (row[2:], "-", ORANGE, f"{classes[int(row[0])]} {100 * row[1]:.0f} %")
            for row in seen[:MOST]
            if row[1] >= 0.5
        ]
        edge = np.array([image.shape[2], image.shape[1]] * 2)
        for corners, line, colour, text in drawn:
            left, top, right, bottom = np.clip(corners, 0, edge) - 0.5
            box = Rectangle((left, top), right - left, bottom - top, clip_on=False)
            box.set(fill=False, edgecolor=colour, linestyle=line)
            axis.add_patch(box)
            if text:
                axis.text(
                    left,
                    top,
                    drawable(text),
                    color="white",
                    fontsize=7,
                    va="bottom" if top > 0 else "top",
                    bbox={"facecolor": colour, "edgecolor": "none", "pad": 1, "alpha": 0.8},
                )
    return plot


def bars(shares: dict[str, float | None], of: str) -> Plot:
    """A bar for each share from 0 to 1, by name; none where there is no number."""
    plot, axes = new(5.6, 0.9 + 0.24 * len(shares))
    axis = axes[0, 0]
    axis.barh(range(len(shares)), [share or 0.0 for share in shares.values()], color=BLUE)
    axis.set_yticks(range(len(shares)), [drawable(name) for name in shares])
    axis.set(xlim=(0, 1), xlabel=drawable(of))
    axis.invert_yaxis()
    return plot


def first(model: nn.Module, side: int | None) -> np.ndarray | None:
    """First-layer weights `(units, maps, h, w)`: kernels, or rows of a matrix that looks at pixels.

    Args:
        model: the trained model.
        side: of the picture behind the columns of a table, if there is one.
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d) and module.kernel_size != (1, 1):
            return module.weight.detach().cpu().numpy()
        if isinstance(module, nn.Linear) and side and module.in_features == side * side:
            return module.weight.detach().cpu().numpy().reshape(-1, 1, side, side)
    return None


def scatter(samples: np.ndarray, x: np.ndarray, names: tuple[str, str]) -> Plot:
    """Two clouds of points in the plane of their first two columns."""
    plot, axes = new(4.6, 4.6)
    axis = axes[0, 0]
    axis.scatter(*x[:, :2].T, s=4, color=GREY, alpha=0.5, label=drawable(names[1]))
    axis.scatter(*samples[:, :2].T, s=4, color=ORANGE, alpha=0.4, label=drawable(names[0]))
    axis.set_aspect("equal")
    axis.set(xlabel="column 1", ylabel="column 2")
    axis.legend(frameon=False)
    return plot


def against(predicted: np.ndarray, y: np.ndarray) -> Plot:
    """Predicted against true numbers."""
    plot, axes = new(4.6, 4.6)
    axis = axes[0, 0]
    axis.scatter(y, predicted, s=10, color=BLUE, alpha=0.6)
    ends = [min(y.min(), predicted.min()), max(y.max(), predicted.max())]
    axis.plot(ends, ends, color=GREY, linewidth=1)
    axis.set(xlabel="true", ylabel="predicted")
    return plot


def forecasts(shown: Sequence[Window]) -> Plot:
    """Windows of series with what came and what was forecast."""
    plot, axes = new(7.4, 2.5 * len(shown), len(shown), 1)
    for axis, one in zip(axes[:, 0], shown, strict=True):
        past, came = one.past, one.came
        steps = np.arange(len(came) + 1)
        axis.plot(np.arange(1 - len(past), 1), past, color="black", linewidth=1)
        joined = {name: [past[-1], *values] for name, values in one.forecasts.items()}
        axis.plot(steps, [past[-1], *came], color="black", linewidth=1, linestyle=":", label="came")
        for (name, values), colour in zip(joined.items(), (BLUE, ORANGE), strict=False):
            axis.plot(steps, values, color=colour, label=drawable(name))
        if one.low is not None:
            axis.fill_between(steps[1:], one.low, one.high, color=BLUE, alpha=0.15, lw=0)
        axis.axvline(0, color=GREY, linewidth=0.8)
        axis.set_title(drawable(one.title), fontsize=9)
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.grid(alpha=0.3)
    axes[-1, 0].set(xlabel="steps from the last value known")
    axes[0, 0].legend(frameon=False, fontsize=8)
    return plot


def by_step(errors: Mapping[str, Sequence[float]], name: str) -> Plot:
    """A line for the model and each rule over the steps ahead."""
    plot, axes = new(6.4, 3.6)
    axis = axes[0, 0]
    styles = ("-", "--", "-.", ":", (0, (1, 4)), (0, (6, 3)))
    others = [who for who in errors if who != name]
    for who, style in zip(others, styles, strict=False):
        steps = range(1, len(errors[who]) + 1)
        axis.plot(steps, errors[who], color=GREY, ls=style, label=drawable(who))
    steps = range(1, len(errors[name]) + 1)
    axis.plot(steps, errors[name], color=BLUE, lw=2, label=drawable(name))
    axis.set(xlabel="step ahead", ylabel="mean absolute error", ylim=(0, None))
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.legend(frameon=False, fontsize=8)
    axis.grid(alpha=0.3)
    return plot


def distances(apart: np.ndarray, same: np.ndarray) -> Plot:
    """How far pairs lie apart, those of one class beside those of two."""
    plot, axes = new(5.6, 3.4)
    axis = axes[0, 0]
    edges = np.linspace(0, apart.max() or 1.0, 60)
    for of, colour, label in ((same, BLUE, "one class"), (~same, GREY, "two classes")):
        axis.hist(apart[of], edges, density=True, color=colour, alpha=0.6, label=drawable(label))
    axis.set(xlabel="distance", ylabel="density")
    axis.legend(frameon=False)
    return plot


def map_of(codebook: np.ndarray, rows: int, columns: int, side: int | None) -> Plot:
    """A map's units on their grid: as pictures where they are such, else their distances."""
    if side and codebook.shape[1] == side * side:
        plot, axes = new(0.55 * columns, 0.55 * rows, rows, columns)
        for axis, unit in zip(axes.flat, codebook, strict=True):
            axis.axis("off")
            axis.imshow(unit.reshape(side, side), cmap="gray_r")
        return plot
    units = codebook.reshape(rows, columns, -1)
    down = np.linalg.norm(np.diff(units, axis=0), axis=2)
    across = np.linalg.norm(np.diff(units, axis=1), axis=2)
    total, count = np.zeros((rows, columns)), np.zeros((rows, columns))
    for edge, low, high in (
        (down, np.s_[:-1, :], np.s_[1:, :]),
        (across, np.s_[:, :-1], np.s_[:, 1:]),
    ):
        for part in (low, high):
            total[part] += edge
            count[part] += 1
    plot, axes = new(5, 4.4)
    shown = axes[0, 0].imshow(total / count, cmap="viridis")
    axes[0, 0].set(xlabel="column", ylabel="row")
    plot.colorbar(shown, label="mean distance to the neighbours on the grid")
    return plot
