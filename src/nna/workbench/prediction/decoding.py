"""What outputs of a network say: a class with its probability, a number, boxes, a mask."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nna import tasks
from nna.data.examples import Examples
from nna.data.prepare import Preparation
from nna.training import files
from nna.workbench.evaluation import model_outputs, uncertainty
from nna.workbench.evaluation.scoring import Scoring
from nna.workbench.formatting import known_to
from nna.workbench.prediction.answers import (
    BoxAnswer,
    ClassAnswer,
    Name,
    NumberAnswer,
    OutputsAnswer,
    PixelsAnswer,
    UsualnessAnswer,
)


def called(examples: Examples, number: int) -> Name:
    """An example's name: of the file that it came from, else its number."""
    return examples.names[number] if examples.names else number


def of_class(
    name: Name, row: np.ndarray, classes: Sequence[str], scoring: Scoring, temperature: float | None
) -> ClassAnswer:
    """The class that scores name, with its probability; without a temperature, with its score."""
    best = int(scoring.predicted(row[None])[0])
    if temperature is None:
        score = known_to(float(row[best]), float(row[best]))
        return ClassAnswer(example=name, class_=classes[best], score=score)
    shares = np.exp((row - row.max()) / temperature)
    sure = round(float(shares[best] / shares.sum()), 4)
    return ClassAnswer(example=name, class_=classes[best], probability=sure)


def of_number(
    name: Name, row: np.ndarray, preparation: Preparation, known: dict[str, Any], level: float
) -> NumberAnswer:
    """The number predicted in the target's own units, with its interval where one is known.

    Raises:
        UserError: the level is no share.
    """
    value = float(preparation.restore(row)[0])
    numbers = {"value": value, **uncertainty.bounds(known, value, level)}
    spread = preparation.target[1]
    return NumberAnswer(example=name, **{key: known_to(of, spread) for key, of in numbers.items()})


def of_mask(name: Name, row: np.ndarray, classes: Sequence[str]) -> PixelsAnswer:
    """The share of a picture that each class has."""
    counts = np.bincount(row.argmax(0).ravel(), minlength=len(classes))
    shares = (counts / counts.sum()).round(4).tolist()
    return PixelsAnswer(example=name, shares=dict(zip(classes, shares, strict=True)))


def of_outputs(name: Name, row: np.ndarray) -> OutputsAnswer:
    """The outputs as they are."""
    outputs = tuple(known_to(float(value), float(value)) for value in row)
    return OutputsAnswer(example=name, outputs=outputs)


def usualness(
    out: np.ndarray, seen: np.ndarray, task: tasks.Task, known: dict[str, Any], examples: Examples
) -> Iterator[UsualnessAnswer]:
    """How usual each example is; of a map also the unit nearest to it."""
    usual = task.usualness(out.astype(np.float64), seen)
    for number, (one, unit) in enumerate(zip(usual, out, strict=True)):
        yield UsualnessAnswer(
            example=called(examples, number),
            unit=int(unit.argmax()) if task.on_grid else None,
            usualness=known_to(float(one), float(one)),
            as_strange=uncertainty.as_strange(known, float(one)),
        )


def boxes(
    out: np.ndarray, seen: np.ndarray, classes: Sequence[str], examples: Examples
) -> Iterator[BoxAnswer]:
    """Each thing found with a score of a half or more, in the picture's pixels.

    Boxes end where the picture ends; what lies beyond it altogether is left out.
    """
    (high, wide), (height, width) = seen.shape[2:], np.asarray(examples.x).shape[2:]
    scale = np.array([width / wide, height / high] * 2)
    for number, rows in enumerate(model_outputs.found(out, least=0.5)):
        for row in rows:
            left, top, right, bottom = (
                np.clip(row[2:] * scale, 0, [width, height] * 2).round(1).tolist()
            )
            if left < right and top < bottom:
                yield BoxAnswer(
                    example=called(examples, number),
                    class_=classes[int(row[0])],
                    score=round(float(row[1]), 4),
                    left=left,
                    top=top,
                    right=right,
                    bottom=bottom,
                )


def write_mask(scores: np.ndarray, size: tuple[int, int], path: Path) -> None:
    """The class of every pixel as a grey picture of class numbers, as large as the picture was.

    Args:
        scores: `(classes, height, width)`.
        size: height and width of the picture.
        path: of the file; its folder is made.
    """
    from PIL import Image

    mask = Image.fromarray(scores.argmax(0).astype(np.uint8))
    if scores.shape[1:] != size:
        mask = mask.resize((size[1], size[0]), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    mask.save(buffer, "png")
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, buffer.getvalue())
