"""Open a finished run and let its model answer."""

from __future__ import annotations

from pathlib import Path

from nna import tasks
from nna.data.prepare import Preparation
from nna.errors import UserError
from nna.training import devices, runs
from nna.workbench.prediction import threshold
from nna.workbench.trained_model import Trained, opened


def load(folder: str | Path, device: str = "cpu") -> Trained:
    """The trained model of a run.

    Args:
        folder: of the run.
        device: where the network answers: "cpu", "cuda", "cuda:1", "mps" or "auto" (an accelerator
            if there is one).

    Raises:
        UserError: no run, not finished, its weights are damaged or of another model, or a device
            that isn't there.

    Example:
        >>> run = nna.train("mlp", "iris", recipe={"epochs": 2}, quiet=True)
        >>> answers = nna.load(run.folder).predict("iris")
        >>> len(answers), sorted(answers[0].to_json())
        (150, ['class', 'example', 'probability'])
    """
    run = runs.open_run(folder)
    if not run.finished:
        raise UserError(f"{folder} isn't finished; `nna resume {folder}` continues it")
    request, config = run.request, run.request.configuration()
    model = opened(request.architecture, config, run.model)
    preparation = Preparation.from_json(request.preparation)
    wide = request.config.get("features")
    if preparation.columns and wide not in (None, len(preparation.labels())):
        have = f"{len(preparation.labels())} prepared columns, the network takes {wide}"
        raise UserError(f"{folder}: damaged (run.json tells of {have}): train anew")
    return Trained(
        reference=request.architecture,
        config=config,
        task=tasks.get(request.task),
        classes=tuple(request.classes),
        preparation=preparation,
        model=devices.answering(model, device),
        recipe=request.training_recipe(),
        kept_in=run,
        scoring=threshold.of_run(run),
    )
