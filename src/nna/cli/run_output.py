"""What a run says when it is over: figures, where it lies, and what to type next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nna import registry
from nna.cli import output

if TYPE_CHECKING:
    from nna.workbench.evaluation.results import Results


def code_of(reference: str) -> str:
    """What commands on a run of an architecture need to be told beside the run."""
    name = reference.partition("/")[0]
    where = registry.located(name)
    return "" if where == name else f" --code {where}"


def show(run: Any, json: bool) -> None:
    """What was found, where it lies, and what to type next."""
    from nna.workbench.evaluation import results, uncertainty

    measured = results.of_run(run)
    if measured is None:  # only the first of several processes evaluates
        return
    if json:
        output.print_json({"run": str(run.folder), **measured.to_json()})
        return
    request = run.request
    show_figures(
        request, request.data["data"], measured, [f"adapted: {one}" for one in request.adapted]
    )
    if sure := uncertainty.summary(uncertainty.read(run), request.recipe["objective"]):
        output.say(f"\n{sure}")
    name = request.architecture.partition("/")[0]
    identity = registry.located(name)
    code = "" if identity == name else f" --code {identity}"
    output.say(f"\nrun      {run.folder}")
    output.say(f"report   {run.folder / 'report.html'}")
    output.say(f"next     nna show {identity}          what it is and why it works")
    output.say(f"         nna predict {run.folder}{code} ...   let it answer for new examples")


def show_figures(request: Any, data: str, measured: Results, notes: Sequence[str]) -> None:
    """A row for the network and for each baseline; of classes, who was taken for whom."""
    from nna.workbench.evaluation import scoring
    from nna.workbench.evaluation.results import OfClasses, OfForecasts
    from nna.workbench.reports import run_report

    output.say(f"\n{request.architecture} on {data}, {measured.test_examples} test examples")
    for note in notes:
        output.say(f"  {note}")
    output.say()
    columns = ("", *measured.metrics)
    rows = run_report.table(measured, request.architecture)
    output.table(columns, [(who, *cells) for who, cells in rows])
    if isinstance(measured, OfForecasts):
        output.say(f"\n{measured.verdict}")
    if measured.behind:
        output.say(f"\n{measured.behind}")
    for note in measured.notes or ():
        output.say(f"  {note}")
    if cut := measured.threshold:
        output.say(f"\n{scoring.threshold_note(cut)}")
    for warning in measured.warnings or ():
        output.warn(f"warning: {warning}")
    if isinstance(measured, OfClasses) and len(measured.classes) <= 20:
        output.say("\nconfusion (row: true class, column: predicted)")
        counts = zip(measured.classes, measured.confusion, strict=True)
        output.table(("", *measured.classes), [(c, *row) for c, row in counts])
