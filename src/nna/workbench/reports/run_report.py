"""One self-contained page on a run: figures, pictures, and what was asked."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from torch import nn

from nna import registry
from nna.atlas import citation
from nna.learning.settings import prefixed
from nna.training import files
from nna.training.runs import Request, Run
from nna.workbench.evaluation.intervals import Figure
from nna.workbench.evaluation.results import OfForecasts, Results
from nna.workbench.evaluation.uncertainty import Calibration
from nna.workbench.formatting import short
from nna.workbench.prediction import threshold as thresholds
from nna.workbench.prepared_data import Material
from nna.workbench.reports import sections

SHARES = (
    "AP",
    "AP50",
    "AUC",
    "equal error rate",
    "accuracy",
    "top-5 accuracy",
    "balanced accuracy",
    "mean IoU",
    "pixel accuracy",
    "good samples",
    "recalled",
    "topographic error",
    "coverage",
)
UNITS = {"smape": " %"}  # of figures that are no shares


def write(
    run: Run, model: nn.Module, material: Material, measured: Results, known: Calibration
) -> Path:
    """Write `report.html` into a run's folder.

    Args:
        run: a finished one.
        model: with the trained weights.
        material: the run's data.
        measured: the run's results.
        known: how far its single answers can be trusted (`uncertainty.read`).
    """
    from jinja2 import Environment, PackageLoader

    page = Environment(loader=PackageLoader("nna.workbench.reports", "."), autoescape=True)
    cut = thresholds.of_results(measured, material.classes)
    spec, material = material.spec, dataclasses.replace(material, scoring=cut)
    html = page.get_template("report.html.j2").render(
        title=f"{spec.name} ({material.reference}) on {run.request.data['data']}",
        paper=citation.line(spec.paper),
        headline=headline(measured),
        behind=measured.behind,
        summary=_summary(registry.card(material.reference)) or spec.idea,
        tested=measured.test_examples,
        warnings=measured.warnings or (),
        metrics=[*measured.metrics],
        rows=table(measured, material.reference),
        sections=sections.of_run(run, model, material, measured, known),
        asked=_asked(run),
    )
    path = run.folder / "report.html"
    files.write(path, html.encode("utf-8", "replace"))
    return path


def headline(measured: Results) -> str:
    """The first figure, in a sentence."""
    name, figure = next(iter(measured.metrics.items()))
    told, sign = f"{name} {cell(name, figure)}", 1 if figure.higher_is_better else -1
    known = {
        who: value
        for who, of in measured.baselines.items()
        if name in of and (value := of[name].value) is not None
    }
    if known:
        best = max(known, key=lambda who: sign * known[who])
        told += f"; the best baseline, {best}: {cell(name, measured.baselines[best][name])}"
    return f"{told}. So {measured.verdict}" if isinstance(measured, OfForecasts) else told


def cell(name: str, figure: Figure) -> str:
    """A figure with its interval, as read by people: shares in per cent; or why there is none."""
    if figure.value is None:
        return f"not measured: {figure.why}" if figure.why else "not measured"
    share = name in SHARES
    unit, said = (" %", lambda one: f"{100 * one:.1f}") if share else (UNITS.get(name, ""), short)
    text = said(figure.value) + unit
    if figure.low is None or figure.high is None or figure.low == figure.high:
        return text
    return f"{text} ({said(figure.low)} to {said(figure.high)})"


def table(measured: Results, name: str) -> list[tuple[str, list[str]]]:
    """A row for the model and for each baseline."""
    rows = [(name, measured.metrics), *measured.baselines.items()]
    metrics = [*measured.metrics]
    return [(who, [cell(m, of[m]) if m in of else "" for m in metrics]) for who, of in rows]


def _summary(card: str) -> str:
    """The first paragraph of the card's first lens; nothing where a card has none."""
    _, _, lens = card.partition("\n## What it is\n")
    return lens.strip().split("\n\n")[0].replace("\n", " ")


def _asked(run: Run) -> list[tuple[str, str]]:
    request = run.request
    plain = {
        "command": request.command,
        "data": f"{request.data['data']}, {request.data['rows']} examples, "
        f"fingerprint {request.data['fingerprint'][:12]}",
        "adapted": "; ".join(request.adapted) or "nothing",
        "configuration": ", ".join(f"{k} {v}" for k, v in request.config.items()),
        "recipe": ", ".join(f"{k} {v}" for k, v in _recipe(request).items()),
        "seed": str(request.seed),
        "versions": ", ".join(f"{k} {v}" for k, v in request.versions.items()),
    }
    return [*plain.items()]


def _recipe(request: Request) -> dict[str, Any]:
    """What a run was trained by, the settings of its objective by their own names."""
    recipe = dict(request.recipe)
    recipe |= prefixed(recipe.pop("objective_settings", {}))
    return {key: value for key, value in recipe.items() if value not in (None, [], ())}
