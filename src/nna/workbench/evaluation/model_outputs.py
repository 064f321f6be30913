"""What a model gives for examples: scores, samples, and the boxes among a detector's candidates."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from nna.blocks.boxes import best, shifted
from nna.training.in_memory import Tensors
from nna.workbench.evaluation import metrics

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
    model.eval()
    out = [batch.of(model(*batch.inputs)) for batch, _ in part.everything()]
    return torch.cat(out).float().cpu().numpy()


@torch.no_grad()
def forge(model: nn.Module, seed: int = 0) -> np.ndarray:
    """Samples of a generator, from seeded noise."""
    noise = torch.Generator().manual_seed(seed)
    width = int(model.noise)  # type: ignore[arg-type]
    return model(torch.randn(metrics.SAMPLES, width, generator=noise)).float().cpu().numpy()
