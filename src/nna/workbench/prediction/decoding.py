"""What outputs of a network say: a class with its probability, a number, boxes, a mask."""

from __future__ import annotations

import io
from collections.abc import Sequence
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

Answer = dict[str, Any]  # a line of what is shown, or of a CSV file


def called(examples: Examples, number: int) -> str | int:
    """An example's name: of the file that it came from, else its number."""
    return examples.names[number] if examples.names else number


def of_class(
    row: np.ndarray, classes: Sequence[str], scoring: Scoring, temperature: float | None
) -> Answer:
    """The class that scores name, with its probability; without a temperature, with its score."""
    best = int(scoring.predicted(row[None])[0])
    answer = {"class": classes[best]}
    if temperature is None:
        return answer | {"score": known_to(float(row[best]), float(row[best]))}
    shares = np.exp((row - row.max()) / temperature)
    return answer | {"probability": round(float(shares[best] / shares.sum()), 4)}


def of_number(
    row: np.ndarray, preparation: Preparation, known: dict[str, Any], level: float
) -> Answer:
    """The number predicted in the target's own units, with its interval where one is known.

    Raises:
        UserError: the level is no share.
    """
    value = float(preparation.restore(row)[0])
    answer = {"value": value, **uncertainty.bounds(known, value, level)}
    return {name: known_to(one, preparation.target[1]) for name, one in answer.items()}


def of_mask(row: np.ndarray, classes: Sequence[str]) -> Answer:
    """The share of a picture that each class has."""
    counts = np.bincount(row.argmax(0).ravel(), minlength=len(classes))
    return dict(zip(classes, (counts / counts.sum()).round(4).tolist(), strict=True))


def of_outputs(row: np.ndarray) -> Answer:
    """The outputs as they are."""
    return {f"output {i}": known_to(float(value), float(value)) for i, value in enumerate(row)}


def standings(
    out: np.ndarray, seen: np.ndarray, task: tasks.Task, known: dict[str, Any], examples: Examples
) -> list[Answer]:
    """How usual each example is; of a map also the unit nearest to it."""
    usual = task.usualness(out.astype(np.float64), seen)
    units = [{"unit": int(row.argmax())} if task.on_grid else {} for row in out]
    return [
        {"example": called(examples, i), **unit, **uncertainty.standing(known, float(one))}
        for i, (one, unit) in enumerate(zip(usual, units, strict=True))
    ]


def boxes(
    out: np.ndarray, seen: np.ndarray, classes: Sequence[str], examples: Examples
) -> list[Answer]:
    """A line for each thing found with a score of a half or more, in the picture's pixels.

    Boxes end where the picture ends; what lies beyond it altogether is left out.
    """
    (high, wide), (height, width) = seen.shape[2:], np.asarray(examples.x).shape[2:]
    scale = np.array([width / wide, height / high] * 2)
    lines = []
    for number, rows in enumerate(model_outputs.found(out, least=0.5)):
        for row in rows:
            box = np.clip(row[2:] * scale, 0, [width, height] * 2).round(1).tolist()
            if box[0] >= box[2] or box[1] >= box[3]:
                continue
            line = {
                "example": called(examples, number),
                "class": classes[int(row[0])],
                "score": round(float(row[1]), 4),
            }
            edges = zip(("left", "top", "right", "bottom"), box, strict=True)
            lines.append(line | dict(edges))
    return lines


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
