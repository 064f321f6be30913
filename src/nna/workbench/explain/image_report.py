"""A report's section on what a convolutional classifier looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from nna import ports, registry
from nna.errors import UserError
from nna.training.in_memory import Tensors
from nna.workbench.evaluation import model_outputs
from nna.workbench.explain import attribution, saliency
from nna.workbench.prepared_data import Material

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Plot

SHOWN = 6  # test pictures, half of them mistakes if there are so many


def section(
    model: nn.Module, material: Material, temperature: float | None = 1.0
) -> tuple[Plot | None, str] | None:
    """The drawing and what it shows; without captum only how to get it; else nothing.

    Args:
        model: with the trained weights.
        material: the run's data.
        temperature: by which scores are divided before they say how sure the model is; None: they
            don't.
    """
    if not of_pictures(model, material):
        return None
    try:
        attribution.captum()
    except UserError as missing:
        return None, f"{missing}; then `nna evaluate RUN` writes this section."
    test = Tensors.of(material.parts["test"])
    assert test.target is not None
    scores = model_outputs.outputs(model, test)
    if not np.isfinite(scores).all():
        return None, "Its scores are no numbers, so there is nothing to explain."
    named = material.scoring.predicted(scores)
    rows = chosen(scores, named, test.target.numpy())
    x, goal = test.x[torch.from_numpy(rows)], torch.from_numpy(named[rows])
    found = attribution.layers(model, x[:1])
    layer = attribution.deepest(attribution.convolutions(model, found), found)
    drawn = attribution.maps(model, x, goal, model.get_submodule(layer))
    seen = [
        saliency.Seen(
            _title(material, scores[row], int(named[row]), int(test.target[row]), temperature),
            picture,
            each,
        )
        for row, picture, each in zip(rows, x.numpy(), _each(drawn), strict=True)
    ]
    sane = attribution.sanity(model, untrained(material), x, goal, layer)
    mistaken = bool((goal.numpy() != test.target.numpy()[rows]).any())
    caption = (
        f"Test pictures that it knew{', then its most confident mistakes' if mistaken else ''}. "
        "Saliency: bright where the score of the class that it chose changes fastest with the "
        f"pixel. Grad-CAM at {layer}: orange where those maps speak for that class. Occlusion: "
        "orange where hiding the place lowers the score, blue where it raises it. Each map has a "
        "scale of its own. A map of what was learnt must change when the weights are drawn anew: "
        f"here the ranks of its pixels then agree by {sane['saliency']:.2f} (saliency) and "
        f"{sane['grad-cam']:.2f} (Grad-CAM), where 1 is the same map and 0 another one."
    )
    return saliency.sheet(seen, abreast=2), caption


def of_pictures(model: nn.Module, material: Material) -> bool:
    """Whether this is a classifier of pictures that convolves."""
    image = ports.of(next(iter(material.spec.inputs.values()))).pictured
    convolves = any(attribution.kernels(module) is not None for module in model.modules())
    return image and convolves and material.task.one_class


def chosen(scores: np.ndarray, named: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Rows to show: the first right one of some classes, then the most confident mistakes.

    Args:
        scores: `(n, classes)`.
        named: the class that each row is taken for, `(n,)`.
        y: its true class, `(n,)`.
    """
    shares = torch.from_numpy(scores).softmax(1).numpy()
    wrong = np.flatnonzero(named != y)
    wrong = wrong[np.argsort(-shares[wrong, named[wrong]], kind="stable")]
    right = np.flatnonzero(named == y)
    _, first = np.unique(y[right], return_index=True)
    right = np.concatenate([right[np.sort(first)], np.delete(right, first)])
    mistakes = wrong[: max(SHOWN // 2, SHOWN - len(right))]
    return np.concatenate([right[: SHOWN - len(mistakes)], mistakes])


def untrained(material: Material) -> nn.Module:
    """The same architecture, its weights drawn anew."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        return registry.construct(material.reference, material.config)


def _title(
    material: Material, scores: np.ndarray, number: int, true: int, temperature: float | None
) -> str:
    sure = f"score {scores[number]:.3g}"
    if temperature is not None:
        share = float(torch.from_numpy(scores / temperature).softmax(0)[number])
        sure = f"{100 * share:.0f} % sure"
    names = material.classes
    if number == true:
        return f"{names[true]}\n{sure}"
    return f"{names[true]} taken for {names[number]}\n{sure}"


def _each(drawn: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """The maps of each picture, from those of each method."""
    count = len(next(iter(drawn.values())))
    return [{method: found[row] for method, found in drawn.items()} for row in range(count)]
