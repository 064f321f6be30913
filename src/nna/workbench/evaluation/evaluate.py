"""Measure a trained model on the test part, beside the baselines."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from nna.blocks.boxes import best, shifted
from nna.data.splits import row_identity
from nna.objectives.pixel_cross_entropy import middle
from nna.spec import Task
from nna.training.in_memory import Tensors
from nna.workbench.evaluation import baselines, judging, metrics
from nna.workbench.evaluation.judging import AUTO, choose, first, to_json
from nna.workbench.evaluation.metrics import Figure
from nna.workbench.prepared_data import Material

APART: tuple[Task, ...] = (  # tasks whose examples stand for themselves
    "classification",
    "regression",
    "segmentation",
    "detection",
    "verification",
    "reconstruction",
    "density",
    "mapping",
)
LIKELY = 0.05  # score from which a box counts as found


def results(model: nn.Module, material: Material) -> dict[str, Any]:
    """Figures of the model and of every baseline on the test part, as plain data."""
    if material.task == "forecasting":
        from nna.workbench.forecasting import forecasts

        return forecasts.results(model, material)
    material, kept = decided(model, material)
    figures, details = evaluate(model, material)
    compared = baselines.baselines(material)
    return {
        "task": material.task,
        "test examples": len(material.parts["test"]),
        "metrics": {k: f.to_json() for k, f in figures.items()},
        "baselines": {
            name: {k: f.to_json() for k, f in of.items()} for name, of in compared.items()
        },
        **details,
        **kept,
        **_warned(material),
    }


def decided(model: nn.Module, material: Material) -> tuple[Material, dict[str, Any]]:
    """The same with a threshold that is a number, chosen on validation; what a run keeps of it."""
    how, chosen = material.judging, None
    if how.threshold == AUTO:
        part = material.parts["validation"]
        y, scores = part.targets, outputs(model, Tensors.of(part))
        assert y is not None
        how = dataclasses.replace(how, threshold=choose(scores, y, how))
        material, chosen = dataclasses.replace(material, judging=how), len(y)
    return material, to_json(how, material.classes, chosen)


def judge(material: Material) -> Callable[[nn.Module], tuple[float | None, bool]]:
    """What measures a model on the validation part by the metric asked for."""
    parts = {**material.parts, "test": material.parts["validation"]}
    raw = {**material.raw, "test": material.raw["validation"]}
    metric = material.judging.metric
    assert metric is not None
    plain = dataclasses.replace(material.judging, threshold=None)
    checked = dataclasses.replace(material, raw=raw, parts=parts, judging=plain)

    def measured(model: nn.Module) -> tuple[float | None, bool]:
        figure = evaluate(model, checked)[0][metric]
        return figure.value, figure.higher_is_better

    return measured


def _warned(material: Material) -> dict[str, list[str]]:
    """What makes the figures look better than they are: test examples that were learnt from."""
    raw = material.raw
    if material.task not in APART:
        return {}
    learnt = [raw[part] for part in ("train", "validation") if part in raw]
    count = int(row_identity.repeated(raw["test"], learnt, material.preparation).sum())
    if not count:
        return {}
    said = "hold the values of examples that were trained or stopped on"
    return {"warnings": [f"{count:,} of {len(raw['test']):,} test examples {said}"]}


def evaluate(model: nn.Module, material: Material) -> tuple[dict[str, Figure], dict[str, Any]]:
    """The model's figures on the test part, and what is worth looking at beside them."""
    figures, details = _evaluated(model, material)
    return first(figures, material.judging.metric), details


def _evaluated(model: nn.Module, material: Material) -> tuple[dict[str, Figure], dict[str, Any]]:
    model.eval()
    test = material.parts["test"]
    if material.task == "generation":
        return metrics.generation(forge(model), np.asarray(test.x), test.y), {}
    if material.task == "mapping":
        codebook = model.get_parameter("codebook").detach().cpu().numpy()
        grid = model.get_buffer("grid").cpu().numpy()
        return metrics.mapping(codebook, grid, np.asarray(test.x)), {}
    if material.task == "language-modelling":
        return metrics.language(_nats(model, material)), {}
    out = outputs(model, Tensors.of(test, device_of(model)))
    if material.task == "detection":
        y = np.asarray(test.y)
        return metrics.detection(found(out), y, len(material.classes)), {
            "classes": list(material.classes)
        }
    if material.task == "segmentation":
        return _pixels(out, material)
    if measured := _AS_IT_STANDS.get(material.task):
        return measured(model, out, material), {}
    if material.task == "verification":
        return metrics.verification(out, np.asarray(test.y)), {}
    return _classes(out, material)


@torch.no_grad()
def _density(model: nn.Module, out: np.ndarray, material: Material) -> dict[str, Figure]:
    """Outputs are log-probabilities, up to the model's `log_partition()` where it has one."""
    constant = float(model.log_partition()) if hasattr(model, "log_partition") else 0.0  # type: ignore[operator]
    return metrics.density(out[:, 0] - constant)


def _recall(model: nn.Module, out: np.ndarray, material: Material) -> dict[str, Figure]:
    return metrics.recall(out, np.asarray(material.parts["test"].y))


def _reconstruction(model: nn.Module, out: np.ndarray, material: Material) -> dict[str, Figure]:
    return metrics.reconstruction(out, np.asarray(material.parts["test"].x))


def _regression(model: nn.Module, out: np.ndarray, material: Material) -> dict[str, Figure]:
    y = material.raw["test"].targets
    assert y is not None
    return metrics.regression(material.preparation.restore(out[:, 0]), y)


_AS_IT_STANDS: dict[Task, Callable[[nn.Module, np.ndarray, Material], dict[str, Figure]]] = {
    "density": _density,
    "recall": _recall,
    "reconstruction": _reconstruction,
    "regression": _regression,
}


def _pixels(scores: np.ndarray, material: Material) -> tuple[dict[str, Figure], dict[str, Any]]:
    masks = middle(torch.as_tensor(material.parts["test"].y), torch.as_tensor(scores)).numpy()
    confusions = metrics.pixel_confusions(scores.argmax(1), masks, len(material.classes))
    of_classes = metrics.iou(confusions.sum(0))
    return metrics.segmentation(confusions), {
        "classes": list(material.classes),
        "IoU": [None if np.isnan(one) else float(one) for one in of_classes],
    }


def _classes(scores: np.ndarray, material: Material) -> tuple[dict[str, Figure], dict[str, Any]]:
    from sklearn.metrics import confusion_matrix

    y = material.parts["test"].targets
    assert y is not None
    predicted = material.judging.predicted(scores)
    matrix = confusion_matrix(y, predicted, labels=np.arange(len(material.classes)))
    details = {"classes": list(material.classes), "confusion": matrix.tolist()}
    return judging.figures(scores, y, material.judging), details


def device_of(model: nn.Module) -> torch.device:
    """Where a model's numbers lie."""
    return next(model.parameters(), torch.empty(0)).device


def found(
    candidates: np.ndarray, least: float = LIKELY, most: int = metrics.BOXES
) -> list[np.ndarray]:
    """What a detector found: rows of class, score and corners for each picture, best first.

    Args:
        candidates: `(n, boxes, 4 + 4 + 1 + classes)`.
        least: score from which a candidate counts.
        most: boxes of a class kept in a picture.
    """
    kept = []
    for of_picture in torch.as_tensor(candidates):
        corners = shifted(of_picture[:, :4], of_picture[:, 4:8])
        shares = of_picture[:, 8:].softmax(1)[:, 1:]
        here = []
        for label in range(shares.shape[1]):
            likely = shares[:, label] >= least
            boxes, scores, _ = best(corners[likely], shares[likely, label], most)
            label_column = torch.full((len(boxes), 1), float(label))
            here.append(torch.cat([label_column, scores[:, None], boxes], dim=1))
        together = torch.cat(here)
        kept.append(together[together[:, 1].argsort(descending=True)].numpy())
    return kept


@torch.no_grad()
def outputs(model: nn.Module, part: Tensors) -> np.ndarray:
    """What the model gives for every example of a part, in order."""
    model.eval()
    out = [batch.of(model(*batch.inputs)) for batch, _ in part.everything()]
    return torch.cat(out).float().cpu().numpy()


@torch.no_grad()
def forge(model: nn.Module, seed: int = 0) -> np.ndarray:
    """Samples of a generator, from seeded noise."""
    noise = torch.Generator().manual_seed(seed)
    width = int(model.noise)  # type: ignore[arg-type]
    return model(torch.randn(metrics.SAMPLES, width, generator=noise)).float().cpu().numpy()


@torch.no_grad()
def _nats(model: nn.Module, material: Material) -> np.ndarray:
    nats = []
    for batch, _ in Tensors.of(material.parts["test"], device_of(model)).everything():
        for tokens, target in zip(batch.inputs[0].split(32), batch.goal().split(32), strict=True):
            scores = model(tokens).transpose(1, 2)
            nats.append(functional.cross_entropy(scores, target, reduction="none"))
    return torch.cat(nats).double().cpu().numpy()
