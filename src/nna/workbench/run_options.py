"""Data with what a user asked of their training: metric, threshold, weights of classes."""

from __future__ import annotations

import dataclasses

import numpy as np

from nna.training.loop import Monitor
from nna.training.runs import Request
from nna.workbench.evaluation import evaluate, scoring
from nna.workbench.prepared_data import Material


def with_scoring(
    material: Material,
    metric: str | None = None,
    positive: str | None = None,
    threshold: float | str | None = None,
) -> Material:
    """The same, scored as the user says.

    Raises:
        UserError: it means nothing for these data.
    """
    if metric is None and positive is None and threshold is None:
        return material
    likelihood = material.objective.likelihood
    task, classes = material.task, material.classes
    how = scoring.asked(task, classes, likelihood, metric, positive, threshold)
    y = material.parts["validation"].labels
    if scoring.METRICS.get(task.name) is scoring.OF_CLASSES and y is not None:
        scoring.measurable(how, np.asarray(y), classes)
    return dataclasses.replace(material, scoring=how)


def of_run(material: Material, request: Request) -> Material:
    """The same as a run was asked for."""
    material = with_scoring(material, request.metric, request.positive, request.threshold)
    return with_class_weights(material, request)


def with_class_weights(material: Material, request: Request) -> Material:
    """The same, with the weights of classes that baselines take as well."""
    weights = request.training_recipe().class_weights
    return dataclasses.replace(material, class_weights=weights)


def monitor(material: Material) -> Monitor | None:
    """The metric that a training goes by, where the user named one."""
    metric = material.scoring.metric
    return None if metric is None else Monitor(metric, evaluate.on_validation(material))
