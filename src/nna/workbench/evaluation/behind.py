"""When a baseline does better than the network: said where the figures are, with what to try."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nna import objectives
from nna.spec import Architecture
from nna.training.runs import Request
from nna.workbench.evaluation.intervals import Figure


def behind(measured: Mapping[str, Any]) -> tuple[str, str] | None:
    """The baseline that is furthest ahead in the figure that decides, and that figure's name.

    None where none is ahead, or where the results have a verdict of their own.

    Args:
        measured: a run's results.
    """
    if "verdict" in measured or not measured["metrics"]:
        return None
    name, own = next(iter(measured["metrics"].items()))
    best, ahead = Figure(**own), None
    for who, of in measured["baselines"].items():
        if name in of and (rival := Figure(**of[name])).beats(best):
            best, ahead = rival, who
    return None if ahead is None else (ahead, name)


def told(measured: Mapping[str, Any], spec: Architecture, request: Request) -> dict[str, str]:
    """What is added to the results of a run that a baseline does better than; nothing otherwise.

    Args:
        measured: the run's results.
        spec: of the network.
        request: what the run was asked for.
    """
    found = behind(measured)
    if found is None:
        return {}
    who, name = found
    own, rival = Figure(**measured["metrics"][name]), Figure(**measured["baselines"][who][name])
    sure = "" if _apart(own, rival) else ", though so few test examples don't tell the two apart"
    said = f"{who} does better than this network by {name}{sure}"
    return {"behind": f"{said}. Try to {'; to '.join(_tries(measured, spec, request))}."}


def _tries(measured: Mapping[str, Any], spec: Architecture, request: Request) -> Iterator[str]:
    data = request.data["data"]
    target = f" --target {request.data['target']}" if request.data.get("target") else ""
    if objectives.get(request.recipe["objective"]).kind == "gradient":
        yield f"train longer (--epochs {2 * request.recipe['epochs']})"
    name, _, at = request.architecture.partition("/")
    if spec.weights and "@" not in at and request.start is None:
        yield f"start from public weights (nna train {name}/{next(iter(spec.weights))} {data})"
    if measured["task"] in ("classification", "regression"):
        yield f"see what else suits these data (nna recommend {data}{target})"


def _apart(one: Figure, other: Figure) -> bool:
    """Whether their intervals don't meet."""
    if None in (one.low, one.high, other.low, other.high):
        return False
    return one.high < other.low or other.high < one.low  # type: ignore[operator]
