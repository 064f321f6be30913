"""What a model gives for examples: scores, samples, and the boxes among a detector's candidates."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import nn

from nna.blocks.boxes import best, shifted
from nna.data.examples import Examples
from nna.errors import UserError
from nna.learning.models import Drawing, having
from nna.ports.base import MASK
from nna.ports.outputs import ended, named, one_of
from nna.training.in_memory import Tensors
from nna.workbench.evaluation import metrics

Sampler = Callable[[nn.Module, int, torch.Generator], torch.Tensor]

LIKELY = 0.05  # score from which a box counts as found


def found(
    candidates: np.ndarray, least: float = LIKELY, most: int = metrics.BOXES
) -> list[np.ndarray]:
    """What a detector found: rows of class, score and corners for each picture, best first.

    Args:
        candidates: `(n, boxes, 4 + 4 + 1 + classes)`.
        least: score from which a candidate counts.
        most: boxes of a class kept in a picture.
    """
    kept = []
    for of_picture in torch.as_tensor(candidates):
        corners = shifted(of_picture[:, :4], of_picture[:, 4:8])
        shares = of_picture[:, 8:].softmax(1)[:, 1:]
        here = []
        for label in range(shares.shape[1]):
            likely = shares[:, label] >= least
            boxes, scores, _ = best(corners[likely], shares[likely, label], most)
            label_column = torch.full((len(boxes), 1), float(label))
            here.append(torch.cat([label_column, scores[:, None], boxes], dim=1))
        together = torch.cat(here)
        kept.append(together[together[:, 1].argsort(descending=True)].numpy())
    return kept


@torch.no_grad()
def outputs(model: nn.Module, part: Tensors) -> np.ndarray:
    """What the model gives for every example of a part, in order."""
    return of_one(every_output(model, part))


@torch.no_grad()
def every_output(
    model: nn.Module, part: Tensors, along: Mapping[str, str] | None = None
) -> dict[str, np.ndarray]:
    """All that the model gives for every example of a part, in order, by name.

    Args:
        model: gives one tensor, or several by name.
        part: the examples.
        along: the input whose steps an output follows, by the output's name: beyond an example's
            own end it is NaN.
    """
    model.eval()
    given: dict[str, list[torch.Tensor]] = {}
    for batch, _ in part.named(model).everything():
        for name, out in named(model(**batch.inputs)).items():
            own = batch.of(out).float()
            if along and name in along:
                own = ended(own, batch.inputs[along[name] + MASK])
            given.setdefault(name, []).append(own.cpu())
    return {name: _joined(parts).numpy() for name, parts in given.items()}


def finite(out: np.ndarray) -> np.ndarray:
    """The same outputs, which answers may be made of.

    Raises:
        UserError: one is no number: finite weights that are damaged overflow only here.
    """
    if (bad := ~np.isfinite(out).all(axis=tuple(range(1, out.ndim)))).any():
        place = int(np.flatnonzero(bad)[0])
        raise UserError(
            f"example {place}: the network's answer is not finite: its weights are damaged, or the "
            "values are far beyond those of its training; train anew, or mend them"
        )
    return out


def of_one(given: dict[str, np.ndarray]) -> np.ndarray:
    """The output of a model that gives one; of one that gives several, what a task means."""
    return one_of(given)


def _joined(parts: list[torch.Tensor]) -> torch.Tensor:
    """Batches of outputs as one, padded where they are of different lengths."""
    sizes = [max(lengths) for lengths in zip(*(part.shape[1:] for part in parts), strict=True)]
    if all(list(part.shape[1:]) == sizes for part in parts):
        return torch.cat(parts)
    whole = torch.full((sum(map(len, parts)), *sizes), torch.nan)
    start = 0
    for part in parts:
        whole[(slice(start, start + len(part)), *(slice(n) for n in part.shape[1:]))] = part
        start += len(part)
    return whole


def modes(raw: Examples) -> np.ndarray | None:
    """The mode of each example, where the data name them: classes of pictures are no modes."""
    return None if raw.behaviour.pictured and not raw.task.draws else raw.y


@torch.no_grad()
def generate(
    model: nn.Module,
    sampler: Sampler | None = None,
    seed: int = 0,
    count: int = metrics.SAMPLES,
) -> np.ndarray:
    """Samples of a generator, from seeded noise.

    Args:
        model: gives a sample for each row of noise, of its width `noise`.
        sampler: how it draws instead, where it takes more than one step.
        seed: of the noise.
        count: how many samples.
    """
    noise = torch.Generator().manual_seed(seed)
    if sampler is not None:
        return sampler(model, count, noise).float().cpu().numpy()
    width = having(model, Drawing).noise
    rows = torch.randn(max(count, metrics.SAMPLES), width, generator=noise)[:count]
    return model(rows).float().cpu().numpy()
