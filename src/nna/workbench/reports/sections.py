"""What a run's report shows beside its figures: curves, and pictures of what its task is about."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from nna import registry
from nna.objectives.pixel_cross_entropy import middle
from nna.training.in_memory import Tensors
from nna.training.runs import Run
from nna.workbench.evaluation import calibration, metrics as measures, model_outputs, uncertainty
from nna.workbench.evaluation.results import OfClasses, OfForecasts, OfPixels, Results
from nna.workbench.evaluation.uncertainty import Calibration
from nna.workbench.explain import image_report, saliency
from nna.workbench.forecasting import forecasts
from nna.workbench.prediction.texts import continue_text
from nna.workbench.prepared_data import Material
from nna.workbench.reports import figures

MISTAKES = 16  # the most confident ones shown
FILTERS = 32  # of the first layer
Add = Callable[..., None]  # a section: its title, its plot if there is one, its caption


def of_run(
    run: Run, model: nn.Module, material: Material, measured: Results, known: Calibration
) -> list[dict[str, str]]:
    """A title and a picture or a text each, in order.

    Args:
        run: a finished one.
        model: with the trained weights.
        material: the run's data.
        measured: the run's results.
        known: how far its single answers can be trusted.
    """
    sections: list[dict[str, str]] = []

    def add(title: str, plot: Any, caption: str = "") -> None:
        if plot is not None:
            image = figures.embedded(plot)
            sections.append({"title": title, "image": image, "caption": caption})

    if history := run.history():
        add("Learning curves", figures.curves(history), "One point an epoch.")
    if isinstance(measured, OfClasses):
        matrix = figures.confusion(measured.confusion, measured.classes)
        add("Confusion matrix", matrix, "Test examples; a row a true class.")
    if isinstance(measured, OfPixels):
        bars = figures.bars(dict(zip(measured.classes, measured.iou, strict=True)), "IoU")
        add("Intersection over union of each class", bars, "Test pictures together.")
    if isinstance(measured, OfForecasts):
        _forecasts(model, material, measured, add)
    _of_task(model, material, add, sections, known)
    if material.left_out:
        sections.append({"title": "Rows left out", "text": "\n".join(material.left_out)})
    sections += _explained(run)
    _filters(model, material, add)
    return sections


def _filters(model: nn.Module, material: Material, add: Add) -> None:
    weight = figures.first(model, _side(material))
    if weight is None:
        return
    caption = "Red weights excite, blue ones inhibit."
    if weight.shape[1] == 3:
        caption = "As colours; middle grey is a weight of 0."
    elif weight.shape[1] > 1:
        caption += " A row is a filter, a column a map that it reads; the first of both."
    add("First-layer filters", saliency.filters(weight[:FILTERS], ""), caption)


def _explained(run: Run) -> list[dict[str, str]]:
    """What `nna explain` has drawn of it so far."""
    return [
        {
            "title": f"Explained: {path.stem.removeprefix('explain-').replace('-', ' ')}",
            "image": figures.data_of(path),
            "caption": f"Drawn by nna explain: {path.name} in the run's folder.",
        }
        for path in sorted(run.folder.glob("explain-*.png"))
    ]


def _sampler(material: Material) -> model_outputs.Sampler | None:
    return registry.sampler(material.reference)


def _of_task(
    model: nn.Module,
    material: Material,
    add: Add,
    sections: list[dict[str, str]],
    known: Calibration,
) -> None:
    if material.task.sequence and _is_text(material):
        sections.append({"title": "A sample", "text": _sample(model, material)})
    elif draw := _DRAWN.get(material.task.name):
        draw(model, material, add)
    if material.task.one_class and material.task.independent:
        _mistakes(model, material, add, known)
        _looked_at(
            model, material, add, sections, uncertainty.temperature(known, material.objective_name)
        )


def _samples(model: nn.Module, material: Material, add: Add) -> None:
    x, side = np.asarray(material.parts["test"].x), _side(material)
    sheet = side is not None or x.ndim == 4
    drawn = model_outputs.generate(
        model, _sampler(material), count=16 if sheet else measures.SAMPLES
    )
    if not sheet:
        cloud = figures.scatter(drawn, x, ("generated", "data"))
        add("Samples", cloud, "Generated points over held-out data.")
        return
    picture = drawn.shape[1:] if drawn.ndim == 4 else (1, side, side)
    both = np.concatenate([of[:16].reshape(-1, *picture) for of in (drawn, x)])
    titles = ["generated"] * 16 + ["data"] * min(16, len(x))
    add("Samples", figures.pictures(both, titles), "Generated pictures, then held-out ones.")


def _against(model: nn.Module, material: Material, add: Add) -> None:
    scores = model_outputs.outputs(model, Tensors.of(material.parts["test"]))[:, 0]
    true = material.raw["test"].labels
    assert true is not None
    drawn = figures.against(material.preparation.restore(scores), true)
    add("Predicted against true", drawn, "Test examples.")


def _forecasts(model: nn.Module, material: Material, measured: OfForecasts, add: Add) -> None:
    shown = forecasts.last_windows(model, material, measured)
    level = forecasts.usual([*map(int, measured.radii)])
    caption = "The last test window of each series (four at most), and what came."
    if level is not None:
        caption += f" The band is to hold {level} % of what comes."
    add(
        "Forecasts",
        figures.forecasts(shown),
        " ".join([caption, *map(_sentence, measured.notes or ())]),
    )
    if measured.by_step and len(next(iter(measured.by_step.values()))) > 1:
        drawn = figures.by_step(measured.by_step, material.reference)
        add("Error by step ahead", drawn, "Mean absolute error over the test windows.")


def _sentence(note: str) -> str:
    return f"{note[:1].upper()}{note[1:]}."


def _map(model: nn.Module, material: Material, add: Add) -> None:
    units = model.get_parameter("codebook").detach().cpu().numpy()
    rows, columns = material.config.rows, material.config.columns
    drawn = figures.map_of(units, rows, columns, _side(material))
    add("The map", drawn, "Every unit at its place on the grid.")


def _side(material: Material) -> int | None:
    """The side of the square pictures behind the examples, if there are such."""
    shape = np.shape(material.raw["test"].x) if _pictures(material) else ()
    return shape[2] if shape and shape[1] == 1 and shape[2] == shape[3] else None


def _pictures(material: Material) -> bool:
    return material.raw["test"].behaviour.pictured


def _mistakes(model: nn.Module, material: Material, add: Add, known: Calibration) -> None:
    if not _pictures(material):
        return
    x = np.asarray(material.raw["test"].x)
    y = material.parts["test"].labels
    scores = model_outputs.outputs(model, Tensors.of(material.parts["test"]))
    if y is None:
        return
    temperature = uncertainty.temperature(known, material.objective_name)
    sure, right = _sure(scores / (temperature or 1.0)), scores.argmax(1) == y
    said = {"this model": sure}
    if temperature not in (None, 1.0):
        tempered = calibration.by_halves(scores.astype(np.float64), y)
        said = {"as the network gives it": _sure(scores), "calibrated": _sure(tempered)}
    caption = "Test examples in ten groups of like size, by how sure the model is"
    told = f"; {uncertainty.summary(known, material.objective_name)}" if known else ""
    if temperature is not None:
        add("Calibration", figures.calibration(said, right), f"{caption}{told}.")
    from scipy.special import softmax

    named = material.scoring.predicted(scores)
    wrong = np.flatnonzero(named != y)
    sure = softmax(scores / (temperature or 1.0), axis=1)[np.arange(len(y)), named]
    worst = wrong[np.argsort(-sure[wrong])][:MISTAKES]
    if not len(worst):
        return
    names = material.classes
    titles = [
        f"{names[y[i]]} taken for {names[named[i]]}\n"
        + (
            f"score {scores[i, named[i]]:.3g}"
            if temperature is None
            else f"{100 * sure[i]:.0f} % sure"
        )
        for i in worst
    ]
    add(
        "Most confident mistakes",
        figures.pictures(x[worst], titles),
        f"{len(wrong)} of {len(y)} test examples are wrong; the surest come first.",
    )


def _sure(scores: np.ndarray) -> np.ndarray:
    """The probability of each row's likeliest class."""
    exponents = np.exp(scores - scores.max(1, keepdims=True))
    return exponents.max(1) / exponents.sum(1)


def _boxes(model: nn.Module, material: Material, add: Add) -> None:
    test = material.parts["test"].take(np.arange(min(6, len(material.parts["test"]))))
    found = model_outputs.found(model_outputs.outputs(model, Tensors.of(test)))
    drawn = figures.boxes(np.asarray(test.x), np.asarray(test.y), found, material.classes)
    caption = "The first test pictures: true boxes dashed, the surest found ones named and scored."
    add("Boxes", drawn, caption)


def _masks(model: nn.Module, material: Material, add: Add) -> None:
    test = material.parts["test"].take(np.arange(min(6, len(material.parts["test"]))))
    scores = model_outputs.outputs(model, Tensors.of(test))
    truth = middle(torch.as_tensor(test.y), torch.as_tensor(scores)).numpy()
    drawn = figures.masks(np.asarray(test.x), truth, scores.argmax(1), material.classes)
    add("Masks", drawn, "The first test pictures; over each the true and the predicted mask.")


def _looked_at(
    model: nn.Module,
    material: Material,
    add: Add,
    sections: list[dict[str, str]],
    temperature: float | None,
) -> None:
    if (found := image_report.section(model, material, temperature)) is None:
        return
    plot, says = found
    title = "Attributions"
    if plot is None:
        sections.append({"title": title, "note": says})
    else:
        add(title, plot, says)


def _pairs(model: nn.Module, material: Material, add: Add) -> None:
    side = _side(material)
    if side is None:
        return
    out = model_outputs.outputs(model, Tensors.of(material.parts["test"]))[:8]
    given = np.asarray(material.parts["test"].x)[:8]
    both = np.concatenate([given, out]).reshape(-1, 1, side, side)
    titles = ["given"] * len(given) + ["given back"] * len(out)
    add("Reconstructions", figures.pictures(both, titles), "The first test examples.")


def _distances(model: nn.Module, material: Material, add: Add) -> None:
    out = model_outputs.outputs(model, Tensors.of(material.parts["test"]))
    drawn = figures.distances(*measures.pairs(out, np.asarray(material.parts["test"].y)))
    add("Distances", drawn, "Pairs of test examples, of classes that training never saw.")


_DRAWN = {
    "segmentation": _masks,
    "detection": _boxes,
    "generation": _samples,
    "reconstruction": _pairs,
    "regression": _against,
    "mapping": _map,
    "verification": _distances,
}


def _is_text(material: Material) -> bool:
    """Whether the tokens are bytes of writing, and not those of a sound, say."""
    tokens = np.asarray(material.raw["test"].x).ravel()
    return bool(np.isin(tokens, list(bytes(string.printable, "ascii"))).mean() > 0.7)


def _sample(model: nn.Module, material: Material) -> str:
    prompt = bytes(np.asarray(material.parts["test"].x)[0][:32].astype(np.uint8))
    return continue_text(model, material.reference, prompt, steps=400, seed=0)
