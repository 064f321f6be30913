"""Look inside a trained convolutional network: its filters, its maps, and what it looked at."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from nna import ports, registry
from nna.data.examples import Examples
from nna.errors import UserError, nearest
from nna.training import files
from nna.workbench.evaluation import results, uncertainty
from nna.workbench.explain import attribution, saliency, table, target as target_score
from nna.workbench.explain.results import (
    ArrayFigures,
    Explanation,
    Found,
    Layer,
    OfFeatures,
    OfFilters,
    OfPicture,
)
from nna.workbench.prediction import predict
from nna.workbench.reports import figures
from nna.workbench.train import material_of
from nna.workbench.trained_model import Trained

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Plot

METHODS = (*attribution.METHODS, "filters", "features")


@dataclass(frozen=True, slots=True)
class Picture:
    """What is looked at: ready for the model, and how to speak of it."""

    x: Tensor  # (1, c, h, w)
    name: str  # "test example 3 (true class 8)"
    key: str  # for the name of a file
    notes: tuple[str, ...] = ()  # what was done to it


def explain(  # noqa: PLR0913 - one argument a thing that the user may say
    folder: str | Path,
    picture: str | None = None,
    *,
    method: str | None = None,
    layer: str | None = None,
    target: str | None = None,
    out: str | Path | None = None,
    device: str = "cpu",
) -> Explanation:
    """Draw what is inside the network of a run, as a PNG.

    A network that reads tables is explained by its columns (`explain.table`), one that forecasts
    by its columns and by the steps of the past (`explain.forecast`).

    Args:
        folder: of a finished run of a convolutional network, or of one that reads tables.
        picture: a file, or the number of a test example of the run's data; the first if not given,
            of a table all test rows together.
        method: "saliency", "grad-cam", "occlusion", "filters" or "features"; of a table "shapley",
            "gradients" or "occlusion"; without one, the first three beside each other.
        layer: of Grad-CAM (the deepest convolution; of a detector the one that its surest box is
            read from), filters (the first), features (all convolutions), instead of those in
            brackets.
        target: name of the class to explain; if not given, the one that is predicted.
        out: the PNG to write; if not given, it goes into the run's folder.
        device: where the network computes; see `nna.load`.

    Returns:
        Numbers behind the picture, and its path; a notebook shows the picture.

    Raises:
        UserError: no convolutional network, or an unknown method, layer, class or picture.
    """
    place = None if out is None else _writable(Path(out))
    trained = predict.load(folder, device)
    if trained.run.request.windows is not None:
        plot, found, said = _of_series(trained, picture, method or layer or target)
    elif table.reads(trained):
        if layer is not None:
            raise UserError("--layer is for convolutional networks; this one reads a table")
        plot, found, said = table.explained(trained, picture, method, target)
    else:
        plot, found, said = _of_picture(trained, picture, method, layer, target)
    path = place or trained.run.folder / f"explain-{_safe(said)}.png"
    files.write(path, figures.png(plot, dpi=120))
    if place is None:
        _into_the_report(trained)
    return Explanation(run=str(trained.run.folder), path=str(path), found=found)


def _into_the_report(trained: Trained) -> None:
    """Write the run's report anew, with all that was drawn so far."""
    from nna.workbench.reports import run_report

    measured = results.of_run(trained.run)
    if measured is not None:
        known = uncertainty.read(trained.run)
        run_report.write(trained.run, trained.model, material_of(trained.run), measured, known)


def _of_picture(
    trained: Trained, picture: str | None, method: str | None, layer: str | None, target: str | None
) -> tuple[Plot, Found, list[str]]:
    """The drawing, the numbers behind it, and words for the name of its file."""
    _sensible(trained, method, layer, target)
    if method == "filters":
        if picture is not None:
            raise UserError("filters are the same for every picture: leave the picture out")
        plot, found = _filters(trained, layer)
        return plot, found, [word for word in (method, layer) if word]
    looked = _look(trained, picture)
    if method == "features":
        plot, found = _features(trained, looked, layer)
    else:
        plot, found = _attributions(trained, looked, method, layer, target)
    return plot, found, [word for word in (method or "all", looked.key, layer, target) if word]


def _sensible(trained: Trained, method: str | None, layer: str | None, target: str | None) -> None:
    """Refuse what doesn't go together."""
    if method is not None and method not in METHODS:
        raise UserError(f"no method {method!r}; there are: {', '.join(METHODS)}")
    _convolutional(trained)
    if target is not None and method in ("filters", "features"):
        raise UserError(f"--class is for {', '.join(attribution.METHODS)}; {method} have none")
    if layer is not None and method in ("saliency", "occlusion"):
        raise UserError(f"--layer is for grad-cam, filters and features; {method} has none")
    if method not in ("filters", "features"):
        if not trained.task.scored:
            told = f"{trained.task} gives no score to explain"
            raise UserError(f"{told}: --method filters or features")
        attribution.captum()


def _of_series(
    trained: Trained, window: str | None, more: str | None
) -> tuple[Plot, Found, list[str]]:
    """The same of a network that forecasts."""
    from nna.workbench.explain import forecast

    if more is not None:
        raise UserError("forecasts are explained in one way: leave out --method, --layer, --class")
    if window is None:
        return *forecast.overall(trained), ["series"]
    if not window.isdecimal():
        raise UserError(f"{window!r}: say the number of a test window, or nothing for all of them")
    return *forecast.one(trained, int(window)), ["window", window]


def _layers(
    trained: Trained, x: Tensor, layer: str | None
) -> tuple[list[str], Mapping[str, Tensor]]:
    """The convolutions, and the maps of all layers; a layer that is asked for must be there."""
    found = attribution.layers(trained.model, x)
    if layer is not None and layer not in found:
        see = f"nna explain {trained.run.folder} --method features --json"
        raise UserError(f"no layer {layer!r} with maps; {nearest(layer, tuple(found), see)}")
    return attribution.convolutions(trained.model, found), found


def _filters(trained: Trained, asked: str | None) -> tuple[Plot, OfFilters]:
    known, _ = _layers(trained, _blank(trained), asked)
    layer = asked or known[0]
    kernels = attribution.kernels(trained.model.get_submodule(layer))
    if kernels is None:
        see = f"nna explain {trained.run.folder} --method filters --json"
        raise UserError(f"{layer} is no convolution; {nearest(layer, tuple(known), see)}")
    weight = kernels.cpu().numpy()
    count, read, height, width = weight.shape
    title = f"{_of(trained)}: the {count} filters of {layer}, {height}x{width} over {read}"
    plot = saliency.filters(weight, f"{title} map{'s' if read > 1 else ''}{_part(weight)}")
    return plot, OfFilters(
        method="filters",
        layer=layer,
        layers=known,
        shape=[*weight.shape],
        figures=_numbers(weight),
    )


def _part(weight: np.ndarray) -> str:
    """What of the kernels is shown, where that isn't all."""
    count, read, *size = weight.shape
    if size == [1, 1]:
        return ""
    if read in (1, 3):
        first = f"; the first {saliency.FILTERS}" if count > saliency.FILTERS else ""
        return first + ("\nas colours; middle grey: weights of 0" if read == 3 else "")
    return f"\na row each, the first {min(count, saliency.ROWS)}; columns: the maps that they read"


def _features(trained: Trained, looked: Picture, layer: str | None) -> tuple[Plot, OfFeatures]:
    known, found = _layers(trained, looked.x, layer)
    names = [layer] if layer else known
    layers = [
        Layer(
            layer=name,
            shape=[*found[name].shape[1:]],
            figures=_numbers(found[name].numpy()),
        )
        for name in names
    ]
    chosen = names
    if len(names) > saliency.ROWS:
        places = np.linspace(0, len(names) - 1, saliency.ROWS).round().astype(int)
        chosen = [names[place] for place in places]
    shown = {name: found[name][0].numpy() for name in chosen}
    what = f"maps of {names[0]}" if len(names) == 1 else "maps of the convolutions"
    part = f" ({len(chosen)} of {len(names)})" if len(chosen) < len(names) else ""
    title = f"{_of(trained)}: {what}{part}\n{looked.name}; bright: strong, one scale a layer"
    plot = saliency.features(looked.x[0].numpy(), shown, title)
    return plot, OfFeatures(
        method="features", picture=looked.name, notes=[*looked.notes], layers=layers
    )


def _attributions(
    trained: Trained,
    looked: Picture,
    method: str | None,
    layer: str | None,
    wanted: str | None,
) -> tuple[Plot, OfPicture]:
    model, x = trained.model, looked.x
    known, maps = _layers(trained, x, layer)
    at = layer or attribution.deepest(known, maps)
    places = target_score.OF_PLACES.get(trained.task.name)
    if layer is None and places is target_score.surest_box:
        at = _read_last(trained, looked, wanted, known)
    scores = attribution.scores_of(model, x)
    goal = target_score.of(trained, scores, x, wanted)
    number = torch.tensor([goal.number])
    compute = {
        "saliency": lambda: attribution.saliency(scores, x, number),
        "grad-cam": lambda: attribution.grad_cam(scores, x, number, model.get_submodule(at)),
        "occlusion": lambda: attribution.occlusion(scores, x, number),
    }
    asked = attribution.METHODS if method is None else (method,)
    found = {name: compute[name]()[0] for name in asked}
    title = f"{_of(trained)}: {looked.name}\nexplained: {goal}"
    if "grad-cam" in found:
        silent = "" if found["grad-cam"].any() else ": nothing there speaks for it"
        title += f"\nGrad-CAM at {at}{silent}"
    seen = saliency.Seen(title, x[0].numpy(), found)
    if method is None:
        plot = saliency.sheet([dataclasses.replace(seen, title="picture")], title=title)
    else:
        plot = saliency.single(seen, method)
    return plot, OfPicture(
        method=method or "all",
        picture=looked.name,
        notes=[*looked.notes],
        class_=goal.name,
        number=goal.number,
        score=goal.score,
        probability=goal.probability,
        layer=at if "grad-cam" in found else None,
        attributions={name: _numbers(one, place=True) for name, one in found.items()},
        layers=known,
    )


def _read_last(trained: Trained, looked: Picture, wanted: str | None, known: list[str]) -> str:
    """The layer from which a detector's surest box was read."""
    scores = attribution.scores_of(trained.model, looked.x)
    number = target_score.of(trained, scores, looked.x, wanted).number
    return attribution.read_last(known, trained.model, lambda: scores(looked.x)[0, number])


def _convolutional(trained: Trained) -> None:
    """Refuse a network that does not read pictures by convolutions."""
    request = trained.run.request
    spec = registry.describe(request.architecture)
    port = next(iter(spec.inputs.values()))
    reads = ports.of(port).pictured and any(
        attribution.kernels(module) is not None for module in trained.model.modules()
    )
    if not reads:
        raise UserError(
            f"{trained.run.folder} is a run of {request.architecture} for {request.task}; what is "
            "explained: classes and numbers told from tables, forecasts, and convolutional "
            "networks on pictures (`nna list --port image`)"
        )


def _look(trained: Trained, picture: str | None) -> Picture:
    """A test example of the run's own data by its number, or a picture of the user's."""
    request = trained.run.request
    given = picture or "0"
    if given.isdecimal():
        test = material_of(trained.run).raw["test"]
        row = int(given)
        if row >= len(test):
            raise UserError(
                f"no test example {row}: the run has {len(test)}, numbered 0 to {len(test) - 1}"
            )
        one = test.take(np.array([row]))
        name = f"test example {row}"
        if request.classes and one.y is not None and one.y.ndim == 1:
            name += f" (truly {request.classes[int(one.y[0])]})"
        return Picture(trained.inputs(one).x, name, given)
    one = _own(given, trained)
    notes = tuple(trained.odd(one))
    return Picture(trained.inputs(one).x, Path(given).name, Path(given).stem, notes)


def _own(source: str, trained: Trained) -> Examples:
    found = trained.read(source)
    if len(found) != 1:
        raise UserError(f"{source} holds {len(found)} examples; name one picture")
    return found


def _blank(trained: Trained) -> Tensor:
    """A picture of the right shape, where none is needed but to see which layers run."""
    request = trained.run.request
    spec = registry.describe(request.architecture)
    port = next(iter(spec.inputs.values()))
    return torch.zeros(port.shape(1, request.configuration()))


def _writable(path: Path) -> Path:
    if path.suffix.lower() != ".png":
        raise UserError(f"--out {path}: the picture is a PNG; give a name that ends in .png")
    if path.is_dir() or not path.parent.is_dir():
        raise UserError(f"--out {path}: no file can be there; give a name in a folder that exists")
    return path


def _of(trained: Trained) -> str:
    request = trained.run.request
    return f"{request.architecture} on {Path(str(request.data['data'])).name}"


def _safe(parts: list[str]) -> str:
    return re.sub(r"[^\w.-]+", "_", "-".join(parts))


def _numbers(values: np.ndarray, place: bool = False) -> ArrayFigures:
    """A few figures of an array; of a map also where its greatest value lies."""
    row, column = (None, None)
    if place:
        row, column = map(int, np.unravel_index(values.argmax(), values.shape))
    return ArrayFigures(
        sum=float(values.sum()),
        least=float(values.min()),
        mean=float(values.mean()),
        greatest=float(values.max()),
        row=row,
        column=column,
    )
