"""Measure a trained model on the test part, beside the baselines."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from nna import registry, tasks
from nna.data.splits import row_identity
from nna.learning.models import Unnormalised
from nna.objectives.pixel_cross_entropy import middle
from nna.ports import outputs
from nna.spec import Task
from nna.training import devices
from nna.training.in_memory import Tensors
from nna.workbench.evaluation import baselines, metrics, model_outputs, scoring
from nna.workbench.evaluation.metrics import Figure
from nna.workbench.evaluation.results import KINDS, Results, Threshold
from nna.workbench.evaluation.scoring import AUTO, choose, first
from nna.workbench.forecasting import forecasts
from nna.workbench.prepared_data import Material

Measured = tuple[dict[str, Figure], dict[str, Any]]  # figures, and what to look at beside them


def results(model: nn.Module, material: Material) -> Results:
    """Figures of the model and of every baseline on the test part."""
    if material.task.ahead:
        return forecasts.results(model, material)
    material, kept = decided(model, material)
    figures, details = evaluate(model, material)
    compared = baselines.baselines(material)
    return KINDS.get(material.task.name, Results)(
        task=material.task.name,
        test_examples=len(material.parts["test"]),
        metrics=figures,
        baselines=compared,
        threshold=kept,
        warnings=_warned(material),
        **details,
    )


def decided(model: nn.Module, material: Material) -> tuple[Material, Threshold | None]:
    """The same with a threshold that is a number, chosen on validation; what a run keeps of it."""
    how, chosen = material.scoring, None
    if how.threshold == AUTO:
        part = material.parts["validation"]
        y, scores = part.labels, model_outputs.outputs(model, Tensors.of(part))
        assert y is not None
        how = dataclasses.replace(how, threshold=choose(scores, y, how))
        material, chosen = dataclasses.replace(material, scoring=how), len(y)
    return material, _threshold(how, material.classes, chosen)


def _threshold(
    how: scoring.Scoring, classes: tuple[str, ...], rows: int | None
) -> Threshold | None:
    """What a run keeps of a threshold; nothing where the larger score decides."""
    if not isinstance(how.threshold, float):
        return None
    by = how.cuts_by if rows else None
    return Threshold(how.threshold, classes[how.positive], by, rows)


def on_validation(material: Material) -> Callable[[nn.Module], tuple[float | None, bool]]:
    """What measures a model on the validation part by the metric asked for."""
    parts = {**material.parts, "test": material.parts["validation"]}
    raw = {**material.raw, "test": material.raw["validation"]}
    metric = material.scoring.metric
    assert metric is not None
    plain = dataclasses.replace(material.scoring, threshold=None)
    checked = dataclasses.replace(material, raw=raw, parts=parts, scoring=plain)

    def measured(model: nn.Module) -> tuple[float | None, bool]:
        figure = evaluate(model, checked)[0][metric]
        return figure.value, figure.higher_is_better

    return measured


def _warned(material: Material) -> list[str] | None:
    """What makes the figures look better than they are: test examples that were learnt from."""
    raw = material.raw
    if not material.task.independent:
        return None
    learnt = [raw[part] for part in ("train", "validation") if part in raw]
    count = int(row_identity.repeated(raw["test"], learnt, material.preparation).sum())
    if not count:
        return None
    said = "hold the values of examples that were trained or stopped on"
    return [f"{count:,} of {len(raw['test']):,} test examples {said}"]


def evaluate(model: nn.Module, material: Material) -> tuple[dict[str, Figure], dict[str, Any]]:
    """The model's figures on the test part, and what is worth looking at beside them."""
    figures, details = _evaluated(model, material)
    return first(figures, material.scoring.metric), details


def _evaluated(model: nn.Module, material: Material) -> Measured:
    model.eval()
    return _MEASURED.get(material.task.name, _by_task)(model, material)


def _by_task(model: nn.Module, material: Material) -> Measured:
    """What a task that measures itself says of every example."""
    test = material.parts["test"]
    part = Tensors.of(test, devices.input_device(model))
    targets = {name: getattr(of, "values", of) for name, of in test.targets.items()}
    given = model_outputs.every_output(model, part, outputs.along(material.spec.outputs))
    assert isinstance(material.task, tasks.Brought)
    return metrics.averages(material.task.scores(given, targets)), {}


def _out(model: nn.Module, material: Material) -> np.ndarray:
    return model_outputs.outputs(
        model, Tensors.of(material.parts["test"], devices.input_device(model))
    )


def _generation(model: nn.Module, material: Material) -> Measured:
    test, sampler = material.parts["test"], registry.sampler(material.reference)
    modes = model_outputs.modes(material.raw["test"])
    # Many steps cost much: of pictures without modes no more are judged than there are held out.
    most = metrics.SAMPLES if sampler is None else len(test) * (1 if modes is None else 4)
    count = min(metrics.SAMPLES, most)
    drawn = model_outputs.generate(model, sampler, count=count)
    return metrics.generation(drawn, np.asarray(test.x), modes), {}


def _mapping(model: nn.Module, material: Material) -> Measured:
    codebook = model.get_parameter("codebook").detach().cpu().numpy()
    grid = model.get_buffer("grid").cpu().numpy()
    return metrics.mapping(codebook, grid, np.asarray(material.parts["test"].x)), {}


def _language(model: nn.Module, material: Material) -> Measured:
    return metrics.language(_nats(model, material)), {}


def _detection(model: nn.Module, material: Material) -> Measured:
    y, classes = np.asarray(material.parts["test"].y), list(material.classes)
    return metrics.detection(model_outputs.found(_out(model, material)), y, len(classes)), {
        "classes": classes
    }


@torch.no_grad()
def _density(model: nn.Module, material: Material) -> Measured:
    """Outputs are log-probabilities, up to the model's `log_partition()` where it has one."""
    constant = float(model.log_partition()) if isinstance(model, Unnormalised) else 0.0
    return metrics.density(_out(model, material)[:, 0] - constant), {}


def _recall(model: nn.Module, material: Material) -> Measured:
    return metrics.recall(_out(model, material), np.asarray(material.parts["test"].y)), {}


def _reconstruction(model: nn.Module, material: Material) -> Measured:
    return metrics.reconstruction(_out(model, material), np.asarray(material.parts["test"].x)), {}


def _regression(model: nn.Module, material: Material) -> Measured:
    y = material.raw["test"].labels
    assert y is not None
    return metrics.regression(material.preparation.restore(_out(model, material)[:, 0]), y), {}


def _verification(model: nn.Module, material: Material) -> Measured:
    return metrics.verification(_out(model, material), np.asarray(material.parts["test"].y)), {}


def _pixels(model: nn.Module, material: Material) -> Measured:
    scores = _out(model, material)
    masks = middle(torch.as_tensor(material.parts["test"].y), torch.as_tensor(scores)).numpy()
    confusions = metrics.pixel_confusions(scores.argmax(1), masks, len(material.classes))
    of_classes = metrics.iou(confusions.sum(0))
    return metrics.segmentation(confusions), {
        "classes": list(material.classes),
        "iou": [None if np.isnan(one) else float(one) for one in of_classes],
    }


def _classes(model: nn.Module, material: Material) -> Measured:
    from sklearn.metrics import confusion_matrix

    scores = _out(model, material)
    y = material.parts["test"].labels
    assert y is not None
    predicted = material.scoring.predicted(scores)
    matrix = confusion_matrix(y, predicted, labels=np.arange(len(material.classes)))
    details = {"classes": list(material.classes), "confusion": matrix.tolist()}
    return scoring.figures(scores, y, material.scoring), details


_MEASURED: dict[Task, Callable[[nn.Module, Material], Measured]] = {
    "classification": _classes,
    "node-classification": _classes,
    "regression": _regression,
    "segmentation": _pixels,
    "detection": _detection,
    "verification": _verification,
    "language-modelling": _language,
    "reconstruction": _reconstruction,
    "generation": _generation,
    "density": _density,
    "recall": _recall,
    "mapping": _mapping,
}


@torch.no_grad()
def _nats(model: nn.Module, material: Material) -> np.ndarray:
    nats = []
    for batch, _ in Tensors.of(material.parts["test"], devices.input_device(model)).everything():
        for tokens, target in zip(batch.x.split(32), batch.target.split(32), strict=True):
            scores = model(tokens).transpose(1, 2)
            nats.append(functional.cross_entropy(scores, target, reduction="none"))
    return torch.cat(nats).double().cpu().numpy()
