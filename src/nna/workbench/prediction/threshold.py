"""From which probability on a finished run names the positive one of its two classes."""

from __future__ import annotations

from nna import objectives
from nna.errors import UserError
from nna.training.runs import Request, Run
from nna.workbench.evaluation import results
from nna.workbench.evaluation.scoring import AUTO, PLAIN, Scoring, asked


def of_run(run: Run) -> Scoring:
    """The threshold that a run has decided on, if it has one.

    Raises:
        UserError: it is one of a class that the run doesn't know.
    """
    found = results.of_run(run)
    if found is None or (kept := found.threshold) is None:
        return PLAIN
    classes, positive = run.request.classes, kept.positive
    if positive not in classes or not 0 < kept.value < 1:
        raise UserError(f"{run.folder}: damaged (the threshold of {positive!r}): evaluate it anew")
    return Scoring(positive=classes.index(positive), threshold=float(kept.value))


def at(request: Request, threshold: float | str) -> Scoring:
    """Another threshold for a run's answers.

    Raises:
        UserError: no number between 0 and 1, or there are no two classes with probabilities.
    """
    if threshold == AUTO:
        raise UserError("--threshold auto is chosen by nna train, or by nna evaluate RUN")
    likelihood = objectives.get(request.recipe["objective"]).likelihood
    classes = tuple(request.classes)
    return asked(request.task, classes, likelihood, None, request.positive, threshold)
