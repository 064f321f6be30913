"""When a baseline does better than the network: said where the figures are, with what to try."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from nna import objectives, tasks
from nna.spec import Architecture
from nna.training.runs import Request
from nna.workbench.evaluation.intervals import Figure
from nna.workbench.evaluation.results import OfForecasts, Results


def behind(measured: Results) -> tuple[str, str] | None:
    """The baseline that is furthest ahead in the figure that decides, and that figure's name.

    None where none is ahead, or where the results have a verdict of their own.

    Args:
        measured: a run's results.
    """
    if isinstance(measured, OfForecasts) or not measured.metrics:
        return None
    name, best = next(iter(measured.metrics.items()))
    ahead = None
    for who, of in measured.baselines.items():
        if name in of and of[name].beats(best):
            best, ahead = of[name], who
    return None if ahead is None else (ahead, name)


def with_advice(measured: Results, spec: Architecture, request: Request) -> Results:
    """The results of a run; where a baseline does better, they say so.

    Args:
        measured: the run's results.
        spec: of the network.
        request: what the run was asked for.
    """
    found = behind(measured)
    if found is None:
        return measured
    who, name = found
    own, rival = measured.metrics[name], measured.baselines[who][name]
    sure = "" if _apart(own, rival) else ", though so few test examples don't tell the two apart"
    said = f"{who} does better than this network by {name}{sure}"
    tries = "; to ".join(_tries(measured, spec, request))
    return dataclasses.replace(measured, behind=f"{said}. Try to {tries}." if tries else f"{said}.")


def _tries(measured: Results, spec: Architecture, request: Request) -> Iterator[str]:
    data = request.data["data"]
    target = f" --target {request.data['target']}" if request.data.get("target") else ""
    if objectives.get(request.recipe["objective"]).descends:
        yield f"train longer (--epochs {2 * request.recipe['epochs']})"
    name, _, at = request.architecture.partition("/")
    if spec.weights and "@" not in at and request.start is None:
        yield f"start from public weights (nna train {name}/{next(iter(spec.weights))} {data})"
    if tasks.get(measured.task).comparable:
        yield f"see what else suits these data (nna recommend {data}{target})"


def _apart(one: Figure, other: Figure) -> bool:
    """Whether their intervals don't meet."""
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.high < other.low or other.high < one.low
