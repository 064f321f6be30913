"""From which probability on a finished run names the positive one of its two classes."""

from __future__ import annotations

from collections.abc import Sequence

from nna import objectives, tasks
from nna.errors import UserError
from nna.training.runs import Request, Run
from nna.workbench.evaluation import results
from nna.workbench.evaluation.results import Results
from nna.workbench.evaluation.scoring import AUTO, PLAIN, Scoring, asked


def of_run(run: Run) -> Scoring:
    """The threshold that a run has decided on, if it has one.

    Raises:
        UserError: it is one of a class that the run doesn't know.
    """
    found, classes = results.of_run(run), run.request.classes
    if found is None:
        return PLAIN
    if (kept := found.threshold) is not None and (
        kept.positive not in classes or not 0 < kept.value < 1
    ):
        named = kept.positive
        raise UserError(f"{run.folder}: damaged (the threshold of {named!r}): evaluate it anew")
    return of_results(found, classes)


def of_results(found: Results, classes: Sequence[str]) -> Scoring:
    """The threshold by which figures were measured, if there was one."""
    if (kept := found.threshold) is None:
        return PLAIN
    return Scoring(positive=[*classes].index(kept.positive), threshold=float(kept.value))


def at(request: Request, threshold: float | str) -> Scoring:
    """Another threshold for a run's answers.

    Raises:
        UserError: no number between 0 and 1, or there are no two classes with probabilities.
    """
    if threshold == AUTO:
        raise UserError("--threshold auto is chosen by nna train, or by nna evaluate RUN")
    likelihood = objectives.get(request.recipe["objective"]).likelihood
    classes = tuple(request.classes)
    return asked(tasks.get(request.task), classes, likelihood, None, request.positive, threshold)
