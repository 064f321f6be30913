"""The score of a picture that is explained: of a class, of the surest box, of most pixels."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nna.errors import UserError, nearest
from nna.workbench.evaluation import uncertainty
from nna.workbench.explain import attribution
from nna.workbench.trained_model import Trained

LISTED = 20  # classes that an error message names


@dataclass(frozen=True, slots=True)
class Target:
    """The score that is explained."""

    number: int
    name: str
    score: float
    probability: float | None  # of a class; None where the score is no class's

    def __str__(self) -> str:
        sure = "" if self.probability is None else f", {100 * self.probability:.1f} % sure"
        return f"{self.name}, score {self.score:.3g}{sure}"


def of(trained: Trained, scores: attribution.Scores, x: Tensor, wanted: str | None) -> Target:
    """The class asked for or predicted; of scores for pixels, the one with most of them."""
    request = trained.run.request
    with torch.no_grad():
        row = scores(x)[0].double()
    if trained.task.numeric:
        if wanted is not None:
            raise UserError("the run predicts a number, and has no classes: leave out --class")
        return Target(0, "the predicted number", float(row[0]), None)
    classes = request.classes
    if wanted is not None and wanted not in classes:
        near = nearest(wanted, tuple(classes), f"{trained.run.folder}/run.json")
        near = f"there are: {', '.join(classes)}" if len(classes) <= LISTED else near
        raise UserError(f"no class {wanted!r}; {near}")
    if several := OF_PLACES.get(trained.task.name):
        return several(trained.model, x, row, classes, wanted)
    named = int(trained.scoring.predicted(row[None].numpy())[0])
    number = named if wanted is None else classes.index(wanted)
    temperature = uncertainty.temperature(
        uncertainty.read(trained.run), request.recipe["objective"]
    )
    share = None if temperature is None else float((row / temperature).softmax(0)[number])
    return Target(number, f"class {classes[number]}", float(row[number]), share)


def surest_box(
    model: nn.Module, x: Tensor, row: Tensor, classes: list[str], wanted: str | None
) -> Target:
    """The box with the greatest share of a class, of the one asked for or of any."""
    with torch.no_grad():
        shares = attribution.surest(model(x))[1][0]
    number = int(shares.argmax()) if wanted is None else classes.index(wanted)
    name = f"the surest box of class {classes[number]}"
    return Target(number, name, float(row[number]), float(shares[number]))


def most_pixels(
    model: nn.Module, x: Tensor, row: Tensor, classes: list[str], wanted: str | None
) -> Target:
    """The pixels of the class asked for, else of the one with most of them but the background."""
    with torch.no_grad():
        pixels = torch.bincount(model(x).argmax(1).flatten(), minlength=len(classes))
    of_things = pixels.clone()
    if "background" in classes:
        of_things[classes.index("background")] = 0
    best = of_things if of_things.any() else pixels
    number = int(best.argmax()) if wanted is None else classes.index(wanted)
    if not pixels[number]:
        raise UserError(f"no pixel of this picture is taken for {wanted}: choose another --class")
    count = int(pixels[number])
    name = f"the {count} pixel{'s' if count > 1 else ''} of class {classes[number]}"
    return Target(number, name, float(row[number]), None)


OF_PLACES = {"segmentation": most_pixels, "detection": surest_box}  # by task, of many answers
